package tensor

import "strconv"

// productEntry is the entry of a product whose two tensors have the given dims.
func productEntry(name, second, method, at string, f func(t, u *Tensor) *Tensor, samples [][2][]int, bad ...Bad) Entry {
	e := Entry{
		Name: name, Sig: name + "(input, " + second + ")", At: at, Ops: []any{matmulOp{}}, Go: []string{method},
		Call: func(a *Args) []*Tensor { return one(f(a.OnlyTensor("input"), a.OnlyTensor(second))) },
		Ref: func(a *Args) []Array {
			a.values["other"] = a.values[second]
			return refMatMul(a)
		},
		DTypes: Numbers,
		Bad:    bad,
		Why:    map[string]string{"0-d": "a scalar is not a vector", "special": "0·inf depends on the order of the sum"},
	}
	for _, s := range samples {
		e.Samples = append(e.Samples, Sample{Args: []any{In(s[0]...), In(s[1]...)}})
	}
	return e
}

// productBad are calls that every product refuses: m and n dims are wanted.
func productBad(name string, m, n int) []Bad {
	cubes := In(2, 2, 2, 2)
	want := strconv.Itoa(m) + " and " + strconv.Itoa(n)
	return []Bad{{Args: []any{cubes, cubes}, Want: "tensor: " + name + " [2 2 2 2], [2 2 2 2]: 4 and 4 dims; want " + want}}
}

func dotEntry() Entry {
	return productEntry("dot", "other", "Dot", Here(), (*Tensor).Dot, [][2][]int{{{1}, {1}}, {{3}, {3}}, {{0}, {0}}, {{300}, {300}}},
		append(productBad("dot", 1, 1),
			Bad{Args: []any{In(2), In(3)}, Want: "tensor: dot [2], [3]: inner dims are 2 and 3, want equal"},
			Bad{Args: []any{In(2), In(2).As(Int64)}, Want: "tensor: dot [2], [2]: dtypes float32 and int64 differ; cast one"})...)
}

func vdotEntry() Entry {
	e := dotEntry().as("vdot")
	e.Sig = "vdot(input, other)"
	return e
}

func mvEntry() Entry {
	return productEntry("mv", "vec", "MV", Here(), (*Tensor).MV, [][2][]int{{{1, 1}, {1}}, {{2, 3}, {3}}, {{2, 0}, {0}}, {{0, 2}, {2}}},
		append(productBad("mv", 2, 1), Bad{Args: []any{In(2, 2), In(3)}, Want: "tensor: mv [2 2], [3]: inner dims are 2 and 3, want equal"})...)
}

func mmEntry() Entry {
	return productEntry("mm", "mat2", "MM", Here(), (*Tensor).MM, [][2][]int{{{1, 1}, {1, 1}}, {{2, 3}, {3, 4}}, {{2, 0}, {0, 3}}},
		append(productBad("mm", 2, 2), Bad{Args: []any{In(2, 2), In(3, 2)}, Want: "tensor: mm [2 2], [3 2]: inner dims are 2 and 3, want equal"})...)
}

func bmmEntry() Entry {
	return productEntry("bmm", "mat2", "BMM", Here(), (*Tensor).BMM, [][2][]int{{{1, 1, 1}, {1, 1, 1}}, {{2, 2, 3}, {2, 3, 2}}, {{0, 2, 2}, {0, 2, 2}}},
		append(productBad("bmm", 3, 3),
			Bad{Args: []any{In(2, 2, 2), In(2, 3, 2)}, Want: "tensor: bmm [2 2 2], [2 3 2]: inner dims are 2 and 3, want equal"},
			Bad{Args: []any{In(1, 2, 2), In(2, 2, 2)}, Want: "tensor: bmm [1 2 2], [2 2 2]: 1 and 2 matrices; want as many"})...)
}

func outerEntry() Entry {
	pair := func(m, n int) Sample { return Sample{Args: []any{In(m), In(n)}} }
	return Entry{
		Name: "outer", Sig: "outer(input, vec2)", At: Here(), Ops: []any{mulOp{}}, Go: []string{"Outer"},
		Call: func(a *Args) []*Tensor { return one(a.OnlyTensor("input").Outer(a.OnlyTensor("vec2"))) },
		Ref: func(a *Args) []Array {
			x, y := a.Array("input"), a.Array("vec2")
			out := NewArray(len(x.V), len(y.V))
			for p := range out.V {
				i := out.Index(p)
				out.V[p] = x.V[i[0]] * y.V[i[1]]
			}
			return []Array{out}
		},
		DTypes:  AllDTypes,
		Samples: []Sample{pair(1, 1), pair(3, 2), pair(0, 2), pair(2, 5)},
		Bad:     []Bad{{Args: []any{In(2), In(2, 1)}, Want: "tensor: outer [2], [2 1]: want two vectors"}},
		Why:     map[string]string{"0-d": "not a vector"},
	}
}

// refTensordot sums over the given dims, one element at a time.
func refTensordot(x, y Array, dx, dy []int) Array {
	var shape, fx, fy, inner []int
	free := func(shape, sum []int) (dims []int) {
		for d := range shape {
			taken := false
			for _, s := range sum {
				taken = taken || wrap(s, len(shape)) == d
			}
			if !taken {
				dims = append(dims, d)
			}
		}
		return dims
	}
	fx, fy = free(x.Shape, dx), free(y.Shape, dy)
	for _, d := range fx {
		shape = append(shape, x.Shape[d])
	}
	for _, d := range fy {
		shape = append(shape, y.Shape[d])
	}
	for k := range dx {
		inner = append(inner, max(x.Shape[wrap(dx[k], len(x.Shape))], y.Shape[wrap(dy[k], len(y.Shape))]))
	}
	out, sum := NewArray(shape...), NewArray(inner...)
	for p := range out.V {
		at := out.Index(p)
		for q := range sum.V {
			s := sum.Index(q)
			i, j := make([]int, len(x.Shape)), make([]int, len(y.Shape))
			for k, d := range fx {
				i[d] = at[k]
			}
			for k, d := range fy {
				j[d] = at[len(fx)+k]
			}
			for k := range s {
				i[wrap(dx[k], len(i))], j[wrap(dy[k], len(j))] = s[k], s[k]
			}
			out.V[p] += x.At(i...) * y.At(j...)
		}
	}
	return out
}

func innerEntry() Entry {
	pair := func(a, b []int) Sample { return Sample{Args: []any{In(a...), In(b...)}} }
	return Entry{
		Name: "inner", Sig: "inner(input, other)", At: Here(), Ops: []any{matmulOp{}, mulOp{}}, Go: []string{"Inner"},
		Call: func(a *Args) []*Tensor { return one(a.OnlyTensor("input").Inner(a.OnlyTensor("other"))) },
		Ref: func(a *Args) []Array {
			x, y := a.Array("input"), a.Array("other")
			if len(x.Shape) == 0 || len(y.Shape) == 0 {
				return []Array{refTensordot(x, y, nil, nil)}
			}
			return []Array{refTensordot(x, y, []int{-1}, []int{-1})}
		},
		DTypes: Numbers,
		Samples: []Sample{
			pair(nil, nil), pair(nil, []int{2, 3}), pair([]int{1}, []int{1}), pair([]int{3}, []int{3}), pair([]int{2, 3}, []int{3}),
			pair([]int{2, 3}, []int{2, 2, 3}), pair([]int{2, 0}, []int{3, 0}), pair([]int{0, 2}, []int{2}),
		},
		Bad: []Bad{{Args: []any{In(2, 3), In(2)}, Want: "tensor: inner [2 3], [2]: the last dims are 3 and 2, want equal"}},
		Why: map[string]string{"special": "0·inf depends on the order of the sum"},
	}
}

func tensordotEntry() Entry {
	// pairs reads the two forms of dims: a number, or two lists.
	pairs := func(a *Args, rank int) (dt, du []int) {
		if n, ok := a.Any("dims").(int); ok {
			for i := range n {
				dt, du = append(dt, rank-n+i), append(du, i)
			}
			return dt, du
		}
		list, ok := a.Any("dims").([]any)
		if !ok || len(list) != 2 {
			a.wrong("dims", "a number, or two lists")
		}
		b := Args{values: map[string]any{"t": list[0], "u": list[1]}}
		return b.Ints("t"), b.Ints("u")
	}
	sample := func(x, y []int, dims any) Sample {
		return Sample{Args: []any{In(x...), In(y...)}, Kw: map[string]any{"dims": dims}}
	}
	lists := func(dt, du []int) any { return []any{dt, du} }
	return Entry{
		Name: "tensordot", Sig: "tensordot(input, other, dims=2)", At: Here(), Ops: []any{matmulOp{}}, Go: []string{"Tensordot"},
		Call: func(a *Args) []*Tensor {
			t, u := a.OnlyTensor("input"), a.OnlyTensor("other")
			dt, du := pairs(a, t.Dim())
			return one(Tensordot(t, u, dt, du))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			dx, dy := pairs(a, len(x.Shape))
			return []Array{refTensordot(x, a.Array("other"), dx, dy)}
		},
		DTypes: Numbers,
		Samples: []Sample{
			sample([]int{2, 3}, []int{3, 2}, 1), sample([]int{2, 3}, []int{2, 3}, 2), sample([]int{2}, []int{3}, 0), sample(nil, []int{2}, 0),
			sample([]int{2, 3, 4}, []int{2, 3}, lists([]int{1, 0}, []int{1, 0})), sample([]int{2, 3}, []int{1, 3}, lists([]int{-1, 0}, []int{-1, 0})),
			sample([]int{1}, []int{3}, 1), sample([]int{2, 0}, []int{0, 3}, 1), sample([]int{1}, []int{1}, 1),
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), In(2, 3)}, Kw: map[string]any{"dims": 1}, Want: "tensor: tensordot [2 3], [2 3]: dim 1 is 3 and dim 0 is 2; want equal"},
			{Args: []any{In(2, 3), In(2, 3)}, Kw: map[string]any{"dims": lists([]int{0}, []int{0, 1})}, Want: "tensor: tensordot [2 3], [2 3]: dims [0] and [0 1]; want as many"},
			{Args: []any{In(2), In(2).As(Int64)}, Kw: map[string]any{"dims": 1}, Want: "tensor: tensordot [2], [2]: dtypes float32 and int64 differ; cast one"},
		},
		Why: map[string]string{"special": "0·inf depends on the order of the sum"},
	}
}
