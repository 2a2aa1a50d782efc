package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Frac returns what is left of each element of t without its integer part; it
// has t's sign.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.frac
func (t *Tensor) Frac() *Tensor { return Apply(fracOp{}, t) }

type fracOp struct{ Floatwise }

func (fracOp) Name() string                  { return "frac" }
func (fracOp) Kernel() device.Kernel         { return device.Frac }
func (fracOp) Reads() Reads                  { return Nothing }
func (fracOp) Body(in []*Tensor) *Tensor     { return in[0].Sub(in[0].Trunc()) }
func (fracOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy} }

func fracEntry() Entry {
	return Entry{
		Name: "frac", Sig: "frac(input)", At: Here(), Ops: []any{fracOp{}}, Go: []string{"Frac"},
		Call:    UnaryCall((*Tensor).Frac),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] - math.Trunc(x[0]) }),
		DTypes:  Floats,
		Samples: UnarySamples(-2, 2),
		Bad:     floatBad("frac"),
	}
}
