package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Softsign returns x / (1 + |x|) for each element x of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.nn.functional.softsign
func (t *Tensor) Softsign() *Tensor {
	return Apply(softsignOp{}, t.floating())
}

type softsignOp struct{ Floatwise }

func (softsignOp) Name() string              { return "softsign" }
func (softsignOp) Kernel() device.Kernel     { return device.Softsign }
func (softsignOp) Body(in []*Tensor) *Tensor { return in[0].Div(in[0].Abs().AddScalar(1)) }
func (softsignOp) Reads() Reads              { return In0 }

// d/dx x/(1+|x|) = 1/(1+|x|)²
func (softsignOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{dy.Div(c.In(0).Abs().AddScalar(1).Square())}
}

func softsignEntry() Entry {
	return Entry{
		Name: "nn.functional.softsign", Sig: "softsign(input)", At: Here(), Ops: []any{softsignOp{}}, Go: []string{"Softsign"},
		Call:    UnaryCall((*Tensor).Softsign),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] / (1 + math.Abs(x[0])) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "every tensor has a softsign"},
	}
}
