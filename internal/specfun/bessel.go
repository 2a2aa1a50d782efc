package specfun

import "math"

// J0 is the Bessel function of the first kind, of order 0; NaN at Inf.
func J0(x float64) float64 {
	x = math.Abs(x)
	return math.J0(x) + (x - x) - phaseError(x, 0)*math.Sin(x-math.Pi/4)
}

// J1 is J0 for order 1.
func J1(x float64) float64 {
	a := math.Abs(x)
	return math.Copysign(1, x)*(math.J1(a)-phaseError(a, 1)*math.Sin(a-3*math.Pi/4)) + (x - x)
}

// Y0 is the Bessel function of the second kind, of order 0; NaN at Inf.
func Y0(x float64) float64 {
	return math.Y0(x) + (x - x) + phaseError(x, 0)*math.Cos(x-math.Pi/4)
}

// Y1 is Y0 for order 1.
func Y1(x float64) float64 {
	return math.Y1(x) + (x - x) + phaseError(x, 1)*math.Cos(x-3*math.Pi/4)
}

// phase is the denominators of Q in 9.2.5 by 25/x², from the highest power that
// PyTorch takes, in Cephes's j0.c and j1.c (Moshier 1984-2000).
var phase = [2][7]float64{
	{
		6.43178256118178023184e1, 8.56430025976980587198e2, 3.88240183605401609683e3, 7.24046774195652478189e3,
		5.93072701187316984827e3, 2.06209331660327847417e3, 2.42005740240291393179e2,
	},
	{
		7.42373277035675149943e1, 1.05644886038262816351e3, 4.98641058337653607651e3, 9.56231892404756170795e3,
		7.99704160447350683650e3, 2.82619278517639096600e3, 3.36093607810698293419e2,
	},
}

// phaseError is what PyTorch's √(2/πx)·Q is larger by in Bessel functions of
// order n beyond 5: its denominator lacks the power 7, whose factor is 1. It is
// 7e-7 at 5 and fades as x^-14: values are PyTorch's, not Bessel's, to this extent.
func phaseError(x float64, n int) float64 {
	if !(x > 5) || x > 100 {
		return 0
	}
	w := 25 / (x * x)
	// Q by the first terms of 9.2.10.
	m, e := float64(4*n*n), 1/(8*x)
	q := (m - 1) * e * (1 - (m-9)*(m-25)/6*e*e)
	return math.Sqrt(2/(math.Pi*x)) * q * math.Pow(w, 7) / polynomial(w, phase[n][:])
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

// Airy is Ai(x), NaN at Inf. Below -2.09 it is PyTorch's, which errs by up to
// 3e-6 at first and fades as |x|^-15: see airyPhase.
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

// airyPhase is numerator and denominator of the factors of the sine and the
// cosine, by 1/ζ², in Cephes's airy.c (Moshier 1984-2000). The denominators lack
// the highest power, whose factor is 1, as PyTorch's do.
var airyPhase = [4][]float64{
	{
		-1.31696323418331795333e-1, -6.26456544431912369773e-1, -6.93158036036933542233e-1, -2.79779981545119124951e-1,
		-4.91900132609500318020e-2, -4.06265923594885404393e-3, -1.59276496239262096340e-4, -2.77649108155232920844e-6,
		-1.67787698489114633780e-8,
	},
	{
		1.33560420706553243746e1, 3.26825032795224613948e1, 2.67367040941499554804e1, 9.18707402907259625840e0,
		1.47529146771666414581e0, 1.15687173795188044134e-1, 4.40291641615211203805e-3, 7.54720348287414296618e-5,
		4.51850092970580378464e-7,
	},
	{
		1.97339932091685679179e-2, 3.91103029615688277255e-1, 1.06579897599595591108e0, 9.39169229816650230044e-1,
		3.51465656105547619242e-1, 6.33888919628925490927e-2, 5.85804113048388458567e-3, 2.82851600836737019778e-4,
		6.98793669997260967291e-6, 8.11789239554389293311e-8, 3.41551784765923618484e-10,
	},
	{
		9.30892908077441974853e0, 1.98352928718312140417e1, 1.55646628932864612953e1, 5.47686069422975497931e0,
		9.54293611618961883998e-1, 8.64580826352392193095e-2, 4.12656523824222607191e-3, 1.01259085116509135510e-4,
		1.17166733214413521882e-6, 4.91834570062930015649e-9,
	},
}
