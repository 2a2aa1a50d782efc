package tensor

import "fmt"

// toIndexers reads Python's subscript: a tensor, number, None, Indexer (for
// slices and "..."), or a list. A list of numbers is an index tensor; a list
// with anything else in it stands for a tuple, one indexer each.
func toIndexers(v any) []Indexer {
	list, ok := v.([]any)
	if !ok {
		return []Indexer{toIndexer(v)}
	}
	for _, x := range list {
		if _, number := x.(int); !number {
			var out []Indexer
			for _, x := range list {
				out = append(out, toIndexer(x))
			}
			return out
		}
	}
	return []Indexer{toIndexer(v)}
}

func toIndexer(v any) Indexer {
	switch x := v.(type) {
	case Indexer:
		return x
	case int:
		return At(x)
	case bool:
		return Scalar(x)
	case nil:
		return NewAxis
	case []int:
		return toIndex(x)
	case []any:
		return toIndex((&Args{values: map[string]any{"index": x}}).Ints("index"))
	}
	panic(&BindError{"index", fmt.Sprintf("is %T; want a number, list, tensor, Indexer or None", v)})
}

func toIndex(list []int) *Tensor {
	v := make([]int64, len(list))
	for i, x := range list {
		v[i] = int64(x)
	}
	return Of(v, len(v))
}

func indexEntry() Entry {
	return Entry{
		Name: "__getitem__", Sig: "__getitem__(input, index)", At: Here(), Ops: []any{indexSelectOp{}, indexAddOp{}, resolveOp{}},
		Go:   []string{"Index", "At", "Range"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Index(toIndexers(a.Any("index"))...)) },
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			out, pos := refIndex(x, a.Any("index"))
			for i, p := range pos {
				out.V[i] = x.V[p]
			}
			return []Array{out}
		},
		DTypes:  AllDTypes,
		Samples: indexSamples(),
		Bad: []Bad{
			{Args: []any{In(2, 3), []any{All, At(0), NewAxis, At(1)}}, Want: "tensor: index [2 3]: indices for 3 dims; want at most 2"},
			{Args: []any{In(2, 3), []any{Range(0, 1, 0)}}, Want: "tensor: index [2 3]: step is 0; want at least 1"},
			{Args: []any{In(2, 3), []any{Ellipsis, Ellipsis}}, Want: "tensor: index [2 3]: 2 times Ellipsis; want at most one"},
			{Args: []any{In(2, 3), []any{At(0), At(3)}}, Want: "tensor: index [2 3]: index 3 is out of range for dim 1 of size 3"},
			{Args: []any{In(2, 3), []any{At(0), intArg(4, -4)}}, Want: "tensor: index [2 3], [2]: index 4 at [0] is out of range for dim 1 of size 3; want -3 to 2"},
			{Args: []any{In(2, 3), intArg(1, -3)}, Want: "tensor: index [2 3], [2]: index -3 at [1] is out of range for dim 0 of size 2; want -2 to 1"},
			{Args: []any{In(2, 3), In(2).As(UInt8)}, Want: "tensor: index [2 3], [2]: an index is uint8; want int64, int32 or bool"},
			{Args: []any{In(2, 3), []any{All, In(2).As(Bool)}}, Want: "tensor: index [2 3], [2]: dim 0 of the mask is 2; want 3 as dim 1 of the tensor"},
			{Args: []any{In(2, 3), []any{intArg(0, 1), intArg(0, 1, 2)}}, Want: "tensor: index [2 3], [3]: the index tensors: dim -1 is 2 and 3; want equal, or one of them 1"},
		},
	}
}

// intArg is an index tensor of one dim.
func intArg(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }

// indexSamples are subscripts; [refIndex] takes index tensors of only 0 and 1
// for masks, so there are none.
func indexSamples() []Sample {
	mask := func(shape ...int) Arg { return In(shape...).As(Bool) }
	ints := func(shape []int, v ...float64) Arg { return In(shape...).As(Int64).With(v...) }
	var s []Sample
	for _, c := range []struct {
		shape []int
		index any
	}{
		{[]int{}, []any{Ellipsis}}, {[]int{}, []any{NewAxis}}, {[]int{1}, intArg(-1)}, {[]int{4}, intArg(3, -4, 3)}, {[]int{5, 2}, []any{1, 4}},
		{[]int{4, 3}, []any{Range(1, -1, 1), At(-1)}}, {[]int{4, 3}, []any{Range(0, End, 2), NewAxis}}, {[]int{2, 3, 4}, []any{Ellipsis, At(2)}},
		{[]int{4, 3}, ints([]int{2, 2}, 3, 0, -2, 3)}, {[]int{4, 3}, []any{All, intArg(2, 0, -1)}}, {[]int{3, 2, 3}, []any{intArg(2, 0), All, intArg(1, -1)}},
		{[]int{3, 2, 3}, []any{All, intArg(-1, 0), intArg(2, 0)}}, {[]int{3, 4, 3}, []any{ints([]int{2, 1}, 2, 0), intArg(3, 0, 1)}},
		{[]int{3, 2, 3}, []any{intArg(2, 0), At(1), intArg(2, 1)}}, {[]int{3, 3}, []any{intArg(2, 0), NewAxis, intArg(2, 1)}},
		{[]int{3, 2, 3}, []any{NewAxis, Range(1, 3, 1), All, intArg(2, 0, 2)}}, {[]int{4, 3}, ints([]int{}, 3)},
		{[]int{2, 3}, mask(2, 3)}, {[]int{4, 3}, mask(4)}, {[]int{2, 3, 2}, []any{All, mask(3, 2)}}, {[]int{2, 3, 3}, []any{mask(2).With(1, 1), All, intArg(2, 0)}},
		{[]int{3, 2}, []any{mask().With(1)}}, {[]int{3}, []any{All, mask().With(0)}}, {[]int{3}, mask(3).With(0, 0, 0)}, {[]int{3, 0}, intArg(2, 0)},
		{[]int{2, 3}, []any{intArg(), All}}, {[]int{2, 3, 2}, []any{[]any{0, -1}, Ellipsis, []any{-1, 0}}},
	} {
		s = append(s, Sample{Args: []any{In(c.shape...), c.index}})
	}
	return s
}

// refAxis is one dim of an indexed tensor: a range of x's dim, a new one if dim
// is -1, or picked by a list.
type refAxis struct {
	dim, start, step, n int
	pick                *Array
}

// refIndex is the result's shape and, for each element, where it lies in x.
func refIndex(x Array, index any) (Array, []int) {
	axes, fixed := refAxes(x, index)
	var common, shape []int
	first, last, picks := -1, -1, 0
	for i, a := range axes {
		if a.pick != nil {
			common = BroadcastShapes(common, a.pick.Shape)
			if picks++; first < 0 {
				first = i
			}
			last = i
		}
	}
	if picks > 0 && last-first+1 != picks {
		first = 0
	}
	place := make([]int, len(axes)) // of each range in the result
	start := 0
	for i, a := range axes {
		if i == first {
			start = len(shape)
			shape = append(shape, common...)
		}
		if a.pick == nil {
			place[i] = len(shape)
			shape = append(shape, a.n)
		}
	}
	out := NewArray(shape...)
	pos := make([]int, len(out.V))
	st := x.Strides()
	for k := range pos {
		at := out.Index(k)
		for d, i := range fixed {
			pos[k] += i * st[d]
		}
		for i, a := range axes {
			switch {
			case a.dim < 0:
			case a.pick != nil:
				j := int(a.pick.At(at[start : start+len(common)]...))
				pos[k] += (j + x.Shape[a.dim]) % x.Shape[a.dim] * st[a.dim]
			default:
				pos[k] += (a.start + a.step*at[place[i]]) * st[a.dim]
			}
		}
	}
	return out, pos
}

// refAxes reads a subscript; fixed are the dims of which one element is taken.
func refAxes(x Array, index any) (axes []refAxis, fixed map[int]int) {
	items := refItems(index)
	used := 0
	for _, it := range items {
		switch v := it.(type) {
		case Array:
			if used++; refMask(v) != nil {
				used += len(v.Shape) - 1
			}
		case marker:
			used += b2i(v == All)
		default:
			used++
		}
	}
	fixed = map[int]int{}
	d := 0
	all := func() { axes = append(axes, refAxis{dim: d, step: 1, n: x.Shape[d]}); d++ }
	for _, it := range append(items, Ellipsis) {
		switch v := it.(type) {
		case atIndexer:
			fixed[d] = (int(v) + x.Shape[d]) % x.Shape[d]
			d++
		case rangeIndexer:
			n := x.Shape[d]
			clip := func(i int) int {
				if i < 0 {
					i += n
				}
				return min(max(i, 0), n)
			}
			a := refAxis{dim: d, start: clip(v.start), step: v.step}
			for i := a.start; i < clip(v.end); i += v.step {
				a.n++
			}
			axes = append(axes, a)
			d++
		case marker:
			switch v {
			case All:
				all()
			case NewAxis:
				axes = append(axes, refAxis{dim: -1, n: 1})
			case Ellipsis: // the one at the end finds nothing left after another
				for ; used < len(x.Shape); used++ {
					all()
				}
			}
		case Array:
			lists := refMask(v)
			switch {
			case lists == nil && len(v.Shape) == 0:
				fixed[d] = (int(v.V[0]) + x.Shape[d]) % x.Shape[d]
				d++
			case lists == nil:
				axes = append(axes, refAxis{dim: d, pick: &v})
				d++
			case len(v.Shape) == 0:
				axes = append(axes, refAxis{dim: -1, pick: &lists[0]})
			default:
				for i := range lists {
					axes = append(axes, refAxis{dim: d, pick: &lists[i]})
					d++
				}
			}
		}
	}
	return axes, fixed
}

// refItems is the list of a subscript.
func refItems(index any) []any {
	list, ok := index.([]any)
	if !ok {
		return []any{index}
	}
	number := true
	var out []any
	v := NewArray(len(list))
	for i, x := range list {
		switch y := x.(type) {
		case int:
			v.V[i] = float64(y)
		case []any:
			number = false
			out = append(out, refItems(y)...)
		default:
			number = false
			out = append(out, y)
		}
	}
	if number {
		return []any{v}
	}
	return out
}

// refMask is the coordinates of a mask's true elements, nil if v is no mask.
func refMask(v Array) []Array {
	lists := make([]Array, max(1, len(v.Shape)))
	for i := range lists {
		lists[i] = NewArray(0)
	}
	for i, k := range v.V {
		switch k {
		case 0:
		case 1:
			at := append(v.Index(i), 0)
			for d := range lists {
				lists[d].V = append(lists[d].V, float64(at[d]))
				lists[d].Shape[0]++
			}
		default:
			return nil
		}
	}
	if len(v.V) == 0 {
		return nil
	}
	return lists
}
