package mt19937

import (
	"math"

	"github.com/facula-ml/facula/internal/half"
)

// block is the unit of PyTorch's fill: 8 pairs, the first numbers in front of
// the second. Slices shorter than a block are filled one number at a time.
const block = 16

// NormalF32 fills dst as tensor.normal_(mean, std) does for a contiguous
// float32 tensor. Blocks follow the AVX2 code of PyTorch bit for bit.
func (e *Engine) NormalF32(dst []float32, mean, std float64) {
	if len(dst) < block {
		for i := range dst {
			dst[i] = float32(e.normal(mean, std))
		}
		return
	}
	m, s := float32(mean), float32(std)
	if e.loops != nil {
		e.normals(dst, m, s)
		return
	}
	fill(dst, e.unit32, func(b []float32) { pairs32(b, m, s) })
}

// NormalF64 fills dst as tensor.normal_(mean, std) does for a contiguous
// float64 tensor.
func (e *Engine) NormalF64(dst []float64, mean, std float64) {
	if len(dst) < block {
		for i := range dst {
			dst[i] = e.normal(mean, std)
		}
		return
	}
	fill(dst, e.unit64, func(b []float64) { pairs64(b, mean, std) })
}

// NormalF16 fills dst as tensor.normal_(mean, std) does for a contiguous
// float16 tensor.
func (e *Engine) NormalF16(dst []half.F16, mean, std float64) {
	wide := make([]float32, len(dst))
	e.normalHalf(wide, e.unitF16, roundF16, pairsF16, mean, std)
	half.NarrowF16(dst, wide)
}

// NormalBF16 fills dst as tensor.normal_(mean, std) does for a contiguous
// bfloat16 tensor.
func (e *Engine) NormalBF16(dst []half.BF16, mean, std float64) {
	wide := make([]float32, len(dst))
	e.normalHalf(wide, e.unitBF16, roundBF16, pairsBF16, mean, std)
	half.NarrowBF16(dst, wide)
}

// normalHalf fills dst with numbers of the half type that round rounds to.
func (e *Engine) normalHalf(dst []float32, unit func() float32, round func(float32) float32, pairs func([]float32, float32, float32), mean, std float64) {
	if len(dst) < block {
		for i := range dst {
			dst[i] = round(float32(e.normal(mean, std)))
		}
		return
	}
	m, s := round(float32(mean)), round(float32(std))
	fill(dst, unit, func(b []float32) { pairs(b, m, s) })
}

// normal returns one number by Box and Muller's method (1958) in float64. It
// makes two and keeps the second for the next call.
func (e *Engine) normal(mean, std float64) float64 {
	if e.spare.valid {
		kept := e.spare.value
		e.spare = cache[float64]{}
		return math.FMA(kept, std, mean)
	}
	angle, u := 2*math.Pi*e.unit64(), e.unit64()
	radius := math.Sqrt(-2 * math.Log1p(-u))
	sin, cos := math.Sincos(angle)
	e.spare = cache[float64]{radius * sin, true}
	return math.FMA(float64(radius*cos), std, mean)
}

// fill puts uniform numbers in dst and turns each block into normal ones. For
// an incomplete block at the end it draws the last 16 numbers anew.
func fill[T any](dst []T, unit func() T, pairs func([]T)) {
	for i := range dst {
		dst[i] = unit()
	}
	n := len(dst)
	for i := 0; i+block <= n; i += block {
		pairs(dst[i : i+block])
	}
	if n%block == 0 {
		return
	}
	last := dst[n-block:]
	for i := range last {
		last[i] = unit()
	}
	pairs(last)
}

// pairs32 turns 16 uniform numbers into normal ones, in the order of
// operations of PyTorch's AVX2 code.
func pairs32(b []float32, mean, std float32) {
	for i := range block / 2 {
		u, angle := 1-b[i], 2*math.Pi*b[i+block/2]
		radius := float32(math.Sqrt(float64(-2 * log32(u))))
		sin, cos := sincos32(angle)
		b[i] = fma32(radius*cos, std, mean)
		b[i+block/2] = fma32(radius*sin, std, mean)
	}
}

// pairs64 is pairs32 in float64, with the functions of the standard library.
func pairs64(b []float64, mean, std float64) {
	for i := range block / 2 {
		u, angle := 1-b[i], 2*math.Pi*b[i+block/2]
		radius := math.Sqrt(-2 * math.Log(u))
		sin, cos := math.Sincos(angle)
		b[i] = math.FMA(float64(radius*cos), std, mean)
		b[i+block/2] = math.FMA(float64(radius*sin), std, mean)
	}
}

// pairsF16 is pairs32 with u, angle, radius and the results held in float16
// and float32 in between, as the C++ types of PyTorch's Half make it.
func pairsF16(b []float32, mean, std float32) {
	for i := range block / 2 {
		u := roundF16(1 - b[i])
		angle := roundF16(float32(2 * math.Pi * float64(b[i+block/2])))
		radius := roundF16(float32(math.Sqrt(float64(-2 * float32(math.Log(float64(u)))))))
		cos, sin := float32(math.Cos(float64(angle))), float32(math.Sin(float64(angle)))
		b[i] = roundF16(fma32(radius*cos, std, mean))
		b[i+block/2] = roundF16(fma32(radius*sin, std, mean))
	}
}

// pairsBF16 is pairs32 with every step rounded to bfloat16: PyTorch's BFloat16
// has functions of its own, which widen, compute in float32 and narrow.
func pairsBF16(b []float32, mean, std float32) {
	at := func(f func(float64) float64, x float32) float32 {
		return roundBF16(float32(f(float64(x))))
	}
	for i := range block / 2 {
		u := roundBF16(1 - b[i])
		angle := roundBF16(float32(2 * math.Pi * float64(b[i+block/2])))
		radius := at(math.Sqrt, roundBF16(-2*at(math.Log, u)))
		b[i] = roundBF16(roundBF16(roundBF16(radius*at(math.Cos, angle))*std) + mean)
		b[i+block/2] = roundBF16(roundBF16(roundBF16(radius*at(math.Sin, angle))*std) + mean)
	}
}
