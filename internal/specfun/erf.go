package specfun

import "math"

// Erfcx is e^(x²)·erfc x. Below 0 the square is rounded to x's precision, as in
// PyTorch, whose float32 is far off there.
func Erfcx[T real](x T) T {
	if x < 0 {
		return T(2*math.Exp(float64(x*x)) - erfcx(-float64(x), isShort[T]()))
	}
	return T(erfcx(float64(x), isShort[T]()))
}

// erfcx is Erfcx for x ≥ 0, or NaN.
func erfcx(x float64, short bool) float64 {
	return erfcxMapped.at(1-7.5/(x+3.75), short) / (1 + 2*x)
}

// erfcOf is erfc x as a float32 needs it, for e = exp(-x²): a row has that of
// all its elements at once.
func erfcOf(x, e float64) float64 {
	if x < 0 {
		return 2 - e*erfcx(-x, true)
	}
	return e * erfcx(x, true)
}

// Ndtr is Φ(x), the distribution function of the standard normal distribution.
func Ndtr(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// LogNdtr is ln Φ(x).
func LogNdtr[T real](x T) T { return T(logNdtr(float64(x), isShort[T]())) }

func logNdtr(x float64, short bool) float64 {
	if x < -1 {
		return math.Log(erfcx(-x/math.Sqrt2, short)/2) - x*x/2
	}
	if short {
		return math.Log1p(-erfcOf(x/math.Sqrt2, math.Exp(-x*x/2)) / 2)
	}
	return math.Log1p(-math.Erfc(x/math.Sqrt2) / 2)
}

// Ndtri is the inverse of Φ, NaN outside [0, 1].
func Ndtri(p float64) float64 {
	switch {
	case p > 0.5:
		return -Ndtri(1 - p)
	case p == 0:
		return math.Inf(-1)
	case !(p > 0):
		return math.NaN()
	case p > 0.01:
		return math.Sqrt2 * math.Erfinv(2*p-1)
	}
	// Newton's method for ln Φ(x) = ln p, from the first terms of 26.2.12.
	l := Log(p)
	x := -math.Sqrt(-2*l - math.Log(-4*math.Pi*l))
	for range 4 {
		x -= (logNdtr(x, false) - l) * erfcx(-x/math.Sqrt2, false) * (math.SqrtPi / math.Sqrt2)
	}
	return x
}
