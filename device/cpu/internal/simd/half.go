package simd

// Half are conversions of rows of float16 and bfloat16, as package internal/half
// defines them. src is at least as long as dst.
type Half[T any] struct {
	WidenF16, WidenBF16   func(dst []T, src []uint16)
	NarrowF16, NarrowBF16 func(dst []uint16, src []T)
	// From and to float64, as much of dst as whole vectors of those take.
	Widen64  func(dst []float64, src []T)
	Narrow64 func(dst []T, src []float64)
}
