package tensor

import "github.com/facula-ml/facula/device"

// Square returns t · t, elementwise.
//
//	dtype:  t's; bool gives int64
//	source: torch.square
func (t *Tensor) Square() *Tensor {
	if t.DType() == Bool {
		t = t.Cast(Int64)
	}
	return Apply(squareOp{}, t)
}

type squareOp struct{ Elementwise }

func (squareOp) Name() string              { return "square" }
func (squareOp) Kernel() device.Kernel     { return device.NoKernel }
func (squareOp) Body(in []*Tensor) *Tensor { return in[0].Mul(in[0]) }
func (squareOp) Reads() Reads              { return In0 }

// d/dx x² = 2x
func (squareOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.In(0)).MulScalar(2)} }

func squareEntry() Entry {
	return Entry{
		Name: "square", Sig: "square(input)", At: Here(), Ops: []any{squareOp{}}, Go: []string{"Square"},
		Call: UnaryCall((*Tensor).Square),
		Ref:  RefMap(func(x ...float64) float64 { return x[0] * x[0] }),
		Out: func(d DType, _ int) DType {
			if d == Bool {
				return Int64
			}
			return d
		},
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "every tensor has a square"},
	}
}
