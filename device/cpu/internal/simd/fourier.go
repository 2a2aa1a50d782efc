package simd

// A Pass is one pass of Stockham's algorithm, of radix r, over numbers that are
// two vectors each, the real and the imaginary parts of as many lines. For p < m,
// q < s and u < r it writes, with a twiddle factor for u > 0,
//
//	y[q + s·(r·p + u)] = w[p·(r-1) + u-1] · ∑ x[q + s·p + t·gap]·exp(-2πi·t·u/r)
//
// Number u = 0 goes to first on, and u = 1, 2… to rest on, step bytes apart;
// after s of them both move by skip more.
type Pass[T any] func(first, rest *T, step int, src *T, gap int, w *T, m, s, skip int)

// Fourier are the steps of Fourier transforms of as many lines as a vector has
// lanes. A number is two vectors; offsets are in bytes.
type Fourier[T any] struct {
	Pass2, Pass3, Pass4, Pass5 Pass[T]
	// PassN is a pass of radix r for one p: roots are r rows of the factors of
	// the sum but for t = 0, and w r twiddle factors.
	PassN func(dst *T, step int, src *T, gap int, roots, w *T, r, s int)
	// Fold replaces a = low[k] and b = high[-k] by those of the spectrum that
	// real numbers have, or back: with e = a + b* and o = w[k]·(a - b*), by
	// (e + o)·scale and ((e - o)·scale)*.
	Fold func(low, high, w *T, count int, scale T)
	// Turn multiplies numbers with those of w, of the same form.
	Turn func(dst, w *T, count int)
	// TurnRows multiplies number k of all lines with w[k].
	TurnRows func(dst, src, w *T, count int)
	// Split reads rows of pairs, two vectors of them, as numbers. Which lane a
	// pair comes to is the same in all rows, and Join undoes it.
	Split func(dst, src *T, stride, rows int)
	// Join writes numbers as rows of pairs.
	Join func(dst *T, stride int, src *T, rows int)
}
