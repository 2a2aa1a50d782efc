package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Abs returns |x| for each element x of t. The gradient at 0 is 0.
//
//	dtype:  any number
//	panics: *Error for bool
//	source: torch.abs
func (t *Tensor) Abs() *Tensor { return Apply(absOp{}, t) }

type absOp struct{ Elementwise }

func (absOp) Name() string          { return "abs" }
func (absOp) Kernel() device.Kernel { return device.Abs }
func (absOp) Reads() Reads          { return In0 }

// d/dx |x| = sign x
func (absOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.In(0).Sign())} }

func absEntry() Entry {
	return Entry{
		Name: "abs", Sig: "abs(input)", At: Here(), Ops: []any{absOp{}}, Go: []string{"Abs"},
		Call:    UnaryCall((*Tensor).Abs),
		Ref:     RefMap(func(x ...float64) float64 { return math.Abs(x[0]) }),
		DTypes:  Numbers,
		Samples: UnarySamples(-2, 2),
		Bad:     []Bad{{Args: []any{In(2).As(Bool)}, Want: "tensor: abs [2]: cpu has no kernel for bool"}},
	}
}
