package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Exp2 returns 2 to the power of each element of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.exp2
func (t *Tensor) Exp2() *Tensor { return exp2Op().of(t) }

// Log2 returns the logarithm to base 2 of each element of t; that of a power
// of 2 is exact.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.log2
func (t *Tensor) Log2() *Tensor { return log2Op().of(t) }

// Log10 returns the logarithm to base 10 of each element of t; that of a power
// of 10 is exact.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.log10
func (t *Tensor) Log10() *Tensor { return log10Op().of(t) }

// d/dx 2^x = 2^x·ln 2
func exp2Op() mathOp {
	return mathOp{name: "exp2", kernel: device.Exp2, slope: func(x, dy *Tensor) *Tensor { return dy.Mul(x.Exp2().MulScalar(math.Ln2)) }}
}

// d/dx log₂ x = 1/(x·ln 2)
func log2Op() mathOp {
	return mathOp{name: "log2", kernel: device.Log2, slope: func(x, dy *Tensor) *Tensor { return dy.Div(x.MulScalar(math.Ln2)) }}
}

// d/dx log₁₀ x = 1/(x·ln 10)
func log10Op() mathOp {
	return mathOp{name: "log10", kernel: device.Log10, slope: func(x, dy *Tensor) *Tensor { return dy.Div(x.MulScalar(math.Ln10)) }}
}

func exp2Entry() Entry {
	return mathEntry(exp2Op(), "Exp2", Here(), (*Tensor).Exp2, math.Exp2, -4, 4)
}

func log2Entry() Entry {
	e := mathEntry(log2Op(), "Log2", Here(), (*Tensor).Log2, math.Log2, 0.25, 4)
	e.Abs, e.Why["tol"] = 1, "near 1 the logarithm is small beside its argument's last digit"
	e.Samples = append(e.Samples, Sample{Args: []any{In(4).With(1, 8, 1024, 0.25)}})
	return e
}

func log10Entry() Entry {
	e := mathEntry(log10Op(), "Log10", Here(), (*Tensor).Log10, math.Log10, 0.25, 4)
	e.Abs, e.Why["tol"] = 1, "near 1 the logarithm is small beside its argument's last digit"
	e.Samples = append(e.Samples, Sample{Args: []any{In(4).With(1, 10, 100, 1000)}, Only: []DType{Float32, Float64}})
	return e
}
