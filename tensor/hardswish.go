package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Hardsigmoid returns min(max(x+3, 0), 6)/6 for each element x of t.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.hardsigmoid
func (t *Tensor) Hardsigmoid() *Tensor { return Apply(hardsigmoidOp{}, t) }

// Hardswish returns x·min(max(x+3, 0), 6)/6 for each element x of t.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.hardswish; Howard et al. 2019, arXiv:1905.02244
func (t *Tensor) Hardswish() *Tensor { return Apply(hardswishOp{}, t) }

type hardsigmoidOp struct{ Floatwise }

func (hardsigmoidOp) Name() string          { return "hardsigmoid" }
func (hardsigmoidOp) Kernel() device.Kernel { return device.Hardsigmoid }
func (hardsigmoidOp) Reads() Reads          { return In0 }
func (hardsigmoidOp) Body(in []*Tensor) *Tensor {
	return in[0].AddScalar(3).Clamp(0, 6).DivScalar(6)
}
func (hardsigmoidOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	return Grads{dy.DivScalar(6).MaskedFill(x.Abs().LtScalar(3).LogicalNot(), 0)}
}

type hardswishOp struct{ Floatwise }

func (hardswishOp) Name() string          { return "hardswish" }
func (hardswishOp) Kernel() device.Kernel { return device.Hardswish }
func (hardswishOp) Reads() Reads          { return In0 }
func (hardswishOp) Body(in []*Tensor) *Tensor {
	return in[0].AddScalar(3).Clamp(0, 6).Mul(in[0]).DivScalar(6)
}

// d/dx x·(x+3)/6 = x/3 + ½ on the slope, its ends too.
func (hardswishOp) Grad(c *Ctx, dy *Tensor) Grads {
	x := c.In(0)
	slope := dy.Mul(x.DivScalar(3).AddScalar(0.5))
	return Grads{Where(x.Abs().LeScalar(3), slope, dy.MaskedFill(x.LtScalar(0), 0))}
}

func hardEntry(name, method, at string, op Op, f func(*Tensor) *Tensor, ref func(float64) float64) Entry {
	return Entry{
		Name: "nn.functional." + name, Sig: name + "(input, inplace=False)", At: at, Ops: []any{op}, Go: []string{method},
		Call:    UnaryCall(f),
		Ref:     RefMap(func(x ...float64) float64 { return ref(x[0]) }),
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Floats,
		Samples: append(UnarySamples(-5, 5), Sample{Args: []any{In(4).With(-3, 3, 9, -9)}, NoGrad: true}),
		Bad:     floatBad(name),
	}
}

func hardsigmoidEntry() Entry {
	return hardEntry("hardsigmoid", "Hardsigmoid", Here(), hardsigmoidOp{}, (*Tensor).Hardsigmoid, func(x float64) float64 { return min(max(x+3, 0), 6) / 6 })
}

func hardswishEntry() Entry {
	return hardEntry("hardswish", "Hardswish", Here(), hardswishOp{}, (*Tensor).Hardswish, func(x float64) float64 {
		if math.IsInf(x, 1) {
			return x
		}
		return x * min(max(x+3, 0), 6) / 6
	})
}
