package tensor

func indexPutEntry() Entry {
	return Entry{
		Name: "index_put", Sig: "index_put(input, indices, values, accumulate=False)", At: Here(),
		Ops: []any{indexCopyOp{}, indexAddOp{}, resolveOp{}}, Go: []string{"IndexPut", "IndexPutInPlace"},
		Call: func(a *Args) []*Tensor {
			var at []Indexer
			for _, v := range a.Any("indices").([]any) {
				if v == nil {
					v = All
				}
				at = append(at, toIndexer(v))
			}
			return one(a.Tensor("input").IndexPut(a.Tensor("values"), a.Bool("accumulate"), at...))
		},
		Ref:     refIndexPut,
		DTypes:  AllDTypes,
		Samples: indexPutSamples(),
		Bad: []Bad{
			{Args: []any{In(2, 3), []any{intArg(0)}, In(1, 3).As(Float64)}, Want: "tensor: index_put [2 3], [1 3]: want values of dtype float32"},
			{Args: []any{In(2, 3), []any{intArg(0, 1)}, In(3, 3)}, Want: "tensor: index_put [2 3]: values of shape [3 3] do not expand to [2 3]"},
			{Args: []any{In(2, 3), []any{At(0)}, In(2)}, Want: "tensor: index_put [2 3]: values of shape [2] do not expand to [3]"},
			{Args: []any{In(2, 3), []any{intArg(0, 2)}, In(2, 3)}, Want: "tensor: index_put [2 3], [2]: index 2 at [1] is out of range for dim 0 of size 2; want -2 to 1"},
		},
	}
}

// indexPutSamples name no place twice, unless they add.
func indexPutSamples() []Sample {
	var s []Sample
	for _, c := range []struct {
		shape  []int
		at     []any
		values []int
		twice  bool
	}{
		{[]int{}, []any{Ellipsis}, []int{}, false}, {[]int{1}, []any{intArg(-1)}, []int{1}, false},
		{[]int{4, 2}, []any{intArg(3, 0)}, []int{2, 2}, false}, {[]int{4, 2}, []any{intArg(3, -1, 3)}, []int{3, 2}, true},
		{[]int{4, 2}, []any{nil, intArg(-1)}, []int{}, false}, {[]int{4, 2}, []any{Range(0, End, 2)}, []int{2, 2}, false},
		{[]int{2, 3}, []any{At(1), intArg(2, 0)}, []int{1}, false}, {[]int{3, 2, 2}, []any{intArg(2, 0), All, intArg(-1, 0)}, []int{2, 2}, false},
		{[]int{2, 3, 2}, []any{All, intArg(2, 0), intArg(-1, 0)}, []int{2}, false}, {[]int{3, 3}, []any{intArg(2, 0, 2), intArg(0, -1, 0)}, []int{3}, true},
		{[]int{2, 3}, []any{In(2, 3).As(Bool).With(1, 0, 0, 1, 1, 0)}, []int{3}, false}, {[]int{3, 2}, []any{In(3).As(Bool).With(1, 0, 1)}, []int{2}, false},
		{[]int{2, 2}, []any{In().As(Bool).With(1)}, []int{2, 2}, false}, {[]int{2, 3}, []any{intArg()}, []int{0, 3}, false}, {[]int{2, 0}, []any{intArg(1, -2)}, []int{2, 0}, false},
	} {
		for _, accumulate := range []bool{false, true} {
			if accumulate || !c.twice {
				s = append(s, Sample{Args: []any{In(c.shape...), c.at, In(c.values...), accumulate}})
			}
		}
	}
	return append(s, Sample{Args: []any{In(4), []any{intArg(3, -1, 3)}, In(3), false}, NoGrad: true}) // the last one wins
}

func refIndexPut(a *Args) []Array {
	x, values := a.Array("input"), a.Array("values")
	items := append([]any{}, a.Any("indices").([]any)...)
	for i := range items {
		if items[i] == nil {
			items[i] = All
		}
	}
	to, pos := refIndex(x, items)
	out := NewArray(x.Shape...)
	copy(out.V, x.V)
	for i, p := range pos {
		v := values.At(to.Index(i)...)
		if a.Bool("accumulate") {
			v += out.V[p]
		}
		out.V[p] = v
	}
	return []Array{out}
}
