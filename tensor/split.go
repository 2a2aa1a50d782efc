package tensor

import (
	"errors"
	"fmt"
)

// Split returns views of t cut along dim into pieces of size elements; the
// last one may be smaller.
//
//	panics: *Error if dim is out of range, or size is < 1 and the dim is not empty
//	source: torch.split
func (t *Tensor) Split(size, dim int) []*Tensor {
	n := t.sizeToCut("split", dim)
	if size < 0 || size == 0 && n > 0 {
		misuse("split", fmt.Errorf("the size is %d; want at least 1", size), t)
	}
	sizes := []int{min(size, n)}
	for left := n - sizes[0]; left > 0; left -= size {
		sizes = append(sizes, min(size, left))
	}
	return t.cut("split", sizes, dim)
}

// SplitWithSizes returns views of t cut along dim into pieces of the sizes.
//
//	panics: *Error if dim is out of range, a size is < 0, or their sum is not
//	the size of dim
//	source: torch.split with a list
func (t *Tensor) SplitWithSizes(sizes []int, dim int) []*Tensor {
	left := t.sizeToCut("split_with_sizes", dim)
	for _, s := range sizes {
		if s < 0 || s > left {
			left = -1
			break
		}
		left -= s
	}
	if left != 0 {
		misuse("split_with_sizes", fmt.Errorf("the sizes %v do not add up to dim %d of size %d", sizes, dim, t.Size(dim)), t)
	}
	return t.cut("split_with_sizes", sizes, dim)
}

// Chunk returns views of t cut along dim into at most n pieces of the same
// size, but for the last.
//
//	panics: *Error if dim is out of range or n < 1
//	source: torch.chunk
func (t *Tensor) Chunk(n, dim int) []*Tensor {
	size := t.sizeToCut("chunk", dim)
	if n < 1 {
		misuse("chunk", fmt.Errorf("%d chunks; want at least 1", n), t)
	}
	if size == 0 {
		return t.cut("chunk", make([]int, n), dim)
	}
	return t.Split((size-1)/n+1, dim)
}

// Unbind returns the views Select(dim, 0), Select(dim, 1), …
//
//	panics: *Error if dim is out of range or t is a scalar
//	source: torch.unbind
func (t *Tensor) Unbind(dim int) []*Tensor {
	ops := make([]viewOp, t.sizeToCut("unbind", dim))
	for i := range ops {
		ops[i] = selectOp{t.dim("unbind", dim), i}
	}
	return t.seeAll(ops)
}

// sizeToCut is the size of dim, which must be there.
func (t *Tensor) sizeToCut(op string, dim int) int {
	d := t.dim(op, dim)
	if t.Dim() == 0 {
		misuse(op, errors.New("want at least one dim"), t)
	}
	return t.b.view.Dim[d]
}

// cut makes pieces of sizes that add up to the dim.
func (t *Tensor) cut(name string, sizes []int, dim int) []*Tensor {
	ops := make([]viewOp, len(sizes))
	start := 0
	for i, n := range sizes {
		ops[i] = sliceOp{name, t.dim(name, dim), start, n, 1}
		start += n
	}
	return t.seeAll(ops)
}

// refCut is the reference of the ops that cut: pieces says their sizes.
func refCut(pieces func(a *Args, n int) []int) func(*Args) []Array {
	return func(a *Args) []Array {
		in := a.Array("input")
		d := wrap(a.Int("dim"), len(in.Shape))
		var out []Array
		start := 0
		for _, n := range pieces(a, in.Shape[d]) {
			from := start
			out = append(out, in.moved(with(in.Shape, d, n), func(i []int) []int { return with(i, d, from+i[d]) }))
			start += n
		}
		return out
	}
}

var whyCut = map[string]string{"0-d": "has no dim to cut"}

func splitEntry() Entry {
	return Entry{
		Name: "split", Sig: "split(tensor, split_size_or_sections, dim=0)", At: Here(), Go: []string{"Split"},
		Ops: []any{&scatterViewOp{ops: []viewOp{sliceOp{}}}},
		Call: func(a *Args) []*Tensor {
			if size, ok := a.Any("split_size_or_sections").(int); ok {
				return a.Tensor("tensor").Split(size, a.Int("dim"))
			}
			return a.Tensor("tensor").SplitWithSizes(a.Ints("split_size_or_sections"), a.Int("dim"))
		},
		Ref: func(a *Args) []Array {
			a.values["input"] = a.values["tensor"]
			return refCut(func(a *Args, n int) []int {
				size, ok := a.Any("split_size_or_sections").(int)
				if !ok {
					return a.Ints("split_size_or_sections")
				}
				var s []int
				for ; n > size; n -= size {
					s = append(s, size)
				}
				return append(s, n)
			})(a)
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, 1), call([]int{5}, 2), call([]int{6}, 2), call([]int{3}, 9), call([]int{4, 5}, 2, 1), call([]int{4, 5}, []int{1, 0, 4}, -1),
			call([]int{0, 2}, 3), call([]int{0, 2}, 0),
		},
		Bad: []Bad{
			bad("tensor: split [4]: the size is 0; want at least 1", []int{4}, 0),
			bad("tensor: split [4]: dim 1 is out of range; want -1 to 0", []int{4}, 2, 1),
			bad("tensor: split []: want at least one dim", nil, 2),
			bad("tensor: split_with_sizes [4]: the sizes [1 2] do not add up to dim 0 of size 4", []int{4}, []int{1, 2}),
		},
		Why: whyCut,
	}
}

func splitWithSizesEntry() Entry {
	return Entry{
		Name: "split_with_sizes", Sig: "split_with_sizes(input, split_sizes, dim=0)", At: Here(), Go: []string{"SplitWithSizes"},
		Call: func(a *Args) []*Tensor {
			return a.Tensor("input").SplitWithSizes(a.Ints("split_sizes"), a.Int("dim"))
		},
		Ref:    refCut(func(a *Args, n int) []int { return a.Ints("split_sizes") }),
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, []int{1}), call([]int{5}, []int{2, 3}), call([]int{4, 5}, []int{1, 0, 4}, -1), call([]int{2, 3, 4}, []int{1, 1, 1, 1}, 2),
			call([]int{0, 2}, []int{0, 0}), {Args: []any{In(0, 2), []int{}}, NoGrad: true},
		},
		Bad: []Bad{
			bad("tensor: split_with_sizes [4]: the sizes [5 -1] do not add up to dim 0 of size 4", []int{4}, []int{5, -1}),
			bad("tensor: split_with_sizes []: want at least one dim", nil, []int{1}),
		},
		Why: whyCut,
	}
}

func chunkEntry() Entry {
	return Entry{
		Name: "chunk", Sig: "chunk(input, chunks, dim=0)", At: Here(), Go: []string{"Chunk"},
		Call: func(a *Args) []*Tensor { return a.Tensor("input").Chunk(a.Int("chunks"), a.Int("dim")) },
		Ref: refCut(func(a *Args, n int) []int {
			k := a.Int("chunks")
			if n == 0 {
				return make([]int, k)
			}
			var s []int
			for size := (n + k - 1) / k; n > 0; n -= size {
				s = append(s, min(size, n))
			}
			return s
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			call([]int{1}, 1), call([]int{5}, 2), call([]int{6}, 4), call([]int{3}, 9), call([]int{4, 5}, 3, 1), call([]int{0, 2}, 3),
		},
		Bad: []Bad{
			bad("tensor: chunk [4]: 0 chunks; want at least 1", []int{4}, 0),
			bad("tensor: chunk []: want at least one dim", nil, 2),
		},
		Why: whyCut,
	}
}

func unbindEntry() Entry {
	return Entry{
		Name: "unbind", Sig: "unbind(input, dim=0)", At: Here(), Go: []string{"Unbind"}, Ops: []any{&scatterViewOp{ops: []viewOp{selectOp{}}}},
		Call: func(a *Args) []*Tensor { return a.Tensor("input").Unbind(a.Int("dim")) },
		Ref: func(a *Args) []Array {
			in := a.Array("input")
			d := wrap(a.Int("dim"), len(in.Shape))
			out := make([]Array, in.Shape[d])
			for k := range out {
				out[k] = in.moved(without(in.Shape, d), func(i []int) []int { return inserted(i, d, k) })
			}
			return out
		},
		DTypes:  AllDTypes,
		Samples: []Sample{call([]int{1}), call([]int{5}), call([]int{3, 4}, 1), call([]int{2, 3, 4}, -2), call([]int{2, 0}), {Args: []any{In(0, 2)}, NoGrad: true}},
		Bad: []Bad{
			bad("tensor: unbind []: want at least one dim", nil),
			bad("tensor: unbind [4]: dim 1 is out of range; want -1 to 0", []int{4}, 1),
		},
		Why: whyCut,
	}
}
