package special

import "math"

// References of the op table: the integrals that define the functions, and not
// the series and fractions that compute them.

// onLine is ∫ f over [0, Inf) for an f that decays exponentially, which may have
// a pole below 1/t at 0: the trapezoidal rule after Takahasi & Mori's
// substitution t = exp(u - exp(-u)) (1974).
func onLine(f func(t float64) float64) float64 {
	const h = 1. / 24
	y := 0.0
	for i := -120; i <= 240; i++ {
		u := float64(i) * h
		e := math.Exp(-u)
		t := math.Exp(u - e)
		if v := f(t) * t * (1 + e); v-v == 0 { // 0·Inf at the ends
			y += v
		}
	}
	return y * h
}

// between is ∫ f over [a, b], where f may have a pole below 1/t at a: the
// trapezoidal rule after the substitution t = tanh(π/2·sinh u).
func between(a, b float64, f func(t float64) float64) float64 {
	const h = 1. / 16
	y := 0.0
	for i := -96; i <= 96; i++ {
		u := float64(i) * h
		s := math.Pi / 2 * math.Sinh(u)
		part := 1 / (1 + math.Exp(-2*s)) // (1 + tanh s)/2, small without cancellation
		c := math.Cosh(s)
		if v := f(a+(b-a)*part) * math.Pi / 4 * math.Cosh(u) / (c * c); v-v == 0 {
			y += v
		}
	}
	return y * h * (b - a)
}

// refPolygamma is 6.4.1, at x ≥ 1, and below by 6.4.6; 6.3.22 for n = 0.
func refPolygamma(n int, x float64) float64 {
	sign := -1.0 // of (-1)ⁿ⁺¹
	if n%2 != 0 {
		sign = 1
	}
	if x <= 0 && x == math.Floor(x) {
		switch {
		case n > 0:
			return sign * math.Inf(1)
		case x == 0:
			return math.Copysign(math.Inf(1), -x)
		}
		return math.NaN()
	}
	down := 0.0
	for ; x < 1; x++ {
		down += sign * math.Gamma(float64(n+1)) / math.Pow(x, float64(n+1))
	}
	if n == 0 {
		return down + onLine(func(t float64) float64 { return math.Exp(-t)/t + math.Exp(-x*t)/math.Expm1(-t) })
	}
	return down - sign*onLine(func(t float64) float64 { return math.Pow(t, float64(n)) * math.Exp(-x*t) / math.Expm1(-t) })
}

// refLgamma is ln |Γ(x)|.
func refLgamma(x float64) float64 {
	if x <= 0 && x == math.Floor(x) {
		return math.Inf(1)
	}
	return math.Log(math.Abs(math.Gamma(x)))
}

// refZeta is 23.2.7 for Hurwitz's function, after terms up to q ≥ 1.
func refZeta(s, q float64) float64 {
	switch {
	case s == 1:
		return math.Inf(1)
	case s < 1:
		return math.NaN()
	case q <= 0 && q == math.Floor(q):
		return math.Inf(1)
	case q <= 0 && s != math.Floor(s), s != s, q != q:
		return math.NaN()
	case math.IsInf(s, 1) && q <= 1: // the largest term alone
		return math.Pow(min(math.Abs(q), q-math.Floor(q)), -s)
	case math.IsInf(s, 1), math.IsInf(q, 1): // 0, but PyTorch has NaN
		return math.NaN()
	}
	y := 0.0
	for ; q < 1; q++ {
		y += math.Pow(q, -s)
	}
	return y - onLine(func(t float64) float64 { return math.Pow(t, s-1) * math.Exp(-q*t) / math.Expm1(-t) })/math.Gamma(s)
}

// refGammaP is 6.5.1.
func refGammaP(a, x float64) float64 {
	if p, ok := gammaEnds(a, x); ok {
		return p
	}
	return between(0, x, func(t float64) float64 { return math.Pow(t, a-1) * math.Exp(-t) }) / math.Gamma(a)
}

// refGammaQ is 6.5.3.
func refGammaQ(a, x float64) float64 {
	if p, ok := gammaEnds(a, x); ok {
		return 1 - p
	}
	return onLine(func(t float64) float64 { return math.Pow(x+t, a-1) * math.Exp(-x-t) }) / math.Gamma(a)
}

// gammaEnds is P where a limit, or PyTorch, says it.
func gammaEnds(a, x float64) (p float64, ok bool) {
	inf := math.Inf(1)
	switch {
	case a < 0, x < 0, a == 0 && !(x > 0), a == inf && x == inf:
		return math.NaN(), true
	case a == 0, x == inf:
		return 1, true
	case x == 0, a == inf:
		return 0, true
	}
	return math.NaN(), a != a || x != x
}

// refErfcx is 7.4.2.
func refErfcx(x float64) float64 {
	return 2 / math.SqrtPi * onLine(func(t float64) float64 { return math.Exp(-t*t - 2*x*t) })
}

func refErfc(x float64) float64 { return math.Exp(-x*x) * refErfcx(x) }

func refNdtr(x float64) float64 { return refErfc(-x/math.Sqrt2) / 2 }

func refLogNdtr(x float64) float64 {
	if x > 0 {
		return math.Log1p(-refNdtr(-x))
	}
	return math.Log(refNdtr(x))
}

// inverse solves f(y) = x for an increasing f by halving [-40, 40].
func inverse(f func(y float64) float64, x float64) float64 {
	lo, hi := -40.0, 40.0
	for range 100 {
		if mid := (lo + hi) / 2; f(mid) < x {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

func refErfInv(x float64) float64 {
	switch {
	case x < 0:
		return -refErfInv(-x)
	case x > 1:
		return math.NaN()
	case x == 1:
		return math.Inf(1)
	}
	return inverse(math.Erf, x)
}

func refNdtri(x float64) float64 {
	switch {
	case x < 0 || x > 1:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case x == 1:
		return math.Inf(1)
	}
	return inverse(func(y float64) float64 { return math.Erfc(-y/math.Sqrt2) / 2 }, x)
}

// refJ is Bessel's integral, 9.1.21.
func refJ(n, x float64) float64 {
	return between(0, math.Pi, func(t float64) float64 { return math.Cos(n*t - x*math.Sin(t)) }) / math.Pi
}

// refY is 9.1.22 for an integer order.
func refY(n, x float64) float64 {
	sign := math.Cos(n * math.Pi)
	return between(0, math.Pi, func(t float64) float64 { return math.Sin(x*math.Sin(t) - n*t) })/math.Pi -
		onLine(func(t float64) float64 { return (math.Exp(n*t) + sign*math.Exp(-n*t)) * math.Exp(-x*math.Sinh(t)) })/math.Pi
}

// refI is 9.6.19, times e^-|x|.
func refI(n, x float64) float64 {
	return between(0, math.Pi, func(t float64) float64 { return math.Exp(x*math.Cos(t)-math.Abs(x)) * math.Cos(n*t) }) / math.Pi
}

// refK is 9.6.24, times e^x.
func refK(nu, x float64) float64 {
	return onLine(func(t float64) float64 {
		s := math.Sinh(t / 2)
		return math.Exp(-2*x*s*s) * math.Cosh(nu*t) // cosh t - 1 = 2·sinh²(t/2)
	})
}

// refAiry is 10.4.32 on the ray of angle π/6, where the integrand decays.
func refAiry(x float64) float64 {
	return onLine(func(t float64) float64 {
		return math.Exp(-t*t*t/3-x*t/2) * math.Cos(math.Sqrt(3)/2*x*t+math.Pi/6)
	}) / math.Pi
}

// refClimb is a polynomial of degree n by its recurrence, from those of degree 0 and 1.
func refClimb(first func(x float64) float64, next func(k, x, p, before float64) float64) func(x, n float64) float64 {
	return func(x, n float64) float64 {
		p, q := 1.0, first(x)
		switch {
		case !(n > -1) || n > math.MaxInt64:
			return 0
		case n < 1:
			return p
		}
		for k := 1.0; k < math.Floor(n); k++ {
			p, q = q, next(k, x, q, p)
		}
		return q
	}
}

// refChebyshev is the kind that begins with slope·x + start, at 2x-1 if shifted.
func refChebyshev(slope, start float64, shifted bool) func(x, n float64) float64 {
	f := refClimb(func(x float64) float64 { return slope*x + start }, func(_, x, p, before float64) float64 { return 2*x*p - before })
	return func(x, n float64) float64 {
		if shifted {
			x = 2*x - 1
		}
		return f(x, n)
	}
}
