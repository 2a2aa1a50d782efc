package onnx

import (
	"strings"

	"github.com/facula-ml/facula/linalg"
	"github.com/facula-ml/facula/tensor"
)

// matrixOps are products and what is of matrices.
func matrixOps() map[string]opFunc {
	return map[string]opFunc{
		"MatMul": same(func(c *call) *tensor.Tensor { return c.x(0).MatMul(c.x(1)) }),
		"Gemm":   same(opGemm),
		"Einsum": same(func(c *call) *tensor.Tensor {
			in := make([]*tensor.Tensor, len(c.in))
			for i := range in {
				in[i] = c.x(i)
			}
			return tensor.Einsum(strings.ReplaceAll(c.strAttr("equation", ""), " ", ""), in...)
		}),
		"Det": same(func(c *call) *tensor.Tensor { return linalg.Det(c.x(0)) }),
		"Trilu": same(func(c *call) *tensor.Tensor {
			if c.flag("upper", true) {
				return c.x(0).Triu(c.integer(1, 0))
			}
			return c.x(0).Tril(c.integer(1, 0))
		}),
	}
}

func opGemm(c *call) *tensor.Tensor {
	a, b, bias := c.x(0), c.x(1), c.opt(2)
	alpha, beta := c.floatAttr("alpha", 1), c.floatAttr("beta", 1)
	if c.flag("transA", false) {
		a = a.T()
	}
	transB := c.flag("transB", false)
	if transB && alpha == 1 && (bias == nil || beta == 1 && bias.Dim() == 1 && a.DType().IsFloat() && bias.Size(0) == b.Size(0)) {
		return a.Linear(b, bias)
	}
	if transB {
		b = b.T()
	}
	y := a.MatMul(b)
	if alpha != 1 {
		y = y.MulScalar(alpha).Cast(a.DType())
	}
	if bias == nil || beta == 0 {
		return y
	}
	if beta != 1 {
		bias = bias.MulScalar(beta).Cast(a.DType())
	}
	return y.Add(bias)
}
