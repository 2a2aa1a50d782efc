package tensor

import "errors"

// MT returns a view of matrices with their dims swapped: Transpose(-2, -1). A
// scalar stays as it is.
//
//	shape:  [..., m, n] → [..., n, m]
//	panics: *Error for a vector
//	source: torch.Tensor.mT
func (t *Tensor) MT() *Tensor {
	switch t.known("mT").Dim() {
	case 0:
		return t
	case 1:
		misuse("mT", errors.New("want at least two dims"), t)
	}
	return t.Transpose(-2, -1)
}

func mtEntry() Entry {
	return Entry{
		Name: "mT", Sig: "mT(input)", At: Here(), Go: []string{"MT"},
		Call: UnaryCall((*Tensor).MT),
		Ref: refOrder(func(_ *Args, n int) []int {
			order := make([]int, n)
			for i := range order {
				order[i] = i
			}
			if n > 1 {
				order[n-2], order[n-1] = n-1, n-2
			}
			return order
		}),
		DTypes:  AllDTypes,
		Samples: []Sample{call(nil), call([]int{1, 1}), call([]int{2, 3}), call([]int{2, 3, 4}), call([]int{2, 0})},
		Bad:     []Bad{bad("tensor: mT [3]: want at least two dims", []int{3})},
	}
}

// mhEntry: real numbers are their own conjugates.
func mhEntry() Entry {
	e := mtEntry().as("mH")
	e.Sig = "mH(input)"
	return e
}

// hEntry is the attribute H, of a matrix or a scalar.
func hEntry() Entry {
	e := mtEntry().as("H")
	e.Sig = "H(input)"
	e.Call = UnaryCall(func(t *Tensor) *Tensor {
		if t.Dim() > 2 {
			misuse("H", errors.New("want at most two dims; use MT"), t)
		}
		return t.MT()
	})
	e.Samples = []Sample{call(nil), call([]int{1, 1}), call([]int{2, 3}), call([]int{2, 0})}
	e.Bad = append(e.Bad, bad("tensor: H [2 3 4]: want at most two dims; use MT", []int{2, 3, 4}))
	return e
}

func narrowCopyEntry() Entry {
	e := narrowEntry().as("narrow_copy")
	e.Sig = "narrow_copy(input, dim, start, length)"
	call := e.Call
	e.Call = func(a *Args) []*Tensor { return one(call(a)[0].Clone()) }
	return e
}

func argwhereEntry() Entry {
	e := nonzeroEntry().as("argwhere")
	e.Sig = "argwhere(input)"
	e.Call = UnaryCall((*Tensor).Nonzero)
	return e
}

func broadcastShapesEntry() Entry {
	list := func(a *Args) [][]int {
		var shapes [][]int
		v, _ := a.Any("shapes").([]any)
		for _, s := range v {
			b := Args{values: map[string]any{"shape": s}}
			shapes = append(shapes, b.Ints("shape"))
		}
		return shapes
	}
	return Entry{
		Name: "broadcast_shapes", Sig: "broadcast_shapes(*shapes)", At: Here(), Go: []string{"BroadcastShapes"},
		Call: func(a *Args) []*Tensor {
			s := BroadcastShapes(list(a)...)
			return one(Of(s, len(s)).Cast(Int64))
		},
		Ref: func(a *Args) []Array {
			var out []int
			for _, s := range list(a) {
				for len(out) < len(s) {
					out = append([]int{1}, out...)
				}
				for i, n := range s {
					if n != 1 {
						out[i+len(out)-len(s)] = n
					}
				}
			}
			v := NewArray(len(out))
			for i, n := range out {
				v.V[i] = float64(n)
			}
			return []Array{v}
		},
		Samples: []Sample{
			untyped(Int64, []int{}, []int{}), untyped(Int64, []int{5, 1}, []int{5}), untyped(Int64, []int{2, 1, 3}, []int{4, 1}, []int{}), untyped(Int64, []int{0, 1}, []int{1, 3}),
		},
		Bad: []Bad{{Args: []any{[]int{2}, []int{3}}, Want: "tensor: broadcast_shapes: [[2] [3]]: dim -1 is 2 and 3; want equal, or one of them 1"}},
		Why: whySource(),
	}
}
