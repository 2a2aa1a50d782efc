package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Atan2 returns the angle in ±π of the point with the coordinates u and t (x
// and y), elementwise, in radians.
//
//	shape:  t and u broadcast
//	dtype:  promoted to a floating-point dtype
//	source: torch.atan2
func (t *Tensor) Atan2(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(atan2Op{}, t.floating(), u.floating())
}

type atan2Op struct{ Elementwise }

func (atan2Op) Name() string          { return "atan2" }
func (atan2Op) Kernel() device.Kernel { return device.Atan2 }
func (atan2Op) Reads() Reads          { return In0 | In1 }

// With r² = t² + u² the gradients are u/r² and -t/r².
func (atan2Op) Grad(c *Ctx, dy *Tensor) (g Grads) {
	t, u := c.In(0), c.In(1)
	by := t.Square().Add(u.Square()).Reciprocal()
	if c.Needs(0) {
		g[0] = dy.Mul(u).Mul(by)
	}
	if c.Needs(1) {
		g[1] = dy.Mul(t.Neg()).Mul(by)
	}
	return g
}

func atan2Entry() Entry {
	return Entry{
		Name: "atan2", Sig: "atan2(input, other)", At: Here(), Ops: []any{atan2Op{}}, Go: []string{"Atan2"},
		Call:    pairCall((*Tensor).Atan2),
		Ref:     RefMap(func(x ...float64) float64 { return math.Atan2(x[0], x[1]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: append(BinaryWithin(0.5, 2, -2, -0.5), Sample{Args: []any{In(4).With(1, 1, -1, -1), In(4).With(1, -1, 1, -1)}}),
		Bad:     BroadcastBad("atan2"),
	}
}

// pairCall is Entry.Call of a method of two tensors that takes no number.
func pairCall(f func(t, u *Tensor) *Tensor) func(*Args) []*Tensor {
	return func(a *Args) []*Tensor { return one(f(a.OnlyTensor("input"), a.OnlyTensor("other"))) }
}
