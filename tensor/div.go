package tensor

import "github.com/facula-ml/facula/device"

// Div returns t / u, elementwise; integers are divided as float32.
//
//	shape:  t and u broadcast
//	dtype:  promoted to a floating-point type
//	source: torch.div
func (t *Tensor) Div(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(divOp{}, t.floating(), u.floating())
}

// DivScalar returns t / v for a Go number v.
func (t *Tensor) DivScalar(v any) *Tensor {
	t, u := promoteNumber("div", t, v)
	return Apply(divOp{}, t.floating(), u.floating())
}

// RDivScalar returns v / t for a Go number v.
func (t *Tensor) RDivScalar(v any) *Tensor {
	t, u := promoteNumber("div", t, v)
	return Apply(divOp{}, u.floating(), t.floating())
}

type divOp struct{ elementwise }

func (divOp) Name() string          { return "div" }
func (divOp) Kernel() device.Kernel { return device.Div }
func (divOp) Reads() Reads          { return In0 | In1 }

// d/da a/b = 1/b, d/db a/b = -a/b²
func (divOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	b := c.In(1)
	g[0] = dy.Div(b)
	if c.Needs(1) {
		g[1] = g[0].Mul(c.In(0).Div(b)).Neg()
	}
	return g
}

func divEntry() Entry {
	return Entry{
		Name: "div", Sig: "div(input, other, *, rounding_mode=None)", At: here(), Ops: []any{divOp{}},
		Go: []string{"Div", "DivScalar", "RDivScalar", "DivInPlace"},
		Call: func(a *Args) []*Tensor {
			return one(withOther(a, (*Tensor).Div, (*Tensor).DivScalar))
		},
		Ref:     refMap(func(x ...float64) float64 { return x[0] / x[1] }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: append(binaryWithin(-2, 2, 0.5, 3), numberSamples()...),
		Bad:     broadcastBad("div"),
	}
}
