package special

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// ChebyshevPolynomialT returns the Chebyshev polynomial of the first kind,
// Tₙ(cos θ) = cos nθ. It has no gradient, as in PyTorch.
//
//	shape:  x and n broadcast
//	dtype:  promoted to a floating-point dtype, in whose precision it computes; n is cut to an integer, and a
//	        negative or infinite one, or NaN, gives 0
//	source: torch.special.chebyshev_polynomial_t
func ChebyshevPolynomialT(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.ChebyshevT, x, n) }

// ChebyshevPolynomialU returns that of the second kind,
// Uₙ(cos θ) = sin((n+1)θ) / sin θ; see ChebyshevPolynomialT.
//
//	source: torch.special.chebyshev_polynomial_u
func ChebyshevPolynomialU(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.ChebyshevU, x, n) }

// ChebyshevPolynomialV returns that of the third kind,
// Vₙ(cos θ) = cos((n+½)θ) / cos(θ/2); see ChebyshevPolynomialT.
//
//	source: torch.special.chebyshev_polynomial_v
func ChebyshevPolynomialV(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.ChebyshevV, x, n) }

// ChebyshevPolynomialW returns that of the fourth kind,
// Wₙ(cos θ) = sin((n+½)θ) / sin(θ/2); see ChebyshevPolynomialT.
//
//	source: torch.special.chebyshev_polynomial_w
func ChebyshevPolynomialW(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.ChebyshevW, x, n) }

// ShiftedChebyshevPolynomialT returns Tₙ(2x-1), whose interval is [0, 1]; see
// ChebyshevPolynomialT.
//
//	source: torch.special.shifted_chebyshev_polynomial_t
func ShiftedChebyshevPolynomialT(x, n *tensor.Tensor) *tensor.Tensor {
	return binary(device.ShiftedT, x, n)
}

// ShiftedChebyshevPolynomialU returns Uₙ(2x-1); see ChebyshevPolynomialU.
//
//	source: torch.special.shifted_chebyshev_polynomial_u
func ShiftedChebyshevPolynomialU(x, n *tensor.Tensor) *tensor.Tensor {
	return binary(device.ShiftedU, x, n)
}

// ShiftedChebyshevPolynomialV returns Vₙ(2x-1); see ChebyshevPolynomialV.
//
//	source: torch.special.shifted_chebyshev_polynomial_v
func ShiftedChebyshevPolynomialV(x, n *tensor.Tensor) *tensor.Tensor {
	return binary(device.ShiftedV, x, n)
}

// ShiftedChebyshevPolynomialW returns Wₙ(2x-1); see ChebyshevPolynomialW.
//
//	source: torch.special.shifted_chebyshev_polynomial_w
func ShiftedChebyshevPolynomialW(x, n *tensor.Tensor) *tensor.Tensor {
	return binary(device.ShiftedW, x, n)
}

// HermitePolynomialH returns the physicists' Hermite polynomial Hₙ(x),
// orthogonal with the weight exp(-x²); dtypes and degrees as in
// ChebyshevPolynomialT. It takes a time that grows with n, and has no gradient.
//
//	source: torch.special.hermite_polynomial_h
func HermitePolynomialH(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.HermiteH, x, n) }

// HermitePolynomialHe returns the probabilists' Hermite polynomial Heₙ(x),
// orthogonal with the weight exp(-x²/2); see HermitePolynomialH.
//
//	source: torch.special.hermite_polynomial_he
func HermitePolynomialHe(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.HermiteHe, x, n) }

// LaguerrePolynomialL returns the Laguerre polynomial Lₙ(x), orthogonal with the
// weight exp(-x) on [0, Inf); see HermitePolynomialH.
//
//	source: torch.special.laguerre_polynomial_l
func LaguerrePolynomialL(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.LaguerreL, x, n) }

// LegendrePolynomialP returns the Legendre polynomial Pₙ(x), orthogonal on
// [-1, 1]; see HermitePolynomialH.
//
//	source: torch.special.legendre_polynomial_p
func LegendrePolynomialP(x, n *tensor.Tensor) *tensor.Tensor { return binary(device.LegendreP, x, n) }
