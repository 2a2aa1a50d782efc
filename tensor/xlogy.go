package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// XLogY returns t·ln u, elementwise: 0 where t is 0, and NaN where u is.
//
//	shape:  t and u broadcast
//	dtype:  promoted to a floating-point dtype
//	source: torch.xlogy
func (t *Tensor) XLogY(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(xlogyOp{}, t.floating(), u.floating())
}

type xlogyOp struct{ Elementwise }

func (xlogyOp) Name() string          { return "xlogy" }
func (xlogyOp) Kernel() device.Kernel { return device.NoKernel }
func (xlogyOp) Reads() Reads          { return In0 | In1 }
func (xlogyOp) Body(in []*Tensor) *Tensor {
	x, y := in[0], in[1]
	return Where(y.IsNaN(), y, x.Mul(y.Log()).MaskedFill(x.EqScalar(0), 0))
}
func (xlogyOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	x, y := c.In(0), c.In(1)
	if c.Needs(0) {
		flat := x.EqScalar(0).LogicalAnd(y.LeScalar(0))
		g[0] = dy.XLogY(y).MaskedFill(flat, 0)
	}
	if c.Needs(1) {
		g[1] = dy.Mul(x).Div(y)
	}
	return g
}

func xlogyEntry() Entry {
	return Entry{
		Name: "xlogy", Sig: "xlogy(input, other)", At: Here(), Ops: []any{xlogyOp{}}, Go: []string{"XLogY"},
		Call: func(a *Args) []*Tensor {
			if !a.IsTensor("other") {
				a.OnlyTensor("input")
			}
			return one(a.Tensor("input").XLogY(a.Tensor("other")))
		},
		Ref: RefMap(func(x ...float64) float64 {
			if x[0] == 0 && x[1] == x[1] {
				return 0
			}
			return x[0] * math.Log(x[1])
		}),
		Out:     OutFloat,
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  AllDTypes,
		Samples: append(BinaryWithin(-2, 2, 0.25, 4), Sample{Args: []any{In(4).With(0, 0, 1, 0), In(4).With(0, 2, 1, -1)}, NoGrad: true}),
		Bad:     BroadcastBad("xlogy"),
	}
}
