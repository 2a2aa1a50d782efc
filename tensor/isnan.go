package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// IsNaN tells for each element of t whether it is not a number: torch.isnan.
func (t *Tensor) IsNaN() *Tensor { return Apply(compareOp{name: "isnan", kernel: device.IsNaN}, t) }

// IsInf tells for each element of t whether it is an infinity: torch.isinf.
func (t *Tensor) IsInf() *Tensor { return Apply(compareOp{name: "isinf", kernel: device.IsInf}, t) }

// IsFinite tells for each element of t whether it is neither an infinity nor
// NaN: torch.isfinite.
func (t *Tensor) IsFinite() *Tensor {
	return Apply(compareOp{name: "isfinite", kernel: device.IsFinite}, t)
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
