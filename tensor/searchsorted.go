package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// A SearchOption changes SearchSorted and Bucketize.
type SearchOption func(*searchConfig)

type searchConfig struct {
	right  bool
	sorter *Tensor
}

// FromRight finds the last place for an element that is equal to others, not
// the first.
func FromRight(c *searchConfig) { c.right = true }

// Sorter says in which order the lines of the first argument are sorted: it
// holds their indices, such as those of ArgSort.
func Sorter(order *Tensor) SearchOption { return func(c *searchConfig) { c.sorter = order } }

// SearchSorted returns, for each element of x, where in t's sorted lines it can
// be put so that they stay sorted: before equal elements, or after them with
// FromRight. NaN goes to the end. It has no gradient.
//
//	shape:  t of one dim, or of x's dims but the last → x's
//	dtype:  t and x are promoted → int64
//	panics: *Error for other shapes
//	source: torch.searchsorted
func (t *Tensor) SearchSorted(x *Tensor, opts ...SearchOption) *Tensor {
	const op = "searchsorted"
	var c searchConfig
	for _, o := range opts {
		o(&c)
	}
	if s := c.sorter; s != nil {
		if s.DType() != Int64 || sameShape(s, t.known(op).spec()) != nil {
			misuse(op, fmt.Errorf("the sorter is %v of shape %v; want int64 of shape %v", s.DType(), s.shape(), t.shape()), t, x)
		}
		t = t.Gather(-1, s)
	}
	t, x = promote(t.known(op), x.known(op))
	return Apply(searchOp{right: c.right}, keyable(t).Contiguous(), keyable(x))
}

// Bucketize is [Tensor.SearchSorted] the other way round: where t's elements
// lie in the sorted boundaries, which have one dim.
//
//	source: torch.bucketize
func (t *Tensor) Bucketize(boundaries *Tensor, opts ...SearchOption) *Tensor {
	if boundaries.known("bucketize").Dim() != 1 {
		misuse("bucketize", fmt.Errorf("the boundaries have %d dims; want 1", boundaries.Dim()), t, boundaries)
	}
	return boundaries.SearchSorted(t, opts...)
}

// keyable is t in the dtype of its kind that can be searched.
func keyable(t *Tensor) *Tensor {
	switch d := t.DType(); {
	case d == Float64, d == Float32:
		return t
	case d.IsFloat():
		return t.Cast(Float32)
	}
	return t.Cast(Int64)
}

type searchOp struct {
	NotDifferentiable
	right bool
}

func (searchOp) Name() string          { return "searchsorted" }
func (searchOp) Kernel() device.Kernel { return device.SearchSorted }
func (o searchOp) Attr() any           { return device.Search{Right: o.right} }
func (searchOp) Infer(in []*Tensor) (device.Spec, error) {
	seq, s := in[0].shape(), *in[1].spec()
	s.DType = Int64
	if len(seq) == 0 {
		return s, errors.New("want sorted lines of at least one dim")
	}
	if len(seq) == 1 {
		return s, nil
	}
	if len(seq) != int(s.Rank) {
		return s, fmt.Errorf("%d dims of sorted lines; want one, or %d as in the other tensor", len(seq), s.Rank)
	}
	for i, n := range seq[:len(seq)-1] {
		if n != s.Dim[i] {
			return s, fmt.Errorf("dim %d is %d and %d; want equal", i, n, s.Dim[i])
		}
	}
	return s, nil
}

// searchOptions reads PyTorch's right, side and sorter.
func (a *Args) searchOptions(op string) []SearchOption {
	var o []SearchOption
	right := a.Bool("right")
	if a.Has("side") {
		switch side := a.Str("side"); {
		case side != "left" && side != "right", right && side == "left":
			misuse(op, fmt.Errorf("side is %q and right %v; want \"left\" or \"right\", and that they agree", side, right))
		default:
			right = side == "right"
		}
	}
	if right {
		o = append(o, FromRight)
	}
	if a.Has("sorter") {
		o = append(o, Sorter(a.Tensor("sorter")))
	}
	return o
}

// place32 casts places as out_int32 says.
func (a *Args) place32(t *Tensor) []*Tensor {
	if a.Bool("out_int32") {
		return one(t.Cast(Int32))
	}
	return one(t)
}

// refSearch counts in each line what goes before.
func refSearch(seq, x Array, right bool, sorter func(i int) int) Array {
	out := NewArray(x.Shape...)
	n := seq.Shape[len(seq.Shape)-1]
	for i, v := range x.V {
		row := 0
		if len(seq.Shape) > 1 {
			row = i / x.Shape[len(x.Shape)-1]
		}
		for k := range n {
			e := seq.V[row*n+sorter(row*n+k)]
			if e < v || right && e == v || v != v {
				out.V[i]++
			}
		}
	}
	return out
}

func searchSortedEntry() Entry {
	inOrder := func(v ...float64) Arg { return In(len(v)).With(v...) }
	wide := In(2, 3).With(0, 1, 2, 1, 1, 3)
	return Entry{
		Name: "searchsorted", Sig: "searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None)", At: Here(),
		Go: []string{"SearchSorted", "FromRight", "Sorter"}, Ops: []any{searchOp{}},
		Call: func(a *Args) []*Tensor {
			return a.place32(a.Tensor("sorted_sequence").SearchSorted(a.Tensor("input"), a.searchOptions("searchsorted")...))
		},
		Ref: func(a *Args) []Array {
			sorter := func(i int) int { return i % a.Array("sorted_sequence").Shape[len(a.Array("sorted_sequence").Shape)-1] }
			if a.Has("sorter") {
				sorter = func(i int) int { return int(a.Array("sorter").V[i]) }
			}
			return []Array{refSearch(a.Array("sorted_sequence"), a.Array("input"), a.Bool("right") || a.Str("side") == "right", sorter)}
		},
		Out:    OutInt64,
		DTypes: Numbers,
		Samples: []Sample{
			{Args: []any{inOrder(0, 1, 1, 3), In(5)}}, {Args: []any{inOrder(0, 1, 1, 3), In()}, Kw: map[string]any{"right": true}}, {Args: []any{inOrder(1), In(1)}},
			{Args: []any{inOrder(0, 1, 1, 3), In(2, 3)}}, {Args: []any{wide, In(2, 4)}}, {Args: []any{wide, In(2, 4)}, Kw: map[string]any{"side": "right"}},
			{Args: []any{In(0), In(3)}}, {Args: []any{inOrder(1, 2), In(0)}}, {Args: []any{wide, In(2, 0)}},
			{Args: []any{inOrder(3, 0, 1), In(4)}, Kw: map[string]any{"sorter": In(3).As(Int64).With(1, 2, 0)}},
			{Args: []any{inOrder(0, 1, 1, 3), In(2)}, Kw: map[string]any{"out_int32": true}, Out: func(DType, int) DType { return Int32 }},
		},
		Bad: []Bad{
			{Args: []any{In(), In(2)}, Want: "tensor: searchsorted [], [2]: want sorted lines of at least one dim"},
			{Args: []any{In(2, 3), In(2)}, Want: "tensor: searchsorted [2 3], [2]: 2 dims of sorted lines; want one, or 1 as in the other tensor"},
			{Args: []any{In(2, 3), In(3, 1)}, Want: "tensor: searchsorted [2 3], [3 1]: dim 0 is 2 and 3; want equal"},
			{Args: []any{In(3), In(2)}, Kw: map[string]any{"sorter": In(2).As(Int64)}, Want: "tensor: searchsorted [3], [2]: the sorter is int64 of shape [2]; want int64 of shape [3]"},
			{Args: []any{In(3), In(2)}, Kw: map[string]any{"side": "left", "right": true}, Want: "tensor: searchsorted: side is \"left\" and right true; want \"left\" or \"right\", and that they agree"},
		},
	}
}

func bucketizeEntry() Entry {
	e := searchSortedEntry()
	e.Name, e.Sig, e.At = "bucketize", "bucketize(input, boundaries, *, out_int32=False, right=False)", Here()
	e.Go = []string{"Bucketize"}
	e.Call = func(a *Args) []*Tensor {
		var o []SearchOption
		if a.Bool("right") {
			o = append(o, FromRight)
		}
		return a.place32(a.Tensor("input").Bucketize(a.Tensor("boundaries"), o...))
	}
	e.Ref = func(a *Args) []Array {
		return []Array{refSearch(a.Array("boundaries"), a.Array("input"), a.Bool("right"), func(i int) int { return i })}
	}
	edges := In(4).With(0, 1, 1, 3)
	e.Samples = []Sample{
		{Args: []any{In(), edges}}, {Args: []any{In(1), In(1).With(0)}}, {Args: []any{In(2, 3), edges}}, {Args: []any{In(2, 3), edges}, Kw: map[string]any{"right": true}},
		{Args: []any{In(0), edges}}, {Args: []any{In(3), In(0)}}, {Args: []any{In(600), edges}},
	}
	e.Bad = []Bad{{Args: []any{In(2), In(2, 2)}, Want: "tensor: bucketize [2], [2 2]: the boundaries have 2 dims; want 1"}}
	return e
}
