package tensor

import "github.com/facula-ml/facula/device"

// Add returns t + u, elementwise.
//
//	shape: t and u broadcast
//	dtype: promoted; for bool it is the logical or
//	source: torch.add
func (t *Tensor) Add(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(addOp{}, t, u)
}

// AddScalar returns t + v for a Go number v. An integer tensor stays one if v
// is an integer, and becomes float32 if v is a float.
//
//	source: torch.add with a number
func (t *Tensor) AddScalar(v any) *Tensor {
	t, u := promoteNumber("add", t, v)
	return Apply(addOp{}, t, u)
}

type addOp struct{ Elementwise }

func (addOp) Name() string                  { return "add" }
func (addOp) Kernel() device.Kernel         { return device.Add }
func (addOp) Reads() Reads                  { return Nothing }
func (addOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy, dy} }

func addEntry() Entry {
	return Entry{
		Name: "add", Sig: "add(input, other, *, alpha=1)", At: Here(), Ops: []any{addOp{}},
		Go: []string{"Add", "AddScalar", "AddInPlace", "AddScalarInPlace"},
		Call: func(a *Args) []*Tensor {
			a.wantAlpha("add")
			if isOne(a.Any("alpha")) {
				return one(withOther(a, (*Tensor).Add, (*Tensor).AddScalar))
			}
			return one(a.Tensor("input").Add(a.Tensor("other").MulScalar(a.Any("alpha"))))
		},
		Ref:     RefMap(func(x ...float64) float64 { return x[0] + x[1] }),
		DTypes:  AllDTypes,
		Samples: append(BinarySamples(), numberSamples()...),
		Bad:     BroadcastBad("add"),
	}
}
