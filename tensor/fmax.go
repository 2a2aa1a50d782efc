package tensor

import "github.com/facula-ml/facula/device"

// FMax returns the larger of t and u, elementwise, and the other one where one
// is NaN. Of equal elements, t has the gradient; Maximum shares it.
//
//	shape:  t and u broadcast
//	dtype:  promoted
//	source: torch.fmax
func (t *Tensor) FMax(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(fmaxOp(), t, u)
}

// FMin returns the smaller of t and u, elementwise; see FMax.
//
//	source: torch.fmin
func (t *Tensor) FMin(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(fminOp(), t, u)
}

// eitherOp is one of two inputs; wins says where it is the first.
type eitherOp struct {
	Elementwise
	name   string
	kernel device.Kernel
	wins   func(t, u *Tensor) *Tensor
}

func fmaxOp() eitherOp { return eitherOp{name: "fmax", kernel: device.FMax, wins: (*Tensor).Ge} }
func fminOp() eitherOp { return eitherOp{name: "fmin", kernel: device.FMin, wins: (*Tensor).Le} }

func (o eitherOp) Name() string          { return o.name }
func (o eitherOp) Kernel() device.Kernel { return o.kernel }
func (eitherOp) Reads() Reads            { return In0 | In1 }
func (o eitherOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	t, u := c.In(0), c.In(1)
	first := o.wins(t, u).LogicalOr(u.IsNaN())
	if c.Needs(0) {
		g[0] = dy.MaskedFill(first.LogicalNot(), 0)
	}
	if c.Needs(1) {
		g[1] = dy.MaskedFill(first, 0)
	}
	return g
}

func eitherEntry(o eitherOp, method, at string, call func(t, u *Tensor) *Tensor, ref func(x, y float64) float64) Entry {
	return Entry{
		Name: o.name, Sig: o.name + "(input, other)", At: at, Go: []string{method}, Ops: []any{o},
		Call: pairCall(call),
		Ref: RefMap(func(x ...float64) float64 {
			switch {
			case x[0] != x[0]:
				return x[1]
			case x[1] != x[1]:
				return x[0]
			}
			return ref(x[0], x[1])
		}),
		DTypes: AllDTypes,
		Samples: append(BinaryWithin(-2, 2, -1.9, 2.1),
			Sample{Args: []any{In(3).With(1, 0, 2), In(3).With(0, 1, 2)}, NoGrad: true}),
		Bad: BroadcastBad(o.name),
	}
}

func fmaxEntry() Entry {
	return eitherEntry(fmaxOp(), "FMax", Here(), (*Tensor).FMax, func(x, y float64) float64 { return max(x, y) })
}

func fminEntry() Entry {
	return eitherEntry(fminOp(), "FMin", Here(), (*Tensor).FMin, func(x, y float64) float64 { return min(x, y) })
}
