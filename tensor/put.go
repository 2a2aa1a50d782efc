package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Put returns t with the elements of src in place of those that idx names in
// the flat t; negative indices count from the end. Of two with one index the
// later wins.
//
//	shape:  t's; idx and src have as many elements
//	dtype:  t's and src's equal; idx int64 or int32
//	panics: *Error for an index out of range, and for other shapes and dtypes
//	source: torch.put
func (t *Tensor) Put(idx, src *Tensor) *Tensor {
	flat, idx, src := putArgs(t, idx, src)
	return flat.IndexCopy(0, idx, src).Reshape(t.shape()...)
}

// PutAdd is [Tensor.Put] that adds: an index that comes twice is added twice.
//
//	source: torch.put with accumulate
func (t *Tensor) PutAdd(idx, src *Tensor) *Tensor {
	flat, idx, src := putArgs(t, idx, src)
	return flat.IndexAdd(0, idx, src).Reshape(t.shape()...)
}

func putArgs(t, idx, src *Tensor) (flat, at, values *Tensor) {
	const op = "put"
	t.known(op)
	idx = asIndex(op, t, idx)
	err := sameDType(t, src.known(op))
	at = idx.Reshape(-1)
	switch {
	case err != nil:
	case idx.Len() != src.Len():
		err = fmt.Errorf("%d elements for %d indices", src.Len(), idx.Len())
	case t.Len() == 0 && idx.Len() > 0:
		err = errors.New("no place; want at least one element")
	}
	if err == nil {
		r := device.IndexRange{Index: device.Index{Wrap: true}, Size: t.Len()}
		at, err = run(resolveOp{r: r}, new(body), []*Tensor{at})
	}
	if err != nil {
		misuse(op, err, t, idx, src)
	}
	return t.Reshape(-1), at, src.Reshape(-1)
}

func putEntry() Entry {
	idx := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	return Entry{
		Name: "put", Sig: "put(input, index, source, accumulate=False)", At: Here(), Go: []string{"Put", "PutAdd"}, Ops: []any{indexCopyOp{}, indexAddOp{}},
		Call: func(a *Args) []*Tensor {
			x, i, src := a.Tensor("input"), a.Tensor("index"), a.Tensor("source")
			if a.Bool("accumulate") {
				return one(x.PutAdd(i, src))
			}
			return one(x.Put(i, src))
		},
		Ref: func(a *Args) []Array {
			x, src := a.Array("input"), a.Array("source")
			out := NewArray(x.Shape...)
			copy(out.V, x.V)
			for i, j := range a.Array("index").V {
				k := (int(j) + len(x.V)) % len(x.V)
				if a.Bool("accumulate") {
					out.V[k] += src.V[i]
				} else {
					out.V[k] = src.V[i]
				}
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), idx(0), In(1)}}, {Args: []any{In(1), In().As(Int64).With(-1), In()}}, {Args: []any{In(2, 3), idx(4, -1, 0), In(3)}},
			{Args: []any{In(2, 3), In(2, 2).As(Int64).With(0, 5, 2, 1), In(4)}}, {Args: []any{In(2, 3), idx(1, 4, 1), In(3)}, NoGrad: true},
			{Args: []any{In(2, 3), idx(1, 4, 1, -5), In(2, 2), true}}, {Args: []any{In(0), In(0).As(Int64), In(0)}},
		},
		Bad: []Bad{
			{Args: []any{In(3), In(2), In(2)}, Want: "tensor: put [3], [2]: the index is float32; want int64 or int32"},
			{Args: []any{In(3), idx(0), In(1).As(Float64)}, Want: "tensor: put [3], [1], [1]: the source is float64; want float32 as the input"},
			{Args: []any{In(3), idx(0), In(2)}, Want: "tensor: put [3], [1], [2]: 2 elements for 1 indices"},
			{Args: []any{In(0), idx(0), In(1)}, Want: "tensor: put [0], [1], [1]: no place; want at least one element"},
			{Args: []any{In(3), idx(3), In(1)}, Want: "tensor: put [3], [1], [1]: index 3 at [0] is out of range for dim 0 of size 3; want -3 to 2"},
		},
	}
}
