package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Mish returns x·tanh(ln(1 + eˣ)) for each element x of t.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.mish; Misra 2019, arXiv:1908.08681
func (t *Tensor) Mish() *Tensor { return Apply(mishOp{}, t) }

type mishOp struct{ Floatwise }

func (mishOp) Name() string              { return "mish" }
func (mishOp) Kernel() device.Kernel     { return device.NoKernel }
func (mishOp) Reads() Reads              { return In0 }
func (mishOp) Body(in []*Tensor) *Tensor { return in[0].Mul(in[0].mishGate()) }

// mishGate is tanh(ln(1 + eˣ)).
func (t *Tensor) mishGate() *Tensor { return t.Softplus(1, 20).Tanh() }

// With g the gate, d/dx x·g = g + x·σ(x)·(1-g²).
func (mishOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	g := x.mishGate()
	return Grads{dy.Mul(g.Add(x.Mul(x.Sigmoid()).Mul(g.Square().RSubScalar(1))))}
}

func mishEntry() Entry {
	return Entry{
		Name: "nn.functional.mish", Sig: "mish(input, inplace=False)", At: Here(), Ops: []any{mishOp{}}, Go: []string{"Mish"},
		Call:    UnaryCall((*Tensor).Mish),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] * math.Tanh(math.Log1p(math.Exp(x[0]))) }),
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Floats,
		Samples: append(UnarySamples(-4, 4), Sample{Args: []any{In(4).With(-800, -20, 20, 800)}}),
		Bad:     floatBad("mish"),
	}
}
