package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Softplus returns ln(1 + e^(beta·x)) / beta for each element x of t, and x
// itself where beta·x > threshold. PyTorch's values are 1 and 20 where none
// are given.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.softplus
func (t *Tensor) Softplus(beta, threshold float64) *Tensor {
	return Apply(softplusOp{beta: beta, threshold: threshold}, t)
}

type softplusOp struct {
	Floatwise
	beta, threshold float64
}

func (softplusOp) Name() string          { return "softplus" }
func (softplusOp) Kernel() device.Kernel { return device.Softplus }
func (o softplusOp) Attr() any           { return device.Bend{Beta: o.beta, Threshold: o.threshold} }
func (softplusOp) Reads() Reads          { return In0 }
func (o softplusOp) Body(in []*Tensor) *Tensor {
	z := in[0].MulScalar(o.beta)
	soft := z.ReLU().Add(z.Abs().Neg().Exp().Log1p()) // ln(1 + e^z), which no z overflows
	return Where(z.GtScalar(o.threshold), in[0], soft.DivScalar(o.beta))
}

// d/dx is σ(beta·x), and 1 above the threshold.
func (o softplusOp) Grad(c *Ctx, dy *Tensor) Grads {
	z := c.In(0).MulScalar(o.beta)
	return Grads{Where(z.GtScalar(o.threshold), dy, dy.Mul(z.Sigmoid()))}
}

func softplusEntry() Entry {
	kw := func(beta, threshold any) map[string]any { return map[string]any{"beta": beta, "threshold": threshold} }
	return Entry{
		Name: "nn.functional.softplus", Sig: "softplus(input, beta=1, threshold=20)", At: Here(),
		Ops: []any{softplusOp{beta: 1, threshold: 20}}, Go: []string{"Softplus"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Softplus(a.Float("beta"), a.Float("threshold")))
		},
		Ref: RefMap(func(x ...float64) float64 {
			if x[0]*x[1] > x[2] {
				return x[0]
			}
			return math.Log1p(math.Exp(x[0]*x[1])) / x[1]
		}),
		Why:    map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes: Floats,
		Samples: append(UnarySamples(-3, 3), Sample{Args: []any{In(12).Within(-30, 30)}}, Sample{Args: []any{In(3).With(-800, 19, 800)}},
			Sample{Args: []any{In(3, 4)}, Kw: kw(3, 0.2)}, Sample{Args: []any{In(3, 4)}, Kw: kw(-0.5, 20)}),
		Bad: floatBad("softplus"),
	}
}
