package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// SiLU returns x·σ(x) for each element x of t, where σ is Sigmoid; it is also
// known as swish.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.silu; Hendrycks & Gimpel 2016, arXiv:1606.08415
func (t *Tensor) SiLU() *Tensor { return Apply(siluOp{}, t) }

type siluOp struct{ Floatwise }

func (siluOp) Name() string              { return "silu" }
func (siluOp) Kernel() device.Kernel     { return device.SiLU }
func (siluOp) Body(in []*Tensor) *Tensor { return in[0].Mul(in[0].Sigmoid()) }
func (siluOp) Reads() Reads              { return In0 }
func (siluOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(siluGradOp{}, dy, c.In(0))}
}

// siluGradOp has the inputs dy and x: for s = σ(x), d/dx x·s = s·(1 + x·(1-s)).
type siluGradOp struct {
	Floatwise
	ThroughBody
}

func (siluGradOp) Name() string          { return "silu_backward" }
func (siluGradOp) Kernel() device.Kernel { return device.SiLUGrad }
func (siluGradOp) Body(in []*Tensor) *Tensor {
	dy, x := in[0], in[1]
	s := x.Sigmoid()
	return dy.Mul(s).Mul(s.RSubScalar(1).Mul(x).AddScalar(1))
}

func siluEntry() Entry {
	return Entry{
		Name: "nn.functional.silu", Sig: "silu(input, inplace=False)", At: Here(), Ops: []any{siluOp{}, siluGradOp{}}, Go: []string{"SiLU"},
		Call:    UnaryCall((*Tensor).SiLU),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] / (1 + math.Exp(-x[0])) }),
		DTypes:  Floats,
		Samples: append(UnarySamples(-3, 3), Sample{Args: []any{In(12).Within(-30, 30)}}),
		Bad:     floatBad("silu"),
	}
}
