package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// TakeAlongDim is Gather where t and idx broadcast in the other dims, as the
// indices of ArgMax and Sort need it. Without a dim both count as flat.
//
//	shape:  t and idx have as many dims and broadcast but in dim
//	dtype:  t's; idx int64 or int32
//	panics: *Error for an index outside 0 … size-1, and for other shapes
//	source: torch.take_along_dim
func (t *Tensor) TakeAlongDim(idx *Tensor, dim ...int) *Tensor {
	const op = "take_along_dim"
	if len(dim) == 0 {
		return t.Reshape(-1).Gather(0, asIndex(op, t, idx).Reshape(-1))
	}
	a := atDim(op, t, dim[0])
	idx = asIndex(op, t, idx)
	if idx.Dim() != t.Dim() || t.Dim() == 0 {
		misuse(op, fmt.Errorf("want a tensor and an index with as many dims, and not 0"), t, idx)
	}
	x, i := *t.spec(), *idx.spec()
	x.Dim[a.Dim], i.Dim[a.Dim] = 1, 1
	s, err := broadcast(&x, &i)
	if err != nil {
		misuse(op, err, t, idx)
	}
	x, i = s, s
	x.Dim[a.Dim], i.Dim[a.Dim] = t.shape()[a.Dim], idx.shape()[a.Dim]
	return Apply(gatherOp{a}, t.expandTo(&x), idx.expandTo(&i))
}

// Take returns the elements of t, seen as flat, that idx names. Negative
// indices count from the end.
//
//	shape:  idx's
//	dtype:  t's; idx int64 or int32
//	panics: *Error for an index out of range
//	source: torch.take
func (t *Tensor) Take(idx *Tensor) *Tensor {
	op := indexSelectOp{at{device.Index{Wrap: true}}}
	idx = asIndex("take", t, idx)
	return Apply(op, t.Reshape(-1), idx)
}

func takeAlongDimEntry() Entry {
	idx := func(n float64, shape ...int) Arg { return In(shape...).As(Int64).Within(0, n) }
	return Entry{
		Name: "take_along_dim", Sig: "take_along_dim(input, indices, dim=None)", At: Here(), Ops: []any{gatherOp{}}, Go: []string{"TakeAlongDim"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").TakeAlongDim(a.Tensor("indices"), a.Ints("dim")...))
		},
		Ref: func(a *Args) []Array {
			x, idx := a.Array("input"), a.Array("indices")
			if !a.Has("dim") {
				out := NewArray(len(idx.V))
				for i, j := range idx.V {
					out.V[i] = x.V[int(j)]
				}
				return []Array{out}
			}
			dim := (a.Int("dim") + len(x.Shape)) % len(x.Shape)
			shape := append([]int{}, idx.Shape...)
			for d, n := range x.Shape {
				if d != dim && shape[d] == 1 {
					shape[d] = n
				}
			}
			out := NewArray(shape...)
			for i := range out.V {
				at := out.Index(i)
				at[dim] = int(idx.At(at...))
				out.V[i] = x.At(at...)
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), idx(1)}}, {Args: []any{In(2, 3), idx(6, 2, 2)}}, {Args: []any{In(1), idx(1, 1), 0}}, {Args: []any{In(3, 4), idx(4, 3, 2), 1}},
			{Args: []any{In(1, 4), idx(4, 3, 2), -1}}, {Args: []any{In(3, 4), idx(4, 1, 5), 1}}, {Args: []any{In(2, 3), idx(2, 0, 3), 0}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), idx(1, 2), 0}, Want: "tensor: take_along_dim [2 3], [2]: want a tensor and an index with as many dims, and not 0"},
			{Args: []any{In(2, 3), idx(1, 1, 2), 0}, Want: "tensor: take_along_dim [2 3], [1 2]: dim -1 is 3 and 2; want equal, or one of them 1"},
			{Args: []any{In(2), In(2), 0}, Want: "tensor: take_along_dim [2], [2]: the index is float32; want int64 or int32"},
			{Args: []any{In(2), idx(1, 1).With(2), 0}, Want: "tensor: gather [2], [1]: index 2 at [0] is out of range for dim 0 of size 2; want 0 to 1"},
		},
	}
}

func takeEntry() Entry {
	idx := func(n float64, shape ...int) Arg { return In(shape...).As(Int64).Within(0, n) }
	return Entry{
		Name: "take", Sig: "take(input, index)", At: Here(), Ops: []any{indexSelectOp{}}, Go: []string{"Take"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Take(a.Tensor("index"))) },
		Ref: func(a *Args) []Array {
			x, idx := a.Array("input"), a.Array("index")
			out := NewArray(idx.Shape...)
			for i, j := range idx.V {
				out.V[i] = x.V[(int(j)+len(x.V))%len(x.V)]
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), idx(1)}}, {Args: []any{In(1), idx(1, 1)}}, {Args: []any{In(2, 3), idx(6, 2, 2)}}, {Args: []any{In(4), In(3).As(Int64).With(-1, 0, -4)}},
			{Args: []any{In(0), idx(1, 0)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 2), idx(1, 1).With(4)}, Want: "tensor: index_select [4], [1]: index 4 at [0] is out of range for dim 0 of size 4; want -4 to 3"},
			{Args: []any{In(2, 2), In(1)}, Want: "tensor: take [2 2], [1]: the index is float32; want int64 or int32"},
		},
	}
}
