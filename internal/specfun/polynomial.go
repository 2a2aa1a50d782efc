package specfun

import "math"

// Polynomials compute in the precision of their dtype, by the recurrences of
// Abramowitz & Stegun 22.7, as PyTorch does: where terms cancel, the rounding is
// most of what is left. n is cut to an integer; below 0 a polynomial is 0.

type real interface{ float32 | float64 }

// degree is n as an integer, -1 if it is negative, NaN or too large for one.
func degree[T real](n T) int {
	if n > -1 && n < 1<<62 {
		return int(n)
	}
	return -1
}

// climb is the polynomial of degree n from those of degree 0, which is 1, and 1:
// next gives that of degree k+1 from those of degree k and k-1.
func climb[T real](n int, first T, next func(k, p, before T) T) T {
	if n < 0 {
		return 0
	}
	p, before := T(1), T(0)
	for k := range n {
		if k == 0 {
			p, before = first, 1
			continue
		}
		if p != p {
			break
		}
		p, before = next(T(k), p, before), p
	}
	return p
}

// minus is a·b - c with one rounding, as PyTorch's compiler has it.
func minus[T real](a, b, c T) T { return T(math.FMA(float64(a), float64(b), -float64(c))) }

// HermiteH is the physicists' Hermite polynomial.
func HermiteH[T real](x, n T) T {
	return climb(degree(n), x+x, func(k, p, before T) T { return minus(x+x, p, (k+k)*before) })
}

// HermiteHe is the probabilists' Hermite polynomial.
func HermiteHe[T real](x, n T) T {
	return climb(degree(n), x, func(k, p, before T) T { return minus(x, p, k*before) })
}

// Laguerre is the Laguerre polynomial.
func Laguerre[T real](x, n T) T {
	if d := degree(n); x != 0 || d < 0 {
		return climb(d, 1-x, func(k, p, before T) T { return minus((k+k)+(1-x), p, k*before) / (k + 1) })
	}
	return 1
}

// Legendre is the Legendre polynomial.
func Legendre[T real](x, n T) T {
	d := degree(n)
	if d >= 0 && (x == 1 || x == -1) {
		return alternate(1, x, d)
	}
	return climb(d, x, func(k, p, before T) T { return minus((k+k+1)*x, p, k*before) / (k + 1) })
}

// alternate is v·sign^n, for a sign of 1 or -1.
func alternate[T real](v, sign T, n int) T {
	if sign < 0 && n%2 != 0 {
		return -v
	}
	return v
}

// A chebyshevKind is one of the four kinds, which have a recurrence in common.
type chebyshevKind[T real] struct {
	slope, start T              // of the polynomial of degree 1
	right, left  func(n T) T    // values at 1 and, but for the sign, at -1
	angle        func(n, a T) T // 22.3.15 and its relatives: at cos a
	above        int            // the degree above which angle serves in (-1, 1)
}

func (k chebyshevKind[T]) at(x, n T) T {
	d := degree(n)
	switch {
	case d < 0:
		return 0
	case x == 1:
		return k.right(T(d))
	case x == -1:
		return alternate(k.left(T(d)), -1, d)
	case d > k.above && -1 < x && x < 1:
		return k.angle(T(d), T(math.Acos(float64(x))))
	}
	return climb(d, k.slope*x+k.start, func(_, p, before T) T { return minus(x+x, p, before) })
}

func one[T real](T) T     { return 1 }
func next[T real](n T) T  { return n + 1 }
func twice[T real](n T) T { return n + n + 1 }

func sin[T real](x T) T { return T(math.Sin(float64(x))) }
func cos[T real](x T) T { return T(math.Cos(float64(x))) }

func angleT[T real](n, a T) T { return cos(n * a) }
func angleU[T real](n, a T) T { return sin((n+1)*a) / sin(a) }

// angleV is at -1 where the cosine has no digits left, angleW at 1.
func angleV[T real](n, a T) T {
	if sin(a/2) == 1 {
		return alternate(twice(n), -1, int(n))
	}
	return cos((n+0.5)*a) / cos(a/2)
}

func angleW[T real](n, a T) T {
	if cos(a/2) == 1 {
		return twice(n)
	}
	return sin((n+0.5)*a) / sin(a/2)
}

func kindT[T real]() chebyshevKind[T] { return chebyshevKind[T]{1, 0, one[T], one[T], angleT[T], 6} }

func kindU[T real](above int) chebyshevKind[T] {
	return chebyshevKind[T]{2, 0, next[T], next[T], angleU[T], above}
}

func kindV[T real](above int) chebyshevKind[T] {
	return chebyshevKind[T]{2, -1, one[T], twice[T], angleV[T], above}
}

func kindW[T real](above int) chebyshevKind[T] {
	return chebyshevKind[T]{2, 1, twice[T], one[T], angleW[T], above}
}

// ChebyshevT is the Chebyshev polynomial of the first kind.
func ChebyshevT[T real](x, n T) T { return kindT[T]().at(x, n) }

// ChebyshevU is the one of the second kind.
func ChebyshevU[T real](x, n T) T { return kindU[T](8).at(x, n) }

// ChebyshevV is the one of the third kind.
func ChebyshevV[T real](x, n T) T { return kindV[T](8).at(x, n) }

// ChebyshevW is the one of the fourth kind.
func ChebyshevW[T real](x, n T) T { return kindW[T](8).at(x, n) }

// ShiftedT is ChebyshevT at 2x - 1, which has [0, 1] in the place of [-1, 1].
func ShiftedT[T real](x, n T) T { return kindT[T]().at(x+x-1, n) }

// ShiftedU is ChebyshevU at 2x - 1.
func ShiftedU[T real](x, n T) T { return kindU[T](6).at(x+x-1, n) }

// ShiftedV is ChebyshevV at 2x - 1.
func ShiftedV[T real](x, n T) T { return kindV[T](6).at(x+x-1, n) }

// ShiftedW is ChebyshevW at 2x - 1.
func ShiftedW[T real](x, n T) T { return kindW[T](4).at(x+x-1, n) }
