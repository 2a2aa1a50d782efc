package special

import (
	"errors"
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Lgamma returns ln |Γ(x)|, Inf at 0 and the negative integers.
//
//	source: torch.lgamma, torch.special.gammaln
func Lgamma(x *tensor.Tensor) *tensor.Tensor { return unary(device.Lgamma, x) }

// Digamma returns ψ(x), the derivative of ln Γ(x). At 0 it is -Inf, at -0 Inf,
// at the negative integers NaN.
//
//	source: torch.digamma, torch.special.psi
func Digamma(x *tensor.Tensor) *tensor.Tensor { return unary(device.Digamma, x) }

// Erfc returns 1 - erf x, exact where erf x is close to 1.
//
//	source: torch.erfc
func Erfc(x *tensor.Tensor) *tensor.Tensor { return unary(device.Erfc, x) }

// Erfcx returns exp(x²)·erfc x, which neither of them overflows in.
//
//	source: torch.special.erfcx
func Erfcx(x *tensor.Tensor) *tensor.Tensor { return unary(device.Erfcx, x) }

// ErfInv returns the inverse of the error function, NaN outside [-1, 1].
//
//	source: torch.erfinv
func ErfInv(x *tensor.Tensor) *tensor.Tensor { return unary(device.ErfInv, x) }

// Ndtr returns Φ(x), the distribution function of the standard normal
// distribution: erfc(-x/√2)/2.
//
//	source: torch.special.ndtr
func Ndtr(x *tensor.Tensor) *tensor.Tensor { return unary(device.Ndtr, x) }

// LogNdtr returns ln Φ(x), also where Φ(x) is too small for a float.
//
//	source: torch.special.log_ndtr
func LogNdtr(x *tensor.Tensor) *tensor.Tensor { return unary(device.LogNdtr, x) }

// Ndtri returns the inverse of Φ, NaN outside [0, 1].
//
//	source: torch.special.ndtri
func Ndtri(x *tensor.Tensor) *tensor.Tensor { return unary(device.Ndtri, x) }

// Entr returns -x·ln x, 0 at 0 and -Inf below.
//
//	source: torch.special.entr
func Entr(x *tensor.Tensor) *tensor.Tensor { return unary(device.Entr, x) }

// Sinc returns sin(πx)/πx, 1 at 0.
//
//	source: torch.sinc
func Sinc(x *tensor.Tensor) *tensor.Tensor { return unary(device.Sinc, x) }

// Logit returns ln(x/(1-x)), NaN outside [0, 1].
//
//	source: torch.logit
func Logit(x *tensor.Tensor) *tensor.Tensor { return unary(device.Logit, x) }

// LogitEps is Logit of x clamped to [eps, 1-eps], and has no slope outside.
//
//	source: torch.logit with eps
func LogitEps(x *tensor.Tensor, eps float64) *tensor.Tensor {
	if eps < 0 { // as if it were not given
		return Logit(x)
	}
	return Logit(floating(x).Clamp(eps, 1-eps))
}

// BesselJ0 returns the Bessel function of the first kind J₀(x), NaN at Inf.
//
//	source: torch.special.bessel_j0
func BesselJ0(x *tensor.Tensor) *tensor.Tensor { return unary(device.BesselJ0, x) }

// BesselJ1 returns J₁(x), NaN at Inf.
//
//	source: torch.special.bessel_j1
func BesselJ1(x *tensor.Tensor) *tensor.Tensor { return unary(device.BesselJ1, x) }

// BesselY0 returns the Bessel function of the second kind Y₀(x): -Inf at 0, NaN
// below and at Inf.
//
//	source: torch.special.bessel_y0
func BesselY0(x *tensor.Tensor) *tensor.Tensor { return unary(device.BesselY0, x) }

// BesselY1 returns Y₁(x): -Inf at 0, NaN below and at Inf.
//
//	source: torch.special.bessel_y1
func BesselY1(x *tensor.Tensor) *tensor.Tensor { return unary(device.BesselY1, x) }

// I0 returns the modified Bessel function of the first kind I₀(x), NaN at Inf.
//
//	source: torch.special.i0, torch.special.modified_bessel_i0
func I0(x *tensor.Tensor) *tensor.Tensor { return unary(device.I0, x) }

// I0e returns exp(-|x|)·I₀(x).
//
//	source: torch.special.i0e
func I0e(x *tensor.Tensor) *tensor.Tensor { return unary(device.I0e, x) }

// I1 returns I₁(x), NaN at Inf.
//
//	source: torch.special.i1, torch.special.modified_bessel_i1
func I1(x *tensor.Tensor) *tensor.Tensor { return unary(device.I1, x) }

// I1e returns exp(-|x|)·I₁(x).
//
//	source: torch.special.i1e
func I1e(x *tensor.Tensor) *tensor.Tensor { return unary(device.I1e, x) }

// ModifiedBesselK0 returns the modified Bessel function of the second kind
// K₀(x): Inf at 0, NaN below.
//
//	source: torch.special.modified_bessel_k0
func ModifiedBesselK0(x *tensor.Tensor) *tensor.Tensor { return unary(device.K0, x) }

// ModifiedBesselK1 returns K₁(x): Inf at 0, NaN below.
//
//	source: torch.special.modified_bessel_k1
func ModifiedBesselK1(x *tensor.Tensor) *tensor.Tensor { return unary(device.K1, x) }

// ScaledModifiedBesselK0 returns exp(x)·K₀(x): Inf at 0, NaN below.
//
//	source: torch.special.scaled_modified_bessel_k0
func ScaledModifiedBesselK0(x *tensor.Tensor) *tensor.Tensor { return unary(device.K0e, x) }

// ScaledModifiedBesselK1 returns exp(x)·K₁(x): Inf at 0, NaN below.
//
//	source: torch.special.scaled_modified_bessel_k1
func ScaledModifiedBesselK1(x *tensor.Tensor) *tensor.Tensor { return unary(device.K1e, x) }

// SphericalBesselJ0 returns sin x / x: 1 at 0, 0 at Inf.
//
//	source: torch.special.spherical_bessel_j0
func SphericalBesselJ0(x *tensor.Tensor) *tensor.Tensor { return unary(device.SphericalJ0, x) }

// AiryAi returns the Airy function Ai(x), NaN at Inf. It has no gradient.
//
//	source: torch.special.airy_ai
func AiryAi(x *tensor.Tensor) *tensor.Tensor { return unary(device.AiryAi, x) }

// Polygamma returns the derivative of order n of ψ(x); of order 0 it is Digamma.
//
//	panics: *Error if n is negative
//	source: torch.polygamma
func Polygamma(n int, x *tensor.Tensor) *tensor.Tensor {
	switch {
	case n < 0:
		tensor.Misuse("polygamma", errors.New("a negative order"), x)
	case n == 0:
		return Digamma(x)
	case n == 1:
		return unary(device.Trigamma, x)
	}
	return tensor.Apply(polygammaOp{n: n}, floating(x))
}

// polygammaOp is 6.4.10: (-1)ⁿ⁺¹·n!·ζ(n+1, x).
type polygammaOp struct {
	tensor.Elementwise
	n int
}

func (polygammaOp) Name() string          { return "polygamma" }
func (polygammaOp) Kernel() device.Kernel { return device.NoKernel }
func (polygammaOp) Reads() tensor.Reads   { return tensor.In0 }
func (o polygammaOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	factor := math.Gamma(float64(o.n + 1))
	if o.n%2 == 0 {
		factor = -factor
	}
	return Zeta(constant(in[0], float64(o.n+1)), in[0]).MulScalar(factor)
}
func (o polygammaOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	return tensor.Grads{dy.Mul(Polygamma(o.n+1, c.In(0)))}
}

// constant is v as a tensor without dims like x.
func constant(x *tensor.Tensor, v float64) *tensor.Tensor {
	return tensor.Make{DType: x.DType(), Device: x.Device()}.Full(v)
}

// MultiGammaLn returns the logarithm of the multivariate gamma function of
// dimension p: p(p-1)/4·ln π + Σ ln |Γ(x - j/2)| over j = 0 … p-1.
//
//	panics: *Error if p < 1, or x is bool
//	source: torch.mvlgamma, torch.special.multigammaln
func MultiGammaLn(x *tensor.Tensor, p int) *tensor.Tensor {
	if p < 1 {
		tensor.Misuse("mvlgamma", errors.New("p is less than 1"), x)
	}
	if x.DType() == tensor.Bool {
		tensor.Misuse("mvlgamma", errors.New("a bool tensor; cast it first"), x)
	}
	x = floating(x)
	y := Lgamma(x)
	for j := 1; j < p; j++ {
		y = y.Add(Lgamma(x.SubScalar(float64(j) / 2)))
	}
	return y.AddScalar(float64(p*(p-1)) / 4 * math.Log(math.Pi))
}
