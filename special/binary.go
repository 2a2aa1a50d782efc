package special

import (
	"errors"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// binary is f of the elements of a and b.
func binary(f device.Function, a, b *tensor.Tensor) *tensor.Tensor {
	a, b = promote(a, b)
	if f >= device.ChebyshevT {
		return tensor.Apply(polynomialOp{f: f}, a, b)
	}
	return tensor.Apply(binaryOp{f: f}, a, b)
}

// promote casts two tensors to their common floating-point dtype; nil is for
// Apply to report.
func promote(a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) {
	if a == nil || b == nil {
		return a, b
	}
	d := tensor.ResultType(a, b)
	if !d.IsFloat() {
		d = tensor.Float32
	}
	return a.Cast(d), b.Cast(d)
}

// binaryOp is a function of two elements that has a gradient with respect to
// the second.
type binaryOp struct {
	tensor.Elementwise
	f device.Function
}

func (o binaryOp) Name() string        { return names[o.f] }
func (binaryOp) Kernel() device.Kernel { return device.Special2 }
func (o binaryOp) Attr() any           { return o.f }
func (binaryOp) Reads() tensor.Reads   { return tensor.In0 | tensor.In1 }
func (o binaryOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	a, x := c.In(0), c.In(1)
	if c.Needs(0) {
		tensor.Misuse(o.Name()+" backward", errors.New("there is no gradient with respect to the first input; detach it"), a, x)
	}
	if !c.Needs(1) {
		return g
	}
	if o.f == device.Zeta { // -s·ζ(s+1, q)
		g[1] = dy.Mul(a.Neg().Mul(Zeta(a.AddScalar(1), x)))
		return g
	}
	// ±x^(a-1)·e^-x / Γ(a)
	g[1] = dy.Mul(a.SubScalar(1).Mul(x.Log()).Sub(x).Sub(Lgamma(a)).Exp())
	if o.f == device.GammaQ {
		g[1] = g[1].Neg()
	}
	return g
}

// polynomialOp is an orthogonal polynomial of x and its degree.
type polynomialOp struct {
	tensor.Elementwise
	tensor.NotDifferentiable
	f device.Function
}

func (o polynomialOp) Name() string        { return names[o.f] }
func (polynomialOp) Kernel() device.Kernel { return device.Special2 }
func (o polynomialOp) Attr() any           { return o.f }

// GammaInc returns the regularised lower incomplete gamma function
// P(a, x) = 1/Γ(a) ∫₀ˣ t^(a-1)·e^-t dt, NaN where a or x is negative. It has a
// gradient with respect to x alone.
//
//	shape:  a and x broadcast
//	dtype:  promoted; floating point
//	panics: *Error if both are integers; in the backward pass, if a needs a gradient
//	source: torch.igamma, torch.special.gammainc
func GammaInc(a, x *tensor.Tensor) *tensor.Tensor { return incomplete(device.GammaP, a, x) }

// GammaIncC returns the upper one, Q(a, x) = 1 - P(a, x); see GammaInc.
//
//	source: torch.igammac, torch.special.gammaincc
func GammaIncC(a, x *tensor.Tensor) *tensor.Tensor { return incomplete(device.GammaQ, a, x) }

func incomplete(f device.Function, a, x *tensor.Tensor) *tensor.Tensor {
	if a != nil && x != nil && !tensor.ResultType(a, x).IsFloat() {
		tensor.Misuse(names[f], errors.New("integers; cast one to a floating-point dtype"), a, x)
	}
	return binary(f, a, x)
}

// Zeta returns Hurwitz's zeta function ζ(s, q) = Σ (q+k)^-s over k = 0, 1, …:
// Inf at s = 1 and where q is 0 or a negative integer, NaN for smaller s and for
// other negative q if s is no integer. It has a gradient with respect to q alone.
//
//	shape:  s and q broadcast
//	dtype:  promoted to a floating-point dtype
//	panics: *Error in the backward pass, if s needs a gradient
//	source: torch.special.zeta
func Zeta(s, q *tensor.Tensor) *tensor.Tensor { return binary(device.Zeta, s, q) }

// XLog1PY returns x·ln(1+y), elementwise: 0 where x is 0, and NaN where y is.
//
//	shape:  x and y broadcast
//	dtype:  promoted to a floating-point dtype
//	source: torch.special.xlog1py
func XLog1PY(x, y *tensor.Tensor) *tensor.Tensor {
	x, y = promote(x, y)
	return tensor.Apply(xlog1pyOp{}, x, y)
}

type xlog1pyOp struct{ tensor.Elementwise }

func (xlog1pyOp) Name() string          { return "special.xlog1py" }
func (xlog1pyOp) Kernel() device.Kernel { return device.NoKernel }
func (xlog1pyOp) Reads() tensor.Reads   { return tensor.In0 | tensor.In1 }
func (xlog1pyOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	x, y := in[0], in[1]
	return tensor.Where(y.IsNaN(), y, x.Mul(y.Log1p()).MaskedFill(x.EqScalar(0), 0))
}
func (xlog1pyOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	x, y := c.In(0), c.In(1)
	if c.Needs(0) {
		flat := x.EqScalar(0).LogicalAnd(y.LeScalar(-1))
		g[0] = dy.Mul(y.Log1p()).MaskedFill(flat, 0)
	}
	if c.Needs(1) {
		g[1] = dy.Mul(x).Div(y.AddScalar(1))
	}
	return g
}
