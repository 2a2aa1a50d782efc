package tensor

// Kron returns the Kronecker product: each element of t times all of u, side by
// side. The tensor of fewer dims gets dims of size 1 in front.
//
//	shape:  [m, n] × [p, q] → [m·p, n·q]
//	dtype:  promoted
//	source: torch.kron
func (t *Tensor) Kron(u *Tensor) *Tensor {
	n := max(t.known("kron").Dim(), u.known("kron").Dim())
	var a, b, shape []int
	for i := range n {
		x, y := 1, 1
		if j := i - n + t.Dim(); j >= 0 {
			x = t.Size(j)
		}
		if j := i - n + u.Dim(); j >= 0 {
			y = u.Size(j)
		}
		shape = append(shape, x*y)
		if x != 1 { // a dim of one element needs none: so there are enough
			a, b = append(a, x), append(b, 1)
		}
		if y != 1 {
			a, b = append(a, 1), append(b, y)
		}
	}
	return t.Reshape(a...).Mul(u.Reshape(b...)).Reshape(shape...)
}

func kronEntry() Entry {
	pair := func(a, b []int) Sample { return Sample{Args: []any{In(a...), In(b...)}} }
	return Entry{
		Name: "kron", Sig: "kron(input, other)", At: Here(), Ops: []any{mulOp{}}, Go: []string{"Kron"},
		Call: func(a *Args) []*Tensor { return one(a.OnlyTensor("input").Kron(a.OnlyTensor("other"))) },
		Ref: func(a *Args) []Array {
			x, y := a.Array("input"), a.Array("other")
			for len(x.Shape) < len(y.Shape) {
				x.Shape = append([]int{1}, x.Shape...)
			}
			for len(y.Shape) < len(x.Shape) {
				y.Shape = append([]int{1}, y.Shape...)
			}
			shape := make([]int, len(x.Shape))
			for i := range shape {
				shape[i] = x.Shape[i] * y.Shape[i]
			}
			out := NewArray(shape...)
			for p := range out.V {
				i, j := out.Index(p), out.Index(p)
				for d := range i {
					i[d], j[d] = i[d]/y.Shape[d], j[d]%y.Shape[d]
				}
				out.V[p] = x.At(i...) * y.At(j...)
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			pair(nil, nil), pair([]int{1}, []int{1}), pair([]int{2}, []int{3}), pair([]int{2, 3}, []int{2, 2}), pair([]int{2, 1, 2}, []int{3}),
			pair(nil, []int{2, 2}), pair([]int{2, 0}, []int{2, 2}), pair([]int{1, 2, 1, 2, 1}, []int{2, 1, 1, 1, 2}),
		},
		Bad: []Bad{{Args: []any{In(2, 2, 2, 2, 2), In(2, 2, 2, 2, 2)}, Want: "tensor: reshape [2 2 2 2 2]: 10 dims; want at most 8"}},
	}
}
