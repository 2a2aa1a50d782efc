package tensor

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// Div returns t / u, elementwise; integers are divided as float32.
//
//	shape:  t and u broadcast
//	dtype:  promoted to a floating-point type
//	source: torch.div
func (t *Tensor) Div(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(divOp{}, t.floating(), u.floating())
}

// DivScalar returns t / v for a Go number v; see [Tensor.Div].
func (t *Tensor) DivScalar(v any) *Tensor {
	t, u := promoteNumber("div", t, v)
	return Apply(divOp{}, t.floating(), u.floating())
}

// RDivScalar returns v / t for a Go number v; see [Tensor.Div].
func (t *Tensor) RDivScalar(v any) *Tensor {
	t, u := promoteNumber("div", t, v)
	return Apply(divOp{}, u.floating(), t.floating())
}

// DivTrunc returns t / u rounded towards zero, elementwise. FloorDivide rounds
// down. Its gradient is 0.
//
//	shape:  t and u broadcast
//	dtype:  promoted; integers stay integers
//	panics: *Error if an integer is divided by 0, or for bool
//	source: torch.div(rounding_mode="trunc")
func (t *Tensor) DivTrunc(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(divTruncOp{}, t, u)
}

// DivTruncScalar returns t / v rounded towards zero for a Go number v; see
// [Tensor.DivTrunc].
func (t *Tensor) DivTruncScalar(v any) *Tensor {
	t, u := promoteNumber("div", t, v)
	return Apply(divTruncOp{}, t, u)
}

type divTruncOp struct{ quotient }

func (divTruncOp) Name() string          { return "div" }
func (divTruncOp) Kernel() device.Kernel { return device.TruncDiv }

// quotient is embedded by divisions that round to an integer: steps, whose
// gradient is 0.
type quotient struct{ Elementwise }

func (quotient) Reads() Reads { return Nothing }
func (quotient) Grad(c *Ctx, dy *Tensor) Grads {
	z := ZerosLike(dy)
	return Grads{z, z}
}

type divOp struct{ Elementwise }

func (divOp) Name() string          { return "div" }
func (divOp) Kernel() device.Kernel { return device.Div }
func (divOp) Reads() Reads          { return In0 | In1 }

// d/da a/b = 1/b, d/db a/b = -a/b²
func (divOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	b := c.In(1)
	g[0] = dy.Div(b)
	if c.Needs(1) {
		g[1] = g[0].Mul(c.In(0).Div(b)).Neg()
	}
	return g
}

func divEntry() Entry {
	rounding := func(mode string, in Sample) Sample {
		in.Kw = map[string]any{"rounding_mode": mode}
		in.Out = func(d DType, _ int) DType { return d }
		in.NoGrad = true // a step: the difference of a step that is hit has no bound
		if in.Only == nil {
			in.Only = Numbers
		}
		return in
	}
	e := Entry{
		Name: "div", Sig: "div(input, other, *, rounding_mode=None)", At: Here(), Ops: []any{divOp{}, divTruncOp{}},
		Go:      []string{"Div", "DivScalar", "RDivScalar", "DivInPlace", "DivTrunc", "DivTruncScalar"},
		Call:    func(a *Args) []*Tensor { return one(a.divide()) },
		Ref:     refDiv,
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: append(BinaryWithin(-2, 2, 0.5, 3), numberSamples()...),
		Bad: append(BroadcastBad("div"),
			Bad{Args: []any{In(2), 2}, Kw: map[string]any{"rounding_mode": "up"}, Want: `tensor: div [2]: rounding_mode is "up"; want "trunc" or "floor"`},
			Bad{Args: []any{In(2).As(Int32), 0}, Kw: map[string]any{"rounding_mode": "trunc"}, Want: "tensor: div [2], []: an integer is divided by 0"}),
	}
	for _, s := range append(BinaryWithin(-9, 9, 0.5, 3), numberSamples()...) {
		e.Samples = append(e.Samples, rounding("trunc", s), rounding("floor", s))
	}
	return e
}

// divide is torch.div.
func (a *Args) divide() *Tensor {
	switch mode := a.Str("rounding_mode"); mode {
	case "":
		return withOther(a, (*Tensor).Div, (*Tensor).DivScalar)
	case "trunc":
		return withOther(a, (*Tensor).DivTrunc, (*Tensor).DivTruncScalar)
	case "floor":
		return withOther(a, (*Tensor).FloorDivide, (*Tensor).FloorDivideScalar)
	default:
		misuse("div", fmt.Errorf("rounding_mode is %q; want \"trunc\" or \"floor\"", mode), a.Tensor("input"))
	}
	return nil
}

func refDiv(a *Args) []Array {
	return RefMap(func(x ...float64) float64 {
		switch a.Str("rounding_mode") {
		case "trunc":
			return math.Trunc(x[0] / x[1])
		case "floor":
			return refFloorDivide(x[0], x[1])
		}
		return x[0] / x[1]
	})(a)
}
