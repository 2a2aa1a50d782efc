package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Angle returns the angle of each element of t as a complex number: π where it
// is below 0, else 0, and NaN for NaN. Its gradient is 0.
//
//	dtype:  floating point; integers and bool give float32
//	source: torch.angle
func (t *Tensor) Angle() *Tensor { return Apply(angleOp{}, t.floating()) }

type angleOp struct{ Elementwise }

func (angleOp) Name() string          { return "angle" }
func (angleOp) Kernel() device.Kernel { return device.Angle }
func (angleOp) Reads() Reads          { return Nothing }
func (angleOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	return Where(x.IsNaN(), x, x.LtScalar(0).Cast(x.DType()).MulScalar(math.Pi))
}
func (angleOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{ZerosLike(dy)} }

func angleEntry() Entry {
	return Entry{
		Name: "angle", Sig: "angle(input)", At: Here(), Ops: []any{angleOp{}}, Go: []string{"Angle"},
		Call: UnaryCall((*Tensor).Angle),
		Ref: RefMap(func(x ...float64) float64 {
			switch {
			case x[0] < 0:
				return math.Pi
			case x[0] != x[0]:
				return x[0]
			}
			return 0
		}),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "every number has an angle"},
	}
}
