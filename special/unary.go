package special

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// unaryOp is a function of one element; f is what its kernel reads.
type unaryOp struct {
	tensor.Elementwise
	f device.Function
}

func (o unaryOp) Name() string        { return names[o.f] }
func (unaryOp) Kernel() device.Kernel { return device.Special1 }
func (o unaryOp) Attr() any           { return o.f }
func (o unaryOp) Reads() tensor.Reads {
	switch o.f {
	case device.AiryAi:
		return tensor.NoGradient
	case device.Lgamma, device.Digamma, device.Trigamma, device.Erfc, device.LogNdtr, device.Ndtr, device.Logit, device.Entr,
		device.Sinc, device.SphericalJ0, device.BesselJ0, device.BesselY0, device.I0, device.K0:
		return tensor.In0
	case device.ErfInv, device.Ndtri:
		return tensor.Out0
	}
	return tensor.In0 | tensor.Out0
}

func (o unaryOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	return tensor.Grads{dy.Mul(o.slope(c))}
}

// names are PyTorch's.
var names = [device.NumFunctions]string{
	device.Erfc: "erfc", device.ErfInv: "erfinv", device.Erfcx: "special.erfcx", device.Ndtr: "special.ndtr",
	device.LogNdtr: "special.log_ndtr", device.Ndtri: "special.ndtri", device.Lgamma: "lgamma", device.Digamma: "digamma",
	device.Trigamma: "polygamma", device.Logit: "logit", device.Entr: "special.entr", device.Sinc: "sinc",
	device.BesselJ0: "special.bessel_j0", device.BesselJ1: "special.bessel_j1", device.BesselY0: "special.bessel_y0",
	device.BesselY1: "special.bessel_y1", device.I0: "i0", device.I0e: "special.i0e", device.I1: "special.i1", device.I1e: "special.i1e",
	device.K0: "special.modified_bessel_k0", device.K0e: "special.scaled_modified_bessel_k0",
	device.K1: "special.modified_bessel_k1", device.K1e: "special.scaled_modified_bessel_k1",
	device.SphericalJ0: "special.spherical_bessel_j0", device.AiryAi: "special.airy_ai",
	device.GammaP: "igamma", device.GammaQ: "igammac", device.Zeta: "special.zeta",
	device.ChebyshevT: "special.chebyshev_polynomial_t", device.ChebyshevU: "special.chebyshev_polynomial_u",
	device.ChebyshevV: "special.chebyshev_polynomial_v", device.ChebyshevW: "special.chebyshev_polynomial_w",
	device.ShiftedT: "special.shifted_chebyshev_polynomial_t", device.ShiftedU: "special.shifted_chebyshev_polynomial_u",
	device.ShiftedV: "special.shifted_chebyshev_polynomial_v", device.ShiftedW: "special.shifted_chebyshev_polynomial_w",
	device.HermiteH: "special.hermite_polynomial_h", device.HermiteHe: "special.hermite_polynomial_he",
	device.LaguerreL: "special.laguerre_polynomial_l", device.LegendreP: "special.legendre_polynomial_p",
}

// unary is f of each element of x.
func unary(f device.Function, x *tensor.Tensor) *tensor.Tensor {
	return tensor.Apply(unaryOp{f: f}, floating(x))
}

// floating is x, as float32 if it holds integers or bools; nil is for Apply to report.
func floating(x *tensor.Tensor) *tensor.Tensor {
	if x == nil || x.DType().IsFloat() {
		return x
	}
	return x.Cast(tensor.Float32)
}

// slope is the derivative at each element. Formulas are those of Abramowitz &
// Stegun unless said otherwise.
func (o unaryOp) slope(c *tensor.Ctx) *tensor.Tensor {
	switch o.f {
	case device.ErfInv: // √π/2·exp(y²)
		return c.Out(0).Square().Exp().MulScalar(math.SqrtPi / 2)
	case device.Ndtri: // √2π·exp(y²/2)
		return c.Out(0).Square().MulScalar(0.5).Exp().MulScalar(math.Sqrt(2 * math.Pi))
	}
	x := c.In(0)
	switch o.f {
	case device.Lgamma:
		return Digamma(x)
	case device.Digamma:
		return Polygamma(1, x)
	case device.Trigamma:
		return Polygamma(2, x)
	case device.Erfc: // -2/√π·exp(-x²)
		return x.Square().Neg().Exp().MulScalar(-2 / math.SqrtPi)
	case device.Ndtr: // exp(-x²/2)/√2π
		return x.Square().MulScalar(-0.5).Exp().MulScalar(1 / math.Sqrt(2*math.Pi))
	case device.LogNdtr: // √(2/π) / erfcx(-x/√2), where both φ and Φ would vanish
		return Erfcx(x.MulScalar(-1 / math.Sqrt2)).RDivScalar(math.Sqrt2 / math.SqrtPi)
	case device.Logit: // 1/(x(1-x)), NaN outside of [0, 1]
		outside := x.LtScalar(0).LogicalOr(x.GtScalar(1))
		return x.Mul(x.RSubScalar(1)).Reciprocal().MaskedFill(outside, math.NaN())
	case device.Entr: // -ln x - 1
		return x.Log().AddScalar(1).Neg()
	case device.Sinc: // (πx·cos πx - sin πx) / πx², 0 at 0
		w := wide(x)
		p := w.MulScalar(math.Pi)
		d := w.Mul(p)
		return p.Mul(p.Cos()).Sub(p.Sin()).Div(d).MaskedFill(d.EqScalar(0), 0).Cast(x.DType())
	case device.SphericalJ0: // (cos x - sin x / x) / x, 0 at 0
		w := wide(x)
		zero := w.EqScalar(0)
		return w.Cos().Sub(SphericalBesselJ0(w)).Div(w.MaskedFill(zero, 1)).MaskedFill(zero, 0).Cast(x.DType())
	case device.BesselJ0: // 9.1.28
		return BesselJ1(x).Neg()
	case device.BesselY0:
		return BesselY1(x).Neg()
	case device.I0: // 9.6.27
		return I1(x)
	case device.K0:
		return ModifiedBesselK1(x).Neg()
	}
	return o.slopeFrom(x, c.Out(0))
}

// slopeFrom is slope for the derivatives in terms of the argument and the value.
func (o unaryOp) slopeFrom(x, y *tensor.Tensor) *tensor.Tensor {
	switch o.f {
	case device.Erfcx: // 2xy - 2/√π
		return x.Mul(y).MulScalar(2).SubScalar(2 / math.SqrtPi)
	case device.BesselJ1: // 9.1.27: J0 - J1/x
		return awayFromZero(x, 0.5, func(x *tensor.Tensor) *tensor.Tensor { return BesselJ0(x).Sub(y.Div(x)) })
	case device.BesselY1:
		return BesselY0(x).Sub(y.Div(x))
	case device.I1: // 9.6.26: I0 - I1/x
		return awayFromZero(x, 0.5, func(x *tensor.Tensor) *tensor.Tensor { return I0(x).Sub(y.Div(x)) })
	case device.I0e:
		return I1e(x).Sub(x.Sign().Mul(y))
	case device.I1e:
		return awayFromZero(x, 0.5, func(x *tensor.Tensor) *tensor.Tensor {
			return I0e(x).Sub(y.Mul(x.Sign().Add(x.Reciprocal())))
		})
	case device.K1: // 9.6.26: -K0 - K1/x
		return ModifiedBesselK0(x).Add(y.Div(x)).Neg()
	case device.K0e:
		return y.Sub(ScaledModifiedBesselK1(x))
	case device.K1e:
		return y.Sub(y.Div(x)).Sub(ScaledModifiedBesselK0(x))
	}
	panic("special: no derivative of " + o.Name())
}

// awayFromZero is f(x), but the limit where x is closer to 0 than float64's
// or float32's spacing at 1, or NaN.
func awayFromZero(x *tensor.Tensor, limit float64, f func(x *tensor.Tensor) *tensor.Tensor) *tensor.Tensor {
	eps := 0x1p-23
	if x.DType() == tensor.Float64 {
		eps = 0x1p-52
	}
	near := x.Abs().GtScalar(eps).LogicalNot()
	return f(x.MaskedFill(near, 1)).MaskedFill(near, limit)
}

// wide is x in float64, for differences of what is nearly equal.
func wide(x *tensor.Tensor) *tensor.Tensor { return x.Cast(tensor.Float64) }
