// Package special is the special functions of torch.special, elementwise:
// the gamma function and its relatives, the error function, Bessel functions,
// orthogonal polynomials. What package tensor has of them is not repeated here:
// special.expit is [tensor.Tensor.Sigmoid], special.xlogy [tensor.Tensor.XLogY].
//
//	x := tensor.Of([]float64{0.5, 1, 2.5}, 3)
//	special.Digamma(x)
//	special.Polygamma(2, x)
//	special.GammaInc(tensor.Scalar(2.0), x)
//
// Look by family: [Lgamma], [Digamma], [Polygamma], [GammaInc] and [Zeta];
// [Erfc], [Erfcx], [ErfInv], [Ndtr] and [LogNdtr] for normal distributions;
// [BesselJ0], [I0], [ModifiedBesselK0], [AiryAi] and their like;
// [ChebyshevPolynomialT], [LegendrePolynomialP] and other polynomials, whose degree
// is a tensor too; [Logit], [Entr], [Sinc] and [XLog1PY].
//
// Functions take tensors of every dtype unless they say otherwise: integers and
// bool compute as float32, half precision rounds a float32 result. Two tensors
// broadcast and promote their dtypes; a number is a tensor without dims,
// [tensor.Scalar]. Values at poles, infinities and NaN are PyTorch's.
//
// Gradients are made of the functions of this package and differentiate again,
// but for the functions that say that they have none.
package special
