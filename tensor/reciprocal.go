package tensor

import "github.com/facula-ml/facula/device"

// Reciprocal returns 1/x for each element x of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.reciprocal
func (t *Tensor) Reciprocal() *Tensor { return Apply(reciprocalOp{}, t.floating()) }

type reciprocalOp struct{ Elementwise }

func (reciprocalOp) Name() string          { return "reciprocal" }
func (reciprocalOp) Kernel() device.Kernel { return device.Reciprocal }
func (reciprocalOp) Reads() Reads          { return Out0 }

// d/dx 1/x = -1/x²
func (reciprocalOp) Grad(c *Ctx, dy *Tensor) Grads {
	y := c.Out(0)
	return Grads{dy.Mul(y.Mul(y)).Neg()}
}

func reciprocalEntry() Entry {
	return Entry{
		Name: "reciprocal", Sig: "reciprocal(input)", At: Here(), Ops: []any{reciprocalOp{}}, Go: []string{"Reciprocal"},
		Call:    UnaryCall((*Tensor).Reciprocal),
		Ref:     RefMap(func(x ...float64) float64 { return 1 / x[0] }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(0.5, 4),
		Why:     map[string]string{"errors": "every tensor has a reciprocal"},
	}
}
