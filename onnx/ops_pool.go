package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// poolOps join the elements of windows.
func poolOps() map[string]opFunc {
	return map[string]opFunc{
		"MaxPool":     opMaxPool,
		"AveragePool": same(opAveragePool),
		"LpPool":      same(opLpPool),
		"MaxUnpool":   same(opMaxUnpool),
		"GlobalAveragePool": same(func(c *call) *tensor.Tensor {
			return c.x(0).Mean(tensor.Dims(c.spatialDims()...), tensor.KeepDim)
		}),
		"GlobalMaxPool": same(func(c *call) *tensor.Tensor {
			return c.x(0).Max(tensor.Dims(c.spatialDims()...), tensor.KeepDim)
		}),
		"GlobalLpPool": same(func(c *call) *tensor.Tensor {
			p := float64(c.intAttr("p", 2))
			return c.x(0).Abs().PowScalar(p).Sum(tensor.Dims(c.spatialDims()...), tensor.KeepDim).PowScalar(1 / p)
		}),
	}
}

// spatialDims are the numbers of the dims after batch and channels.
func (c *call) spatialDims() []int {
	dims := make([]int, len(c.spatial(c.x(0))))
	for i := range dims {
		dims[i] = i + 2
	}
	return dims
}

// pool is the window of a pool, and how much more padding at the end the last
// windows need where their number is rounded up.
func (c *call) pool(x *tensor.Tensor) (w *window, more []int) {
	size := c.spatial(x)
	w = c.window(size, c.intsAttr("kernel_shape"))
	c.auto(w, size)
	more = repeat(0, len(size))
	if !c.flag("ceil_mode", false) {
		return w, more
	}
	for i, n := range size {
		room := n + w.before[i] + w.after[i] - w.reach(i)
		steps := (room+w.stride[i]-1)/w.stride[i] + 1
		if (steps-1)*w.stride[i] >= n+w.before[i] { // a window must not begin in the padding after
			steps--
		}
		more[i] = max((steps-1)*w.stride[i]-room, 0)
	}
	return w, more
}

// plain reports whether facula's pools can pad by themselves: evenly, and by at
// most half a window.
func (w *window) plain(more []int) bool {
	for i := range more {
		if more[i] != 0 || w.before[i] > w.kernel[i]/2 {
			return false
		}
	}
	return w.even()
}

// opMaxPool pads before it pools where paddings are uneven or large.
func opMaxPool(c *call) []*Value {
	x := c.x(0)
	w, more := c.pool(x)
	wide := x
	opts := []tensor.PoolOption{tensor.Stride(w.stride...), tensor.Dilation(w.dilation...)}
	if w.plain(more) {
		opts = append(opts, tensor.Padding(w.before...))
		w.before = repeat(0, len(more))
	} else {
		for i := range more {
			more[i] += w.after[i]
		}
		lo, _ := limits(x.DType())
		wide = padded(x, w.before, more, lo)
	}
	var y, at *tensor.Tensor
	withIndices := len(c.out) > 1
	switch n := len(more); {
	case n == 1 && withIndices:
		y, at = wide.MaxPool1dWithIndices(w.kernel, opts...)
	case n == 1:
		y = wide.MaxPool1d(w.kernel, opts...)
	case n == 2 && withIndices:
		y, at = wide.MaxPool2dWithIndices(w.kernel, opts...)
	case n == 2:
		y = wide.MaxPool2d(w.kernel, opts...)
	case withIndices:
		y, at = wide.MaxPool3dWithIndices(w.kernel, opts...)
	default:
		y = wide.MaxPool3d(w.kernel, opts...)
	}
	out := []*Value{typed(y, c.elem(0))}
	if withIndices {
		out = append(out, NewValue(c.places(at, x, wide, w)))
	}
	return out
}

// places makes of positions in a padded channel those in the whole of x.
func (c *call) places(at, x, wide *tensor.Tensor, w *window) *tensor.Tensor {
	size, wideSize := x.Shape()[2:], wide.Shape()[2:]
	column := c.intAttr("storage_order", 0) == 1
	stride := make([]int, len(size)) // in x
	for i := range size {
		if column {
			stride[i] = product(size[:i])
		} else {
			stride[i] = product(size[i+1:])
		}
	}
	sum := tensor.ZerosLike(at)
	for i := len(size) - 1; i >= 0; i-- {
		sum = sum.Add(at.RemainderScalar(wideSize[i]).SubScalar(w.before[i]).MulScalar(stride[i]))
		at = at.FloorDivideScalar(wideSize[i])
	}
	plane := tensor.Arange(0, x.Size(0)*x.Size(1), 1).MulScalar(product(size))
	return sum.Add(plane.Reshape(append([]int{x.Size(0), x.Size(1)}, repeat(1, len(size))...)...))
}

func avgPool(x *tensor.Tensor, w *window) *tensor.Tensor {
	stride := tensor.Stride(w.stride...)
	switch len(w.kernel) {
	case 1:
		return x.AvgPool1d(w.kernel, stride)
	case 2:
		return x.AvgPool2d(w.kernel, stride)
	}
	return x.AvgPool3d(w.kernel, stride)
}

// summed is the sum over windows, dilated ones too, of what is padded already.
func (c *call) summed(x *tensor.Tensor, w *window) *tensor.Tensor {
	dense := true
	for _, d := range w.dilation {
		dense = dense && d == 1
	}
	n := product(w.kernel)
	if dense {
		return avgPool(x, w).MulScalar(n)
	}
	ch := x.Size(1)
	ones := tensor.Make{DType: x.DType()}.Ones(append([]int{ch, 1}, w.kernel...)...)
	opts := []tensor.ConvOption{tensor.Stride(w.stride...), tensor.Dilation(w.dilation...), tensor.Groups(ch)}
	switch len(w.kernel) {
	case 1:
		return x.Conv1d(ones, nil, opts...)
	case 2:
		return x.Conv2d(ones, nil, opts...)
	}
	return x.Conv3d(ones, nil, opts...)
}

// opAveragePool divides the sum of each window by how many of its elements
// count: those of the image, and of the padding if count_include_pad is set.
func opAveragePool(c *call) *tensor.Tensor {
	x := c.x(0)
	w, more := c.pool(x)
	if zero := repeat(0, len(more)); slices.Equal(w.before, zero) && slices.Equal(w.after, zero) && slices.Equal(more, zero) {
		return c.summed(x, w).DivScalar(product(w.kernel))
	}
	one := tensor.Make{DType: x.DType()}.Ones(append([]int{1, 1}, x.Shape()[2:]...)...)
	pad := 0
	if c.flag("count_include_pad", false) {
		pad = 1
	}
	zero := repeat(0, len(more))
	count := padded(padded(one, w.before, w.after, pad), zero, more, 0)
	sum := c.summed(padded(padded(x, w.before, w.after, 0), zero, more, 0), w)
	return sum.Div(c.summed(count, w).ClampMin(1))
}

func opLpPool(c *call) *tensor.Tensor {
	x, p := c.x(0), float64(c.intAttr("p", 2))
	w, more := c.pool(x)
	for i := range more {
		more[i] += w.after[i]
	}
	return c.summed(padded(x.Abs().PowScalar(p), w.before, more, 0), w).PowScalar(1 / p)
}

// opMaxUnpool puts elements to the places that MaxPool found them at, and zeros elsewhere.
func opMaxUnpool(c *call) *tensor.Tensor {
	x, at := c.x(0), c.x(1)
	size := c.spatial(x)
	w := c.window(size, c.intsAttr("kernel_shape"))
	shape := x.Shape()
	for i, n := range size {
		shape[2+i] = (n-1)*w.stride[i] - w.before[i] - w.after[i] + w.kernel[i]
	}
	for _, n := range shape {
		if n < 0 {
			c.failf("an output of shape %v", shape)
		}
	}
	flat := tensor.Make{DType: x.DType()}.Zeros(shape...).Reshape(-1)
	y := flat.Scatter(0, at.Reshape(-1), x.Reshape(-1)).Reshape(shape...)
	if !c.has(2) {
		return y
	}
	want := c.ints(2)
	var pairs []int
	for i := len(shape) - 1; i >= 0; i-- {
		pairs = append(pairs, 0, want[i]-shape[i])
	}
	return y.Pad(pairs)
}
