package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// LogSumExp returns log Σ exp(x) over all elements, or over Dims, without
// overflow; of none it is -Inf.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  floating point; integers and bool give float32
//	source: torch.logsumexp
func (t *Tensor) LogSumExp(opts ...ReduceOption) *Tensor {
	return Apply(logSumExpOp{t.reduceOver("logsumexp", opts)}, t.floating())
}

type logSumExpOp struct{ reduction }

func (logSumExpOp) Name() string          { return "logsumexp" }
func (logSumExpOp) Kernel() device.Kernel { return device.NoKernel }
func (logSumExpOp) Reads() Reads          { return In0 | Out0 }
func (o logSumExpOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), in[0].DType()), wantFloat(in[0].DType())
}

func (o logSumExpOp) Body(in []*Tensor) *Tensor {
	x := in[0].wide()
	keep := reduction{o.dims, true}
	if keep.nonEmpty(x.spec()) != nil {
		return Apply(sumOp(o), x).Log().Cast(in[0].DType())
	}
	m := Apply(extremeOp{keep, false}, x)
	m = Where(m.Sub(m).EqScalar(0), m, ZerosLike(m)) // Inf - Inf would be NaN
	y := Apply(sumOp{keep}, x.Sub(m).Exp()).Log().Add(m)
	s := o.spec(x.spec(), x.DType())
	return y.Reshape(s.Shape()...).Cast(in[0].DType())
}

// d log Σ exp(x) = exp(x - y)
func (o logSumExpOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	y := o.restore(c.Out(0), x.shape())
	return Grads{x.Sub(y).Exp().Mul(o.restore(dy, x.shape()))}
}

func refLogSumExp(x []float64) float64 {
	m, s := math.Inf(-1), 0.0
	for _, v := range x {
		m = math.Max(m, v)
	}
	if math.IsInf(m, 0) {
		m = 0
	}
	for _, v := range x {
		s += math.Exp(v - m)
	}
	return m + math.Log(s)
}

func logSumExpEntry() Entry {
	return Entry{
		Name: "logsumexp", Sig: "logsumexp(input, dim, keepdim=False)", At: Here(), Ops: []any{logSumExpOp{}},
		Go:     []string{"LogSumExp"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").LogSumExp(a.reduceOptions()...)) },
		Ref:    refReduce(refLogSumExp),
		Out:    OutFloat,
		Why:    map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it", "tol": "exp(x - y) multiplies the rounding of y, 1000 half-ulps of 1, at 1000"},
		DTypes: AllDTypes,
		Samples: append(withDims(meanSamples()),
			Sample{Args: []any{In(4).With(1000, 999, -1000, 1001), 0}, NoGrad: true, GradTol: 1000}, // at 1000 the step of the difference is too long
			Sample{Args: []any{In(2, 2).With(math.Inf(-1), math.Inf(-1), math.Inf(1), 1), 1}, Only: Floats, NoGrad: true}),
		Bad: reduceBad("logsumexp"),
	}
}

// withDims gives samples without the argument dim an empty list, for
// signatures that demand it.
func withDims(samples []Sample) []Sample {
	for i, s := range samples {
		if s.Kw["dim"] == nil {
			samples[i].Kw = map[string]any{"dim": []int{}}
		}
	}
	return samples
}
