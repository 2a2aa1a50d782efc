package tensor

import "fmt"

// MaskedSelect returns the elements of t where mask holds, in row-major order.
//
//	shape:  t and mask broadcast → one dim
//	dtype:  t's; mask bool
//	panics: *Error if mask is not bool or the shapes do not broadcast
//	source: torch.masked_select
func (t *Tensor) MaskedSelect(mask *Tensor) *Tensor {
	const op = "masked_select"
	if t == nil || mask == nil || mask.DType() != Bool {
		misuse(op, fmt.Errorf("want a tensor and a mask of dtype bool"), t, mask)
	}
	s, err := broadcast(t.spec(), mask.spec())
	if err != nil {
		misuse(op, err, t, mask)
	}
	return t.expandTo(&s).Reshape(-1).IndexSelect(0, mask.expandTo(&s).positions())
}

// positions are those of a mask's true elements in row-major order.
func (t *Tensor) positions() *Tensor { return t.Reshape(-1).Nonzero().Select(1, 0) }

func maskedSelectEntry() Entry {
	mask := func(shape ...int) Arg { return In(shape...).As(Bool) }
	return Entry{
		Name: "masked_select", Sig: "masked_select(input, mask)", At: Here(), Ops: []any{indexSelectOp{}, nonzeroOp{}}, Go: []string{"MaskedSelect"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").MaskedSelect(a.Tensor("mask"))) },
		Ref: func(a *Args) []Array {
			x := RefMap(func(x ...float64) float64 { return x[0] })(a)[0]
			m := RefMap(func(x ...float64) float64 { return x[1] })(a)[0]
			out := NewArray(0)
			for i, v := range x.V {
				if m.V[i] != 0 {
					out.Shape[0]++
					out.V = append(out.V, v)
				}
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), mask()}}, {Args: []any{In(1), mask(1)}}, {Args: []any{In(6), mask(6)}}, {Args: []any{In(3, 4), mask(3, 4)}},
			{Args: []any{In(4), mask(3, 4)}}, {Args: []any{In(2, 1, 3), mask(4, 1)}}, {Args: []any{In(), mask(2, 2)}}, {Args: []any{In(2, 0), mask(2, 0)}},
			{Args: []any{In(3), mask(3).With(0, 0, 0)}},
		},
		Bad: []Bad{
			{Args: []any{In(3), In(3).As(UInt8)}, Want: "tensor: masked_select [3], [3]: want a tensor and a mask of dtype bool"},
			{Args: []any{In(3), mask(2)}, Want: "tensor: masked_select [3], [2]: dim -1 is 3 and 2; want equal, or one of them 1"},
		},
	}
}
