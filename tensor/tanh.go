package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Tanh returns the hyperbolic tangent of each element of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.tanh
func (t *Tensor) Tanh() *Tensor { return Apply(tanhOp{}, t.floating()) }

type tanhOp struct{ Elementwise }

func (tanhOp) Name() string          { return "tanh" }
func (tanhOp) Kernel() device.Kernel { return device.Tanh }
func (tanhOp) Reads() Reads          { return Out0 }
func (tanhOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(tanhGradOp{}, dy, c.Out(0))}
}

// tanhGradOp is dy·(1-y²) for dy and y.
type tanhGradOp struct{ Elementwise }

func (tanhGradOp) Name() string          { return "tanh_backward" }
func (tanhGradOp) Kernel() device.Kernel { return device.TanhGrad }
func (tanhGradOp) Reads() Reads          { return In0 | In1 }
func (tanhGradOp) Body(in []*Tensor) *Tensor {
	dy, y := in[0], in[1]
	return dy.Mul(y.Mul(y).RSubScalar(1))
}
func (tanhGradOp) Grad(c *Ctx, d *Tensor) (g Grads) {
	if c.Needs(0) {
		g[0] = Apply(tanhGradOp{}, d, c.In(1))
	}
	if c.Needs(1) {
		g[1] = d.Mul(c.In(0)).Mul(c.In(1)).MulScalar(-2)
	}
	return g
}

func tanhEntry() Entry {
	return Entry{
		Name: "tanh", Sig: "tanh(input)", At: Here(), Ops: []any{tanhOp{}, tanhGradOp{}}, Go: []string{"Tanh"},
		Call:    UnaryCall((*Tensor).Tanh),
		Ref:     RefMap(func(x ...float64) float64 { return math.Tanh(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-4, 4),
		Why:     map[string]string{"errors": "every tensor has a hyperbolic tangent"},
	}
}
