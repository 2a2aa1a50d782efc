package tensor

import "fmt"

// Copies of a tensor in which a view of it is replaced: in PyTorch's words, a
// view and a change in place, without the change.

// SelectScatter returns a copy of t whose Select(dim, index) is src.
//
//	shape:  src has the view's
//	dtype:  t's
//	panics: *Error if dim or index is out of range, or for another shape
//	source: torch.select_scatter
func (t *Tensor) SelectScatter(src *Tensor, dim, index int) *Tensor {
	return t.replaced("select_scatter", src, func(y *Tensor) *Tensor { return y.Select(dim, index) })
}

// DiagonalScatter returns a copy of t whose Diagonal(offset, dim1, dim2) is src.
//
//	shape:  src has the view's
//	dtype:  t's
//	panics: *Error if a dim is out of range, or for another shape
//	source: torch.diagonal_scatter
func (t *Tensor) DiagonalScatter(src *Tensor, offset, dim1, dim2 int) *Tensor {
	return t.replaced("diagonal_scatter", src, func(y *Tensor) *Tensor { return y.Diagonal(offset, dim1, dim2) })
}

// SliceScatter returns a copy of t whose Slice(dim, start, end, step) is src.
//
//	shape:  src has the view's
//	dtype:  t's
//	panics: *Error if dim is out of range, or for another shape
//	source: torch.slice_scatter
func (t *Tensor) SliceScatter(src *Tensor, dim, start, end, step int) *Tensor {
	return t.replaced("slice_scatter", src, func(y *Tensor) *Tensor { return y.Slice(dim, start, end, step) })
}

// AsStridedScatter returns a copy of t, in row-major order, whose
// AsStrided(shape, stride, offset) is src; where that shows an element more
// than once, the last one counts.
//
//	dtype:  t's
//	panics: *Error if the view reaches beyond the copy, or for another shape
//	source: torch.as_strided_scatter
func (t *Tensor) AsStridedScatter(src *Tensor, shape, stride []int, offset int) *Tensor {
	y := t.Clone()
	v := y.AsStrided(shape, stride, offset)
	if overlap(&v.b.view) < 0 {
		return t.replaced("as_strided_scatter", src, func(y *Tensor) *Tensor { return y.AsStrided(shape, stride, offset) })
	}
	v.wantSource("as_strided_scatter", t, src)
	y.writeInOrder(src, shape, stride, offset)
	return y
}

// writeInOrder writes src to t.AsStrided(shape, stride, offset), one slice after
// the other where elements show more than once.
func (t *Tensor) writeInOrder(src *Tensor, shape, stride []int, offset int) {
	if v := t.AsStrided(shape, stride, offset); overlap(&v.b.view) < 0 {
		v.CopyFrom(src)
		return
	}
	for i := range shape[0] {
		t.writeInOrder(src.Select(0, i), shape[1:], stride[1:], offset+i*stride[0])
	}
}

// wantSource refuses values that have not the shape of the view v of t.
func (v *Tensor) wantSource(op string, t, src *Tensor) {
	if v.spec().Rank != src.known(op).spec().Rank || v.spec().Dim != src.spec().Dim {
		misuse(op, fmt.Errorf("the values have shape %v; want %v", src.shape(), v.shape()), t, src)
	}
}

// replaced is a copy of t in which what see shows is src.
func (t *Tensor) replaced(op string, src *Tensor, see func(*Tensor) *Tensor) *Tensor {
	y := t.Clone()
	v := see(y)
	v.wantSource(op, t, src)
	v.CopyFrom(src)
	return y
}

// refReplaced writes src into a copy of the input: at gives the place of each of its elements.
func refReplaced(at func(a *Args, in Array, idx []int) int) func(*Args) []Array {
	return func(a *Args) []Array {
		in, src := a.Array("input"), a.Array("src")
		out := NewArray(in.Shape...)
		copy(out.V, in.V)
		for p, v := range src.V {
			out.V[at(a, in, src.Index(p))] = v
		}
		return []Array{out}
	}
}

// position is the place of the element at idx.
func (a Array) position(idx []int) int {
	pos := 0
	for d, s := range a.Strides() {
		pos += s * idx[d]
	}
	return pos
}

func selectScatterEntry() Entry {
	sample := func(in, src []int, dim, index int) Sample {
		return Sample{Args: []any{In(in...), In(src...), dim, index}}
	}
	return Entry{
		Name: "select_scatter", Sig: "select_scatter(input, src, dim, index)", At: Here(), Go: []string{"SelectScatter"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").SelectScatter(a.OnlyTensor("src"), a.Int("dim"), a.Int("index")))
		},
		Ref: refReplaced(func(a *Args, in Array, i []int) int {
			d := wrap(a.Int("dim"), len(in.Shape))
			return in.position(inserted(i, d, wrap(a.Int("index"), in.Shape[d])))
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			sample([]int{1}, nil, 0, 0), sample([]int{5}, nil, 0, -2), sample([]int{2, 3}, []int{3}, 0, 1), sample([]int{2, 3, 4}, []int{2, 4}, -2, 2),
			sample([]int{2, 0}, []int{0}, 0, 1),
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), In(2), 0, 1}, Want: "tensor: select_scatter [2 3], [2]: the values have shape [2]; want [3]"},
			{Args: []any{In(2, 3), In(3), 0, 2}, Want: "tensor: select [2 3]: index 2 is out of range for dim 0 of size 2"},
		},
	}
}

func diagonalScatterEntry() Entry {
	sample := func(in, src []int, args ...any) Sample {
		return Sample{Args: append([]any{In(in...), In(src...)}, args...)}
	}
	return Entry{
		Name: "diagonal_scatter", Sig: "diagonal_scatter(input, src, offset=0, dim1=0, dim2=1)", At: Here(), Go: []string{"DiagonalScatter"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").DiagonalScatter(a.OnlyTensor("src"), a.Int("offset"), a.Int("dim1"), a.Int("dim2")))
		},
		Ref: refReplaced(func(a *Args, in Array, i []int) int {
			_, from := refDiagonal(a, in)
			return in.position(from(i))
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			sample([]int{1, 1}, []int{1}), sample([]int{3, 3}, []int{3}), sample([]int{3, 5}, []int{3}, 1), sample([]int{3, 5}, []int{1}, -2),
			sample([]int{2, 3, 4}, []int{3, 2}, 1, 0, -1), sample([]int{0, 3}, []int{0}),
		},
		Bad: []Bad{{Args: []any{In(2, 3), In(3)}, Want: "tensor: diagonal_scatter [2 3], [3]: the values have shape [3]; want [2]"}},
		Why: map[string]string{"0-d": "has no diagonal"},
	}
}

func sliceScatterEntry() Entry {
	bounds := func(a *Args, n int) (int, int) {
		start, end := 0, n
		if a.Has("start") {
			start = wrap(a.Int("start"), n)
		}
		if a.Has("end") {
			end = wrap(a.Int("end"), n)
		}
		return start, end
	}
	sample := func(in, src []int, args ...any) Sample {
		return Sample{Args: append([]any{In(in...), In(src...)}, args...)}
	}
	return Entry{
		Name: "slice_scatter", Sig: "slice_scatter(input, src, dim=0, start=None, end=None, step=1)", At: Here(), Go: []string{"SliceScatter"},
		Call: func(a *Args) []*Tensor {
			t := a.Tensor("input")
			start, end := bounds(a, t.Size(a.Int("dim")))
			return one(t.SliceScatter(a.OnlyTensor("src"), a.Int("dim"), start, end, a.Int("step")))
		},
		Ref: refReplaced(func(a *Args, in Array, i []int) int {
			d := wrap(a.Int("dim"), len(in.Shape))
			start, _ := bounds(a, in.Shape[d])
			return in.position(with(i, d, start+i[d]*a.Int("step")))
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			sample([]int{1}, []int{1}), sample([]int{5}, []int{2}, 0, 1, 3), sample([]int{3, 5}, []int{3, 2}, 1, 1, 5, 2), sample([]int{5}, []int{2}, -1, -2),
			sample([]int{2, 0}, []int{1, 0}, 0, 1),
		},
		Bad: []Bad{{Args: []any{In(5), In(3), 0, 1, 3}, Want: "tensor: slice_scatter [5], [3]: the values have shape [3]; want [2]"}},
		Why: map[string]string{"0-d": "has no dim to slice"},
	}
}

func asStridedScatterEntry() Entry {
	sample := func(in, shape, stride []int, offset int) Sample {
		return Sample{Args: []any{In(in...), In(shape...), shape, stride, offset}}
	}
	return Entry{
		Name: "as_strided_scatter", Sig: "as_strided_scatter(input, src, size, stride, storage_offset=None)", At: Here(), Go: []string{"AsStridedScatter"},
		Call: func(a *Args) []*Tensor {
			offset := 0
			if a.Has("storage_offset") {
				offset = a.Int("storage_offset")
			}
			return one(a.Tensor("input").AsStridedScatter(a.OnlyTensor("src"), a.Ints("size"), a.Ints("stride"), offset))
		},
		Ref: refReplaced(func(a *Args, in Array, i []int) int {
			at := a.Int("storage_offset")
			for d, s := range a.Ints("stride") {
				at += s * i[d]
			}
			return at
		}),
		DTypes: AllDTypes,
		Samples: []Sample{
			sample(nil, []int{}, []int{}, 0), sample([]int{1}, []int{1}, []int{1}, 0), sample([]int{3, 3}, []int{2, 2}, []int{1, 3}, 1), sample([]int{6}, []int{2}, []int{3}, 2),
			sample([]int{5}, []int{0}, []int{1}, 1), sample([]int{6}, []int{2, 1, 2}, []int{1, 7, 1}, 1),
		},
		Bad: []Bad{
			{Args: []any{In(6), In(3), []int{2}, []int{1}}, Want: "tensor: as_strided_scatter [6], [3]: the values have shape [3]; want [2]"},
			{Args: []any{In(6), In(2), []int{2}, []int{1}, 5}, Want: "tensor: as_strided [6]: shape [2] with strides [1] from 5 on is not within 6 elements"},
		},
	}
}
