package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// normOps scale by means and variances.
func normOps() map[string]opFunc {
	return map[string]opFunc{
		"BatchNormalization": opBatchNorm,
		"InstanceNormalization": same(func(c *call) *tensor.Tensor {
			x := c.x(0)
			return normalized(x, c.spatialDims(), c.floatAttr("epsilon", 1e-5)).
				Mul(channels(c.x(1), x.Dim())).Add(channels(c.x(2), x.Dim()))
		}),
		"LayerNormalization":        opLayerNorm,
		"GroupNormalization":        same(opGroupNorm),
		"RMSNormalization":          same(opRMSNorm),
		"LRN":                       same(opLRN),
		"LpNormalization":           same(opLpNorm),
		"MeanVarianceNormalization": same(opMeanVariance),
	}
}

// normalized has mean 0 and variance 1 over dims.
func normalized(x *tensor.Tensor, dims []int, eps float64) *tensor.Tensor {
	variance, mean := x.VarMean(tensor.Dims(dims...), tensor.KeepDim, tensor.Correction(0))
	return x.Sub(mean).Mul(variance.AddScalar(eps).Rsqrt())
}

func opBatchNorm(c *call) []*Value {
	x, scale, bias, mean, variance := c.x(0), c.x(1), c.x(2), c.x(3), c.x(4)
	d, eps := x.DType(), c.floatAttr("epsilon", 1e-5)
	if c.intAttr("spatial", 1) != 1 {
		c.failf("spatial is 0, which is not supported")
	}
	if scale.DType() != d {
		scale, bias = scale.Cast(d), bias.Cast(d)
	}
	if !c.flag("training_mode", false) {
		y := x.BatchNorm(mean.Cast(d), variance.Cast(d), scale, bias, false, 0, eps)
		return []*Value{typed(y, c.elem(0))}
	}
	dims := []int{0}
	for i := 2; i < x.Dim(); i++ {
		dims = append(dims, i)
	}
	m := c.floatAttr("momentum", 0.9)
	v, mu := x.VarMean(tensor.Dims(dims...), tensor.Correction(0))
	y := normalized(x, dims, eps).Mul(channels(scale, x.Dim())).Add(channels(bias, x.Dim()))
	running := func(old, now *tensor.Tensor) *Value {
		return NewValue(old.MulScalar(m).Add(now.Cast(old.DType()).MulScalar(1 - m)))
	}
	return []*Value{typed(y, c.elem(0)), running(mean, mu), running(variance, v)}
}

func opLayerNorm(c *call) []*Value {
	x, scale, bias := c.x(0), c.x(1), c.opt(2)
	axis, eps := c.axis(-1, x.Dim()), c.floatAttr("epsilon", 1e-5)
	shape := x.Shape()[axis:]
	if len(c.out) == 1 && slices.Equal(scale.Shape(), shape) && (bias == nil || slices.Equal(bias.Shape(), shape)) {
		return []*Value{typed(x.LayerNorm(shape, scale, bias, eps), c.elem(0))}
	}
	var dims []int
	for i := axis; i < x.Dim(); i++ {
		dims = append(dims, i)
	}
	variance, mean := x.VarMean(tensor.Dims(dims...), tensor.KeepDim, tensor.Correction(0))
	inv := variance.AddScalar(eps).Rsqrt()
	y := x.Sub(mean).Mul(inv).Mul(scale)
	if bias != nil {
		y = y.Add(bias)
	}
	return []*Value{typed(y, c.elem(0)), NewValue(mean), NewValue(inv)}
}

func opGroupNorm(c *call) *tensor.Tensor {
	x, scale, bias, groups := c.x(0), c.x(1), c.x(2), c.intAttr("num_groups", 0)
	if c.spatial(x); c.version < 21 && groups > 0 { // one number for each group
		each := x.Size(1) / groups
		scale, bias = scale.RepeatInterleave(each, 0), bias.RepeatInterleave(each, 0)
	}
	return x.GroupNorm(groups, scale, bias, c.floatAttr("epsilon", 1e-5))
}

func opRMSNorm(c *call) *tensor.Tensor {
	x := c.x(0)
	var dims []int
	for i := c.axis(-1, x.Dim()); i < x.Dim(); i++ {
		dims = append(dims, i)
	}
	mean := x.Square().Mean(tensor.Dims(dims...), tensor.KeepDim)
	return x.Mul(mean.AddScalar(c.floatAttr("epsilon", 1e-5)).Rsqrt()).Mul(c.x(1))
}

// opLRN has the channel more of an even size after the middle, PyTorch's before it.
func opLRN(c *call) *tensor.Tensor {
	x, size := c.x(0), c.intAttr("size", 1)
	norm := func(x *tensor.Tensor) *tensor.Tensor {
		return x.LocalResponseNorm(size, c.floatAttr("alpha", 1e-4), c.floatAttr("beta", 0.75), c.floatAttr("bias", 1))
	}
	if size%2 == 1 {
		return norm(x)
	}
	return norm(x.Flip(1)).Flip(1)
}

func opLpNorm(c *call) *tensor.Tensor {
	x := c.x(0)
	dim := c.axis(-1, x.Dim())
	norm := x.Norm(float64(c.intAttr("p", 2)), tensor.Dims(dim), tensor.KeepDim)
	return tensor.Where(norm.EqScalar(0), tensor.ZerosLike(x), x.Div(norm))
}

func opMeanVariance(c *call) *tensor.Tensor {
	x := c.x(0)
	axes := c.axes(1, x.Dim())
	if axes == nil {
		axes = []int{0, 2, 3}
	}
	variance, mean := x.VarMean(tensor.Dims(axes...), tensor.KeepDim, tensor.Correction(0))
	return x.Sub(mean).Div(variance.Sqrt().AddScalar(1e-9))
}
