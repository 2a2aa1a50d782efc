package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// GELU returns x·Φ(x) for each element x of t, where Φ is the distribution
// function of the standard normal distribution.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.gelu; Hendrycks & Gimpel 2016, arXiv:1606.08415
func (t *Tensor) GELU() *Tensor { return Apply(geluOp{}, t) }

type geluOp struct{ Floatwise }

func (geluOp) Name() string              { return "gelu" }
func (geluOp) Kernel() device.Kernel     { return device.GELU }
func (geluOp) Body(in []*Tensor) *Tensor { return in[0].Mul(normCDF(in[0])) }
func (geluOp) Reads() Reads              { return In0 }
func (geluOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(geluGradOp{}, dy, c.In(0))}
}

// normCDF is Φ(x).
func normCDF(x *Tensor) *Tensor {
	return x.MulScalar(1 / math.Sqrt2).Erf().AddScalar(1).MulScalar(0.5)
}

// geluGradOp has the inputs dy and x: d/dx x·Φ(x) = Φ(x) + x·φ(x).
type geluGradOp struct {
	Floatwise
	ThroughBody
}

func (geluGradOp) Name() string          { return "gelu_backward" }
func (geluGradOp) Kernel() device.Kernel { return device.GELUGrad }
func (geluGradOp) Body(in []*Tensor) *Tensor {
	dy, x := in[0], in[1]
	pdf := x.Mul(x).MulScalar(-0.5).Exp().MulScalar(1 / math.Sqrt(2*math.Pi))
	return dy.Mul(normCDF(x).Add(x.Mul(pdf)))
}

// GELUTanh is GELU with tanh in the place of the error function:
// x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), at most 5e-4 off.
//
//	source: torch.nn.functional.gelu(approximate="tanh")
func (t *Tensor) GELUTanh() *Tensor { return Apply(geluTanhOp{}, t) }

// geluCubic is the constant of arXiv:1606.08415, section 2.
const geluCubic = 0.044715

type geluTanhOp struct{ Floatwise }

func (geluTanhOp) Name() string          { return "gelu_tanh" }
func (geluTanhOp) Kernel() device.Kernel { return device.GELUTanh }
func (geluTanhOp) Reads() Reads          { return In0 }
func (geluTanhOp) Body(in []*Tensor) *Tensor {
	return in[0].MulScalar(0.5).Mul(geluTanh(in[0]).AddScalar(1))
}
func (geluTanhOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(geluTanhGradOp{}, dy, c.In(0))}
}

func geluTanh(x *Tensor) *Tensor {
	return x.Mul(x).MulScalar(geluCubic).AddScalar(1).Mul(x).MulScalar(math.Sqrt(2 / math.Pi)).Tanh()
}

// geluTanhGradOp has the inputs dy and x: for t = tanh(u(x)),
// d/dx x/2·(1+t) = (1 + t + x·(1-t²)·u')/2.
type geluTanhGradOp struct {
	Floatwise
	ThroughBody
}

func (geluTanhGradOp) Name() string          { return "gelu_tanh_backward" }
func (geluTanhGradOp) Kernel() device.Kernel { return device.GELUTanhGrad }
func (geluTanhGradOp) Body(in []*Tensor) *Tensor {
	dy, x := in[0], in[1]
	t := geluTanh(x)
	du := x.Mul(x).MulScalar(3 * geluCubic).AddScalar(1).MulScalar(math.Sqrt(2 / math.Pi))
	return dy.MulScalar(0.5).Mul(t.AddScalar(1).Add(x.Mul(du).Mul(t.Mul(t).RSubScalar(1))))
}

func geluEntry() Entry {
	e := Entry{
		Name: "nn.functional.gelu", Sig: "gelu(input, *, approximate='none')", At: Here(),
		Ops: []any{geluOp{}, geluGradOp{}, geluTanhOp{}, geluTanhGradOp{}}, Go: []string{"GELU", "GELUTanh"},
		Call: func(a *Args) []*Tensor {
			switch form := a.Str("approximate"); form {
			case "none":
				return one(a.Tensor("input").GELU())
			case "tanh":
				return one(a.Tensor("input").GELUTanh())
			default:
				misuse("gelu", fmt.Errorf("approximate is %q; want \"none\" or \"tanh\"", form), a.Tensor("input"))
			}
			return nil
		},
		Ref: func(a *Args) []Array {
			return RefMap(func(x ...float64) float64 {
				if a.Str("approximate") == "tanh" {
					return 0.5 * x[0] * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x[0]+geluCubic*math.Pow(x[0], 3))))
				}
				return x[0] / 2 * (1 + math.Erf(x[0]/math.Sqrt2))
			})(a)
		},
		Abs:     1,
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it", "tol": "1 + erf(x) of the definition cancels on the left"},
		DTypes:  Floats,
		Samples: append(UnarySamples(-3, 3), Sample{Args: []any{In(12).Within(-30, 30)}}),
		Bad: append(floatBad("gelu"), Bad{
			Args: []any{In(2)}, Kw: map[string]any{"approximate": "asdf"},
			Want: `tensor: gelu [2]: approximate is "asdf"; want "none" or "tanh"`,
		}),
	}
	for _, s := range e.Samples {
		s.Kw = map[string]any{"approximate": "tanh"}
		e.Samples = append(e.Samples, s)
	}
	return e
}
