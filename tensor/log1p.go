package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Log1p returns ln(1 + x) for each element x of t, exact for small x.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.log1p
func (t *Tensor) Log1p() *Tensor { return Apply(log1pOp{}, t.floating()) }

type log1pOp struct{ Elementwise }

func (log1pOp) Name() string          { return "log1p" }
func (log1pOp) Kernel() device.Kernel { return device.Log1p }
func (log1pOp) Reads() Reads          { return In0 }

// d/dx ln(1+x) = 1/(1+x)
func (log1pOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Div(c.In(0).AddScalar(1))} }

func log1pEntry() Entry {
	return Entry{
		Name: "log1p", Sig: "log1p(input)", At: Here(), Ops: []any{log1pOp{}}, Go: []string{"Log1p"},
		Call:    UnaryCall((*Tensor).Log1p),
		Ref:     RefMap(func(x ...float64) float64 { return math.Log1p(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-0.5, 4),
		Why:     map[string]string{"errors": "every tensor has a logarithm"},
	}
}
