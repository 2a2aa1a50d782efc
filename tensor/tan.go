package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Tan returns the tangent of each element of t, in radians.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.tan
func (t *Tensor) Tan() *Tensor { return Apply(tanOp{}, t.floating()) }

type tanOp struct{ Elementwise }

func (tanOp) Name() string          { return "tan" }
func (tanOp) Kernel() device.Kernel { return device.Tan }
func (tanOp) Reads() Reads          { return Out0 }

// d/dx tan x = 1 + tan² x
func (tanOp) Grad(c *Ctx, dy *Tensor) Grads {
	y := c.Out(0)
	return Grads{dy.Mul(y.Mul(y).AddScalar(1))}
}

func tanEntry() Entry {
	return Entry{
		Name: "tan", Sig: "tan(input)", At: Here(), Ops: []any{tanOp{}}, Go: []string{"Tan"},
		Call:    UnaryCall((*Tensor).Tan),
		Ref:     RefMap(func(x ...float64) float64 { return math.Tan(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-1.25, 1.25),
		Why:     map[string]string{"errors": "every tensor has a tangent"},
	}
}
