package tensor

import (
	"errors"
	"fmt"
)

// BinCount returns how often each of 0, 1, … comes in t, or, with weights, the
// sums of the weights of the elements equal to each.
//
//	shape:  [n] → the largest element plus one, or least if that is more; weights as t
//	dtype:  integers → int64, or with weights float64, float32 for float32
//	panics: *Error for other dtypes or shapes, and for an element below 0
//	source: torch.bincount
func (t *Tensor) BinCount(least int, weights *Tensor) *Tensor {
	const op = "bincount"
	switch d := t.known(op).DType(); {
	case t.Dim() != 1:
		misuse(op, fmt.Errorf("%d dims; want 1", t.Dim()), t)
	case !d.IsInt() || d == Bool:
		misuse(op, fmt.Errorf("dtype %v; want integers", d), t)
	case least < 0:
		misuse(op, fmt.Errorf("least is %d; want 0 or more", least), t)
	case weights != nil && (weights.Dim() != 1 || weights.Len() != t.Len()):
		misuse(op, errors.New("want one weight for each element"), t, weights)
	}
	n, x := least, t.Detach()
	if t.Len() > 0 {
		if lo := x.Min().Int(); lo < 0 {
			misuse(op, fmt.Errorf("an element is %d; want 0 or more", lo), t)
		}
		n = max(n, x.Max().Int()+1)
	}
	if weights == nil {
		weights = Make{DType: Int64, Device: t.b.dev}.Ones().Expand(t.Len())
	} else if weights = weights.Detach(); weights.DType() != Float32 {
		weights = weights.Cast(Float64)
	}
	return like(weights).Zeros(n).ScatterAdd(0, x.Cast(Int64), weights)
}

func bincountEntry() Entry {
	counts := func(v ...float64) Arg { return In(len(v)).With(v...) }
	return Entry{
		Name: "bincount", Sig: "bincount(input, weights=None, minlength=0)", At: Here(), Go: []string{"BinCount"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").BinCount(a.Int("minlength"), a.OptTensor("weights")))
		},
		Ref: func(a *Args) []Array {
			out := NewArray(a.Int("minlength"))
			for i, v := range a.Array("input").V {
				for len(out.V) <= int(v) {
					out.V = append(out.V, 0)
				}
				w := 1.0
				if a.Has("weights") {
					w = a.Array("weights").V[i]
				}
				out.V[int(v)] += w
			}
			out.Shape[0] = len(out.V)
			return []Array{out}
		},
		Out:    OutInt64,
		DTypes: Ints,
		Samples: []Sample{
			{Args: []any{counts(1)}}, {Args: []any{counts(3, 0, 3, 1)}}, {Args: []any{counts(3, 0), nil, 9}}, {Args: []any{In(0)}}, {Args: []any{In(0), nil, 2}},
			{Args: []any{counts(2, 0, 2), In(3).As(Float32)}, Out: func(DType, int) DType { return Float32 }},
			{Args: []any{counts(2, 0, 2), In(3).As(Int64), 2}, Out: func(DType, int) DType { return Float64 }},
		},
		Bad: []Bad{
			{Args: []any{In(2, 2).As(Int64)}, Want: "tensor: bincount [2 2]: 2 dims; want 1"},
			{Args: []any{In(2)}, Want: "tensor: bincount [2]: dtype float32; want integers"},
			{Args: []any{In(2).As(Int64).With(1, -1)}, Want: "tensor: bincount [2]: an element is -1; want 0 or more"},
			{Args: []any{In(2).As(Int64).With(1, 1), nil, -1}, Want: "tensor: bincount [2]: least is -1; want 0 or more"},
			{Args: []any{In(2).As(Int64).With(1, 1), In(3)}, Want: "tensor: bincount [2], [3]: want one weight for each element"},
		},
		Why: map[string]string{"0-d": "takes one dim"},
	}
}
