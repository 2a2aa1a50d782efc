package simd

// Scan are running sums and products in float64. A line's kernels take whole
// vectors only and return how many elements they have done: the caller goes on
// from there. They stop early where their order of operations, pairs first,
// could overflow or underflow when that from left to right does not. Slices
// have one length; acc holds the sum or product so far.
type Scan[T any] struct {
	CumSum, CumProd         func(dst, x []T, acc *float64) int
	CumSumBack, CumProdBack func(dst, x []T, acc *float64) int // from the last element on

	// Of lines side by side, one element of each: acc[i] += x[i], or *=, and
	// dst[i] = acc[i].
	CumSumRow, CumProdRow func(dst, x []T, acc []float64) int
}
