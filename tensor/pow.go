package tensor

import (
	"errors"
	"math"

	"github.com/facula-ml/facula/device"
)

// Pow returns t to the power of u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  promoted; a negative power of an integer is cut to an integer
//	panics: *Error for bool
//	source: torch.pow
func (t *Tensor) Pow(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(powOp{}, t, u)
}

// PowScalar returns t to the power of a Go number v.
//
//	dtype:  that of t and v promoted
//	panics: *Error if t and v are integers and v is negative
//	source: torch.pow with a number
func (t *Tensor) PowScalar(v any) *Tensor {
	n, _ := number("pow", v)
	t, u := promoteNumber("pow", t, v)
	if !t.DType().IsFloat() && n.Int64() < 0 {
		misuse("pow", errors.New("an integer to a negative integer power; cast it to a floating-point dtype first"), t)
	}
	return Apply(powNumberOp{exp: n.Float64()}, t, u)
}

// RPowScalar returns a Go number v to the power of t; see [Tensor.Pow].
func (t *Tensor) RPowScalar(v any) *Tensor {
	t, u := promoteNumber("pow", t, v)
	return Apply(powOp{}, u, t)
}

type powOp struct{ Elementwise }

func (powOp) Name() string          { return "pow" }
func (powOp) Kernel() device.Kernel { return device.Pow }
func (powOp) Reads() Reads          { return In0 | In1 | Out0 }

// d/da a^b = b·a^(b-1), and 0 where b is 0, even if a is 0 or NaN.
// d/db a^b = a^b·ln a, and 0 where a is 0 and b is not negative, as the limit
// is. What would be 0·Inf is masked before the function, so that it does not
// come back in the second derivative.
func (powOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	a, b := c.In(0), c.In(1)
	if c.Needs(0) {
		odd := b.EqScalar(0).LogicalAnd(a.Abs().GtScalar(0).LogicalNot())
		g[0] = dy.Mul(b.Mul(a.MaskedFill(odd, 1).Pow(b.SubScalar(1))))
	}
	if c.Needs(1) {
		limit := a.EqScalar(0).LogicalAnd(b.GeScalar(0))
		g[1] = dy.Mul(c.Out(0).Mul(a.MaskedFill(limit, 1).Log()))
	}
	return g
}

// powNumberOp is powOp whose second input is the number exp.
type powNumberOp struct {
	Elementwise
	exp float64
}

func (powNumberOp) Name() string { return "pow" }
func (powNumberOp) Reads() Reads { return In0 }
func (o powNumberOp) Kernel() device.Kernel {
	switch o.exp {
	case 2, 0.5, -0.5:
		return device.NoKernel
	}
	return device.Pow
}

// The shortcuts are PyTorch's: roots differ from pow at -0 and -Inf.
func (o powNumberOp) Body(in []*Tensor) *Tensor {
	switch o.exp {
	case 2:
		return in[0].Mul(in[0])
	case 0.5:
		return Apply(sqrtOp{}, in[0])
	case -0.5:
		return Apply(rsqrtOp{}, in[0])
	}
	return Apply(powOp{}, in...)
}

// d/dx x^n = n·x^(n-1)
func (o powNumberOp) Grad(c *Ctx, dy *Tensor) Grads {
	if o.exp == 0 {
		return Grads{ZerosLike(dy)}
	}
	return Grads{dy.Mul(c.In(0).PowScalar(o.exp - 1).MulScalar(o.exp))}
}

func powEntry() Entry {
	return Entry{
		Name: "pow", Sig: "pow(input, exponent)", At: Here(), Ops: []any{powOp{}},
		Go: []string{"Pow", "PowScalar", "RPowScalar"},
		Call: func(a *Args) []*Tensor {
			switch {
			case a.IsTensor("input") && a.IsTensor("exponent"):
				return one(a.Tensor("input").Pow(a.Tensor("exponent")))
			case a.IsTensor("exponent"):
				return one(a.Tensor("exponent").RPowScalar(a.Any("input")))
			}
			return one(a.OnlyTensor("input").PowScalar(a.Any("exponent")))
		},
		Ref: func(a *Args) []Array {
			switch a.Any("exponent") {
			case 0.5: // PyTorch's own shortcuts, which differ from pow at -0 and -Inf
				return RefMap(func(x ...float64) float64 { return math.Sqrt(x[0]) })(a)
			case -0.5:
				return RefMap(func(x ...float64) float64 { return 1 / math.Sqrt(x[0]) })(a)
			}
			return RefMap(func(x ...float64) float64 { return math.Pow(x[0], x[1]) })(a)
		},
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Numbers,
		Samples: powSamples(),
		Bad: append(BroadcastBad("pow"),
			Bad{Args: []any{In(2).As(Bool), In(2).As(Bool)}, Want: "tensor: pow [2], [2]: cpu has no kernel for bool"},
			Bad{Args: []any{In(2).As(Int32), -1}, Want: "tensor: pow [2]: an integer to a negative integer power; cast it to a floating-point dtype first"}),
	}
}

func powSamples() []Sample {
	s := append(BinaryWithin(0.5, 3, -2, 2.5), // negative powers of integers are in
		Sample{Args: []any{In(4).With(0, 1, 2, 0), In(4).With(2, 0, 1, 0)}, NoGrad: true},
		Sample{Args: []any{In(6).With(1, -1, -1, 2, -2, 5), In(6).With(-3, -3, -2, -1, -1, -2)}, NoGrad: true, Only: []DType{Int8, Int16, Int32, Int64}})
	for _, v := range []any{0, 1, 2, 3, 0.5, -0.5, -2, 2.5} {
		only := Floats
		if i, ok := v.(int); ok && i >= 0 {
			only = Numbers
		}
		s = append(s, Sample{Args: []any{In(2, 3).Within(0.5, 3), v}, Only: only})
	}
	for _, v := range []any{0, 1, 2, 0.5} {
		only := Floats
		if _, ok := v.(int); ok {
			only = Numbers
		}
		s = append(s, Sample{Args: []any{v, In(2, 3).Within(0, 2)}, Only: only})
	}
	return append(s, Sample{Args: []any{In(3).Within(1, 3), 2.0}, Only: Ints, Out: OutFloat})
}
