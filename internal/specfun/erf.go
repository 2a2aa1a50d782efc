package specfun

import "math"

// expSquare is e^(x²), where the rounding of x² would be multiplied by x².
func expSquare(x float64) float64 {
	y := x * x
	e := math.Exp(y)
	return e + e*math.FMA(x, x, -y)
}

// Erfcx is e^(x²)·erfc x. Below 0 the square is rounded to x's precision, as in
// PyTorch, whose float32 is far off there.
func Erfcx[T real](x T) T {
	if x < 0 {
		return T(2*math.Exp(float64(x*x)) - erfcx(-float64(x)))
	}
	return T(erfcx(float64(x)))
}

// erfcx is Erfcx for x ≥ 0, or NaN.
func erfcx(x float64) float64 {
	if x < 25 {
		return expSquare(x) * math.Erfc(x)
	}
	// 7.1.23
	sum, t := 1.0, 1.0
	for k := 1.0; math.Abs(t) > eps/4; k += 2 {
		t *= -k / (2 * x * x)
		sum += t
	}
	return sum / (x * math.SqrtPi)
}

// Ndtr is Φ(x), the distribution function of the standard normal distribution.
func Ndtr(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// LogNdtr is ln Φ(x).
func LogNdtr(x float64) float64 {
	if x < -1 {
		return math.Log(erfcx(-x/math.Sqrt2)/2) - x*x/2
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
		x -= (LogNdtr(x) - l) * erfcx(-x/math.Sqrt2) * (math.SqrtPi / math.Sqrt2)
	}
	return x
}
