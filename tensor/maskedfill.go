package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
)

// MaskedFill returns t with the number v where mask is true.
//
//	shape:  t and mask broadcast
//	dtype:  mask bool; the result has t's dtype, to which v is cut
//	panics: *Error if mask is not bool, or v is too large for the dtype
//	source: torch.masked_fill
func (t *Tensor) MaskedFill(mask *Tensor, v any) *Tensor {
	n, _ := number("masked_fill", v)
	if !fits(n, t.DType()) {
		misuse("masked_fill", fmt.Errorf("%v does not fit %v", v, t.DType()), t, mask)
	}
	return Apply(maskedFillOp{}, scalarOf(t.b.dev, t.DType(), n), t, mask)
}

// MaskedFillTensor is [Tensor.MaskedFill] with the only element of v, a tensor
// without dims, which gets the gradient of what it fills.
func (t *Tensor) MaskedFillTensor(mask, v *Tensor) *Tensor {
	if v.Dim() != 0 {
		misuse("masked_fill", errors.New("the value has dims; want a tensor without"), t, mask, v)
	}
	return Apply(maskedFillOp{}, v.Cast(t.DType()), t, mask)
}

// MaskedFillInPlace overwrites t with the number v where mask is true. It
// returns t; see AddInPlace.
//
//	source: torch.Tensor.masked_fill_
func (t *Tensor) MaskedFillInPlace(mask *Tensor, v any) *Tensor {
	return t.change("masked_fill", func(x *Tensor) *Tensor { return x.MaskedFill(mask, v) })
}

// maskedFillOp is Where with the value, t and the mask.
type maskedFillOp struct{ whereOp }

func (maskedFillOp) Name() string { return "masked_fill" }

// fits reports whether a number has a place in a dtype. Fractions are cut, and
// a negative number is the two's complement in uint8, as in PyTorch.
func fits(n device.Number, d DType) bool {
	x := n.Float64()
	largest := [device.NumDTypes]float64{
		Float16: 65504, BFloat16: math.MaxFloat32, Float32: math.MaxFloat32, Float64: math.MaxFloat64,
		Int8: math.MaxInt8, Int16: math.MaxInt16, Int32: math.MaxInt32, Int64: math.MaxInt64,
		UInt8: math.MaxUint8, Bool: math.Inf(1),
	}[d]
	if d.IsInt() && d != UInt8 {
		return -largest-1 <= x && x <= largest
	}
	return math.Abs(x) <= largest || d != UInt8 && x-x != 0
}

func maskedFillEntry() Entry {
	mask := func(shape ...int) Arg { return In(shape...).As(Bool) }
	e := Entry{
		Name: "masked_fill", Sig: "masked_fill(input, mask, value)", At: Here(), Ops: []any{maskedFillOp{}},
		Go: []string{"MaskedFill", "MaskedFillTensor", "MaskedFillInPlace"},
		Call: func(a *Args) []*Tensor {
			if v, ok := a.Any("value").(*Tensor); ok {
				return one(a.Tensor("input").MaskedFillTensor(a.Tensor("mask"), v))
			}
			return one(a.Tensor("input").MaskedFill(a.Tensor("mask"), a.Any("value")))
		},
		Ref: RefMap(func(x ...float64) float64 {
			if x[1] != 0 {
				return x[2]
			}
			return x[0]
		}),
		DTypes: AllDTypes,
		Bad: []Bad{
			{Args: []any{In(2), In(2).As(Int64), 1}, Want: "tensor: masked_fill [], [2], [2]: the condition is int64; want bool"},
			{Args: []any{In(2), mask(3), 1}, Want: "tensor: masked_fill [], [2], [3]: dim -1 is 2 and 3; want equal, or one of them 1"},
			{Args: []any{In(2), mask(2), In(1)}, Want: "tensor: masked_fill [2], [2], [1]: the value has dims; want a tensor without"},
			{Args: []any{In(2).As(Int8), mask(2), 300}, Want: "tensor: masked_fill [2], [2]: 300 does not fit int8"},
			{Args: []any{In(2).As(Float16), mask(2), 1e10}, Want: "tensor: masked_fill [2], [2]: 1e+10 does not fit float16"},
		},
	}
	for _, s := range [][2]Arg{
		{In(), mask()}, {In(1), mask(1)}, {In(2, 3), mask(2, 3)}, {In(2, 3), mask(3)}, {In(3), mask(2, 1)}, {In(2, 0), mask(1)}, {In(700), mask(700)},
	} {
		e.Samples = append(e.Samples, Sample{Args: []any{s[0], s[1], 1}}, Sample{Args: []any{s[0], s[1], In()}})
	}
	return e
}
