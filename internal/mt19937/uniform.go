package mt19937

import (
	"math"

	"github.com/facula-ml/facula/internal/half"
)

// unit32 returns a uniform float32 in [0, 1): the lower 24 bits of one draw,
// as many as the significand holds.
func (e *Engine) unit32() float32 { return float32(e.Uint32()&(1<<24-1)) * 0x1p-24 }

// unit64 returns a uniform float64 in [0, 1): the lower 53 bits of two draws.
func (e *Engine) unit64() float64 { return float64(e.Uint64()&(1<<53-1)) * 0x1p-53 }

// unitF16 returns a uniform float16 in [0, 1): the lower 11 bits of one draw.
func (e *Engine) unitF16() float32 { return float32(e.Uint32()&(1<<11-1)) * 0x1p-11 }

// unitBF16 returns a uniform bfloat16 in [0, 1): the lower 8 bits of one draw.
func (e *Engine) unitBF16() float32 { return float32(e.Uint32()&(1<<8-1)) * 0x1p-8 }

// UniformF32 fills dst as tensor.uniform_(lo, hi) does for float32. By
// rounding, hi itself can occur, in PyTorch too.
func (e *Engine) UniformF32(dst []float32, lo, hi float64) {
	from, to := float32(lo), float32(hi)
	if e.loops != nil {
		e.uniforms(dst, to-from, from)
		return
	}
	if from == 0 { // the common case, and the sum is exact
		for i := range dst {
			dst[i] = e.unit32() * to
		}
		return
	}
	for i := range dst {
		dst[i] = fma32(e.unit32(), to-from, from)
	}
}

// UniformF64 fills dst as tensor.uniform_(lo, hi) does for float64.
func (e *Engine) UniformF64(dst []float64, lo, hi float64) {
	for i := range dst {
		dst[i] = math.FMA(e.unit64(), hi-lo, lo)
	}
}

// UniformF16 fills dst as tensor.uniform_(lo, hi) does for float16.
func (e *Engine) UniformF16(dst []half.F16, lo, hi float64) {
	from, span := limits(roundF16, lo, hi)
	for i := range dst {
		dst[i] = half.F16From(fma32(e.unitF16(), span, from))
	}
}

// UniformBF16 fills dst as tensor.uniform_(lo, hi) does for bfloat16.
func (e *Engine) UniformBF16(dst []half.BF16, lo, hi float64) {
	from, span := limits(roundBF16, lo, hi)
	for i := range dst {
		dst[i] = half.BF16From(fma32(e.unitBF16(), span, from))
	}
}

// limits returns lo and hi-lo in a half type, to which each step is rounded.
func limits(round func(float32) float32, lo, hi float64) (from, span float32) {
	from = round(float32(lo))
	return from, round(round(float32(hi)) - from)
}

func roundF16(x float32) float32  { return half.F16From(x).Float32() }
func roundBF16(x float32) float32 { return half.BF16From(x).Float32() }
