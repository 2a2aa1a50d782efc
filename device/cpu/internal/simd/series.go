package simd

// Series are special functions and the loops of others.
type Series[T any] struct {
	// Horner is Σ c[k]·a^(len(c)-1-k), by fused products; dst may be a.
	Horner func(dst, a, c []T)

	// Recur is an orthogonal polynomial of degree n at x, 0 for a negative n or
	// NaN; n is cut to an integer, which is at most steps+1. The table has five
	// numbers a row. The first, r, gives u = r0·x + r1 and the polynomial of
	// degree 1, r2·x + r3. Each of the steps others makes of the polynomials p and
	// q of the last two degrees ((r0·u + r1)·p + r2·q) / r3, where n ≥ r4.
	Recur func(dst, x, n, table []T, steps int)

	// Functions of one number, within 16 units in the last place; I0 and I1 are
	// the modified Bessel functions, NaN at Inf, and those with e times e^-|x|.
	Erfc, Ndtr, I0, I1, I0e, I1e func(dst, a []T)
}
