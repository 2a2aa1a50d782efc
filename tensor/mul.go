package tensor

import "github.com/facula-ml/facula/device"

// Mul returns t · u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  promoted; for bool it is the logical and
//	source: torch.mul
func (t *Tensor) Mul(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(mulOp{}, t, u)
}

// MulScalar returns t · v for a Go number v; see [Tensor.AddScalar] for the
// dtype.
func (t *Tensor) MulScalar(v any) *Tensor {
	t, u := promoteNumber("mul", t, v)
	return Apply(mulOp{}, t, u)
}

type mulOp struct{ Elementwise }

func (mulOp) Name() string          { return "mul" }
func (mulOp) Kernel() device.Kernel { return device.Mul }
func (mulOp) Reads() Reads          { return In0 | In1 }
func (mulOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	if c.Needs(0) {
		g[0] = dy.Mul(c.In(1))
	}
	if c.Needs(1) {
		g[1] = dy.Mul(c.In(0))
	}
	return g
}

func mulEntry() Entry {
	return Entry{
		Name: "mul", Sig: "mul(input, other)", At: Here(), Ops: []any{mulOp{}},
		Go:      []string{"Mul", "MulScalar", "MulInPlace", "MulScalarInPlace"},
		Call:    func(a *Args) []*Tensor { return one(withOther(a, (*Tensor).Mul, (*Tensor).MulScalar)) },
		Ref:     RefMap(func(x ...float64) float64 { return x[0] * x[1] }),
		DTypes:  AllDTypes,
		Samples: append(BinarySamples(), numberSamples()...),
		Bad:     BroadcastBad("mul"),
	}
}
