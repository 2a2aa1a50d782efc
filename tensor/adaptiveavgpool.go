package tensor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
)

// AdaptiveAvgPool1d is AdaptiveAvgPool2d for signals [n, c, length].
//
//	shape:  [n, c, l] → [n, c, size]; without n for one signal
//	source: torch.nn.functional.adaptive_avg_pool1d
func (t *Tensor) AdaptiveAvgPool1d(size ...int) *Tensor { return t.adaptiveAvgPool(1, size) }

// AdaptiveAvgPool2d returns images of the given size, whatever t's is: element
// i of a dim of n is the average of the elements ⌊i·n/size⌋ to ⌈(i+1)·n/size⌉.
// One size is for both dims; -1 leaves a dim as it is.
//
//	shape:  [n, c, h, w] → [n, c, size...]; without n for one image
//	dtype:  floating point
//	panics: *Error for other shapes or dtypes, and images without elements
//	source: torch.nn.functional.adaptive_avg_pool2d
func (t *Tensor) AdaptiveAvgPool2d(size ...int) *Tensor { return t.adaptiveAvgPool(2, size) }

// AdaptiveAvgPool3d is AdaptiveAvgPool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w] → [n, c, size...]; without n for one volume
//	source: torch.nn.functional.adaptive_avg_pool3d
func (t *Tensor) AdaptiveAvgPool3d(size ...int) *Tensor { return t.adaptiveAvgPool(3, size) }

func (t *Tensor) adaptiveAvgPool(dims int, size []int) *Tensor {
	o := t.adaptive("avg", dims, size)
	if err := wantFloat(t.DType()); err != nil {
		misuse(o.Name(), err, t)
	}
	y := t
	for i, size := range o.size[:dims] { // windows may be taken one dim after the other
		if n := y.Size(i - dims); size > 0 && n%size == 0 && size < n {
			y = y.averages(y.Dim()+i-dims, size)
		}
	}
	if !slices.Equal(y.shape()[y.Dim()-dims:], o.size[:dims]) {
		y = y.batched(dims, func(t *Tensor) []*Tensor { return one(Apply(&adaptiveAvgOp{o}, t)) })[0]
	}
	return y.laidOutAs(t, dims)
}

// averages are those of windows of one size, side by side.
func (t *Tensor) averages(dim, size int) *Tensor {
	shape := slices.Insert(t.Shape(), dim+1, t.Size(dim)/size)
	shape[dim] = size
	return t.Reshape(shape...).Mean(Dims(dim + 1))
}

// adaptive checks the arguments of a pooling to images of the given size.
func (t *Tensor) adaptive(kind string, dims int, size []int) adaptive {
	o := adaptive{kind: kind, dims: dims}
	t.known(o.Name())
	if len(size) != 1 && len(size) != dims {
		misuse(o.Name(), fmt.Errorf("size %v has %d numbers; want 1 or %d", size, len(size), dims), t)
	}
	if i := slices.IndexFunc(size, func(n int) bool { return n < -1 }); i >= 0 {
		misuse(o.Name(), fmt.Errorf("size is %d; want 0 or more, or -1", size[i]), t)
	}
	if t.Dim() != dims+1 && t.Dim() != dims+2 {
		misuse(o.Name(), wantImages(t.spec(), dims), t)
	}
	if slices.Contains(t.shape()[t.Dim()-dims-1:], 0) {
		misuse(o.Name(), errors.New("an image has no elements"), t)
	}
	for i := range dims {
		if o.size[i] = within(size[i%len(size)]); o.size[i] < 0 {
			o.size[i] = t.Size(i - dims)
		}
	}
	return o
}

// An adaptive pooling has windows that divide the image evenly.
type adaptive struct {
	kind string
	dims int
	size [3]int // of the result, dims of them
}

func (o adaptive) Name() string { return fmt.Sprintf("adaptive_%s_pool%dd", o.kind, o.dims) }
func (o adaptive) Attr() any {
	one := [3]int{1, 1, 1}
	return device.Pool{Window: device.Window{Size: one, Stride: one, Dilation: one}, Adaptive: true}
}
func (o adaptive) result(x *device.Spec) (device.Spec, error) {
	return shapeSpec(x.DType, append([]int{x.Dim[0], x.Dim[1]}, o.size[:o.dims]...))
}

// adaptiveAvgOp is linear; adaptiveAvgGradOp is its transpose.
type adaptiveAvgOp struct{ adaptive }

func (*adaptiveAvgOp) Kernel() device.Kernel { return device.AvgPool }
func (*adaptiveAvgOp) Reads() Reads          { return Nothing }
func (o *adaptiveAvgOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.result(in[0].spec())
}
func (o *adaptiveAvgOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&adaptiveAvgGradOp{*o, *c.spec(0)}, dy)}
}

// Body averages along one dim after the other.
func (o *adaptiveAvgOp) Body(in []*Tensor) *Tensor {
	t := in[0]
	for i, size := range o.size[:o.dims] {
		dim, n := 2+i, t.Size(2+i)
		parts := []*Tensor{t.Narrow(dim, 0, 0)}
		for k := range size {
			lo, hi := adaptiveWindow(k, n, size)
			parts = append(parts, t.Narrow(dim, lo, hi-lo).Mean(Dims(dim), KeepDim))
		}
		t = Cat(dim, parts...)
	}
	return t
}

// adaptiveWindow is what window k of size sees in a dim of n elements.
func adaptiveWindow(k, n, size int) (lo, hi int) { return k * n / size, ((k+1)*n + size - 1) / size }

type adaptiveAvgGradOp struct {
	adaptiveAvgOp
	x device.Spec
}

func (o *adaptiveAvgGradOp) Name() string                            { return o.adaptiveAvgOp.Name() + "_backward" }
func (*adaptiveAvgGradOp) Kernel() device.Kernel                     { return device.AvgPoolGrad }
func (o *adaptiveAvgGradOp) Infer(in []*Tensor) (device.Spec, error) { return o.x, nil }
func (o *adaptiveAvgGradOp) Grad(c *Ctx, dx *Tensor) Grads {
	return Grads{Apply(&o.adaptiveAvgOp, dx)}
}
func (o *adaptiveAvgGradOp) Body(in []*Tensor) *Tensor {
	t := in[0]
	for i, size := range o.size[:o.dims] {
		dim, n := 2+i, o.x.Dim[2+i]
		shape := t.Shape()
		shape[dim] = n
		z := like(t).Zeros(shape...)
		for k := range size {
			lo, hi := adaptiveWindow(k, n, size)
			z.NoGrad().Narrow(dim, lo, hi-lo).AddInPlace(t.Narrow(dim, k, 1).DivScalar(hi - lo))
		}
		t = z
	}
	return t
}

func adaptiveAvgPool1dEntry() Entry { e := adaptiveAvgPoolEntry(1); e.At = Here(); return e }
func adaptiveAvgPool2dEntry() Entry { e := adaptiveAvgPoolEntry(2); e.At = Here(); return e }
func adaptiveAvgPool3dEntry() Entry { e := adaptiveAvgPoolEntry(3); e.At = Here(); return e }

func adaptiveAvgPoolEntry(dims int) Entry {
	name := fmt.Sprintf("adaptive_avg_pool%dd", dims)
	sample := func(x []int, size any) Sample { return Sample{Args: []any{In(x...), size}} }
	x := cube(dims, 5, 1, 2)
	bad := func(x Arg, size any, want string) Bad {
		return Bad{Args: []any{x, size}, Want: "tensor: " + name + " " + shapesText(x.Shape) + want}
	}
	return Entry{
		Name: "nn.functional." + name, Sig: name + "(input, output_size)",
		Go: []string{fmt.Sprintf("AdaptiveAvgPool%dd", dims)}, Ops: []any{&adaptiveAvgOp{}, &adaptiveAvgGradOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").adaptiveAvgPool(dims, adaptiveSizes(a)))
		},
		Ref:    func(a *Args) []Array { return []Array{refAdaptive(a.Array("input"), perDim(adaptiveSizes(a), dims))} },
		DTypes: Floats,
		Samples: []Sample{
			sample(cube(dims, 1, 1, 1), 1), sample(x, 1), sample(x, []any{3}), sample(x, 7), sample(x, 5), sample(x, 0),
			sample(cube(dims, 4, 1, 1), 2), sample(cube(dims, 4, 0, 2), 3), sample(cube(dims, 3, 2), cubeAny(dims)),
		},
		Bad: []Bad{
			bad(In(x...), []int{1, 1, 1, 1}, fmt.Sprintf("size [1 1 1 1] has 4 numbers; want 1 or %d", dims)),
			bad(In(x...), -2, "size is -2; want 0 or more, or -1"),
			bad(In(cube(dims, 0, 1, 2)...), 1, "an image has no elements"),
			bad(In(x...).As(Int64), 1, "dtype int64; want a floating-point dtype"),
			bad(In(4), 2, fmt.Sprintf("the input has 1 dims; want %d, or %d for one image", dims+2, dims+1)),
		},
		Why: map[string]string{"0-d": "an image has at least two dims"},
	}
}

// adaptiveSizes are those of a call, -1 for None.
func adaptiveSizes(a *Args) []int {
	v, ok := a.Any("output_size").([]any)
	if !ok {
		return a.Ints("output_size")
	}
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = -1
		if n, ok := x.(int); ok {
			out[i] = n
		} else if x != nil {
			a.wrong("output_size", "a list of integers and None")
		}
	}
	return out
}

// cubeAny is an output size of None for all dims but the last.
func cubeAny(dims int) []any {
	s := make([]any, dims)
	s[dims-1] = 2
	return s
}

// refAdaptive averages each box at once, not one dim after the other.
func refAdaptive(x Array, size []int) Array {
	lead := len(x.Shape) - len(size)
	out := append([]int{}, x.Shape...)
	for i, n := range size {
		if n >= 0 {
			out[lead+i] = n
		}
	}
	y := NewArray(out...)
	count := make([]float64, len(y.V))
	for p := range y.V {
		to := y.Index(p)
		for q, v := range x.V {
			from := x.Index(q)
			in := true
			for d := range from {
				n, m := x.Shape[d], out[d]
				in = in && from[d] >= to[d]*n/m && from[d] < ((to[d]+1)*n+m-1)/m
			}
			if in {
				y.V[p] += v
				count[p]++
			}
		}
		y.V[p] /= count[p]
	}
	return y
}
