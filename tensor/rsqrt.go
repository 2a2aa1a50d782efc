package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Rsqrt returns 1/√x for each element x of t: NaN below 0, +Inf at 0.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.rsqrt
func (t *Tensor) Rsqrt() *Tensor { return Apply(rsqrtOp{}, t.floating()) }

type rsqrtOp struct{ Elementwise }

func (rsqrtOp) Name() string          { return "rsqrt" }
func (rsqrtOp) Kernel() device.Kernel { return device.Rsqrt }
func (rsqrtOp) Reads() Reads          { return Out0 }

// d/dx x^-½ = -½ x^-3/2
func (rsqrtOp) Grad(c *Ctx, dy *Tensor) Grads {
	y := c.Out(0)
	return Grads{dy.Mul(y.Mul(y).Mul(y)).MulScalar(-0.5)}
}

func rsqrtEntry() Entry {
	return Entry{
		Name: "rsqrt", Sig: "rsqrt(input)", At: Here(), Ops: []any{rsqrtOp{}}, Go: []string{"Rsqrt"},
		Call:    UnaryCall((*Tensor).Rsqrt),
		Ref:     RefMap(func(x ...float64) float64 { return 1 / math.Sqrt(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(0.25, 4),
		Why:     map[string]string{"errors": "every tensor has a root"},
	}
}
