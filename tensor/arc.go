package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Inverse functions of angles, in radians, and of hyperbolic ones. Outside of
// their domain they are NaN. Integers and bool compute as float32.

// Acos returns the angle in 0…π whose cosine each element of t is.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.acos
func (t *Tensor) Acos() *Tensor { return acosOp().of(t) }

// Asin returns the angle in ±π/2 whose sine each element of t is.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.asin
func (t *Tensor) Asin() *Tensor { return asinOp().of(t) }

// Atan returns the angle in ±π/2 whose tangent each element of t is.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.atan
func (t *Tensor) Atan() *Tensor { return atanOp().of(t) }

// Acosh returns the number >= 0 whose hyperbolic cosine each element of t is.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.acosh
func (t *Tensor) Acosh() *Tensor { return acoshOp().of(t) }

// Asinh returns the number whose hyperbolic sine each element of t is.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.asinh
func (t *Tensor) Asinh() *Tensor { return asinhOp().of(t) }

// Atanh returns the number whose hyperbolic tangent each element of t is.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.atanh
func (t *Tensor) Atanh() *Tensor { return atanhOp().of(t) }

// d/dx arccos x = -1/√(1-x²)
func acosOp() mathOp {
	return mathOp{name: "acos", kernel: device.Acos, slope: func(x, dy *Tensor) *Tensor {
		return dy.Mul(x.Square().RSubScalar(1).Rsqrt()).Neg()
	}}
}

// d/dx arcsin x = 1/√(1-x²)
func asinOp() mathOp {
	return mathOp{name: "asin", kernel: device.Asin, slope: func(x, dy *Tensor) *Tensor {
		return dy.Mul(x.Square().RSubScalar(1).Rsqrt())
	}}
}

// d/dx arctan x = 1/(1+x²)
func atanOp() mathOp {
	return mathOp{name: "atan", kernel: device.Atan, slope: func(x, dy *Tensor) *Tensor {
		return dy.Div(x.Square().AddScalar(1))
	}}
}

// d/dx arcosh x = 1/√(x²-1)
func acoshOp() mathOp {
	return mathOp{name: "acosh", kernel: device.Acosh, slope: func(x, dy *Tensor) *Tensor {
		return dy.Mul(x.Square().SubScalar(1).Rsqrt())
	}}
}

// d/dx arsinh x = 1/√(x²+1)
func asinhOp() mathOp {
	return mathOp{name: "asinh", kernel: device.Asinh, slope: func(x, dy *Tensor) *Tensor {
		return dy.Mul(x.Square().AddScalar(1).Rsqrt())
	}}
}

// d/dx artanh x = 1/(1-x²)
func atanhOp() mathOp {
	return mathOp{name: "atanh", kernel: device.Atanh, slope: func(x, dy *Tensor) *Tensor {
		return dy.Div(x.Square().RSubScalar(1))
	}}
}

func acosEntry() Entry {
	return mathEntry(acosOp(), "Acos", Here(), (*Tensor).Acos, math.Acos, -0.9, 0.9)
}

func asinEntry() Entry {
	return mathEntry(asinOp(), "Asin", Here(), (*Tensor).Asin, math.Asin, -0.9, 0.9)
}

func atanEntry() Entry {
	return mathEntry(atanOp(), "Atan", Here(), (*Tensor).Atan, math.Atan, -4, 4)
}

func acoshEntry() Entry {
	return mathEntry(acoshOp(), "Acosh", Here(), (*Tensor).Acosh, math.Acosh, 1.25, 4)
}

func asinhEntry() Entry {
	return mathEntry(asinhOp(), "Asinh", Here(), (*Tensor).Asinh, math.Asinh, -4, 4)
}

func atanhEntry() Entry {
	return mathEntry(atanhOp(), "Atanh", Here(), (*Tensor).Atanh, math.Atanh, -0.9, 0.9)
}
