package tensor

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/facula-ml/facula/device"
)

// PromoteTypes returns the dtype that holds values of both, by PyTorch's
// rules: torch.promote_types. Two different half-precision types give float32,
// uint8 with a signed type gives the next larger signed type, and an integer
// with a float gives the float.
func PromoteTypes(a, b DType) DType {
	if a == b {
		return a
	}
	if rank(a) < rank(b) {
		a, b = b, a
	}
	switch {
	case a.IsFloat() && !b.IsFloat(), b == Bool:
		return a
	case a == Float16 && b == BFloat16, a == BFloat16 && b == Float16:
		return Float32
	case b == UInt8 && a == Int8:
		return Int16
	}
	return a
}

// rank orders the dtypes so that the higher one wins, but for the exceptions
// in PromoteTypes.
func rank(d DType) int {
	return [device.NumDTypes]int{Bool: 0, UInt8: 1, Int8: 2, Int16: 3, Int32: 4, Int64: 5, BFloat16: 6, Float16: 7, Float32: 8, Float64: 9}[d]
}

// category orders bool, integers and floats.
func category(d DType) int {
	switch {
	case d == Bool:
		return 0
	case d.IsInt():
		return 1
	}
	return 2
}

// promotion finds the dtype of an op on tensors and numbers: tensors with dims
// go before scalars (tensors without dims), and those before plain numbers. A
// later kind counts only where its category is higher.
type promotion struct{ dim, zero, number DType }

func (p *promotion) tensor(t *Tensor) {
	to := &p.dim
	if t.Dim() == 0 {
		to = &p.zero
	}
	p.join(to, t.DType())
}

func (*promotion) join(to *DType, d DType) {
	if *to != 0 {
		d = PromoteTypes(*to, d)
	}
	*to = d
}

func (p *promotion) result() DType {
	d := p.dim
	for _, next := range []DType{p.zero, p.number} {
		if next != 0 && (d == 0 || category(next) > category(d)) {
			d = next
		}
	}
	return d
}

// ResultType returns the dtype of an elementwise op on tensors: torch.result_type.
func ResultType(ts ...*Tensor) DType {
	var p promotion
	for _, t := range ts {
		p.tensor(t)
	}
	return p.result()
}

// promote casts two tensors to their common dtype.
func promote(a, b *Tensor) (*Tensor, *Tensor) {
	if a == nil || b == nil || a.b == nil || b.b == nil || a.b.view.DType == b.b.view.DType {
		return a, b // Apply reports nil
	}
	d := ResultType(a, b)
	return a.Cast(d), b.Cast(d)
}

// promoteAll is promote for any number of tensors.
func promoteAll(ts ...*Tensor) []*Tensor {
	if slices.Contains(ts, nil) {
		return ts // Apply reports it
	}
	d := ResultType(ts...)
	out := make([]*Tensor, len(ts))
	for i, t := range ts {
		out[i] = t.Cast(d)
	}
	return out
}

// promoteNumber returns t cast to the dtype of an op with the number v, and v
// as a scalar of that dtype.
func promoteNumber(op string, t *Tensor, v any) (*Tensor, *Tensor) {
	n, d := number(op, v)
	p := promotion{number: d}
	p.tensor(t.known(op))
	r := p.result()
	return t.Cast(r), t.fresh(&device.Spec{DType: r}).fill(n)
}

// floating is t, or t cast to the default dtype if it holds integers or bools:
// what ops such as Exp compute with.
func (t *Tensor) floating() *Tensor {
	if t == nil || t.DType().IsFloat() {
		return t // Apply reports nil
	}
	return t.Cast(Float32)
}

// number reads a Go number: integers are int64, floats are of the default
// float dtype, as Python's are. Anything else panics in the name of op.
func number(op string, v any) (device.Number, DType) {
	switch x := v.(type) {
	case float64:
		return device.Number{F: x, Float: true}, Float32
	case int:
		return device.Number{I: int64(x)}, Int64
	case float32:
		return device.Number{F: float64(x), Float: true}, Float32
	case bool:
		if x {
			return device.Number{I: 1}, Bool
		}
		return device.Number{}, Bool
	case int64:
		return device.Number{I: x}, Int64
	case int32:
		return device.Number{I: int64(x)}, Int64
	case int16:
		return device.Number{I: int64(x)}, Int64
	case int8:
		return device.Number{I: int64(x)}, Int64
	case uint8:
		return device.Number{I: int64(x)}, Int64
	}
	// Unsigned numbers, and types made from numbers such as time.Duration.
	switch r := reflect.ValueOf(v); {
	case v == nil:
	case r.CanInt():
		return device.Number{I: r.Int()}, Int64
	case r.CanUint() && r.Uint() <= math.MaxInt64:
		return device.Number{I: int64(r.Uint())}, Int64
	case r.CanUint():
		misuse(op, fmt.Errorf("%d is larger than an int64", v))
	case r.CanFloat():
		return device.Number{F: r.Float(), Float: true}, Float32
	case r.Kind() == reflect.Bool:
		return device.Number{I: int64(b2i(r.Bool()))}, Bool
	}
	misuse(op, fmt.Errorf("%T is not a number; want a Go int, float or bool", v))
	return device.Number{}, 0
}
