package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// LogSigmoid returns ln(1 / (1 + e⁻ˣ)) for each element x of t.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.logsigmoid
func (t *Tensor) LogSigmoid() *Tensor { return Apply(logSigmoidOp{}, t) }

type logSigmoidOp struct{ Floatwise }

func (logSigmoidOp) Name() string          { return "logsigmoid" }
func (logSigmoidOp) Kernel() device.Kernel { return device.NoKernel }
func (logSigmoidOp) Reads() Reads          { return In0 }

// -ln(1 + e⁻ˣ)
func (logSigmoidOp) Body(in []*Tensor) *Tensor {
	return in[0].Neg().Softplus(1, math.Inf(1)).RSubScalar(0)
}

// d/dx ln σ(x) = σ(-x)
func (logSigmoidOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Mul(c.In(0).Neg().Sigmoid())} }

func logSigmoidEntry() Entry {
	return Entry{
		Name: "nn.functional.logsigmoid", Sig: "logsigmoid(input)", At: Here(), Ops: []any{logSigmoidOp{}}, Go: []string{"LogSigmoid"},
		Call: UnaryCall((*Tensor).LogSigmoid),
		Ref: RefMap(func(x ...float64) float64 {
			if x[0] < -700 {
				return x[0]
			}
			return -math.Log1p(math.Exp(-x[0]))
		}),
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Floats,
		Samples: append(UnarySamples(-3, 3), Sample{Args: []any{In(4).With(-800, -30, 30, 800)}}),
		Bad:     floatBad("logsigmoid"),
	}
}
