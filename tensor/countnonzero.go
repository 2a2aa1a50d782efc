package tensor

// CountNonzero returns how many elements, of all or over Dims, are not zero;
// NaN is not.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  any → int64
//	source: torch.count_nonzero
func (t *Tensor) CountNonzero(opts ...ReduceOption) *Tensor {
	o := t.reduceOver("count_nonzero", opts)
	return Composed("count_nonzero", func(in []*Tensor) *Tensor { return Apply(sumOp{o}, in[0].NeScalar(0)) }, t)
}

func countNonzeroEntry() Entry {
	return Entry{
		Name: "count_nonzero", Sig: "count_nonzero(input, dim=None)", At: Here(), Go: []string{"CountNonzero"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").CountNonzero(a.reduceOptions()...)) },
		Ref: refReduce(func(x []float64) float64 {
			n := 0.0
			for _, v := range x {
				if v != 0 {
					n++
				}
			}
			return n
		}),
		Out:    OutInt64,
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In()}}, {Args: []any{In(1)}}, {Args: []any{In(2, 3).With(1, 0, 0, 2, 0, 3)}}, {Args: []any{In(2, 0)}},
			{Args: []any{In(2, 3).With(1, 0, 0, 2, 0, 3), 1}}, {Args: []any{In(2, 3, 4), []int{0, -1}}}, {Args: []any{In(2, 3), []int{}}},
		},
		Bad: []Bad{{Args: []any{In(2, 3), 2}, Want: "tensor: count_nonzero [2 3]: dim 2 is out of range; want -2 to 1"}},
	}
}
