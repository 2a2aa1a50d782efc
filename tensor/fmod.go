package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Fmod returns what is left of t / u rounded towards zero, elementwise. It has
// the sign of t: fmod of -7 by 2 is -1. Remainder has the sign of u.
//
//	shape:  t and u broadcast
//	dtype:  promoted
//	panics: *Error if an integer is divided by 0, or for bool
//	source: torch.fmod
func (t *Tensor) Fmod(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(fmodOp{}, t, u)
}

// FmodScalar returns [Tensor.Fmod] of t by a Go number v.
func (t *Tensor) FmodScalar(v any) *Tensor {
	t, u := promoteNumber("fmod", t, v)
	return Apply(fmodOp{}, t, u)
}

type fmodOp struct{ Elementwise }

func (fmodOp) Name() string          { return "fmod" }
func (fmodOp) Kernel() device.Kernel { return device.Fmod }
func (fmodOp) Reads() Reads          { return In0 | In1 }

// a = b·trunc(a/b) + r, and the whole quotient is constant.
func (fmodOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	g[0] = dy
	if c.Needs(1) {
		g[1] = dy.Mul(c.In(0).DivTrunc(c.In(1))).Neg()
	}
	return g
}

func fmodEntry() Entry {
	return Entry{
		Name: "fmod", Sig: "fmod(input, other)", At: Here(), Ops: []any{fmodOp{}}, Go: []string{"Fmod", "FmodScalar"},
		Call: func(a *Args) []*Tensor {
			a.OnlyTensor("input")
			return one(withOther(a, (*Tensor).Fmod, (*Tensor).FmodScalar))
		},
		Ref:     RefMap(func(x ...float64) float64 { return math.Mod(x[0], x[1]) }),
		Why:     map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes:  Numbers,
		Samples: remainderSamples(),
		Bad: append(BroadcastBad("fmod"),
			Bad{Args: []any{In(2).As(Bool), In(2).As(Bool)}, Want: "tensor: fmod [2], [2]: cpu has no kernel for bool"},
			Bad{Args: []any{In(2).As(Int64), 0}, Want: "tensor: fmod [2], []: an integer is divided by 0"}),
	}
}
