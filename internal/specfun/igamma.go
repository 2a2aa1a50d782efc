package specfun

import "math"

// GammaP is the regularised lower incomplete gamma function
// P(a, x) = 1/Γ(a) ∫₀ˣ t^(a-1) e^-t dt, NaN where a or x is negative.
func GammaP[T real](a, x T) T { return T(gammaP(float64(a), float64(x), precision[T]())) }

// precision is where a sum for T may end: beyond float32 by a few bits.
func precision[T real]() float64 {
	if isShort[T]() {
		return 0x1p-28
	}
	return eps
}

func gammaP(a, x, eps float64) float64 {
	if p, ok := gammaEdge(a, x); ok {
		return p
	}
	switch {
	case a >= manyTerms:
		return gammaWide(a, x, -1)
	case x <= a+1:
		return gammaSeries(a, x, eps) * gammaFactor(a, x)
	}
	return 1 - gammaFraction(a, x, eps)*gammaFactor(a, x)
}

// GammaQ is the upper one, Q = 1 - P.
func GammaQ[T real](a, x T) T { return T(gammaQ(float64(a), float64(x), precision[T]())) }

func gammaQ(a, x, eps float64) float64 {
	if p, ok := gammaEdge(a, x); ok {
		return 1 - p
	}
	switch {
	case a >= manyTerms:
		return gammaWide(a, x, 1)
	case x <= a+1:
		return 1 - gammaSeries(a, x, eps)*gammaFactor(a, x)
	}
	return gammaFraction(a, x, eps) * gammaFactor(a, x)
}

// manyTerms is where the series takes more terms than it is worth, and two
// terms of Temme's expansion are enough for float64.
const manyTerms = 1e6

// gammaEdge is P at the ends of a's and x's ranges.
func gammaEdge(a, x float64) (p float64, ok bool) {
	switch {
	case a < 0 || x < 0 || a == 0 && !(x > 0):
		return math.NaN(), true
	case a == 0:
		return 1, true
	case x == 0:
		return 0, true
	case math.IsInf(a, 1) && math.IsInf(x, 1):
		return math.NaN(), true
	case math.IsInf(a, 1):
		return 0, true
	case math.IsInf(x, 1):
		return 1, true
	}
	return math.NaN(), a != a || x != x
}

// gammaSeries is P by 6.5.29, without its factor.
func gammaSeries(a, x, eps float64) float64 {
	sum, t := 1.0, 1.0
	for r := a + 1; t > eps/4*sum; r++ {
		t *= x / r
		sum += t
	}
	return sum / a
}

// gammaFraction is Q, without its factor, by the continued fraction 6.5.31,
// contracted, from the front: Thompson & Barnett's form of Lentz's method (1986).
func gammaFraction(a, x, eps float64) float64 {
	const tiny = 0x1p-900
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	y := d
	for i := 1.0; ; i++ {
		n := -i * (i - a)
		b += 2
		d = 1 / nonzero(n*d+b, tiny)
		c = nonzero(b+n/c, tiny)
		y *= d * c
		if math.Abs(d*c-1) <= eps || y != y {
			return y
		}
	}
}

func nonzero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

// gammaFactor is x^a·e^-x / Γ(a). A large a has it from Stirling's series for
// Γ, 6.1.40, where the large terms cancel beforehand.
func gammaFactor(a, x float64) float64 {
	if a < 10 {
		return math.Exp(a*Log(x) - x - Lgamma(a))
	}
	s := 0.0
	p := 1 / a
	for k, b := range bernoulli[:8] {
		n := float64(2*k + 2)
		s += b / (n * (n - 1)) * p
		p /= a * a
	}
	return math.Sqrt(a/(2*math.Pi)) * math.Exp(-a*excess((x-a)/a)-s)
}

// excess is u - ln(1+u), without cancellation near 0.
func excess(u float64) float64 {
	if math.Abs(u) > 0.1 {
		return u - math.Log1p(u)
	}
	y, p := 0.0, u
	for k := 2.0; k < 20; k++ {
		p *= -u
		y -= p / k
	}
	return y
}

// gammaWide is P or Q, as sign is -1 or 1, for a large a: the first terms of
// Temme's uniform expansion (SIAM J. Math. Anal. 10, 1979).
func gammaWide(a, x, sign float64) float64 {
	u := (x - a) / a
	half := excess(u) // η²/2
	eta := math.Copysign(math.Sqrt(2*half), u)
	c := 1/u - 1/eta
	if math.Abs(eta) < 0.01 {
		c = -1./3 + eta*(1./12-eta*2/135)
	}
	c -= 1. / 540 / a // the second term at η = 0; it is too small to matter where η is not
	return math.Erfc(sign*eta*math.Sqrt(a/2))/2 + sign*c*math.Exp(-a*half)/math.Sqrt(2*math.Pi*a)
}
