package tensor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
)

// OutputRatio is the size of the images that a fractional pooling makes, as
// parts of the input's: one number for all spatial dims, or one each.
func OutputRatio(r ...float64) PoolOption { return poolOption(func(c *windowConfig) { c.ratio = r }) }

// RandomSamples is what a fractional pooling places its windows by: numbers in
// [0, 1), [n, c, spatial dims]. Without it they are drawn from the default generator.
func RandomSamples(t *Tensor) PoolOption {
	return poolOption(func(c *windowConfig) { c.samples = t })
}

// FractionalMaxPool2d returns the largest element of each window of each
// channel, where windows of the given size start a random one or two steps
// apart, so that the result has the size that is asked for: [OutputSize] or
// [OutputRatio], one of which must be given.
//
//	shape:  [n, c, h, w] → [n, c, h', w']; without n for one image
//	dtype:  floating point
//	panics: *Error for other shapes and dtypes, and windows for which the image is too small
//	source: torch.nn.functional.fractional_max_pool2d; Graham, Fractional Max-Pooling, 2014
func (t *Tensor) FractionalMaxPool2d(kernel []int, opts ...PoolOption) *Tensor {
	return t.fractionalMaxPool(2, kernel, opts)[0]
}

// FractionalMaxPool3d is FractionalMaxPool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w] → [n, c, d', h', w']; without n for one volume
//	source: torch.nn.functional.fractional_max_pool3d
func (t *Tensor) FractionalMaxPool3d(kernel []int, opts ...PoolOption) *Tensor {
	return t.fractionalMaxPool(3, kernel, opts)[0]
}

// FractionalMaxPool2dWithIndices is FractionalMaxPool2d, and where each maximum
// was found, as [Tensor.MaxPool2dWithIndices] says it.
//
//	source: torch.nn.functional.fractional_max_pool2d_with_indices
func (t *Tensor) FractionalMaxPool2dWithIndices(kernel []int, opts ...PoolOption) (y, index *Tensor) {
	out := t.fractionalMaxPool(2, kernel, opts)
	return out[0], out[1]
}

// FractionalMaxPool3dWithIndices is FractionalMaxPool2dWithIndices for volumes.
//
//	source: torch.nn.functional.fractional_max_pool3d_with_indices
func (t *Tensor) FractionalMaxPool3dWithIndices(kernel []int, opts ...PoolOption) (y, index *Tensor) {
	out := t.fractionalMaxPool(3, kernel, opts)
	return out[0], out[1]
}

func (t *Tensor) fractionalMaxPool(dims int, kernel []int, opts []PoolOption) []*Tensor {
	name := fmt.Sprintf("fractional_max_pool%dd", dims)
	var c windowConfig
	for _, o := range opts {
		o.pool(&c)
	}
	o, err := t.known(name).fractional(dims, kernel, &c)
	if err != nil {
		misuse(name, err, t)
	}
	d := t.DType()
	if d == Float16 || d == BFloat16 {
		t = t.Cast(Float32) // a maximum is one of t's elements
	}
	if c.samples == nil {
		c.samples = like(t).Rand(append(o.planes(t), dims)...)
	}
	if !slices.Equal(c.samples.shape(), append(o.planes(t), dims)) {
		misuse(name, fmt.Errorf("the random samples have shape %v; want %v", c.samples.shape(), append(o.planes(t), dims)), t)
	}
	starts := o.starts(t, c.samples)
	out := t.batched(dims, func(t *Tensor) []*Tensor { return ApplyMulti(o, t, starts) })
	out[0] = out[0].Cast(d)
	return out
}

// fractionalOp is a max pooling by windows whose starts are its second input.
type fractionalOp struct {
	sliding
	size [3]int // of the result
}

func (o *fractionalOp) Name() string        { return fmt.Sprintf("fractional_max_pool%dd", o.dims) }
func (*fractionalOp) Kernel() device.Kernel { return device.FractionalMaxPool }
func (*fractionalOp) Reads() Reads          { return Out1 }
func (o *fractionalOp) Attr() any           { return device.Pool{Window: o.Window} }
func (o *fractionalOp) Infer(in []*Tensor) ([]device.Spec, error) {
	x := in[0].spec()
	y, err := shapeSpec(x.DType, append([]int{x.Dim[0], x.Dim[1]}, o.size[3-o.dims:]...))
	index := y
	index.DType = Int64
	return []device.Spec{y, index}, err
}
func (o *fractionalOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&maxPoolGradOp{*c.spec(0)}, dy, c.Out(1))}
}

// fractional checks the arguments.
func (t *Tensor) fractional(dims int, kernel []int, c *windowConfig) (*fractionalOp, error) {
	lead := t.Dim() - dims
	s, err := (&windowConfig{}).sliding(dims, kernel)
	o := &fractionalOp{sliding: s, size: [3]int{1, 1, 1}}
	switch {
	case err != nil:
		return o, err
	case c.stride != nil || c.padding != nil || c.dilation != nil || c.ceil || c.excludePad || c.divisor != nil:
		return o, errors.New("the options are OutputSize, OutputRatio and RandomSamples")
	case lead != 1 && lead != 2:
		return o, wantImages(t.spec(), dims)
	case !t.DType().IsFloat():
		return o, wantFloat(t.DType())
	case slices.Contains(t.shape()[lead-1:], 0):
		return o, errors.New("an image has no elements")
	case (len(c.outputSize) == 0) == (len(c.ratio) == 0):
		return o, errors.New("want an output size or an output ratio, and not both")
	case max(len(c.outputSize), len(c.ratio)) > 1 && max(len(c.outputSize), len(c.ratio)) != dims:
		return o, fmt.Errorf("the output has %d numbers; want 1 or %d", max(len(c.outputSize), len(c.ratio)), dims)
	}
	for i := range dims {
		n, k := t.Size(i-dims), 3-dims+i
		if len(c.ratio) > 0 {
			r := c.ratio[i%len(c.ratio)]
			if !(r > 0 && r < 1) {
				return o, fmt.Errorf("the output ratio is %v; want more than 0 and less than 1", r)
			}
			o.size[k] = int(float64(n) * r)
		} else {
			o.size[k] = c.outputSize[i%len(c.outputSize)]
		}
		room := n // of volumes PyTorch wants one element more
		if dims == 3 {
			room--
		}
		if m := o.size[k]; m < 0 || m > n || m+o.Size[k]-1 > room {
			return o, fmt.Errorf("%d windows of %d in dim %d of size %d; want 0 or more, and room for each a step apart", m, o.Size[k], i-dims, n)
		}
	}
	return o, nil
}

// planes is how many images and channels t has.
func (o *fractionalOp) planes(t *Tensor) []int {
	shape := t.Shape()[:t.Dim()-o.dims]
	if len(shape) == 1 {
		return append([]int{1}, shape...)
	}
	return shape
}

// starts is where the windows of each plane begin, dim after dim. Of the
// random samples, those of images count from the last dim.
func (o *fractionalOp) starts(t, samples *Tensor) *Tensor {
	u, single := Slice[float64](samples), t.DType() == Float32
	in := [3]int{1, 1, 1}
	copy(in[3-o.dims:], t.shape()[t.Dim()-o.dims:])
	var at []int64
	for p := range len(u) / o.dims {
		for i, n := range o.size {
			sample := 0.0
			switch {
			case o.dims == 3:
				sample = u[p*3+i]
			case i > 0:
				sample = u[p*2+2-i]
			}
			at = append(at, intervals(n, in[i]-o.Size[i], sample, single)...)
		}
	}
	return Of(at, len(u)/o.dims, o.size[0]+o.size[1]+o.size[2]).To(t.b.dev)
}

// intervals is ⌊(i + u)·α⌋ - ⌊u·α⌋ for i below n-1, and last, where α = last / (n-1);
// in the arithmetic of float32 where that is t's, as PyTorch does.
func intervals(n, last int, u float64, single bool) []int64 {
	at := make([]int64, n)
	if n > 0 {
		at[n-1] = int64(last)
	}
	for i := range n - 1 {
		if single {
			alpha := float32(last) / float32(n-1)
			at[i] = int64((float32(i)+float32(u))*alpha) - int64(float32(u)*alpha)
		} else {
			alpha := float64(last) / float64(n-1)
			at[i] = int64((float64(i)+u)*alpha) - int64(u*alpha)
		}
	}
	return at
}
