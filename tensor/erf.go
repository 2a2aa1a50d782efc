package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Erf returns the error function 2/√π ∫₀ˣ exp(-s²) ds of each element x of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.erf
func (t *Tensor) Erf() *Tensor { return Apply(erfOp{}, t.floating()) }

type erfOp struct{ Elementwise }

func (erfOp) Name() string          { return "erf" }
func (erfOp) Kernel() device.Kernel { return device.Erf }
func (erfOp) Reads() Reads          { return In0 }

// d/dx erf x = 2/√π exp(-x²)
func (erfOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	return Grads{x.Mul(x).Neg().Exp().MulScalar(2 / math.SqrtPi).Mul(dy)}
}

func erfEntry() Entry {
	return Entry{
		Name: "erf", Sig: "erf(input)", At: Here(), Ops: []any{erfOp{}}, Go: []string{"Erf"},
		Call:    UnaryCall((*Tensor).Erf),
		Ref:     RefMap(func(x ...float64) float64 { return math.Erf(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "every tensor has an error function"},
	}
}
