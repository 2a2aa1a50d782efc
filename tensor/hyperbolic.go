package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Cosh returns the hyperbolic cosine of each element of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.cosh
func (t *Tensor) Cosh() *Tensor { return coshOp().of(t) }

// Sinh returns the hyperbolic sine of each element of t.
//
//	dtype:  floating point; integers and bool compute as float32
//	source: torch.sinh
func (t *Tensor) Sinh() *Tensor { return sinhOp().of(t) }

// d/dx cosh x = sinh x
func coshOp() mathOp {
	return mathOp{name: "cosh", kernel: device.Cosh, slope: func(x, dy *Tensor) *Tensor { return dy.Mul(x.Sinh()) }}
}

// d/dx sinh x = cosh x
func sinhOp() mathOp {
	return mathOp{name: "sinh", kernel: device.Sinh, slope: func(x, dy *Tensor) *Tensor { return dy.Mul(x.Cosh()) }}
}

func coshEntry() Entry {
	return mathEntry(coshOp(), "Cosh", Here(), (*Tensor).Cosh, math.Cosh, -4, 4)
}

func sinhEntry() Entry {
	return mathEntry(sinhOp(), "Sinh", Here(), (*Tensor).Sinh, math.Sinh, -4, 4)
}
