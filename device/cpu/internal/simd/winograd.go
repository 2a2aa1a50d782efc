package simd

// Winograd are the transforms of the convolution F(4×4, 3×3), each for so many
// vectors of channels; strides are in bytes.
type Winograd[T any] struct {
	// Image transforms 6×6 elements of the image, rs and cs apart, to 36 of dst, ds apart.
	Image func(dst, src *T, vectors, ds, rs, cs int)
	// Filter transforms a filter's 3×3 elements to 36.
	Filter func(dst, src *T, vectors, ds, rs, cs int)
	// Result turns 36 elements, ss apart, back to 4×4; it overwrites src.
	Result func(dst, src *T, vectors, ss, rs, cs int)
}
