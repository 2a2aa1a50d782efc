package tensor

import "errors"

// FlipLR returns a copy of t with the order of dim 1 turned around.
//
//	panics: *Error if t has fewer than two dims
//	source: torch.fliplr
func (t *Tensor) FlipLR() *Tensor {
	t.enough("fliplr", 2)
	return t.Flip(1)
}

// FlipUD returns a copy of t with the order of dim 0 turned around.
//
//	panics: *Error for a scalar
//	source: torch.flipud
func (t *Tensor) FlipUD() *Tensor {
	t.enough("flipud", 1)
	return t.Flip(0)
}

// Rot90 returns a copy of t turned k times by a quarter in the plane of two
// dims, from the first to the second.
//
//	panics: *Error if a dim is out of range or both are the same
//	source: torch.rot90
func (t *Tensor) Rot90(k, dim1, dim2 int) *Tensor {
	t.enough("rot90", 2)
	t.dims("rot90", []int{dim1, dim2})
	switch mod(k, 4) {
	case 1:
		return t.Flip(dim2).Transpose(dim1, dim2)
	case 2:
		return t.Flip(dim1, dim2)
	case 3:
		return t.Flip(dim1).Transpose(dim1, dim2)
	}
	return t.Clone()
}

// flipEntryOf is the entry of a flip of one dim.
func flipEntryOf(name, method, at string, f func(*Tensor) *Tensor, dim int, bad Bad, samples ...Sample) Entry {
	return Entry{
		Name: name, Sig: name + "(input)", At: at, Go: []string{method}, Ops: []any{flipOp{}},
		Call: UnaryCall(f),
		Ref: refMove(func(_ *Args, in Array) ([]int, func([]int) []int) {
			return in.Shape, func(i []int) []int { return with(i, dim, in.Shape[dim]-1-i[dim]) }
		}),
		DTypes:  AllDTypes,
		Samples: append(samples, call([]int{1, 1}), call([]int{2, 3}), call([]int{2, 3, 2}), call([]int{2, 0})),
		Bad:     []Bad{bad},
		Why:     map[string]string{"0-d": "has no dim to flip"},
	}
}

func flipLREntry() Entry {
	return flipEntryOf("fliplr", "FlipLR", Here(), (*Tensor).FlipLR, 1, bad("tensor: fliplr [3]: want at least 2 dims", []int{3}))
}

func flipUDEntry() Entry {
	return flipEntryOf("flipud", "FlipUD", Here(), (*Tensor).FlipUD, 0, bad("tensor: flipud []: want at least one dim", nil), call([]int{3}))
}

func rot90Entry() Entry {
	return Entry{
		Name: "rot90", Sig: "rot90(input, k=1, dims=(0, 1))", At: Here(), Go: []string{"Rot90"}, Ops: []any{flipOp{}},
		Call: func(a *Args) []*Tensor {
			t, dims := a.Tensor("input"), a.Ints("dims")
			if len(dims) != 2 {
				misuse("rot90", errors.New("want two dims to turn"), t)
			}
			return one(t.Rot90(a.Int("k"), dims[0], dims[1]))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			n, dims := len(x.Shape), a.Ints("dims")
			p, q := wrap(dims[0], n), wrap(dims[1], n)
			for range mod(a.Int("k"), 4) { // a quarter at a time
				shape := with(with(x.Shape, p, x.Shape[q]), q, x.Shape[p])
				in := x
				x = in.moved(shape, func(i []int) []int { return with(with(i, p, i[q]), q, in.Shape[q]-1-i[p]) })
			}
			return []Array{x}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1, 1}), call([]int{2, 3}), call([]int{2, 3}, 2), call([]int{2, 3}, -1), call([]int{2, 3}, 4), call([]int{2, 3, 4}, 5, []int{-1, 0}),
			call([]int{2, 0}), call([]int{2, 3, 2}, 3, []int{1, 2}),
		},
		Bad: []Bad{
			bad("tensor: rot90 [3]: want at least 2 dims", []int{3}),
			bad("tensor: rot90 [2 3]: dim -2 is given twice", []int{2, 3}, 1, []int{0, -2}),
			bad("tensor: rot90 [2 3]: dim 2 is out of range; want -2 to 1", []int{2, 3}, 1, []int{0, 2}),
			bad("tensor: rot90 [2 3]: want two dims to turn", []int{2, 3}, 1, []int{0}),
		},
		Why: map[string]string{"0-d": "has no plane"},
	}
}
