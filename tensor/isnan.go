package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// IsNaN tells for each element of t whether it is not a number.
//
//	dtype:  any → bool
//	source: torch.isnan
func (t *Tensor) IsNaN() *Tensor { return Apply(compareOp{name: "isnan", kernel: device.IsNaN}, t) }

// IsInf tells for each element of t whether it is an infinity.
//
//	dtype:  any → bool
//	source: torch.isinf
func (t *Tensor) IsInf() *Tensor { return Apply(compareOp{name: "isinf", kernel: device.IsInf}, t) }

// IsFinite tells for each element of t whether it is neither an infinity nor
// NaN.
//
//	dtype:  any → bool
//	source: torch.isfinite
func (t *Tensor) IsFinite() *Tensor {
	return Apply(compareOp{name: "isfinite", kernel: device.IsFinite}, t)
}

// IsPosInf tells for each element of t whether it is Inf.
//
//	dtype:  any → bool
//	source: torch.isposinf
func (t *Tensor) IsPosInf() *Tensor { return t.EqScalar(math.Inf(1)) }

// IsNegInf tells for each element of t whether it is -Inf.
//
//	dtype:  any → bool
//	source: torch.isneginf
func (t *Tensor) IsNegInf() *Tensor { return t.EqScalar(math.Inf(-1)) }

// SignBit tells for each element of t whether its sign is minus, which -0 and
// NaN may have too.
//
//	dtype:  any → bool
//	source: torch.signbit
func (t *Tensor) SignBit() *Tensor {
	return Apply(compareOp{name: "signbit", kernel: device.SignBit}, t)
}

func isPosInfEntry() Entry {
	return testEntry("isposinf", "IsPosInf", device.Eq, func(x float64) bool { return math.IsInf(x, 1) }, (*Tensor).IsPosInf)
}

func isNegInfEntry() Entry {
	return testEntry("isneginf", "IsNegInf", device.Eq, func(x float64) bool { return math.IsInf(x, -1) }, (*Tensor).IsNegInf)
}

func signBitEntry() Entry {
	return testEntry("signbit", "SignBit", device.SignBit, math.Signbit, (*Tensor).SignBit)
}

// isRealEntry: all numbers are real.
func isRealEntry() Entry {
	e := testEntry("isreal", "", device.NoKernel, func(float64) bool { return true },
		func(t *Tensor) *Tensor { return Make{DType: Bool, Device: t.b.dev}.Ones(t.shape()...) })
	e.Go, e.Ops = nil, nil
	return e
}

func isNaNEntry() Entry {
	return testEntry("isnan", "IsNaN", device.IsNaN, math.IsNaN, (*Tensor).IsNaN)
}

func isInfEntry() Entry {
	return testEntry("isinf", "IsInf", device.IsInf, func(x float64) bool { return math.IsInf(x, 0) }, (*Tensor).IsInf)
}

func isFiniteEntry() Entry {
	return testEntry("isfinite", "IsFinite", device.IsFinite, func(x float64) bool { return x-x == 0 }, (*Tensor).IsFinite)
}
