package simd

// Move are kernels that move elements.
type Move[T any] struct {
	// Transpose writes columns of src as rows of dst: as many elements of each
	// as a vector holds, from rows of src that lie srcStride bytes apart, to
	// rows of dst dstStride bytes apart. A group is 16 bytes of columns.
	Transpose func(dst *T, dstStride int, src *T, srcStride, groups int)
	// TransposeNT is Transpose past the caches: dst and dstStride are multiples
	// of a vector's size.
	TransposeNT func(dst *T, dstStride int, src *T, srcStride, groups int)
}
