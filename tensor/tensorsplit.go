package tensor

import (
	"errors"
	"fmt"
)

// TensorSplit returns views of t cut along dim into n pieces whose sizes differ
// by at most 1, the larger ones first.
//
//	panics: *Error if dim is out of range, t is a scalar, or n < 1
//	source: torch.tensor_split with a number
func (t *Tensor) TensorSplit(n, dim int) []*Tensor { return t.splitEvenly("tensor_split", n, dim) }

func (t *Tensor) splitEvenly(name string, n, dim int) []*Tensor {
	size := t.sizeToCut(name, dim)
	if n < 1 {
		misuse(name, fmt.Errorf("%d pieces; want at least 1", n), t)
	}
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = size/n + b2i(i < size%n)
	}
	return t.cut(name, sizes, dim)
}

// TensorSplitAt returns the views t[:at[0]], t[at[0]:at[1]], … t[at[last]:] of
// dim, with Python's rules for bounds: negative ones count from the end, and a
// piece may be empty.
//
//	panics: *Error if dim is out of range or t is a scalar
//	source: torch.tensor_split with indices
func (t *Tensor) TensorSplitAt(at []int, dim int) []*Tensor {
	return t.splitAt("tensor_split", at, dim)
}

func (t *Tensor) splitAt(name string, at []int, dim int) []*Tensor {
	n, d := t.sizeToCut(name, dim), t.dim(name, dim)
	ops := make([]viewOp, 0, len(at)+1)
	start := 0
	for i := range len(at) + 1 {
		end := n
		if i < len(at) {
			if end = at[i]; end < 0 {
				end += n
			}
			end = min(max(end, 0), n)
		}
		ops = append(ops, sliceOp{name, d, start, max(end-start, 0), 1})
		start = end
	}
	if pieces := sliced(ops); pieces == n {
		return t.seeAll(ops)
	}
	out := make([]*Tensor, len(ops)) // pieces overlap where the bounds go back
	for i, op := range ops {
		out[i] = t.see(op)
	}
	return out
}

// sliced is how many elements the slices have together.
func sliced(ops []viewOp) (n int) {
	for _, op := range ops {
		n += op.(sliceOp).n
	}
	return n
}

// HSplit returns views of t cut along dim 1, a vector along dim 0, into n
// pieces of the same size.
//
//	panics: *Error if t is a scalar, or n does not divide the size
//	source: torch.hsplit with a number
func (t *Tensor) HSplit(n int) []*Tensor { return t.splitExactly("hsplit", n, t.across()) }

// HSplitAt returns views of t cut along dim 1, a vector along dim 0, before the
// elements at; see TensorSplitAt.
//
//	source: torch.hsplit with indices
func (t *Tensor) HSplitAt(at ...int) []*Tensor {
	t.enough("hsplit", 1)
	return t.splitAt("hsplit", at, t.across())
}

// VSplit returns views of t cut along dim 0 into n pieces of the same size.
//
//	panics: *Error if t has fewer than two dims, or n does not divide the size
//	source: torch.vsplit with a number
func (t *Tensor) VSplit(n int) []*Tensor { return t.splitExactly("vsplit", n, 0) }

// VSplitAt returns views of t cut along dim 0 before the elements at; see
// TensorSplitAt.
//
//	source: torch.vsplit with indices
func (t *Tensor) VSplitAt(at ...int) []*Tensor {
	t.enough("vsplit", 2)
	return t.splitAt("vsplit", at, 0)
}

// DSplit returns views of t cut along dim 2 into n pieces of the same size.
//
//	panics: *Error if t has fewer than three dims, or n does not divide the size
//	source: torch.dsplit with a number
func (t *Tensor) DSplit(n int) []*Tensor { return t.splitExactly("dsplit", n, 2) }

// DSplitAt returns views of t cut along dim 2 before the elements at; see
// TensorSplitAt.
//
//	source: torch.dsplit with indices
func (t *Tensor) DSplitAt(at ...int) []*Tensor {
	t.enough("dsplit", 3)
	return t.splitAt("dsplit", at, 2)
}

// across is the dim that HSplit cuts.
func (t *Tensor) across() int { return min(max(t.known("hsplit").Dim()-1, 0), 1) }

// enough refuses a tensor of fewer than n dims.
func (t *Tensor) enough(name string, n int) {
	switch {
	case t.known(name).Dim() >= n:
	case n == 1:
		misuse(name, errors.New("want at least one dim"), t)
	default:
		misuse(name, fmt.Errorf("want at least %d dims", n), t)
	}
}

func (t *Tensor) splitExactly(name string, n, dim int) []*Tensor {
	t.enough(name, map[string]int{"hsplit": 1, "vsplit": 2, "dsplit": 3}[name])
	if size := t.Size(dim); n < 1 || size%n != 0 {
		misuse(name, fmt.Errorf("%d pieces of dim %d of size %d; want one that divides it", n, dim, size), t)
	}
	return t.splitEvenly(name, n, dim)
}

// refSplitAt is the reference for bounds that do not go back.
func refSplitAt(in Array, at []int, d int) []Array {
	n := in.Shape[d]
	var out []Array
	start := 0
	for _, end := range append(append([]int{}, at...), n) {
		end = min(max(wrap(end, n), 0), n)
		from := start
		out = append(out, in.moved(with(in.Shape, d, max(end-start, 0)), func(i []int) []int { return with(i, d, from+i[d]) }))
		start = end
	}
	return out
}

// evenBounds cut n elements into k pieces.
func evenBounds(n, k int) []int {
	at, pos := []int{}, 0
	for i := range k - 1 {
		pos += n/k + b2i(i < n%k)
		at = append(at, pos)
	}
	return at
}

func tensorSplitEntry() Entry {
	const arg = "tensor_indices_or_sections"
	return Entry{
		Name: "tensor_split", Sig: "tensor_split(input, " + arg + ", dim=0)", At: Here(), Go: []string{"TensorSplit", "TensorSplitAt"},
		Ops: []any{&scatterViewOp{ops: []viewOp{sliceOp{}}}},
		Call: func(a *Args) []*Tensor {
			t, d := a.Tensor("input"), a.Int("dim")
			switch v := a.Any(arg).(type) {
			case int:
				return t.TensorSplit(v, d)
			case *Tensor:
				if v.DType() != Int64 {
					misuse("tensor_split", fmt.Errorf("the indices are %v; want int64", v.DType()), t, v)
				}
				if v.Dim() == 0 {
					return t.TensorSplit(v.Int(), d)
				}
				return t.TensorSplitAt(Slice[int](v), d)
			}
			return t.TensorSplitAt(a.Ints(arg), d)
		},
		Ref: func(a *Args) []Array {
			in := a.Array("input")
			d := wrap(a.Int("dim"), len(in.Shape))
			if k, ok := a.Any(arg).(int); ok {
				return refSplitAt(in, evenBounds(in.Shape[d], k), d)
			}
			return refSplitAt(in, a.Ints(arg), d)
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, 1), call([]int{5}, 2), call([]int{3}, 5), call([]int{5}, []int{1, 3}), call([]int{5}, []int{-4, -1, 9}), call([]int{5}, []int{3, 1}),
			call([]int{4, 5}, 3, 1), call([]int{4, 5}, []int{2}, -1), call([]int{0, 2}, 3), call([]int{3}, []int{}),
		},
		Bad: []Bad{
			bad("tensor: tensor_split [4]: 0 pieces; want at least 1", []int{4}, 0),
			bad("tensor: tensor_split []: want at least one dim", nil, 2),
			bad("tensor: tensor_split [4]: dim 1 is out of range; want -1 to 0", []int{4}, 2, 1),
		},
		Why: whyCut,
	}
}

// splitDimEntry is the entry of a split along a dim of its own.
func splitDimEntry(name, method, at string, number func(*Tensor, int) []*Tensor, indices func(*Tensor, ...int) []*Tensor, dim func(n int) int, want string, samples ...Sample) Entry {
	return Entry{
		Name: name, Sig: name + "(input, indices_or_sections)", At: at, Go: []string{method, method + "At"},
		Call: func(a *Args) []*Tensor {
			if n, ok := a.Any("indices_or_sections").(int); ok {
				return number(a.Tensor("input"), n)
			}
			return indices(a.Tensor("input"), a.Ints("indices_or_sections")...)
		},
		Ref: func(a *Args) []Array {
			in := a.Array("input")
			d := dim(len(in.Shape))
			if k, ok := a.Any("indices_or_sections").(int); ok {
				return refSplitAt(in, evenBounds(in.Shape[d], k), d)
			}
			return refSplitAt(in, a.Ints("indices_or_sections"), d)
		},
		DTypes: AllDTypes,
		Samples: append(samples, call([]int{1, 1, 1}, 1), call([]int{2, 4, 6}, 2), call([]int{2, 3, 4}, []int{1, 2}), call([]int{2, 0, 3}, []int{1}),
			call([]int{2, 2, 2}, []int{})),
		Bad: []Bad{
			bad("tensor: "+name+" []: want at least "+want, nil, 2),
			bad("tensor: "+name+" []: want at least "+want, nil, []int{2}),
			bad(fmt.Sprintf("tensor: %s [5 5 5]: 2 pieces of dim %d of size 5; want one that divides it", name, dim(3)), []int{5, 5, 5}, 2),
		},
		Why: whyCut,
	}
}

func hsplitEntry() Entry {
	return splitDimEntry("hsplit", "HSplit", Here(), (*Tensor).HSplit, (*Tensor).HSplitAt, func(n int) int { return min(n-1, 1) }, "one dim", call([]int{4}, 2), call([]int{4}, []int{1}))
}

func vsplitEntry() Entry {
	return splitDimEntry("vsplit", "VSplit", Here(), (*Tensor).VSplit, (*Tensor).VSplitAt, func(int) int { return 0 }, "2 dims", call([]int{4, 3}, 2))
}

func dsplitEntry() Entry {
	return splitDimEntry("dsplit", "DSplit", Here(), (*Tensor).DSplit, (*Tensor).DSplitAt, func(int) int { return 2 }, "3 dims")
}
