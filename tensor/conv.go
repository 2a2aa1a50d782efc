package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Conv1d slides the filters w over t and returns, for each filter and each
// position, the sum of products, plus the filter's bias. It is Conv2d for
// signals [n, c, length].
//
//	shape:  [n, c, l], [out, c/groups, k], [out] → [n, out, (l + 2·padding - dilation·(k-1) - 1)/stride + 1];
//	        without n for one signal
//	dtype:  numbers, all the same; half precision adds in float32
//	panics: *Error for other shapes or dtypes, or filters larger than the padded input
//	source: torch.nn.functional.conv1d
func (t *Tensor) Conv1d(w, bias *Tensor, opts ...ConvOption) *Tensor {
	return t.convolve(1, w, bias, opts)
}

// Conv2d slides the filters w over the images t, as convolution is meant in
// this field (the filters are not mirrored):
//
//	y[n, o, i, j] = bias[o] + Σ over c, k, l of w[o, c, k, l] · t[n, c, i·stride + k·dilation - padding, j·…]
//
// bias may be nil. The options are [Stride], [Padding] or [SamePadding],
// [Dilation], [Groups] and [WithReLU].
//
//	shape:  [n, c, h, w], [out, c/groups, kh, kw], [out] → [n, out, h', w'], sizes as for Conv1d;
//	        without n for one image
//	dtype:  numbers, all the same; half precision adds in float32
//	panics: *Error for other shapes or dtypes, or filters larger than the padded input
//	source: torch.nn.functional.conv2d
func (t *Tensor) Conv2d(w, bias *Tensor, opts ...ConvOption) *Tensor {
	return t.convolve(2, w, bias, opts)
}

// Conv3d is Conv2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w], [out, c/groups, kd, kh, kw], [out] → [n, out, d', h', w'], sizes as
//	        for Conv1d; without n for one volume
//	dtype:  numbers, all the same; half precision adds in float32
//	panics: *Error for other shapes or dtypes, or filters larger than the padded input
//	source: torch.nn.functional.conv3d
func (t *Tensor) Conv3d(w, bias *Tensor, opts ...ConvOption) *Tensor {
	return t.convolve(3, w, bias, opts)
}

func (t *Tensor) convolve(dims int, w, bias *Tensor, opts []ConvOption) *Tensor {
	name := fmt.Sprintf("conv%dd", dims)
	c := windowConfig{groups: 1}
	for _, o := range opts {
		o.conv(&c)
	}
	if t == nil || w == nil {
		misuse(name, fmt.Errorf("the input or the weight is nil"), t, w)
	}
	if w.Dim() != dims+2 {
		misuse(name, fmt.Errorf("the weight has %d dims; want %d", w.Dim(), dims+2), t, w)
	}
	if c.groups < 1 {
		misuse(name, fmt.Errorf("groups is %d; want at least 1", c.groups), t, w)
	}
	if c.outputPadding != nil {
		misuse(name, fmt.Errorf("OutputPadding is for transposed convolutions"), t, w)
	}
	s, err := c.sliding(dims, w.shape()[2:])
	if err == nil && c.same {
		err = s.padSame(&c)
	}
	if err != nil {
		misuse(name, err, t, w)
	}
	return t.batched(dims, func(t *Tensor) []*Tensor {
		in := []*Tensor{t, w, bias}
		if bias == nil {
			in = in[:2]
		}
		return one(Apply(&convOp{s, c.groups, c.relu}, in...))
	})[0]
}

// padSame pads by half of what the window reaches over; what is left goes to the end.
func (s *sliding) padSame(c *windowConfig) error {
	if s.Stride != [3]int{1, 1, 1} || c.padding != nil {
		return fmt.Errorf("stride %v with the same size; want 1, and no other padding", c.stride)
	}
	for i := range s.Padding {
		s.Padding[i] = (s.span(i) - 1) / 2
	}
	return nil
}

// convOp maps x and w to y, linearly in each. With it come two ops for the
// gradients, and each is the gradient of the others: every one of them is the
// same sum of products x·w·y, seen from another side.
type convOp struct {
	sliding
	groups int
	relu   bool // of y, which is not linear then
}

func (o *convOp) Name() string        { return fmt.Sprintf("conv%dd%s", o.dims, clamped(o.relu)) }
func (*convOp) Kernel() device.Kernel { return device.ConvForward }
func (o *convOp) Attr() any           { return device.Conv{Window: o.Window, Groups: o.groups, ReLU: o.relu} }
func (o *convOp) Reads() Reads {
	if o.relu {
		return In0 | In1 | Out0
	}
	return In0 | In1
}
func (o *convOp) Infer(in []*Tensor) (device.Spec, error) {
	x, w := in[0].spec(), in[1].spec()
	if err := wantImages(x, o.dims); err != nil {
		return device.Spec{}, err
	}
	for _, t := range in[1:] {
		if t.DType() != x.DType {
			return device.Spec{}, fmt.Errorf("dtypes %v and %v differ", x.DType, t.DType())
		}
	}
	switch c, out := x.Dim[1], w.Dim[0]; {
	case c != w.Dim[1]*o.groups:
		return device.Spec{}, fmt.Errorf("the input has %d channels; the weight wants %d in each of %d groups", c, w.Dim[1], o.groups)
	case out%o.groups != 0:
		return device.Spec{}, fmt.Errorf("%d filters do not divide into %d groups", out, o.groups)
	case len(in) > 2 && (in[2].Dim() != 1 || in[2].Len() != out):
		return device.Spec{}, fmt.Errorf("the bias has shape %v; want [%d]", in[2].shape(), out)
	}
	return o.result(x, w.Dim[0])
}

func (o *convOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	linear := *o
	if linear.relu = false; o.relu {
		dy = reluGrad(dy, c.Out(0))
	}
	if c.Needs(0) {
		g[0] = Apply(&convInputOp{linear, *c.spec(0)}, dy, c.In(1))
	}
	if c.Needs(1) {
		g[1] = Apply(&convWeightOp{linear, *c.spec(1)}, c.In(0), dy)
	}
	if c.Inputs() > 2 && c.Needs(2) {
		g[2] = dy.Sum(Dims([]int{0, 2, 3, 4}[:dy.Dim()-1]...))
	}
	return g
}

// lower returns the op that lays out the windows of x.
func (o *convOp) lower(x, y *device.Spec) unfoldOp {
	return unfoldOp{o.sliding, image(x), image(y)}
}

// Body is the product of the filters and the windows, group by group.
func (o *convOp) Body(in []*Tensor) *Tensor {
	x, w := in[0], in[1]
	spec, _ := o.Infer(in)
	n, out, k := x.Size(0), w.Size(0), w.Size(1)*volume(o.Size)
	cols := Apply(o.lower(x.spec(), &spec), x).Reshape(n, o.groups, k, volume(image(&spec)))
	y := w.Reshape(o.groups, out/o.groups, k).MatMul(cols).Reshape(spec.Shape()...)
	if len(in) > 2 {
		shape := []int{1, out, 1, 1, 1}
		y = y.Add(in[2].Reshape(shape[:2+o.dims]...))
	}
	if o.relu {
		y = y.ReLU()
	}
	return y
}

// convInputOp maps dy and w to the gradient of x.
type convInputOp struct {
	convOp
	x device.Spec
}

func (o *convInputOp) Name() string                            { return o.convOp.Name() + "_input" }
func (*convInputOp) Kernel() device.Kernel                     { return device.ConvGradInput }
func (o *convInputOp) Infer(in []*Tensor) (device.Spec, error) { return o.x, nil }

func (o *convInputOp) Grad(c *Ctx, dx *Tensor) (g Grads) {
	if c.Needs(0) {
		g[0] = Apply(&o.convOp, dx, c.In(1))
	}
	if c.Needs(1) {
		g[1] = Apply(&convWeightOp{o.convOp, *c.spec(1)}, dx, c.In(0))
	}
	return g
}

func (o *convInputOp) Body(in []*Tensor) *Tensor {
	dy, w := in[0], in[1]
	n, out, k := dy.Size(0), w.Size(0), w.Size(1)*volume(o.Size)
	l := volume(image(dy.spec()))
	cols := w.Reshape(o.groups, out/o.groups, k).Transpose(1, 2).MatMul(dy.Reshape(n, o.groups, out/o.groups, l))
	return Apply(foldOp(o.lower(&o.x, dy.spec())), cols.Reshape(n, o.groups*w.Size(1), volume(o.Size), l))
}

// convWeightOp maps x and dy to the gradient of w.
type convWeightOp struct {
	convOp
	w device.Spec
}

func (o *convWeightOp) Name() string                            { return o.convOp.Name() + "_weight" }
func (*convWeightOp) Kernel() device.Kernel                     { return device.ConvGradWeight }
func (o *convWeightOp) Infer(in []*Tensor) (device.Spec, error) { return o.w, nil }

func (o *convWeightOp) Grad(c *Ctx, dw *Tensor) (g Grads) {
	if c.Needs(0) {
		g[0] = Apply(&convInputOp{o.convOp, *c.spec(0)}, c.In(1), dw)
	}
	if c.Needs(1) {
		g[1] = Apply(&o.convOp, c.In(0), dw)
	}
	return g
}

func (o *convWeightOp) Body(in []*Tensor) *Tensor {
	x, dy := in[0], in[1]
	n, out, k := x.Size(0), o.w.Dim[0], o.w.Dim[1]*volume(o.Size)
	l := volume(image(dy.spec()))
	cols := Apply(o.lower(x.spec(), dy.spec()), x).Reshape(n, o.groups, k, l)
	dw := dy.Reshape(n, o.groups, out/o.groups, l).MatMul(cols.Transpose(-1, -2))
	return dw.Sum(Dims(0)).Reshape(o.w.Shape()...)
}
