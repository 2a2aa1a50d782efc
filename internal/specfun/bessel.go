package specfun

import "math"

// The Bessel functions of the first and second kind are Cephes's rational
// functions, but as PyTorch evaluates them: without the highest power of some
// denominators, whose factor is 1. That is off by 1e-8 below 5 and by 9e-7 beyond,
// which fades as x^-14. Formulas that join them are 9.2.5, 9.2.6 and 9.1.13.

// J0 is the Bessel function of the first kind, of order 0; NaN at Inf.
func J0(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1e-5:
		return 1 - x*x/4
	case x <= 5:
		return order0.inner(x)
	}
	p, q, sin, cos := order0.outer(x, x-math.Pi/4)
	return p*cos - q*sin
}

// J1 is J0 for order 1.
func J1(x float64) float64 {
	a := math.Abs(x)
	if a <= 5 {
		return x * order1.inner(a)
	}
	p, q, sin, cos := order1.outer(a, a-3*math.Pi/4)
	return math.Copysign(1, x) * (p*cos - q*sin)
}

// Y0 is the Bessel function of the second kind, of order 0: -Inf at 0, NaN below
// and at Inf.
func Y0(x float64) float64 {
	if x <= 5 {
		z := x * x
		return polynomial(z, order0.yp)/polynomial(z, order0.yq) + 2/math.Pi*Log(x)*J0(x)
	}
	p, q, sin, cos := order0.outer(x, x-math.Pi/4)
	return p*sin + q*cos
}

// Y1 is Y0 for order 1.
func Y1(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x <= 5:
		z := x * x
		return x*polynomial(z, order1.yp)/polynomial(z, order1.yq) + 2/math.Pi*(Log(x)*J1(x)-1/x)
	}
	p, q, sin, cos := order1.outer(x, x-3*math.Pi/4)
	return p*sin + q*cos
}

// inner is J0(x), or J1(x)/x, for x in [0, 5].
func (o *besselOrder) inner(x float64) float64 {
	z := x * x
	return o.first(z, polynomial(z, o.rp), polynomial(z, o.rq))
}

// outer is P and Q of 9.2.5 times √(2/πx), for x > 5, and the sine and cosine of chi.
func (o *besselOrder) outer(x, chi float64) (p, q, sin, cos float64) {
	w, r := 25/(x*x), math.Sqrt(2/(math.Pi*x))
	sin, cos = math.Sincos(chi)
	return r * polynomial(w, o.pp) / polynomial(w, o.pq), r * 5 / x * polynomial(w, o.qp) / polynomial(w, o.qq), sin, cos
}

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
func I0e[T real](x T) T { return T(i0e(math.Abs(float64(x)), isShort[T]())) }

// I0 is the modified Bessel function of the first kind, of order 0; NaN at Inf.
func I0[T real](x T) T {
	a := math.Abs(float64(x))
	return T(math.Exp(a) * i0e(a, isShort[T]()))
}

// I1e is e^-|x|·I1(x).
func I1e[T real](x T) T {
	v := float64(x)
	return T(math.Copysign(i1e(math.Abs(v), isShort[T]()), v))
}

// I1 is I0 for order 1.
func I1[T real](x T) T {
	v := float64(x)
	a := math.Abs(v)
	return T(math.Copysign(1, v) * math.Exp(a) * i1e(a, isShort[T]()))
}

func i0e(x float64, short bool) float64 {
	if x <= 8 {
		return i0Small.at(x/4-1, short)
	}
	return i0Large.at(16/x-1, short) / math.Sqrt(x)
}

func i1e(x float64, short bool) float64 {
	if x <= 8 {
		return x * i1Small.at(x/4-1, short)
	}
	return i1Large.at(16/x-1, short) / math.Sqrt(x)
}

// K0 is the modified Bessel function of the second kind, of order 0: Inf at 0,
// NaN below.
func K0[T real](x T) T { return T(k0(float64(x), false, isShort[T]())) }

// K0e is e^x·K0(x).
func K0e[T real](x T) T { return T(k0(float64(x), true, isShort[T]())) }

// K1 is K0 for order 1.
func K1[T real](x T) T { return T(k1(float64(x), false, isShort[T]())) }

// K1e is e^x·K1(x).
func K1e[T real](x T) T { return T(k1(float64(x), true, isShort[T]())) }

// k0 is K0, times e^x if scaled: 9.6.13 for small x.
func k0(x float64, scaled, short bool) float64 {
	if y, ok := besselKEnds(x); ok {
		return y
	}
	if x <= 2 {
		e := math.Exp(x)
		y := k0Small.at(x*x/2-1, short) - Log(x/2)*e*i0e(x, short)
		return inverseScale(y, e, scaled)
	}
	return scale(k0Large.at(4/x-1, short)/math.Sqrt(x), x, scaled)
}

// k1 is k0 for order 1: 9.6.11.
func k1(x float64, scaled, short bool) float64 {
	if y, ok := besselKEnds(x); ok {
		return y
	}
	if x <= 2 {
		e := math.Exp(x)
		y := k1Small.at(x*x/2-1, short)/x + Log(x/2)*e*i1e(x, short)
		return inverseScale(y, e, scaled)
	}
	return scale(k1Large.at(4/x-1, short)/math.Sqrt(x), x, scaled)
}

func besselKEnds(x float64) (y float64, ok bool) {
	if x == 0 {
		return math.Inf(1), true
	}
	return math.NaN(), !(x > 0)
}

// scale is y·e^-x, for a y that is to stay scaled y itself.
func scale(y, x float64, scaled bool) float64 {
	if scaled {
		return y
	}
	return y * math.Exp(-x)
}

// inverseScale is y, times e = e^x for one that is to be scaled.
func inverseScale(y, e float64, scaled bool) float64 {
	if scaled {
		return y * e
	}
	return y
}

// The values of Ai and -Ai' at 0: 10.4.4, 10.4.5.
var (
	airy0      = math.Pow(3, -2./3) / math.Gamma(2./3)
	airySlope0 = math.Pow(3, -1./3) / math.Gamma(1./3)
)

// Airy is Ai(x), NaN at Inf. Below -2.09 it has PyTorch's error, of up to 3e-6 at
// first, which fades as |x|^-15: see airyPhase.
func Airy(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	a := math.Abs(x)
	zeta := a * math.Sqrt(a) * 2 / 3
	switch {
	case x >= 2:
		from := 2 * math.Sqrt2 * 2 / 3 // ζ at 2
		return math.Exp(-zeta) * airyDecay.at(2*from/zeta-1, false) / (2 * math.SqrtPi * math.Sqrt(math.Sqrt(x)))
	case x < -2.09: // 10.4.60
		w := 1 / (zeta * zeta)
		f := 1 + w*polynomial(w, airyPhase[0][:])/polynomial(w, airyPhase[1][:])
		g := polynomial(w, airyPhase[2][:]) / polynomial(w, airyPhase[3][:]) / zeta
		sin, cos := math.Sincos(zeta + math.Pi/4)
		return (sin*f - cos*g) / (math.SqrtPi * math.Sqrt(math.Sqrt(a)))
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
