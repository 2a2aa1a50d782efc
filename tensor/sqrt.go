package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Sqrt returns √x for each element x of t: NaN below 0.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.sqrt
func (t *Tensor) Sqrt() *Tensor { return Apply(sqrtOp{}, t.floating()) }

type sqrtOp struct{ Elementwise }

func (sqrtOp) Name() string          { return "sqrt" }
func (sqrtOp) Kernel() device.Kernel { return device.Sqrt }
func (sqrtOp) Reads() Reads          { return Out0 }

// d/dx √x = 1/(2√x)
func (sqrtOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Div(c.Out(0).MulScalar(2))} }

func sqrtEntry() Entry {
	return Entry{
		Name: "sqrt", Sig: "sqrt(input)", At: Here(), Ops: []any{sqrtOp{}}, Go: []string{"Sqrt"},
		Call:    UnaryCall((*Tensor).Sqrt),
		Ref:     RefMap(func(x ...float64) float64 { return math.Sqrt(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(0.25, 4),
		Why:     map[string]string{"errors": "every tensor has a root"},
	}
}
