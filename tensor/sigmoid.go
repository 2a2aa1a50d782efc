package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Sigmoid returns 1 / (1 + e⁻ˣ) for each element x of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.sigmoid
func (t *Tensor) Sigmoid() *Tensor { return Apply(sigmoidOp{}, t.floating()) }

type sigmoidOp struct{ Elementwise }

func (sigmoidOp) Name() string          { return "sigmoid" }
func (sigmoidOp) Kernel() device.Kernel { return device.Sigmoid }
func (sigmoidOp) Reads() Reads          { return Out0 }
func (sigmoidOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(sigmoidGradOp{}, dy, c.Out(0))}
}

// sigmoidGradOp is dy·y·(1-y) for dy and y.
type sigmoidGradOp struct{ Elementwise }

func (sigmoidGradOp) Name() string          { return "sigmoid_backward" }
func (sigmoidGradOp) Kernel() device.Kernel { return device.SigmoidGrad }
func (sigmoidGradOp) Reads() Reads          { return In0 | In1 }
func (sigmoidGradOp) Body(in []*Tensor) *Tensor {
	dy, y := in[0], in[1]
	return dy.Mul(y).Mul(y.RSubScalar(1))
}
func (sigmoidGradOp) Grad(c *Ctx, d *Tensor) (g Grads) {
	if c.Needs(0) {
		g[0] = Apply(sigmoidGradOp{}, d, c.In(1))
	}
	if c.Needs(1) {
		g[1] = d.Mul(c.In(0)).Mul(c.In(1).MulScalar(-2).AddScalar(1))
	}
	return g
}

func sigmoidEntry() Entry {
	return Entry{
		Name: "sigmoid", Sig: "sigmoid(input)", At: Here(), Ops: []any{sigmoidOp{}, sigmoidGradOp{}}, Go: []string{"Sigmoid"},
		Call:    UnaryCall((*Tensor).Sigmoid),
		Ref:     RefMap(func(x ...float64) float64 { return 1 / (1 + math.Exp(-x[0])) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(-4, 4),
		Why:     map[string]string{"errors": "the function is defined everywhere"},
	}
}
