package specfun

import "math"

// J0 is math.J0, but NaN at Inf.
func J0(x float64) float64 { return math.J0(x) + (x - x) }

// J1 is math.J1, but NaN at Inf, and odd: that of Go 1.26 loses the sign of a
// tiny x.
func J1(x float64) float64 { return math.Copysign(1, x)*math.J1(math.Abs(x)) + (x - x) }

// Y0 is math.Y0, but NaN at Inf.
func Y0(x float64) float64 { return math.Y0(x) + (x - x) }

// Y1 is math.Y1, but NaN at Inf.
func Y1(x float64) float64 { return math.Y1(x) + (x - x) }

// SphericalJ0 is sin x / x, 1 at 0 and 0 at Inf.
func SphericalJ0(x float64) float64 {
	switch {
	case x == 0:
		return 1
	case math.IsInf(x, 0):
		return 0
	}
	return math.Sin(x) / x
}

// I0e is e^-|x|·I0(x).
func I0e(x float64) float64 {
	x = math.Abs(x)
	if x <= 8 {
		return chebyshev(x/4-1, i0Small[:])
	}
	return chebyshev(16/x-1, i0Large[:]) / math.Sqrt(x)
}

// I0 is the modified Bessel function of the first kind, of order 0; NaN at Inf.
func I0(x float64) float64 { return math.Exp(math.Abs(x)) * I0e(x) }

// I1e is e^-|x|·I1(x).
func I1e(x float64) float64 {
	a := math.Abs(x)
	if a <= 8 {
		return x * chebyshev(a/4-1, i1Small[:])
	}
	return math.Copysign(chebyshev(16/a-1, i1Large[:])/math.Sqrt(a), x)
}

// I1 is I0 for order 1.
func I1(x float64) float64 { return math.Exp(math.Abs(x)) * I1e(x) }

// k0 is K0(x) for x in (0, 2].
func k0(x float64) float64 { return chebyshev(x*x/2-1, k0Small[:]) - Log(x/2)*I0(x) }

// k0e is e^x·K0(x) for x > 2.
func k0e(x float64) float64 { return chebyshev(4/x-1, k0Large[:]) / math.Sqrt(x) }

// k1 is K1(x) for x in (0, 2].
func k1(x float64) float64 { return chebyshev(x*x/2-1, k1Small[:])/x + Log(x/2)*I1(x) }

// k1e is e^x·K1(x) for x > 2.
func k1e(x float64) float64 { return chebyshev(4/x-1, k1Large[:]) / math.Sqrt(x) }

// second is a modified Bessel function of the second kind given on (0, 2] and,
// times e^x, on (2, Inf): that times e^x if scaled. It is Inf at 0, NaN below.
func second(x float64, small, large func(float64) float64, scaled bool) float64 {
	switch {
	case x == 0:
		return math.Inf(1)
	case !(x > 0):
		return math.NaN()
	case x <= 2 && scaled:
		return small(x) * math.Exp(x)
	case x <= 2:
		return small(x)
	case scaled:
		return large(x)
	}
	return large(x) * math.Exp(-x)
}

// K0 is the modified Bessel function of the second kind, of order 0.
func K0(x float64) float64 { return second(x, k0, k0e, false) }

// K0e is e^x·K0(x).
func K0e(x float64) float64 { return second(x, k0, k0e, true) }

// K1 is K0 for order 1.
func K1(x float64) float64 { return second(x, k1, k1e, false) }

// K1e is e^x·K1(x).
func K1e(x float64) float64 { return second(x, k1, k1e, true) }

// The values of Ai and -Ai' at 0: 10.4.4, 10.4.5.
var (
	airy0      = math.Pow(3, -2./3) / math.Gamma(2./3)
	airySlope0 = math.Pow(3, -1./3) / math.Gamma(1./3)
)

// Airy is Ai(x), NaN at Inf.
func Airy(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	a := math.Abs(x)
	zeta := a * math.Sqrt(a) * 2 / 3
	switch {
	case x >= 2:
		from := 2 * math.Sqrt2 * 2 / 3 // ζ at 2
		return math.Exp(-zeta) * chebyshev(2*from/zeta-1, airyDecay[:]) / (2 * math.SqrtPi * math.Sqrt(math.Sqrt(x)))
	case x <= -3:
		w := 12 / (zeta * zeta) // ζ² is 12 at -3
		sin, cos := math.Sincos(zeta + math.Pi/4)
		y := sin*chebyshev(2*w-1, airySin[:]) - cos*chebyshev(2*w-1, airyCos[:])/zeta
		return y / (math.SqrtPi * math.Sqrt(math.Sqrt(a)))
	}
	// 10.4.2
	f, g, tf, tg := 1.0, x, 1.0, x
	for k := 3.0; k < 60; k += 3 {
		tf *= x * x * x / (k * (k - 1))
		tg *= x * x * x / (k * (k + 1))
		f += tf
		g += tg
	}
	return airy0*f - airySlope0*g
}
