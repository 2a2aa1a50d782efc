package tensor

import "github.com/facula-ml/facula/device"

// Comparisons return bool tensors; t and u broadcast and are compared in their
// promoted dtype. A comparison with NaN is false, but for Ne.

// Eq returns t == u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  compared in the promoted dtype → bool; false for NaN
//	source: torch.eq
func (t *Tensor) Eq(u *Tensor) *Tensor { return compare("eq", device.Eq, t, u) }

// Ne returns t != u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  compared in the promoted dtype → bool; true for NaN
//	source: torch.ne
func (t *Tensor) Ne(u *Tensor) *Tensor { return compare("ne", device.Ne, t, u) }

// Lt returns t < u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  compared in the promoted dtype → bool; false for NaN
//	source: torch.lt
func (t *Tensor) Lt(u *Tensor) *Tensor { return compare("lt", device.Lt, t, u) }

// Le returns t <= u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  compared in the promoted dtype → bool; false for NaN
//	source: torch.le
func (t *Tensor) Le(u *Tensor) *Tensor { return compare("le", device.Le, t, u) }

// Gt returns t > u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  compared in the promoted dtype → bool; false for NaN
//	source: torch.gt
func (t *Tensor) Gt(u *Tensor) *Tensor { return compare("gt", device.Gt, t, u) }

// Ge returns t >= u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  compared in the promoted dtype → bool; false for NaN
//	source: torch.ge
func (t *Tensor) Ge(u *Tensor) *Tensor { return compare("ge", device.Ge, t, u) }

// EqScalar returns t == v, elementwise, for a Go number v; see [Tensor.Eq].
func (t *Tensor) EqScalar(v any) *Tensor { return compareNumber("eq", device.Eq, t, v) }

// NeScalar returns t != v, elementwise, for a Go number v; see [Tensor.Ne].
func (t *Tensor) NeScalar(v any) *Tensor { return compareNumber("ne", device.Ne, t, v) }

// LtScalar returns t < v, elementwise, for a Go number v; see [Tensor.Lt].
func (t *Tensor) LtScalar(v any) *Tensor { return compareNumber("lt", device.Lt, t, v) }

// LeScalar returns t <= v, elementwise, for a Go number v; see [Tensor.Le].
func (t *Tensor) LeScalar(v any) *Tensor { return compareNumber("le", device.Le, t, v) }

// GtScalar returns t > v, elementwise, for a Go number v; see [Tensor.Gt].
func (t *Tensor) GtScalar(v any) *Tensor { return compareNumber("gt", device.Gt, t, v) }

// GeScalar returns t >= v, elementwise, for a Go number v; see [Tensor.Ge].
func (t *Tensor) GeScalar(v any) *Tensor { return compareNumber("ge", device.Ge, t, v) }

func compare(name string, k device.Kernel, t, u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(compareOp{name: name, kernel: k}, t, u)
}

func compareNumber(name string, k device.Kernel, t *Tensor, v any) *Tensor {
	t, u := promoteNumber(name, t, v)
	return Apply(compareOp{name: name, kernel: k}, t, u)
}

type compareOp struct {
	Predicate
	name   string
	kernel device.Kernel
}

func (o compareOp) Name() string          { return o.name }
func (o compareOp) Kernel() device.Kernel { return o.kernel }

// compareEntry is the entry of one comparison.
func compareEntry(name, method string, k device.Kernel, f func(x, y float64) bool,
	tensor func(t, u *Tensor) *Tensor, num func(t *Tensor, v any) *Tensor) Entry {
	return Entry{
		Name: name, Sig: name + "(input, other)", At: Here(), Ops: []any{compareOp{name: name, kernel: k}},
		Go: []string{method, method + "Scalar"},
		Call: func(a *Args) []*Tensor {
			a.OnlyTensor("input")
			return one(withOther(a, tensor, num))
		},
		Ref:     RefMap(func(x ...float64) float64 { return float64(b2i(f(x[0], x[1]))) }),
		Out:     OutBool,
		DTypes:  AllDTypes,
		Samples: append(BinarySamples(), Sample{Args: []any{In(3, 3), 1}}, Sample{Args: []any{In(4).With(1, 2, 1, 0), In(4).With(1, 1, 2, 0)}}),
		Bad:     BroadcastBad(name),
	}
}

func eqEntry() Entry {
	return compareEntry("eq", "Eq", device.Eq, func(x, y float64) bool { return x == y }, (*Tensor).Eq, (*Tensor).EqScalar)
}

func neEntry() Entry {
	return compareEntry("ne", "Ne", device.Ne, func(x, y float64) bool { return x != y }, (*Tensor).Ne, (*Tensor).NeScalar)
}

func ltEntry() Entry {
	return compareEntry("lt", "Lt", device.Lt, func(x, y float64) bool { return x < y }, (*Tensor).Lt, (*Tensor).LtScalar)
}

func leEntry() Entry {
	return compareEntry("le", "Le", device.Le, func(x, y float64) bool { return x <= y }, (*Tensor).Le, (*Tensor).LeScalar)
}

func gtEntry() Entry {
	return compareEntry("gt", "Gt", device.Gt, func(x, y float64) bool { return x > y }, (*Tensor).Gt, (*Tensor).GtScalar)
}

func geEntry() Entry {
	return compareEntry("ge", "Ge", device.Ge, func(x, y float64) bool { return x >= y }, (*Tensor).Ge, (*Tensor).GeScalar)
}
