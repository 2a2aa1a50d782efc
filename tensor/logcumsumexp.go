package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// LogCumSumExp returns the log of the sums of exp of the elements up to each
// along dim, without overflow.
//
//	shape:  any → same
//	dtype:  floating point; it adds in float64
//	panics: *Error if dim is out of range, and for integers and bool
//	source: torch.logcumsumexp
func (t *Tensor) LogCumSumExp(dim int) *Tensor {
	return Apply(logCumSumExpOp{cumulative{t.dim("logcumsumexp", dim), false}}, t)
}

type logCumSumExpOp struct{ cumulative }

func (logCumSumExpOp) Name() string          { return "logcumsumexp" }
func (logCumSumExpOp) Kernel() device.Kernel { return device.LogCumSumExp }
func (logCumSumExpOp) Reads() Reads          { return In0 | Out0 }
func (logCumSumExpOp) Infer(in []*Tensor) (device.Spec, error) {
	return *in[0].spec(), wantFloat(in[0].DType())
}

// dx_i = Σ_j≥i dy_j·exp(x_i - y_j), for the positive and for the negative dy
// apart: each is exp(x_i + log Σ exp(log |dy_j| - y_j)).
func (o logCumSumExpOp) Grad(c *Ctx, dy *Tensor) Grads {
	x, y := c.In(0), c.Out(0)
	back := logCumSumExpOp{cumulative{o.dim, !o.reverse}}
	lowest := scalarOf(dy.b.dev, dy.DType(), device.Number{F: lowestOf(dy.DType()), Float: true})
	part := func(size *Tensor) *Tensor {
		some := size.GtScalar(0)
		log := Where(some, Where(some, size, OnesLike(size)).Log(), lowest)
		return Apply(back, log.Sub(y)).Add(x).Exp()
	}
	return Grads{part(dy).Sub(part(dy.Neg()))}
}

// lowestOf is the smallest finite number of a floating dtype.
func lowestOf(d DType) float64 {
	switch d {
	case Float64:
		return -math.MaxFloat64
	case Float16:
		return -(2 - 0x1p-10) * 0x1p15
	case BFloat16:
		return -(2 - 0x1p-7) * 0x1p127
	}
	return -math.MaxFloat32
}

// rounded is samples whose gradients have 8 more roundings.
func rounded(samples []Sample) []Sample {
	for i := range samples {
		samples[i].GradTol = 8
	}
	return samples
}

func logCumSumExpEntry() Entry {
	return Entry{
		Name: "logcumsumexp", Sig: "logcumsumexp(input, dim)", At: Here(), Go: []string{"LogCumSumExp"}, Ops: []any{logCumSumExpOp{}},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").LogCumSumExp(a.Int("dim"))) },
		Ref: func(a *Args) []Array {
			return refLines(a.Array("input"), a.Int("dim"), false, func(x []float64) [][]float64 {
				y := make([]float64, len(x))
				for i := range x {
					y[i] = refLogSumExp(x[:i+1])
				}
				return [][]float64{y}
			})
		},
		DTypes:  Floats,
		Samples: append(rounded(lineSamples()), Sample{Args: []any{In(4).With(1000, 999, -1000, 1001), 0}, NoGrad: true, GradTol: 1000}),
		Bad: []Bad{
			{Args: []any{In(2, 3), 2}, Want: "tensor: logcumsumexp [2 3]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(2).As(Int64), 0}, Want: "tensor: logcumsumexp [2]: dtype int64; want a floating-point dtype"},
		},
		Why: map[string]string{
			"infinite": "the gradient is a difference of two parts",
			"tol":      "exp(x - y) multiplies the rounding of y, 1000 half-ulps of 1 at 1000, and the gradient adds a log to it",
		},
	}
}
