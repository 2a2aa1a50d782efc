package optim

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// ClipGradNorm scales the gradients of params together, in place, so that
// their norm is at most maxNorm, and returns the norm that they had. normType is p
// of the p-norm: 2, 1, math.Inf(1). Parameters without gradient are left out;
// with none left, the norm is 0.
//
// As in PyTorch, the scale is maxNorm / (norm + 1e-6), and a norm that is NaN or
// infinite makes gradients NaN or zero: look at the result, or use
// [ClipGradNormFinite].
//
//	panics: with an error if maxNorm or normType is negative or NaN, normType is 0,
//	or params or one of them is nil
//	source: torch.nn.utils.clip_grad_norm_
func ClipGradNorm(params Params, maxNorm, normType float64) float64 {
	norm := GradNorm(params, normType)
	scale(params, maxNorm, norm)
	return norm
}

// ClipGradNormFinite is [ClipGradNorm], but where the norm is NaN or infinite
// it returns an error and leaves the gradients.
//
//	source: torch.nn.utils.clip_grad_norm_ with error_if_nonfinite
func ClipGradNormFinite(params Params, maxNorm, normType float64) (float64, error) {
	norm := GradNorm(params, normType)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, fmt.Errorf("optim: the norm of the gradients is %v", norm)
	}
	scale(params, maxNorm, norm)
	return norm, nil
}

func scale(params Params, maxNorm, norm float64) {
	if !(maxNorm >= 0) {
		panic(fmt.Errorf("optim: the gradients' largest norm is %v; want 0 or more", maxNorm))
	}
	by := maxNorm / (norm + 1e-6)
	if by >= 1 {
		return
	}
	for _, g := range grads(params) {
		g.MulScalarInPlace(by)
	}
}

// GradNorm returns the norm of all gradients of params together, as if they
// were one vector. Sums are in float64 from one gradient to the next.
//
//	panics: with an error if normType is not more than 0, or params or one of
//	them is nil
func GradNorm(params Params, normType float64) float64 {
	if !(normType > 0) {
		panic(fmt.Errorf("optim: the type of the norm is %v; want more than 0, such as 2", normType))
	}
	var total *tensor.Tensor // stays on the device, so that it waits once
	for _, g := range grads(params) {
		if d := g.DType(); d != tensor.Float64 {
			g = g.Cast(tensor.Float32) // squares of half precision overflow
		}
		n := power(g, normType).Cast(tensor.Float64)
		switch {
		case total == nil:
			total = n
		case math.IsInf(normType, 1):
			total = total.Maximum(n.To(total.Device()))
		default:
			total = total.Add(n.To(total.Device()))
		}
	}
	if total == nil {
		return 0
	}
	if math.IsInf(normType, 1) {
		return total.Float()
	}
	return math.Pow(total.Float(), 1/normType)
}

// power is Σ|g|^p, or max|g| where p is infinite.
func power(g *tensor.Tensor, p float64) *tensor.Tensor {
	switch {
	case math.IsInf(p, 1):
		if g.Len() == 0 {
			return tensor.Scalar(0.0).To(g.Device())
		}
		return g.Abs().Max()
	case p == 2:
		return g.Mul(g).Sum()
	case p == 1:
		return g.Abs().Sum()
	}
	return g.Abs().PowScalar(p).Sum()
}

// ClipGradValue limits each element of the gradients of params to [-maxValue, maxValue],
// in place.
//
//	panics: with an error if maxValue is negative or NaN, or params or one of them
//	is nil
//	source: torch.nn.utils.clip_grad_value_
func ClipGradValue(params Params, maxValue float64) {
	if !(maxValue >= 0) {
		panic(fmt.Errorf("optim: the gradients' largest value is %v; want 0 or more", maxValue))
	}
	for _, g := range grads(params) {
		g.ClampInPlace(-maxValue, maxValue)
	}
}

// grads are the gradients of params, marked so that their change records nothing.
func grads(params Params) []*tensor.Tensor {
	if params == nil {
		panic(errors.New("optim: the parameters are nil"))
	}
	var out []*tensor.Tensor
	for name, p := range params {
		if p == nil {
			panic(fmt.Errorf("optim: parameter %s is nil", name))
		}
		if g := p.Grad(); g != nil {
			out = append(out, g.NoGrad())
		}
	}
	return out
}
