package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// MaxPool1d is MaxPool2d for signals [n, c, length].
//
//	shape:  [n, c, l] → [n, c, l']; without n for one signal
//	dtype:  any number
//	panics: *Error as MaxPool2d does
//	source: torch.nn.functional.max_pool1d
func (t *Tensor) MaxPool1d(kernel []int, opts ...PoolOption) *Tensor {
	return t.maxPool(1, kernel, opts)[0]
}

// MaxPool2d returns the largest element of each window of each channel; NaN is
// larger than any number. kernel is the window's size: one number for both
// dims, or two. The options are [Stride], [Padding], [Dilation] and [CeilMode].
//
//	shape:  [n, c, h, w] → [n, c, h', w'], where h' = (h + 2·padding - dilation·(k-1) - 1)/stride + 1;
//	        without n for one image
//	dtype:  any number
//	panics: *Error for other shapes, padding over half the kernel, windows larger
//	than the padded input, and windows that see only padding
//	source: torch.nn.functional.max_pool2d
func (t *Tensor) MaxPool2d(kernel []int, opts ...PoolOption) *Tensor {
	return t.maxPool(2, kernel, opts)[0]
}

// MaxPool3d is MaxPool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w] → [n, c, d', h', w']; without n for one volume
//	dtype:  any number
//	panics: *Error as MaxPool2d does
//	source: torch.nn.functional.max_pool3d
func (t *Tensor) MaxPool3d(kernel []int, opts ...PoolOption) *Tensor {
	return t.maxPool(3, kernel, opts)[0]
}

// MaxPool1dWithIndices is MaxPool2dWithIndices for signals.
//
//	source: torch.nn.functional.max_pool1d_with_indices
func (t *Tensor) MaxPool1dWithIndices(kernel []int, opts ...PoolOption) (y, index *Tensor) {
	out := t.maxPool(1, kernel, opts)
	return out[0], out[1]
}

// MaxPool2dWithIndices is MaxPool2d, and where each maximum was found: the
// position in its channel's image, in row-major order, as int64. Of equal
// maxima it is the first.
//
//	source: torch.nn.functional.max_pool2d_with_indices
func (t *Tensor) MaxPool2dWithIndices(kernel []int, opts ...PoolOption) (y, index *Tensor) {
	out := t.maxPool(2, kernel, opts)
	return out[0], out[1]
}

// MaxPool3dWithIndices is MaxPool2dWithIndices for volumes.
//
//	source: torch.nn.functional.max_pool3d_with_indices
func (t *Tensor) MaxPool3dWithIndices(kernel []int, opts ...PoolOption) (y, index *Tensor) {
	out := t.maxPool(3, kernel, opts)
	return out[0], out[1]
}

func (t *Tensor) maxPool(dims int, kernel []int, opts []PoolOption) []*Tensor {
	name := fmt.Sprintf("max_pool%dd", dims)
	c, s := t.pooling(name, dims, kernel, opts)
	if c.excludePad || c.divisor != nil {
		misuse(name, errors.New("ExcludePad and Divisor are for averages"), t)
	}
	out := t.batched(dims, func(t *Tensor) []*Tensor { return ApplyMulti(maxPoolOp{s}, t) })
	if dims == 2 {
		out[0], out[1] = out[0].laidOutAs(t, dims), out[1].laidOutAs(t, dims)
	}
	return out
}

// pooling reads the options of a pooling, whose stride is the kernel's size
// if none is given.
func (t *Tensor) pooling(name string, dims int, kernel []int, opts []PoolOption) (windowConfig, sliding) {
	var c windowConfig
	for _, o := range opts {
		o.pool(&c)
	}
	if c.outputSize != nil || c.ratio != nil || c.samples != nil {
		misuse(name, errors.New("OutputSize, OutputRatio and RandomSamples are not for this pooling"), t)
	}
	if len(c.stride) == 0 {
		c.stride = kernel
	}
	s, err := c.sliding(dims, kernel)
	for i, p := range s.Padding {
		if err == nil && p > s.Size[i]/2 {
			err = fmt.Errorf("padding is %d; want at most half of the kernel size %d", p, s.Size[i])
		}
	}
	if err != nil {
		misuse(name, err, t)
	}
	return c, s
}

type maxPoolOp struct{ sliding }

func (o maxPoolOp) Name() string        { return fmt.Sprintf("max_pool%dd", o.dims) }
func (maxPoolOp) Kernel() device.Kernel { return device.MaxPool }
func (maxPoolOp) Reads() Reads          { return Out1 }
func (o maxPoolOp) Attr() any           { return device.Pool{Window: o.Window} }
func (o maxPoolOp) Infer(in []*Tensor) ([]device.Spec, error) {
	x := in[0].spec()
	if err := wantChannels(x, o.dims); err != nil {
		return nil, err
	}
	y, err := o.result(x, x.Dim[1])
	if err == nil {
		err = o.wantSight(image(x), image(&y))
	}
	index := y
	index.DType = Int64
	return []device.Spec{y, index}, err
}

// wantSight refuses windows that see only padding: they have no maximum.
func (o maxPoolOp) wantSight(in, out [3]int) error {
	for i, n := range out {
		for w := range n {
			cell := w*o.Stride[i] - o.Padding[i]
			if cell < 0 {
				cell += (o.Dilation[i] - 1 - cell) / o.Dilation[i] * o.Dilation[i]
			}
			if cell >= in[i] {
				return fmt.Errorf("window %d in dim %d of the image sees only padding", w, i-3)
			}
		}
	}
	return nil
}

// The gradient goes to where each maximum was found.
func (o maxPoolOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&maxPoolGradOp{*c.spec(0)}, dy, c.Out(1))}
}

// maxPoolGradOp adds dy to an image x of zeros at its index. Scattering
// differentiates again, as gathering.
type maxPoolGradOp struct{ x device.Spec }

func (*maxPoolGradOp) Name() string          { return "max_pool_backward" }
func (*maxPoolGradOp) Kernel() device.Kernel { return device.MaxPoolGrad }
func (*maxPoolGradOp) Reads() Reads          { return In1 }
func (o *maxPoolGradOp) Infer(in []*Tensor) (device.Spec, error) {
	s := o.x
	s.DType = in[0].DType()
	return s, nil
}

func (o *maxPoolGradOp) Body(in []*Tensor) *Tensor {
	planes, size, windows := o.flat(in[1])
	dx := like(in[0]).Zeros(planes, size).ScatterAdd(1, in[1].Reshape(planes, windows), in[0].Reshape(planes, windows))
	return dx.Reshape(o.x.Shape()...)
}

func (o *maxPoolGradOp) Grad(c *Ctx, dx *Tensor) Grads {
	dy := *c.In(1).spec()
	dy.DType = dx.DType()
	return Grads{Apply(&maxUnpoolGradOp{dy}, dx, c.In(1))}
}

// flat is the number of planes, of a plane's elements, and of its windows.
func (o *maxPoolGradOp) flat(index *Tensor) (planes, size, windows int) {
	return o.x.Dim[0] * o.x.Dim[1], volume(image(&o.x)), volume(image(index.spec()))
}

func maxPool1dEntry() Entry { e := maxPoolEntry(1); e.At = Here(); return e }
func maxPool2dEntry() Entry { e := maxPoolEntry(2); e.At = Here(); return e }
func maxPool3dEntry() Entry { e := maxPoolEntry(3); e.At = Here(); return e }

func maxPoolEntry(dims int) Entry {
	name := fmt.Sprintf("max_pool%dd", dims)
	e := Entry{
		Name: "nn.functional." + name, Ops: []any{maxPoolOp{}, &maxPoolGradOp{}},
		Sig: name + "(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False)",
		Go:  []string{fmt.Sprintf("MaxPool%dd", dims), fmt.Sprintf("MaxPool%ddWithIndices", dims)},
		Call: func(a *Args) []*Tensor {
			opts := append(poolOptions(a), Dilation(a.Ints("dilation")...))
			out := a.Tensor("input").maxPool(dims, a.Ints("kernel_size"), opts)
			if !a.Bool("return_indices") {
				return out[:1]
			}
			return out
		},
		Ref:    refMaxPool(dims),
		Out:    OutIndexed,
		DTypes: Numbers,
		Why:    map[string]string{"0-d": "an image has at least two dims"},
	}
	e.Samples, e.Bad = poolSamples(dims, true), poolBad(dims, "tensor: "+name+" ")
	e.Bad = append(e.Bad, Bad{
		Args: []any{In(cube(dims, 2, 1, 1)...), 2}, Kw: map[string]any{"padding": 1, "dilation": 3},
		Want: "tensor: " + name + " " + shapesText(cube(dims, 2, 1, 1)) + "window 0 in dim " + fmt.Sprint(-dims) + " of the image sees only padding",
	})
	return e
}

// poolOptions are those that maxima and averages share.
func poolOptions(a *Args) []PoolOption {
	opts := []PoolOption{Stride(a.Ints("stride")...), Padding(a.Ints("padding")...)}
	if a.Bool("ceil_mode") {
		opts = append(opts, CeilMode)
	}
	return opts
}

// refWindows calls f for each window of an image's channels with the window's
// index in the result and its elements in the image: their flat positions in
// the channel, and whether the cell lies within the image, in the padding, or
// beyond it.
func refWindows(a *Args, dims int, f func(out Array, p int, cells []refCell)) Array {
	x := a.Array("input")
	lead := x.Shape[:len(x.Shape)-dims]
	in := x.Shape[len(lead):]
	get := func(name string, dflt int) []int {
		if v := a.Ints(name); len(v) > 0 {
			return perDim(v, dims)
		}
		return perDim([]int{dflt}, dims)
	}
	size, pad, dil := get("kernel_size", 0), get("padding", 0), get("dilation", 1)
	stride := size
	if len(a.Ints("stride")) > 0 {
		stride = get("stride", 0)
	}
	shape := append([]int{}, lead...)
	for i := range dims {
		n := 0 // windows that fit, one by one
		for at := -pad[i]; ; at += stride[i] {
			fits := at+dil[i]*(size[i]-1) < in[i]+pad[i]
			reaches := a.Bool("ceil_mode") && at < in[i] && (n == 0 || at-stride[i]+dil[i]*(size[i]-1) < in[i]+pad[i]-1)
			if !fits && !reaches {
				break
			}
			n++
		}
		shape = append(shape, n)
	}
	out := NewArray(shape...)
	image := NewArray(in...)
	for p := range out.V {
		idx := out.Index(p)[len(lead):]
		window := NewArray(size...)
		var cells []refCell
		for k := range window.V {
			c := refCell{}
			at := make([]int, dims)
			beyond := false
			for i, j := range window.Index(k) {
				at[i] = idx[i]*stride[i] - pad[i] + j*dil[i]
				beyond = beyond || at[i] >= in[i]+pad[i]
			}
			c.inside, c.beyond = inside(at, in), beyond
			if c.inside {
				for i, st := range image.Strides() {
					c.at += at[i] * st
				}
				channel := p / max(1, volumeOf(shape[len(lead):]))
				c.v = x.V[channel*len(image.V)+c.at]
			}
			cells = append(cells, c)
		}
		f(out, p, cells)
	}
	return out
}

// refCell is what a cell of a window sees.
type refCell struct {
	at             int
	v              float64
	inside, beyond bool
}

func volumeOf(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func refMaxPool(dims int) func(*Args) []Array {
	return func(a *Args) []Array {
		var index Array
		y := refWindows(a, dims, func(out Array, p int, cells []refCell) {
			if p == 0 {
				index = NewArray(out.Shape...)
			}
			found := false
			for _, c := range cells {
				if c.inside && (!found || c.v > out.V[p] || c.v != c.v) {
					out.V[p], index.V[p], found = c.v, float64(c.at), true
				}
			}
		})
		if !a.Bool("return_indices") {
			return []Array{y}
		}
		if len(y.V) == 0 {
			index = NewArray(y.Shape...)
		}
		return []Array{y, index}
	}
}

// poolSamples are windows of every kind.
func poolSamples(dims int, maxima bool) []Sample {
	call := func(x []int, k any, kw map[string]any) Sample {
		in := In(x...)
		if maxima {
			in = in.Distinct()
		}
		return Sample{Args: []any{in, k}, Kw: kw}
	}
	c := func(size int, before ...int) []int { return cube(dims, size, before...) }
	s := []Sample{
		call(c(1, 1, 1), 1, nil), call(c(4, 1, 2), 2, nil), call(c(4, 2), 2, nil), call(c(4, 0, 2), 2, nil), call(c(4, 9, 2), 2, nil),
		call(c(4, 1, 1), []int{3}, map[string]any{"stride": 2, "padding": 1}),
		call(c(4, 1, 1), 3, map[string]any{"stride": 2, "ceil_mode": true}),
		call(c(4, 1, 1), 2, map[string]any{"stride": 3, "padding": 1, "ceil_mode": true}),
		call(c(5, 1, 1), 3, map[string]any{"stride": 2, "padding": []int{1}, "ceil_mode": true}),
	}
	if dims == 2 { // planes that may be read a little beyond, and windows that go beyond them
		s = append(s, call([]int{2, 2, 16, 15}, 2, nil), call([]int{2, 2, 17, 15}, 2, map[string]any{"ceil_mode": true}))
	}
	if maxima {
		s = append(s, call(c(4, 1, 1), 2, map[string]any{"stride": 1, "dilation": 2}),
			call(c(4, 2, 1), 2, map[string]any{"return_indices": true}),
			call(c(4, 2), 3, map[string]any{"padding": 1, "return_indices": true}),
			call(c(4, 0, 2), 2, map[string]any{"return_indices": true}),
			Sample{Args: []any{In(c(2, 1, 1)...).With(make([]float64, 1<<dims)...), 2}, Kw: map[string]any{"return_indices": true}, NoGrad: true})
	}
	return s
}

func poolBad(dims int, op string) []Bad {
	bad := func(x []int, k any, kw map[string]any, want string) Bad {
		return Bad{Args: []any{In(x...), k}, Kw: kw, Want: op + shapesText(x) + want}
	}
	x := cube(dims, 4, 1, 2)
	return []Bad{
		bad(x, 5, nil, fmt.Sprintf("the window reaches over 5 in dim %d of the image, which with padding has 4", -dims)),
		bad(x, 3, map[string]any{"padding": 2}, "padding is 2; want at most half of the kernel size 3"),
		bad(x, math.MaxInt, map[string]any{"padding": math.MaxInt / 2}, "kernel size is 9223372036854775807; want at most 144115188075855871"),
		bad(x, math.MaxInt>>23+1, map[string]any{"padding": math.MaxInt>>24 + 1}, fmt.Sprintf("%v windows of %v have too many cells", cube(dims, 1), cube(dims, math.MaxInt>>23+1))),
		bad(x, 0, nil, "kernel size is 0; want at least 1"),
		bad(x, 2, map[string]any{"stride": 0}, "stride is 0; want at least 1"),
		bad(x, 2, map[string]any{"padding": -1}, "padding is -1; want at least 0"),
		bad(x, []int{1, 1, 1, 1}, nil, fmt.Sprintf("kernel size [1 1 1 1] has 4 numbers; want 1 or %d", dims)),
		bad(cube(dims, 4, 1, 0), 2, nil, "the input has no channels"),
		bad([]int{4}, 2, nil, fmt.Sprintf("the input has 1 dims; want %d, or %d for one image", dims+2, dims+1)),
	}
}
