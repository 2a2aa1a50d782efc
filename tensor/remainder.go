package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Remainder returns what is left of t / u rounded down, elementwise. It has
// the sign of u: the remainder of -7 by 2 is 1. Fmod has the sign of t.
//
//	shape:  t and u broadcast
//	dtype:  promoted
//	panics: *Error if an integer is divided by 0, or for bool
//	source: torch.remainder, Python's %
func (t *Tensor) Remainder(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(remainderOp{}, t, u)
}

// RemainderScalar returns the remainder of t by a Go number v; see
// [Tensor.Remainder].
func (t *Tensor) RemainderScalar(v any) *Tensor {
	t, u := promoteNumber("remainder", t, v)
	return Apply(remainderOp{}, t, u)
}

// RRemainderScalar returns the remainder of a Go number v by t; see
// [Tensor.Remainder].
func (t *Tensor) RRemainderScalar(v any) *Tensor {
	t, u := promoteNumber("remainder", t, v)
	return Apply(remainderOp{}, u, t)
}

type remainderOp struct{ Elementwise }

func (remainderOp) Name() string          { return "remainder" }
func (remainderOp) Kernel() device.Kernel { return device.Remainder }
func (remainderOp) Reads() Reads          { return In0 | In1 }

// a = b·floor(a/b) + r, and the floor is constant.
func (remainderOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	g[0] = dy
	if c.Needs(1) {
		g[1] = dy.Mul(c.In(0).FloorDivide(c.In(1))).Neg()
	}
	return g
}

func remainderEntry() Entry {
	return Entry{
		Name: "remainder", Sig: "remainder(input, other)", At: Here(), Ops: []any{remainderOp{}},
		Go: []string{"Remainder", "RemainderScalar", "RRemainderScalar"},
		Call: func(a *Args) []*Tensor {
			if !a.IsTensor("input") && a.IsTensor("other") {
				return one(a.Tensor("other").RRemainderScalar(a.Any("input")))
			}
			a.OnlyTensor("input")
			return one(withOther(a, (*Tensor).Remainder, (*Tensor).RemainderScalar))
		},
		Ref: RefMap(func(x ...float64) float64 {
			if m := math.Mod(x[0], x[1]); m == 0 || math.Signbit(m) == math.Signbit(x[1]) {
				return m
			}
			return math.Mod(x[0], x[1]) + x[1]
		}),
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Numbers,
		Samples: remainderSamples(),
		Bad: append(BroadcastBad("remainder"),
			Bad{Args: []any{In(2).As(Bool), In(2).As(Bool)}, Want: "tensor: remainder [2], [2]: cpu has no kernel for bool"},
			Bad{Args: []any{In(2).As(Int32), 0}, Want: "tensor: remainder [2], []: an integer is divided by 0"},
			Bad{Args: []any{In(3).As(Int8), In(3).As(Int8).With(1, 0, 2)}, Want: "tensor: remainder [3], [3]: an integer is divided by 0"}),
	}
}

// remainderSamples keep away from whole quotients, where the remainder jumps.
func remainderSamples() []Sample {
	signed := []DType{Float32, Float64, Int8, Int16, Int32, Int64}
	return append(BinaryWithin(-9, 9, 0.77, 2.9), numberSamples()[0], numberSamples()[1],
		Sample{Args: []any{In(3, 4).Within(-9, 9), In(3, 4).Within(-2.9, -0.71)}, Only: signed},
		Sample{Args: []any{In(5).Within(-9, 9), -2.25}, Only: Floats})
}
