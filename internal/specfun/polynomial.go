package specfun

import "math"

// Polynomials compute in the precision of their dtype, by the recurrences of
// Abramowitz & Stegun 22.7, as PyTorch does: where terms cancel, the rounding is
// most of what is left. n is cut to an integer; below 0 a polynomial is 0.

// degree is n as an integer, -1 if it is negative, NaN or too large for one.
func degree[T real](n T) int {
	if n > -1 && n < math.MaxInt {
		return int(n)
	}
	return -1
}

// minus is a·b - c with one rounding, as PyTorch's compiler has it.
func minus[T real](a, b, c T) T { return T(math.FMA(float64(a), float64(b), -float64(c))) }

// low is a polynomial of degree n < 1.
func low[T real](n int) T {
	if n < 0 {
		return 0
	}
	return 1
}

// HermiteH is the physicists' Hermite polynomial.
func HermiteH[T real](x, n T) T {
	d := degree(n)
	if d < 1 {
		return low[T](d)
	}
	p, before := x+x, T(1)
	for i := 1; i < d && p == p; i++ {
		k := T(i)
		p, before = minus(x+x, p, (k+k)*before), p
	}
	return p
}

// HermiteHe is the probabilists' Hermite polynomial.
func HermiteHe[T real](x, n T) T {
	d := degree(n)
	if d < 1 {
		return low[T](d)
	}
	p, before := x, T(1)
	for i := 1; i < d && p == p; i++ {
		k := T(i)
		p, before = minus(x, p, k*before), p
	}
	return p
}

// Laguerre is the Laguerre polynomial.
func Laguerre[T real](x, n T) T {
	d := degree(n)
	if d < 1 || x == 0 {
		return low[T](d)
	}
	p, before := 1-x, T(1)
	for i := 1; i < d && p == p; i++ {
		k := T(i)
		p, before = minus((k+k)+(1-x), p, k*before)/(k+1), p
	}
	return p
}

// Legendre is the Legendre polynomial.
func Legendre[T real](x, n T) T {
	d := degree(n)
	switch {
	case d < 1:
		return low[T](d)
	case x == 1 || x == -1:
		return alternate(1, x, d)
	}
	p, before := x, T(1)
	for i := 1; i < d && p == p; i++ {
		k := T(i)
		p, before = minus((k+k+1)*x, p, k*before)/(k+1), p
	}
	return p
}

// alternate is v·sign^n, for a sign of 1 or -1.
func alternate[T real](v, sign T, n int) T {
	if sign < 0 && n%2 != 0 {
		return -v
	}
	return v
}

// chebyshev is a Chebyshev polynomial of degree n at x: the kinds differ in the
// one of degree 1, and in the values at 1 and, but for the sign, at -1.
func chebyshev[T real](x T, n int, first, right, left T) T {
	switch {
	case n < 0:
		return 0
	case x == 1:
		return right
	case x == -1:
		return alternate(left, -1, n)
	case n == 0:
		return 1
	}
	p, before := first, T(1)
	for k := 1; k < n && p == p; k++ {
		p, before = minus(x+x, p, before), p
	}
	return p
}

// angle is θ for x = cos θ, where a polynomial of degree n is in closed form,
// 22.3.15 and its relatives: a high degree within (-1, 1).
func angle[T real](x T, n, above int) (theta T, ok bool) {
	if n <= above || !(-1 < x && x < 1) {
		return 0, false
	}
	return T(math.Acos(float64(x))), true
}

func sin[T real](x T) T { return T(math.Sin(float64(x))) }
func cos[T real](x T) T { return T(math.Cos(float64(x))) }

func chebyshevT[T real](x T, n int) T {
	if a, ok := angle(x, n, 6); ok {
		return cos(T(n) * a)
	}
	return chebyshev(x, n, x, 1, 1)
}

func chebyshevU[T real](x T, n, above int) T {
	if a, ok := angle(x, n, above); ok {
		return sin(T(n+1)*a) / sin(a)
	}
	return chebyshev(x, n, x+x, T(n)+1, T(n)+1)
}

// chebyshevV is at -1 where the cosine has no digits left, chebyshevW at 1.
func chebyshevV[T real](x T, n, above int) T {
	end := T(n) + T(n) + 1
	if a, ok := angle(x, n, above); ok {
		if sin(a/2) == 1 {
			return alternate(end, -1, n)
		}
		return cos((T(n)+0.5)*a) / cos(a/2)
	}
	return chebyshev(x, n, x+x-1, 1, end)
}

func chebyshevW[T real](x T, n, above int) T {
	end := T(n) + T(n) + 1
	if a, ok := angle(x, n, above); ok {
		if cos(a/2) == 1 {
			return end
		}
		return sin((T(n)+0.5)*a) / sin(a/2)
	}
	return chebyshev(x, n, x+x+1, end, 1)
}

// ChebyshevT is the Chebyshev polynomial of the first kind.
func ChebyshevT[T real](x, n T) T { return chebyshevT(x, degree(n)) }

// ChebyshevU is the one of the second kind.
func ChebyshevU[T real](x, n T) T { return chebyshevU(x, degree(n), 8) }

// ChebyshevV is the one of the third kind.
func ChebyshevV[T real](x, n T) T { return chebyshevV(x, degree(n), 8) }

// ChebyshevW is the one of the fourth kind.
func ChebyshevW[T real](x, n T) T { return chebyshevW(x, degree(n), 8) }

// ShiftedT is ChebyshevT at 2x - 1, which has [0, 1] in the place of [-1, 1].
func ShiftedT[T real](x, n T) T { return chebyshevT(x+x-1, degree(n)) }

// ShiftedU is ChebyshevU at 2x - 1.
func ShiftedU[T real](x, n T) T { return chebyshevU(x+x-1, degree(n), 6) }

// ShiftedV is ChebyshevV at 2x - 1.
func ShiftedV[T real](x, n T) T { return chebyshevV(x+x-1, degree(n), 6) }

// ShiftedW is ChebyshevW at 2x - 1.
func ShiftedW[T real](x, n T) T { return chebyshevW(x+x-1, degree(n), 4) }
