package tensor

import "github.com/facula-ml/facula/device"

// Logical ops return bool tensors: an element counts as true unless it is 0.

// LogicalAnd returns t && u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  any → bool, true unless 0
//	source: torch.logical_and
func (t *Tensor) LogicalAnd(u *Tensor) *Tensor {
	return compare("logical_and", device.LogicalAnd, t, u)
}

// LogicalOr returns t || u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  any → bool, true unless 0
//	source: torch.logical_or
func (t *Tensor) LogicalOr(u *Tensor) *Tensor { return compare("logical_or", device.LogicalOr, t, u) }

// LogicalXor returns true where one of t and u is, but not both; t and u
// broadcast.
//
//	dtype:  any → bool, true unless 0
//	source: torch.logical_xor
func (t *Tensor) LogicalXor(u *Tensor) *Tensor {
	return compare("logical_xor", device.LogicalXor, t, u)
}

// LogicalNot returns !t, elementwise.
//
//	dtype:  any → bool, true unless 0
//	source: torch.logical_not
func (t *Tensor) LogicalNot() *Tensor {
	return Apply(compareOp{name: "logical_not", kernel: device.LogicalNot}, t)
}

// logicalEntry is the entry of an op of two truths.
func logicalEntry(name, method string, k device.Kernel, f func(x, y bool) bool, call func(t, u *Tensor) *Tensor) Entry {
	return Entry{
		Name: name, Sig: name + "(input, other)", At: Here(), Ops: []any{compareOp{name: name, kernel: k}}, Go: []string{method},
		Call:   func(a *Args) []*Tensor { return one(call(a.OnlyTensor("input"), a.OnlyTensor("other"))) },
		Ref:    RefMap(func(x ...float64) float64 { return float64(b2i(f(x[0] != 0, x[1] != 0))) }),
		Out:    OutBool,
		DTypes: AllDTypes,
		Samples: append(BinarySamples(),
			Sample{Args: []any{In(4).With(0, 0, 1, 2), In(4).With(0, 3, 0, 1)}},
			Sample{Args: []any{In(2, 2), In(2).As(Bool)}}, Sample{Args: []any{In(2, 2).As(Int32), In(2)}}),
		Bad: BroadcastBad(name),
	}
}

func logicalAndEntry() Entry {
	return logicalEntry("logical_and", "LogicalAnd", device.LogicalAnd, func(x, y bool) bool { return x && y }, (*Tensor).LogicalAnd)
}

func logicalOrEntry() Entry {
	return logicalEntry("logical_or", "LogicalOr", device.LogicalOr, func(x, y bool) bool { return x || y }, (*Tensor).LogicalOr)
}

func logicalXorEntry() Entry {
	return logicalEntry("logical_xor", "LogicalXor", device.LogicalXor, func(x, y bool) bool { return x != y }, (*Tensor).LogicalXor)
}

// testEntry is the entry of a test of each element.
func testEntry(name, method string, k device.Kernel, f func(x float64) bool, call func(t *Tensor) *Tensor) Entry {
	return Entry{
		Name: name, Sig: name + "(input)", At: Here(), Ops: []any{compareOp{name: name, kernel: k}}, Go: []string{method},
		Call:    UnaryCall(call),
		Ref:     RefMap(func(x ...float64) float64 { return float64(b2i(f(x[0]))) }),
		Out:     OutBool,
		DTypes:  AllDTypes,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(3).With(0, 1, 0)}}),
		Why:     map[string]string{"errors": "every element can be tested"},
	}
}

func logicalNotEntry() Entry {
	return testEntry("logical_not", "LogicalNot", device.LogicalNot, func(x float64) bool { return x == 0 }, (*Tensor).LogicalNot)
}
