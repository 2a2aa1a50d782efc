package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// LogSoftmax returns log(Softmax(t)), without the loss of small values.
//
//	shape:  any → same
//	dtype:  floating point
//	panics: *Error for integers and bool, and if dim is out of range
//	source: torch.log_softmax
func (t *Tensor) LogSoftmax(dim int) *Tensor {
	return Apply(logSoftmaxOp{along{t.dim("log_softmax", dim)}}, t)
}

type logSoftmaxOp struct{ along }

func (logSoftmaxOp) Name() string          { return "log_softmax" }
func (logSoftmaxOp) Kernel() device.Kernel { return device.LogSoftmax }
func (logSoftmaxOp) Reads() Reads          { return Out0 }
func (o logSoftmaxOp) Body(in []*Tensor) *Tensor {
	d := o.shifted(in[0])
	return d.Sub(o.sum(d.Exp()).Log()).Cast(in[0].DType())
}
func (o logSoftmaxOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(logSoftmaxGradOp{along: o.along}, dy, c.Out(0))}
}

// logSoftmaxGradOp is dy - exp(y)·Σ dy of dy and y.
type logSoftmaxGradOp struct {
	along
	ThroughBody
}

func (logSoftmaxGradOp) Name() string          { return "log_softmax_backward" }
func (logSoftmaxGradOp) Kernel() device.Kernel { return device.LogSoftmaxGrad }
func (o logSoftmaxGradOp) Body(in []*Tensor) *Tensor {
	dy, y := in[0], in[1]
	return dy.Sub(y.Exp().Mul(o.sum(dy)))
}

func logSoftmaxEntry() Entry {
	e := lineEntry("log_softmax", "log_softmax(input, dim, dtype=None)", "log_softmax", "LogSoftmax",
		[]any{logSoftmaxOp{}, logSoftmaxGradOp{}}, (*Tensor).LogSoftmax, func(x []float64) []float64 {
			l, y := refLogSumExp(x), make([]float64, len(x))
			for i, v := range x {
				y[i] = v - l
			}
			if math.IsInf(l, 0) { // as the shift by the largest element has it
				for i := range y {
					y[i] = math.NaN()
				}
			}
			return y
		})
	e.Samples = append(e.Samples, Sample{Args: []any{In(4).With(1000, 999, -1000, 1001), 0}, NoGrad: true}) // at 1000 the step of the difference is too long
	e.Abs, e.Why["tol"] = 1, "x - m and log Σ cancel; at 1000 a rounding"
	return e
}
