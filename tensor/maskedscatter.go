package tensor

import (
	"errors"
	"fmt"
)

// MaskedScatter returns t with the first elements of src, in row-major order, in
// the places where mask holds.
//
//	shape:  t and mask broadcast; src of at least as many elements as mask has true ones
//	dtype:  t's and src's equal; mask bool
//	panics: *Error for other shapes and dtypes
//	source: torch.masked_scatter
func (t *Tensor) MaskedScatter(mask, src *Tensor) *Tensor {
	const op = "masked_scatter"
	if mask.known(op).DType() != Bool || t.known(op).DType() != src.known(op).DType() {
		misuse(op, errors.New("want a mask of dtype bool, and a source of the input's dtype"), t, mask, src)
	}
	s, err := broadcast(t.spec(), mask.spec())
	if err != nil {
		misuse(op, err, t, mask, src)
	}
	at := mask.expandTo(&s).positions()
	if at.Len() > src.Len() {
		misuse(op, fmt.Errorf("the mask has %d true elements; want at most %d as in the source", at.Len(), src.Len()), t, mask, src)
	}
	s.DType = t.DType()
	y := t.expandTo(&s).Reshape(-1).IndexCopy(0, at, src.Reshape(-1).Narrow(0, 0, at.Len()))
	return y.reshapeTo(&s)
}

func maskedScatterEntry() Entry {
	mask := func(v ...float64) Arg { return In(len(v)).As(Bool).With(v...) }
	return Entry{
		Name: "masked_scatter", Sig: "masked_scatter(input, mask, source)", At: Here(), Go: []string{"MaskedScatter"},
		Ops: []any{indexCopyOp{}, nonzeroOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").MaskedScatter(a.Tensor("mask"), a.Tensor("source")))
		},
		Ref: func(a *Args) []Array {
			m := RefMap(func(x ...float64) float64 { return x[1] })(&Args{names: a.names[:2], values: a.values})[0]
			x := NewArray(m.Shape...)
			k := 0
			for i := range x.V {
				x.V[i] = a.Array("input").At(x.Index(i)...)
				if m.V[i] != 0 {
					x.V[i] = a.Array("source").V[k]
					k++
				}
			}
			return []Array{x}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), In().As(Bool).With(1), In(1)}}, {Args: []any{In(1), mask(0), In(0)}}, {Args: []any{In(4), mask(0, 1, 1, 0), In(3)}},
			{Args: []any{In(2, 3), mask(1, 0, 1), In(2, 2)}}, {Args: []any{In(3), In(2, 1).As(Bool).With(1, 0), In(4)}}, {Args: []any{In(2, 0), In(0).As(Bool), In(0)}},
		},
		Bad: []Bad{
			{Args: []any{In(2), In(2), In(2)}, Want: "tensor: masked_scatter [2], [2], [2]: want a mask of dtype bool, and a source of the input's dtype"},
			{Args: []any{In(2), mask(1, 1, 1), In(3)}, Want: "tensor: masked_scatter [2], [3], [3]: dim -1 is 2 and 3; want equal, or one of them 1"},
			{Args: []any{In(2), mask(1, 1), In(1)}, Want: "tensor: masked_scatter [2], [2], [1]: the mask has 2 true elements; want at most 1 as in the source"},
		},
	}
}
