package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// ELU returns x for each element x > 0 of t, and alpha·(eˣ - 1) for the others.
// PyTorch's alpha is 1 where none is given.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.elu; Clevert et al. 2015, arXiv:1511.07289
func (t *Tensor) ELU(alpha float64) *Tensor { return Apply(eluOp{alpha: alpha}, t) }

type eluOp struct {
	Floatwise
	alpha float64
}

func (eluOp) Name() string          { return "elu" }
func (eluOp) Kernel() device.Kernel { return device.NoKernel }
func (eluOp) Reads() Reads          { return In0 }
func (o eluOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	return Where(x.GtScalar(0), x, x.Expm1().MulScalar(o.alpha))
}

// d/dx is 1 for x > 0, else alpha·eˣ, whose exponent is kept from overflow: the
// gradient of the unused branch would be 0·Inf.
func (o eluOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	return Grads{Where(x.GtScalar(0), dy, dy.Mul(x.ClampMax(0).Exp()).MulScalar(o.alpha))}
}

func eluEntry() Entry {
	return Entry{
		Name: "nn.functional.elu", Sig: "elu(input, alpha=1.0, inplace=False)", At: Here(), Ops: []any{eluOp{alpha: 1}}, Go: []string{"ELU"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").ELU(a.Float("alpha"))) },
		Ref: func(a *Args) []Array {
			return RefMap(func(x ...float64) float64 {
				if x[0] > 0 {
					return x[0]
				}
				return a.Float("alpha") * math.Expm1(x[0])
			})(a)
		},
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Floats,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(3, 4), 0.25}}, Sample{Args: []any{In(4).With(-800, -1, 1, 800)}}),
		Bad:     floatBad("elu"),
	}
}
