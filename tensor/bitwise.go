package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Ops on the bits of integers; bool is one bit. They have no gradients, and
// panic with an *Error for floating-point dtypes.

// BitwiseAnd returns t & u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  integers and bool, promoted
//	panics: *Error for a floating-point dtype
//	source: torch.bitwise_and
func (t *Tensor) BitwiseAnd(u *Tensor) *Tensor { return bitAndOp().of(t, u) }

// BitwiseAndScalar returns t & v, elementwise, for a Go integer v; see
// [Tensor.BitwiseAnd].
func (t *Tensor) BitwiseAndScalar(v any) *Tensor { return bitAndOp().ofNumber(t, v) }

// BitwiseOr returns t | u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  integers and bool, promoted
//	panics: *Error for a floating-point dtype
//	source: torch.bitwise_or
func (t *Tensor) BitwiseOr(u *Tensor) *Tensor { return bitOrOp().of(t, u) }

// BitwiseOrScalar returns t | v, elementwise, for a Go integer v; see
// [Tensor.BitwiseOr].
func (t *Tensor) BitwiseOrScalar(v any) *Tensor { return bitOrOp().ofNumber(t, v) }

// BitwiseXor returns t ^ u, elementwise.
//
//	shape:  t and u broadcast
//	dtype:  integers and bool, promoted
//	panics: *Error for a floating-point dtype
//	source: torch.bitwise_xor
func (t *Tensor) BitwiseXor(u *Tensor) *Tensor { return bitXorOp().of(t, u) }

// BitwiseXorScalar returns t ^ v, elementwise, for a Go integer v; see
// [Tensor.BitwiseXor].
func (t *Tensor) BitwiseXorScalar(v any) *Tensor { return bitXorOp().ofNumber(t, v) }

// BitwiseNot returns ^t, elementwise, and !t for bool.
//
//	dtype:  integers and bool
//	panics: *Error for a floating-point dtype
//	source: torch.bitwise_not
func (t *Tensor) BitwiseNot() *Tensor { return Apply(bitNotOp(), t) }

// BitwiseLeftShift returns t << u, elementwise; t and u broadcast. A shift
// below 0, or by all bits, gives 0. Bool panics with an *Error.
//
//	source: torch.bitwise_left_shift
func (t *Tensor) BitwiseLeftShift(u *Tensor) *Tensor { return shiftLeftOp().of(t, u) }

// BitwiseLeftShiftScalar returns t << v, elementwise, for a Go integer v; see
// [Tensor.BitwiseLeftShift].
func (t *Tensor) BitwiseLeftShiftScalar(v any) *Tensor { return shiftLeftOp().ofNumber(t, v) }

// BitwiseRightShift returns t >> u, elementwise, where the sign stays; t and u
// broadcast. A shift below 0, or by all bits, leaves the sign only. Bool panics
// with an *Error.
//
//	source: torch.bitwise_right_shift
func (t *Tensor) BitwiseRightShift(u *Tensor) *Tensor { return shiftRightOp().of(t, u) }

// BitwiseRightShiftScalar returns t >> v, elementwise, for a Go integer v; see
// [Tensor.BitwiseRightShift].
func (t *Tensor) BitwiseRightShiftScalar(v any) *Tensor { return shiftRightOp().ofNumber(t, v) }

// GCD returns the greatest common divisor of t and u, elementwise, 0 of two
// zeros; t and u broadcast. Bool panics with an *Error.
//
//	source: torch.gcd
func (t *Tensor) GCD(u *Tensor) *Tensor { return gcdOp().of(t, u) }

// LCM returns the least common multiple of t and u, elementwise, 0 where one is
// 0; t and u broadcast. Bool panics with an *Error.
//
//	source: torch.lcm
func (t *Tensor) LCM(u *Tensor) *Tensor { return lcmOp().of(t, u) }

// integerOp is an op on integers.
type integerOp struct {
	NotDifferentiable
	name   string
	kernel device.Kernel
	bool   bool // takes bool too
}

func bitAndOp() integerOp { return integerOp{name: "bitwise_and", kernel: device.BitAnd, bool: true} }
func bitOrOp() integerOp  { return integerOp{name: "bitwise_or", kernel: device.BitOr, bool: true} }
func bitXorOp() integerOp { return integerOp{name: "bitwise_xor", kernel: device.BitXor, bool: true} }
func bitNotOp() integerOp { return integerOp{name: "bitwise_not", kernel: device.BitNot, bool: true} }
func shiftLeftOp() integerOp {
	return integerOp{name: "bitwise_left_shift", kernel: device.ShiftLeft}
}
func shiftRightOp() integerOp {
	return integerOp{name: "bitwise_right_shift", kernel: device.ShiftRight}
}
func gcdOp() integerOp { return integerOp{name: "gcd", kernel: device.GCD} }
func lcmOp() integerOp { return integerOp{name: "lcm", kernel: device.LCM} }

func (o integerOp) Name() string          { return o.name }
func (o integerOp) Kernel() device.Kernel { return o.kernel }
func (o integerOp) Infer(in []*Tensor) (device.Spec, error) {
	if d := in[0].DType(); !d.IsInt() && !(o.bool && d == Bool) {
		return device.Spec{}, fmt.Errorf("dtype %v; want an integer", d)
	}
	return Elementwise{}.Infer(in)
}

func (o integerOp) of(t, u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(o, t, u)
}

func (o integerOp) ofNumber(t *Tensor, v any) *Tensor {
	t, u := promoteNumber(o.name, t, v)
	return Apply(o, t, u)
}

// integerEntry is the entry of an op on two integers. num is nil if it takes no
// number.
func integerEntry(o integerOp, method, at string, f func(t, u *Tensor) *Tensor, num func(*Tensor, any) *Tensor, ref func(x, y int64) int64) Entry {
	e := Entry{
		Name: o.name, Sig: o.name + "(input, other)", At: at, Go: []string{method}, Ops: []any{o},
		Call: pairCall(f),
		Ref:  RefMap(func(x ...float64) float64 { return float64(ref(int64(x[0]), int64(x[1]))) }),
		Samples: append(BinaryWithin(-5, 5, -5, 5), Sample{Args: []any{In(6).With(0, -12, 18, 7, -1, 0), In(6).With(0, 18, -4, 9, 1, 3)},
			Only: []DType{Int8, Int16, Int32, Int64}}),
		DTypes: Ints,
		Bad: append([]Bad{{Args: []any{In(2), In(2)}, Want: "tensor: " + o.name + " [2], [2]: dtype float32; want an integer"}},
			Bad{Args: []any{In(2).As(Int64), In(3).As(Int64)}, Want: "tensor: " + o.name + " [2], [3]: dim -1 is 2 and 3; want equal, or one of them 1"}),
	}
	if o.bool {
		e.DTypes = append(append([]DType{}, Ints...), Bool)
	}
	if num != nil {
		e.Go = append(e.Go, method+"Scalar")
		e.Samples = append(e.Samples, Sample{Args: []any{In(2, 3), 3}, Only: Ints})
		e.Call = func(a *Args) []*Tensor {
			if !a.IsTensor("input") {
				return one(f(a.Tensor("input"), a.OnlyTensor("other")))
			}
			return one(withOther(a, f, num))
		}
	}
	return e
}

func bitwiseAndEntry() Entry {
	return integerEntry(bitAndOp(), "BitwiseAnd", Here(), (*Tensor).BitwiseAnd, (*Tensor).BitwiseAndScalar, func(x, y int64) int64 { return x & y })
}

func bitwiseOrEntry() Entry {
	return integerEntry(bitOrOp(), "BitwiseOr", Here(), (*Tensor).BitwiseOr, (*Tensor).BitwiseOrScalar, func(x, y int64) int64 { return x | y })
}

func bitwiseXorEntry() Entry {
	return integerEntry(bitXorOp(), "BitwiseXor", Here(), (*Tensor).BitwiseXor, (*Tensor).BitwiseXorScalar, func(x, y int64) int64 { return x ^ y })
}

func bitwiseNotEntry() Entry {
	return Entry{
		Name: "bitwise_not", Sig: "bitwise_not(input)", At: Here(), Go: []string{"BitwiseNot"}, Ops: []any{bitNotOp()},
		Call:    UnaryCall((*Tensor).BitwiseNot),
		Ref:     RefMap(func(x ...float64) float64 { return -1 - x[0] }), // TestBitwiseNotBool has bool
		DTypes:  Ints,
		Samples: UnarySamples(-5, 5),
		Bad:     []Bad{{Args: []any{In(2)}, Want: "tensor: bitwise_not [2]: dtype float32; want an integer"}},
	}
}

func bitwiseLeftShiftEntry() Entry {
	return integerEntry(shiftLeftOp(), "BitwiseLeftShift", Here(), (*Tensor).BitwiseLeftShift, (*Tensor).BitwiseLeftShiftScalar, func(x, y int64) int64 {
		if y < 0 {
			return 0
		}
		return x << y
	})
}

func bitwiseRightShiftEntry() Entry {
	return integerEntry(shiftRightOp(), "BitwiseRightShift", Here(), (*Tensor).BitwiseRightShift, (*Tensor).BitwiseRightShiftScalar, func(x, y int64) int64 {
		if y < 0 {
			y = 63
		}
		return x >> y
	})
}

func gcdEntry() Entry {
	return integerEntry(gcdOp(), "GCD", Here(), (*Tensor).GCD, nil, refGCD)
}

func lcmEntry() Entry {
	return integerEntry(lcmOp(), "LCM", Here(), (*Tensor).LCM, nil, func(x, y int64) int64 {
		if x == 0 || y == 0 {
			return 0
		}
		return max(x*y, -x*y) / refGCD(x, y)
	})
}

// refGCD is Euclid's.
func refGCD(x, y int64) int64 {
	for y != 0 {
		x, y = y, x%y
	}
	return max(x, -x)
}
