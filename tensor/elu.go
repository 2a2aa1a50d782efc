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
func (t *Tensor) ELU(alpha float64) *Tensor { return eluOp(alpha).of(t) }

// CELU returns x for each element x > 0 of t, and alpha·(e^(x/alpha) - 1) for
// the others. PyTorch's alpha is 1 where none is given.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.celu; Barron 2017, arXiv:1704.07483
func (t *Tensor) CELU(alpha float64) *Tensor { return celuOp(alpha).of(t) }

// SELU returns s·x for each element x > 0 of t, and s·a·(eˣ - 1) for the others,
// with the s ≈ 1.05 and a ≈ 1.67 that keep a mean of 0 and a variance of 1.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.selu; Klambauer et al. 2017, arXiv:1706.02515, appendix A.4
func (t *Tensor) SELU() *Tensor { return times(seluOp().of(t), seluScale) }

// SELU tends to -seluAlpha·seluScale on the left.
const (
	seluAlpha = 1.6732632423543772848170429916717
	seluScale = 1.0507009873554804934193349852946
)

// expUnitOp is x for x > 0, else left·(e^(rate·x) - 1); the two numbers are
// its other inputs.
type expUnitOp struct {
	Floatwise
	name       string
	left, rate float64
}

func (o expUnitOp) of(t *Tensor) *Tensor { return t.withNumbers(o, o.left, o.rate) }

func (o expUnitOp) Name() string        { return o.name }
func (expUnitOp) Kernel() device.Kernel { return device.ExpUnit }
func (expUnitOp) Reads() Reads          { return In0 }
func (o expUnitOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	return Where(x.GtScalar(0), x, times(times(x, o.rate).Expm1(), o.left))
}

// The exponent is kept from overflow: the gradient of the unused branch would be 0·Inf.
func (o expUnitOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	below := dy.Mul(times(times(x.ClampMax(0), o.rate).Exp(), o.left*o.rate))
	return Grads{Where(x.GtScalar(0), dy, below)}
}

func eluOp(alpha float64) expUnitOp  { return expUnitOp{name: "elu", left: alpha, rate: 1} }
func celuOp(alpha float64) expUnitOp { return expUnitOp{name: "celu", left: alpha, rate: 1 / alpha} }
func seluOp() expUnitOp              { return expUnitOp{name: "selu", left: seluAlpha, rate: 1} }

// times is t·v.
func times(t *Tensor, v float64) *Tensor {
	if v == 1 {
		return t
	}
	return t.MulScalar(v)
}

// expUnitEntry is the entry of scale·op.
func expUnitEntry(sig, method, at string, op func(alpha float64) expUnitOp, scale float64, f func(a *Args) *Tensor, alphas ...float64) Entry {
	name := op(1).name
	e := Entry{
		Name: "nn.functional." + name, Sig: sig, At: at, Ops: []any{op(1)}, Go: []string{method},
		Call: func(a *Args) []*Tensor { return one(f(a)) },
		Ref: func(a *Args) []Array {
			o := op(1)
			if a.Has("alpha") {
				o = op(a.Float("alpha"))
			}
			return RefMap(func(x ...float64) float64 {
				if x[0] <= 0 {
					return scale * o.left * math.Expm1(o.rate*x[0])
				}
				return scale * x[0]
			})(&Args{names: []string{"input"}, values: a.values})
		},
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Floats,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(4).With(-800, -1, 1, 800)}}),
		Bad:     floatBad(name),
	}
	for _, alpha := range alphas {
		e.Samples = append(e.Samples, Sample{Args: []any{In(3, 4), alpha}})
	}
	return e
}

func eluEntry() Entry {
	return expUnitEntry("elu(input, alpha=1.0, inplace=False)", "ELU", Here(), eluOp, 1,
		func(a *Args) *Tensor { return a.Tensor("input").ELU(a.Float("alpha")) }, 0.25)
}

func celuEntry() Entry {
	return expUnitEntry("celu(input, alpha=1.0, inplace=False)", "CELU", Here(), celuOp, 1,
		func(a *Args) *Tensor { return a.Tensor("input").CELU(a.Float("alpha")) }, 0.25, -1.5)
}

func seluEntry() Entry {
	return expUnitEntry("selu(input, inplace=False)", "SELU", Here(), func(float64) expUnitOp { return seluOp() }, seluScale,
		func(a *Args) *Tensor { return a.Tensor("input").SELU() })
}
