package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Log returns the natural logarithm ln x of each element x of t: NaN below 0,
// -Inf at 0.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.log
func (t *Tensor) Log() *Tensor { return Apply(logOp{}, t.floating()) }

type logOp struct{ Elementwise }

func (logOp) Name() string          { return "log" }
func (logOp) Kernel() device.Kernel { return device.Log }
func (logOp) Reads() Reads          { return In0 }

// d/dx ln x = 1/x
func (logOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Div(c.In(0))} }

func logEntry() Entry {
	return Entry{
		Name: "log", Sig: "log(input)", At: Here(), Ops: []any{logOp{}}, Go: []string{"Log"},
		Call:    UnaryCall((*Tensor).Log),
		Ref:     RefMap(func(x ...float64) float64 { return math.Log(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(0.25, 4),
		Why:     map[string]string{"errors": "every tensor has a logarithm"},
	}
}
