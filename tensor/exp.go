package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Exp returns eˣ for each element x of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.exp
func (t *Tensor) Exp() *Tensor { return Apply(expOp{}, t.floating()) }

type expOp struct{ Elementwise }

func (expOp) Name() string          { return "exp" }
func (expOp) Kernel() device.Kernel { return device.Exp }
func (expOp) Reads() Reads          { return Out0 }

// d/dx eˣ = eˣ
func (expOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.Out(0))} }

func expEntry() Entry {
	return Entry{
		Name: "exp", Sig: "exp(input)", At: Here(), Ops: []any{expOp{}}, Go: []string{"Exp"},
		Call:    UnaryCall((*Tensor).Exp),
		Ref:     RefMap(func(x ...float64) float64 { return math.Exp(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "every tensor has an exponential"},
	}
}
