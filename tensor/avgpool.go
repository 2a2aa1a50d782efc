package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// AvgPool1d is AvgPool2d for signals [n, c, length].
//
//	shape:  [n, c, l] → [n, c, l']; without n for one signal
//	dtype:  floating point, and int64, which is cut towards zero
//	panics: *Error as AvgPool2d does
//	source: torch.nn.functional.avg_pool1d
func (t *Tensor) AvgPool1d(kernel []int, opts ...PoolOption) *Tensor {
	return t.avgPool(1, kernel, opts)
}

// AvgPool2d returns the average of each window of each channel. kernel is the
// window's size: one number for both dims, or two. The options are [Stride],
// [Padding] (with zeros, which count unless [ExcludePad] is given), [CeilMode]
// and [Divisor].
//
//	shape:  [n, c, h, w] → [n, c, h', w'], where h' = (h + 2·padding - k)/stride + 1; without n
//	        for one image
//	dtype:  floating point, and int64, which is cut towards zero
//	panics: *Error for other shapes, padding over half the kernel, windows larger
//	than the padded input, a divisor of 0, and Dilation
//	source: torch.nn.functional.avg_pool2d
func (t *Tensor) AvgPool2d(kernel []int, opts ...PoolOption) *Tensor {
	return t.avgPool(2, kernel, opts)
}

// AvgPool3d is AvgPool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w] → [n, c, d', h', w']; without n for one volume
//	dtype:  floating point, and int64, which is cut towards zero
//	panics: *Error as AvgPool2d does
//	source: torch.nn.functional.avg_pool3d
func (t *Tensor) AvgPool3d(kernel []int, opts ...PoolOption) *Tensor {
	return t.avgPool(3, kernel, opts)
}

func (t *Tensor) avgPool(dims int, kernel []int, opts []PoolOption) *Tensor {
	name := fmt.Sprintf("avg_pool%dd", dims)
	c, s := t.pooling(name, dims, kernel, opts)
	if c.dilation != nil {
		misuse(name, errors.New("an average has no dilation"), t)
	}
	o := avgPoolOp{sliding: s, includePad: !c.excludePad}
	if c.divisor != nil {
		if o.divisor = *c.divisor; o.divisor == 0 {
			misuse(name, errors.New("the divisor is 0"), t)
		}
	}
	y := t.batched(dims, func(t *Tensor) []*Tensor { return one(Apply(o, t)) })[0]
	return y.laidOutAs(t, dims)
}

// avgPoolOp is linear; avgPoolGradOp is its transpose.
type avgPoolOp struct {
	sliding
	divisor    int // 0: the number of elements
	includePad bool
}

func (o avgPoolOp) Name() string        { return fmt.Sprintf("avg_pool%dd", o.dims) }
func (avgPoolOp) Kernel() device.Kernel { return device.AvgPool }
func (avgPoolOp) Reads() Reads          { return Nothing }
func (o avgPoolOp) Attr() any {
	return device.Pool{Window: o.Window, Divisor: o.divisor, IncludePad: o.includePad}
}
func (o avgPoolOp) Infer(in []*Tensor) (device.Spec, error) {
	x := in[0].spec()
	if err := wantChannels(x, o.dims); err != nil {
		return device.Spec{}, err
	}
	return o.result(x, x.Dim[1])
}
func (o avgPoolOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&avgPoolGradOp{o, *c.spec(0)}, dy)}
}
func (o avgPoolOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	spec, _ := o.Infer(in)
	sum := Apply(o.windows(x.spec(), &spec), x).Sum(Dims(2))
	return sum.Cast(Float64).Div(o.divisors(x.b.dev, x.spec(), &spec)).Cast(spec.DType).Reshape(spec.Shape()...)
}

func (o avgPoolOp) windows(x, y *device.Spec) unfoldOp {
	return unfoldOp{o.sliding, image(x), image(y)}
}

// divisors is what each window's sum is divided by: the number of its cells
// that see the image, and the padding if it counts. Padding is a one here.
func (o avgPoolOp) divisors(dev device.Device, x, y *device.Spec) *Tensor {
	m := Make{DType: Float64, Device: dev}
	if o.divisor != 0 {
		return m.Scalar(o.divisor)
	}
	in := image(x)
	ones := m.Ones(1, 1, in[0], in[1], in[2])
	count := unfoldOp{o.sliding, in, image(y)}
	if o.includePad {
		var pad [device.MaxRank]int
		copy(pad[2:], o.Padding[:])
		ones = Apply(padOp{pad, pad, device.Number{I: 1}}, ones)
		count.in, count.Padding = image(ones.spec()), [3]int{}
	}
	return Apply(count, ones).Sum(Dims(0, 1, 2))
}

type avgPoolGradOp struct {
	avgPoolOp
	x device.Spec
}

func (o *avgPoolGradOp) Name() string                            { return o.avgPoolOp.Name() + "_backward" }
func (*avgPoolGradOp) Kernel() device.Kernel                     { return device.AvgPoolGrad }
func (o *avgPoolGradOp) Infer(in []*Tensor) (device.Spec, error) { return o.x, nil }
func (o *avgPoolGradOp) Grad(c *Ctx, dx *Tensor) Grads           { return Grads{Apply(o.avgPoolOp, dx)} }
func (o *avgPoolGradOp) Body(in []*Tensor) *Tensor {
	dy := in[0]
	n, c, windows := dy.Size(0), dy.Size(1), volume(image(dy.spec()))
	each := dy.Reshape(n, c, 1, windows).Cast(Float64).Div(o.divisors(dy.b.dev, &o.x, dy.spec()))
	cells := each.Cast(dy.DType()).Expand(n, c, volume(o.Size), windows)
	return Apply(foldOp(o.windows(&o.x, dy.spec())), cells)
}

func avgPool1dEntry() Entry { e := avgPoolEntry(1); e.At = Here(); return e }
func avgPool2dEntry() Entry { e := avgPoolEntry(2); e.At = Here(); return e }
func avgPool3dEntry() Entry { e := avgPoolEntry(3); e.At = Here(); return e }

func avgPoolEntry(dims int) Entry {
	name := fmt.Sprintf("avg_pool%dd", dims)
	sig := name + "(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True"
	if dims > 1 {
		sig += ", divisor_override=None"
	}
	e := Entry{
		Name: "nn.functional." + name, Sig: sig + ")", Ops: []any{avgPoolOp{}, &avgPoolGradOp{}},
		Go: []string{fmt.Sprintf("AvgPool%dd", dims)},
		Call: func(a *Args) []*Tensor {
			opts := poolOptions(a)
			if !a.Bool("count_include_pad") {
				opts = append(opts, ExcludePad)
			}
			if a.Has("divisor_override") {
				opts = append(opts, Divisor(a.Int("divisor_override")))
			}
			return one(a.Tensor("input").avgPool(dims, a.Ints("kernel_size"), opts))
		},
		Ref:    refAvgPool(dims),
		DTypes: append([]DType{Int64}, Floats...),
		Why:    map[string]string{"0-d": "an image has at least two dims"},
	}
	e.Samples, e.Bad = poolSamples(dims, false), poolBad(dims, "tensor: "+name+" ")
	x := cube(dims, 5, 1, 1)
	e.Samples = append(e.Samples,
		Sample{Args: []any{In(x...), 3}, Kw: map[string]any{"stride": 2, "padding": 1, "count_include_pad": false}},
		Sample{Args: []any{In(x...), 2}, Kw: map[string]any{"stride": 3, "padding": 1, "ceil_mode": true, "count_include_pad": false}})
	if dims > 1 {
		e.Samples = append(e.Samples, Sample{Args: []any{In(x...), 2}, Kw: map[string]any{"padding": 1, "divisor_override": -3}})
		e.Bad = append(e.Bad, Bad{Args: []any{In(x...), 2}, Kw: map[string]any{"divisor_override": 0},
			Want: "tensor: " + name + " " + shapesText(x) + "the divisor is 0"})
	}
	return e
}

func refAvgPool(dims int) func(*Args) []Array {
	return func(a *Args) []Array {
		return []Array{refWindows(a, dims, func(out Array, p int, cells []refCell) {
			n, sum := 0.0, 0.0
			for _, c := range cells {
				if c.inside {
					sum += c.v
				}
				if c.inside || a.Bool("count_include_pad") && !c.beyond {
					n++
				}
			}
			if a.Has("divisor_override") {
				n = a.Float("divisor_override")
			}
			out.V[p] = sum / n
		})}
	}
}
