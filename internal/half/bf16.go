package half

import "math"

// BF16 is the bit pattern of a bfloat16 number: the upper half of a float32.
type BF16 uint16

const (
	bf16Sign, bf16Inf, bf16Quiet = 0x8000, 0x7f80, 0x0040 // a NaN with the last bit is quiet (IEEE 754-2019, 6.2.1)

	bf16Drop32 = 16     // fraction bits that float32 has more
	bf16Drop64 = 52 - 7 // fraction bits that float64 has more
	bf16Bias64 = (1023 - 127) << 52

	bf16Over = 0x1p128              // every number from here on rounds to infinity
	bf16Norm = 0x1p-126             // the smallest normal number
	bf16Unit = 0x1p-133             // the smallest subnormal number
	bf16Add4 = bf16Unit * (1 << 52) // a float64 whose last bit is worth bf16Unit
)

// BF16From rounds f to the nearest bfloat16.
func BF16From(f float32) BF16 {
	b := math.Float32bits(f)
	if f != f {
		return BF16(b>>bf16Drop32) | bf16Quiet
	}
	even := b >> bf16Drop32 & 1
	return BF16((b + 1<<(bf16Drop32-1) - 1 + even) >> bf16Drop32)
}

// BF16From64 rounds f to the nearest bfloat16, without a float32 in between.
func BF16From64(f float64) BF16 {
	b := math.Float64bits(f)
	sign := BF16(b>>48) & bf16Sign
	b &^= f64Sign
	switch abs := math.Float64frombits(b); {
	case abs < bf16Norm:
		return sign | BF16(math.Float64bits(abs+bf16Add4)-math.Float64bits(bf16Add4))
	case abs < bf16Over:
		even := b >> bf16Drop64 & 1
		return sign | BF16((b-bf16Bias64+1<<(bf16Drop64-1)-1+even)>>bf16Drop64)
	case b > f64Inf:
		return sign | bf16Inf | bf16Quiet | BF16(b>>bf16Drop64&(bf16Quiet-1))
	}
	return sign | bf16Inf
}

// Float32 returns h as a float32, which holds every bfloat16 exactly.
func (h BF16) Float32() float32 { return math.Float32frombits(uint32(h) << bf16Drop32) }

// WidenBF16 sets dst[i] to src[i] for each i. It panics if dst is shorter than src.
func WidenBF16(dst []float32, src []BF16) {
	dst = dst[:len(src):len(dst)]
	for i, h := range src {
		dst[i] = h.Float32()
	}
}

// NarrowBF16 sets dst[i] to src[i], rounded, for each i. It panics if dst is shorter than src.
func NarrowBF16(dst []BF16, src []float32) {
	dst = dst[:len(src):len(dst)]
	for i, f := range src {
		dst[i] = BF16From(f)
	}
}
