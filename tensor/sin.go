package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Sin returns the sine of each element of t, in radians.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.sin
func (t *Tensor) Sin() *Tensor { return Apply(sinOp{}, t.floating()) }

type sinOp struct{ Elementwise }

func (sinOp) Name() string          { return "sin" }
func (sinOp) Kernel() device.Kernel { return device.Sin }
func (sinOp) Reads() Reads          { return In0 }

// d/dx sin x = cos x
func (sinOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.In(0).Cos())} }

func sinEntry() Entry {
	return Entry{
		Name: "sin", Sig: "sin(input)", At: Here(), Ops: []any{sinOp{}}, Go: []string{"Sin"},
		Call:    UnaryCall((*Tensor).Sin),
		Ref:     RefMap(func(x ...float64) float64 { return math.Sin(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-4, 4),
		Why:     map[string]string{"errors": "every tensor has a sine"},
	}
}
