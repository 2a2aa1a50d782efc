package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Expm1 returns eˣ - 1 for each element x of t, exact for small x.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.expm1
func (t *Tensor) Expm1() *Tensor { return Apply(expm1Op{}, t.floating()) }

type expm1Op struct{ Elementwise }

func (expm1Op) Name() string          { return "expm1" }
func (expm1Op) Kernel() device.Kernel { return device.Expm1 }
func (expm1Op) Reads() Reads          { return Out0 }

// d/dx eˣ - 1 = eˣ
func (expm1Op) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.Out(0).AddScalar(1))} }

func expm1Entry() Entry {
	return Entry{
		Name: "expm1", Sig: "expm1(input)", At: Here(), Ops: []any{expm1Op{}}, Go: []string{"Expm1"},
		Call:    UnaryCall((*Tensor).Expm1),
		Ref:     RefMap(func(x ...float64) float64 { return math.Expm1(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "every tensor has an exponential"},
	}
}
