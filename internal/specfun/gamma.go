package specfun

import "math"

// bernoulli is B₂, B₄, … B₂₄: the coefficients of Euler & Maclaurin's sum and
// of Stirling's series.
var bernoulli = [...]float64{
	1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6,
	-3617. / 510, 43867. / 798, -174611. / 330, 854513. / 138, -236364091. / 2730,
}

// eps is the spacing of float64 at 1.
const eps = 0x1p-52

// Lgamma is ln |Γ(x)|, Inf at the poles.
func Lgamma(x float64) float64 {
	if math.IsInf(x, -1) {
		return math.Inf(1)
	}
	if a := math.Abs(x); a < 0x1p-1000 { // where math.Lgamma is -math.Log
		return -Log(a)
	}
	y, _ := math.Lgamma(x)
	return y
}

// Digamma is ψ(x), the derivative of ln Γ(x). At 0 it is -Inf with the sign of
// x, at the other poles NaN.
func Digamma[T real](x T) T { return T(digamma(float64(x), isShort[T]())) }

func digamma(x float64, short bool) float64 {
	if x == 0 {
		return math.Copysign(math.Inf(1), -x)
	}
	if x < 0 { // 6.3.7
		whole, part := math.Modf(x)
		if part == 0 || whole-whole != 0 {
			return math.NaN()
		}
		return digamma(1-x, short) - math.Pi/math.Tan(math.Pi*part)
	}
	y, far, terms := 0.0, 10.0, 9
	if short {
		far, terms = 5, 5
	}
	for ; x < far; x++ { // 6.3.5
		y -= 1 / x
	}
	if math.IsInf(x, 1) {
		return x
	}
	// 6.3.18: ln x - 1/2x - Σ B₂ₖ/(2k·x²ᵏ)
	w, p := 1/(x*x), 1.0
	s := 0.0
	for k, b := range bernoulli[:terms] {
		p *= w
		s += b / float64(2*k+2) * p
	}
	return y + (math.Log(x) - 0.5/x - s)
}

// Trigamma is ψ'(x). Below ½ it is reflected, with πx in x's precision: at the
// poles of negative x it is as large as that makes it, and not Inf, as in PyTorch.
func Trigamma[T real](x T) T {
	if x == 0 {
		return T(math.Inf(1))
	}
	v := float64(x)
	if x < 0.5 { // 6.4.7
		s := math.Sin(float64(math.Pi * x))
		return T(math.Pi*math.Pi/(s*s) - trigamma(1-v, isShort[T]()))
	}
	return T(trigamma(v, isShort[T]()))
}

func trigamma(x float64, short bool) float64 {
	switch {
	case math.IsInf(x, 1):
		return 0
	case !short:
		return zeta(2, x, false)
	}
	y := 0.0
	for ; x < 6; x++ { // 6.4.6
		y += 1 / (x * x)
	}
	r := 1 / x // 6.4.12
	q := r * r
	return y + r + q/2 + r*q*(1./6-q*(1./30-q*(1./42-q/30)))
}

// Zeta is Hurwitz's function Σ (q+k)^-s over k = 0, 1, …: NaN for s < 1, Inf at
// s = 1 and at q = 0, -1, …, and NaN at other negative q if s is no integer.
func Zeta[T real](s, q T) T { return T(hurwitz(float64(s), float64(q), isShort[T]())) }

func hurwitz(s, q float64, short bool) float64 {
	switch {
	case s == 1:
		return math.Inf(1)
	case s < 1:
		return math.NaN()
	case q > 0 || q != q:
		return zeta(s, q, short)
	case q == math.Floor(q):
		return math.Inf(1)
	case s != math.Floor(s):
		return math.NaN()
	case math.IsInf(s, 1):
		return s
	}
	// The terms with q+k < 0 are those of -q-k, again a difference of two sums.
	low := math.Floor(q)
	y := zeta(s, (low+1)-q, short) - zeta(s, 1-q, short)
	if math.Mod(s, 2) != 0 {
		y = -y
	}
	return zeta(s, q-low, short) + y
}

// power is w^-s for s > 1.
func power(w, s float64, short bool) float64 {
	if n := int(min(s, 65)); n <= 64 && float64(n) == s {
		y, p := 1.0, w
		for ; n > 0; n /= 2 {
			if n%2 != 0 {
				y *= p
			}
			p *= p
		}
		return 1 / y
	}
	if short && s < 1000 { // the product is rounded by less than float32 sees
		return math.Exp(-s * Log(w))
	}
	return math.Pow(w, -s)
}

// zeta is hurwitz for s > 1 and q > 0, or NaN: the first terms, and Euler &
// Maclaurin's sum of the others, 23.1.30 and 23.2.5.
func zeta(s, q float64, short bool) float64 {
	if math.IsInf(q, 1) || math.IsInf(s, 1) && q > 1 { // PyTorch's; the limit is 0
		return math.NaN()
	}
	y, w, far := 0.0, q, 10.0
	if short {
		far = 5
	}
	for far = max(far, s); w < far; w++ {
		t := power(w, s, short)
		y += t
		if t <= eps/4*y && w < s { // the others together are not larger than 2t
			return y
		}
	}
	t := power(w, s, short)
	y += t*w/(s-1) + t/2
	t *= s / w
	for k, b := range bernoulli {
		n := float64(2*k + 2)
		d := b * t
		y += d / factorials[2*k+2]
		if math.Abs(d) < eps/16*y*factorials[2*k+2] {
			break
		}
		t *= (s + n - 1) * (s + n) / (w * w)
	}
	return y
}

// factorials is n! for n up to 24.
var factorials = func() (f [25]float64) {
	f[0] = 1
	for i := 1; i < len(f); i++ {
		f[i] = f[i-1] * float64(i)
	}
	return f
}()
