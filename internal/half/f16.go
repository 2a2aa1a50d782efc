package half

import "math"

// F16 is the bit pattern of an IEEE 754 binary16 number.
type F16 uint16

const (
	f16Sign, f16Inf, f16Quiet = 0x8000, 0x7c00, 0x0200 // a NaN with the last bit is quiet (IEEE 754-2019, 6.2.1)

	f16Drop32 = 23 - 10 // fraction bits that float32 has more
	f16Drop64 = 52 - 10 // fraction bits that float64 has more
	f16Bias32 = (127 - 15) << 23
	f16Bias64 = (1023 - 15) << 52

	f16Over = 1 << 16             // every number from here on rounds to infinity
	f16Norm = 0x1p-14             // the smallest normal number
	f16Unit = 0x1p-24             // the smallest subnormal number
	f16Add2 = f16Unit * (1 << 23) // a float32 whose last bit is worth f16Unit
	f16Add4 = f16Unit * (1 << 52) // a float64 whose last bit is worth f16Unit
)

// F16From rounds f to the nearest float16.
func F16From(f float32) F16 {
	b := math.Float32bits(f)
	sign := F16(b>>16) & f16Sign
	b &^= f32Sign
	switch abs := math.Float32frombits(b); {
	case abs < f16Norm:
		return sign | F16(math.Float32bits(abs+f16Add2)-math.Float32bits(f16Add2))
	case abs < f16Over:
		even := b >> f16Drop32 & 1
		return sign | F16((b-f16Bias32+1<<(f16Drop32-1)-1+even)>>f16Drop32)
	case b > f32Inf:
		return sign | f16Inf | f16Quiet | F16(b>>f16Drop32&(f16Quiet-1))
	}
	return sign | f16Inf
}

// F16From64 rounds f to the nearest float16, without a float32 in between.
func F16From64(f float64) F16 {
	b := math.Float64bits(f)
	sign := F16(b>>48) & f16Sign
	b &^= f64Sign
	switch abs := math.Float64frombits(b); {
	case abs < f16Norm:
		return sign | F16(math.Float64bits(abs+f16Add4)-math.Float64bits(f16Add4))
	case abs < f16Over:
		even := b >> f16Drop64 & 1
		return sign | F16((b-f16Bias64+1<<(f16Drop64-1)-1+even)>>f16Drop64)
	case b > f64Inf:
		return sign | f16Inf | f16Quiet | F16(b>>f16Drop64&(f16Quiet-1))
	}
	return sign | f16Inf
}

// Float32 returns h as a float32, which holds every float16 exactly. A NaN becomes quiet.
func (h F16) Float32() float32 {
	sign := uint32(h&f16Sign) << 16
	b := uint32(h&^f16Sign) << f16Drop32
	switch {
	case b > f16Inf<<f16Drop32:
		b = (b + 2*f16Bias32) | f16Quiet<<f16Drop32
	case b == f16Inf<<f16Drop32: // the largest exponent stays the largest
		b += 2 * f16Bias32
	case b >= 1<<23:
		b += f16Bias32
	default: // a subnormal: give it a leading one, then take it away
		b = math.Float32bits(math.Float32frombits(b+f16Bias32+1<<23) - f16Norm)
	}
	return math.Float32frombits(sign | b)
}

// WidenF16 sets dst[i] to src[i] for each i. It panics if dst is shorter than src.
func WidenF16(dst []float32, src []F16) {
	dst = dst[:len(src):len(dst)]
	for i, h := range src {
		dst[i] = h.Float32()
	}
}

// NarrowF16 sets dst[i] to src[i], rounded, for each i. It panics if dst is shorter than src.
func NarrowF16(dst []F16, src []float32) {
	dst = dst[:len(src):len(dst)]
	for i, f := range src {
		dst[i] = F16From(f)
	}
}
