package tensor

// IsIn reports for each element of t whether it is one of set. NaN is in no set.
//
//	shape:  any → t's
//	dtype:  t and set are promoted → bool
//	source: torch.isin
func (t *Tensor) IsIn(set *Tensor) *Tensor {
	x, s := promote(t.known("isin").Detach(), set.known("isin").Detach())
	x, s = keyable(x), keyable(s)
	if s.Len() == 0 {
		return Make{DType: Bool, Device: t.b.dev}.Zeros(t.shape()...)
	}
	s, _ = s.Reshape(-1).Sort(0)
	at := s.SearchSorted(x).ClampMax(s.Len() - 1)
	return s.Take(at).Eq(x)
}

func isinEntry() Entry {
	return Entry{
		Name: "isin", Sig: "isin(elements, test_elements, *, assume_unique=False, invert=False)", At: Here(), Go: []string{"IsIn"}, Ops: []any{searchOp{}},
		Call: func(a *Args) []*Tensor {
			y := a.Tensor("elements").IsIn(a.Tensor("test_elements"))
			if a.Bool("invert") {
				y = y.LogicalNot()
			}
			return one(y)
		},
		Ref: func(a *Args) []Array {
			x := a.Array("elements")
			out := NewArray(x.Shape...)
			for i, v := range x.V {
				found := false
				for _, u := range a.Array("test_elements").V {
					found = found || u == v
				}
				out.V[i] = float64(b2i(found != a.Bool("invert")))
			}
			return []Array{out}
		},
		Out:    OutBool,
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), In(3)}}, {Args: []any{In(1), In()}}, {Args: []any{In(2, 3), In(4)}}, {Args: []any{In(2, 3), In(2, 2)}, Kw: map[string]any{"invert": true}},
			{Args: []any{In(0), In(3)}}, {Args: []any{In(3), In(0)}}, {Args: []any{In(3), 1}}, {Args: []any{In(40), In(30)}},
		},
		Why: map[string]string{"errors": "takes every pair of tensors"},
	}
}
