package tensor

import "github.com/facula-ml/facula/device"

// Maximum returns the larger of t and u, elementwise; NaN where either is.
// Equal elements share the gradient. MaxDim and Max reduce one tensor; for a
// number see ClampMin.
//
//	shape:  t and u broadcast
//	dtype:  promoted
//	source: torch.maximum
func (t *Tensor) Maximum(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(extremumOp{name: "maximum", kernel: device.Maximum, loses: (*Tensor).Lt}, t, u)
}

// Minimum returns the smaller of t and u, elementwise; see [Tensor.Maximum].
//
//	source: torch.minimum
func (t *Tensor) Minimum(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(extremumOp{name: "minimum", kernel: device.Minimum, loses: (*Tensor).Gt}, t, u)
}

type extremumOp struct {
	Elementwise
	name   string
	kernel device.Kernel
	loses  func(t, u *Tensor) *Tensor // where t is not the result
}

func (o extremumOp) Name() string          { return o.name }
func (o extremumOp) Kernel() device.Kernel { return o.kernel }
func (extremumOp) Reads() Reads            { return In0 | In1 }
func (o extremumOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	a, b := c.In(0), c.In(1)
	shared := Where(a.Eq(b), dy.DivScalar(2), dy)
	if c.Needs(0) {
		g[0] = shared.MaskedFill(o.loses(a, b), 0)
	}
	if c.Needs(1) {
		g[1] = shared.MaskedFill(o.loses(b, a), 0)
	}
	return g
}

func extremumEntry(name, method string, k device.Kernel, loses, call func(t, u *Tensor) *Tensor, ref func(x, y float64) float64) Entry {
	return Entry{
		Name: name, Sig: name + "(input, other)", At: Here(), Go: []string{method},
		Ops:    []any{extremumOp{name: name, kernel: k, loses: loses}},
		Call:   func(a *Args) []*Tensor { return one(call(a.OnlyTensor("input"), a.OnlyTensor("other"))) },
		Ref:    RefMap(func(x ...float64) float64 { return ref(x[0], x[1]) }),
		DTypes: AllDTypes,
		Samples: append(BinaryWithin(-2, 2, -1.9, 2.1),
			Sample{Args: []any{In(3).With(1, 0, 2), In(3).With(0, 1, 2)}, NoGrad: true}),
		Bad: BroadcastBad(name),
	}
}

func maximumEntry() Entry {
	return extremumEntry("maximum", "Maximum", device.Maximum, (*Tensor).Lt, (*Tensor).Maximum,
		func(x, y float64) float64 { return max(x, y) })
}

func minimumEntry() Entry {
	return extremumEntry("minimum", "Minimum", device.Minimum, (*Tensor).Gt, (*Tensor).Minimum,
		func(x, y float64) float64 { return min(x, y) })
}
