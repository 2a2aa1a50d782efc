package onnx

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// activationOps are functions between layers.
func activationOps() map[string]opFunc {
	return map[string]opFunc{
		"Relu": unary((*tensor.Tensor).ReLU), "Sigmoid": unary((*tensor.Tensor).Sigmoid), "Softsign": unary((*tensor.Tensor).Softsign),
		"HardSwish": unary((*tensor.Tensor).Hardswish), "Mish": unary((*tensor.Tensor).Mish),
		"Softplus": same(func(c *call) *tensor.Tensor { return c.x(0).Softplus(1, 20) }),
		"Elu":      same(func(c *call) *tensor.Tensor { return c.x(0).ELU(c.floatAttr("alpha", 1)) }),
		"Celu":     same(func(c *call) *tensor.Tensor { return c.x(0).CELU(c.floatAttr("alpha", 1)) }),
		"Selu":     same(opSelu),
		"LeakyRelu": same(func(c *call) *tensor.Tensor {
			return c.x(0).LeakyReLU(c.floatAttr("alpha", 0.01))
		}),
		"ThresholdedRelu": same(func(c *call) *tensor.Tensor {
			return c.x(0).Threshold(c.floatAttr("alpha", 1), 0)
		}),
		"HardSigmoid": same(func(c *call) *tensor.Tensor {
			return c.x(0).MulScalar(c.floatAttr("alpha", 0.2)).AddScalar(c.floatAttr("beta", 0.5)).Clamp(0, 1)
		}),
		"Swish": same(func(c *call) *tensor.Tensor {
			return c.x(0).Mul(c.x(0).MulScalar(c.floatAttr("alpha", 1)).Sigmoid())
		}),
		"Gelu":       same(opGelu),
		"Shrink":     same(opShrink),
		"Softmax":    same(func(c *call) *tensor.Tensor { return lines(c, (*tensor.Tensor).Softmax) }),
		"LogSoftmax": same(func(c *call) *tensor.Tensor { return lines(c, (*tensor.Tensor).LogSoftmax) }),
		"Hardmax":    same(func(c *call) *tensor.Tensor { return lines(c, hardmax) }),
		"Dropout":    opDropout,
	}
}

// The constants of SELU, from Klambauer et al., Self-Normalizing Neural Networks, 2017.
const (
	seluAlpha = 1.67326319217681884765625
	seluGamma = 1.05070102214813232421875
)

func opSelu(c *call) *tensor.Tensor {
	return c.x(0).ELU(c.floatAttr("alpha", seluAlpha)).MulScalar(c.floatAttr("gamma", seluGamma))
}

func opGelu(c *call) *tensor.Tensor {
	if c.choice("approximate", "none", "tanh") == "tanh" {
		return c.x(0).GELUTanh()
	}
	return c.x(0).GELU()
}

func opShrink(c *call) *tensor.Tensor {
	x, lambda, bias := c.x(0), c.floatAttr("lambd", 0.5), c.floatAttr("bias", 0)
	zero := tensor.ZerosLike(x)
	y := tensor.Where(x.LtScalar(-lambda), x.AddScalar(bias).Cast(x.DType()), zero)
	return tensor.Where(x.GtScalar(lambda), x.SubScalar(bias).Cast(x.DType()), y)
}

// lines applies f along an axis; before opset 13 along all dims from it on.
func lines(c *call, f func(x *tensor.Tensor, dim int) *tensor.Tensor) *tensor.Tensor {
	x := c.x(0)
	if c.version >= 13 {
		return f(x, c.axis(-1, x.Dim()))
	}
	return f(flatten(x, c.axis(1, x.Dim())), 1).Reshape(x.Shape()...)
}

func hardmax(x *tensor.Tensor, dim int) *tensor.Tensor {
	best := x.ArgMax(tensor.Dims(dim), tensor.KeepDim)
	return tensor.ZerosLike(x).ScatterScalar(dim, best, 1)
}

// opDropout drops only in training mode, which the model must ask for.
func opDropout(c *call) []*Value {
	x, p := c.x(0), c.number(1, 0.5)
	train := c.version >= 12 && c.has(2) && c.single(2).Ne(tensor.Scalar(0).Cast(c.x(2).DType())).Int() != 0
	keep := tensor.Make{DType: tensor.Bool}.Ones(x.Shape()...)
	if train && p > 0 {
		keep = tensor.Bernoulli(1-p, x.Shape()...).Cast(tensor.Bool)
		x = x.Mul(keep.Cast(x.DType())).DivScalar(math.Max(1-p, math.SmallestNonzeroFloat32))
	}
	mask := keep
	if c.version < 10 {
		mask = keep.Cast(x.DType())
	}
	return []*Value{typed(x, c.elem(0)), NewValue(mask)}
}
