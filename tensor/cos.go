package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Cos returns the cosine of each element of t, in radians.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.cos
func (t *Tensor) Cos() *Tensor { return Apply(cosOp{}, t.floating()) }

type cosOp struct{ Elementwise }

func (cosOp) Name() string          { return "cos" }
func (cosOp) Kernel() device.Kernel { return device.Cos }
func (cosOp) Reads() Reads          { return In0 }

// d/dx cos x = -sin x
func (cosOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.In(0).Sin()).Neg()} }

func cosEntry() Entry {
	return Entry{
		Name: "cos", Sig: "cos(input)", At: Here(), Ops: []any{cosOp{}}, Go: []string{"Cos"},
		Call:    UnaryCall((*Tensor).Cos),
		Ref:     RefMap(func(x ...float64) float64 { return math.Cos(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-4, 4),
		Why:     map[string]string{"errors": "every tensor has a cosine"},
	}
}
