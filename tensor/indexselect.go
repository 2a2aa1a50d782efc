package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// IndexSelect returns the slices of dim that idx names, in its order.
//
//	shape:  t's, with dim as long as idx; a scalar stays one
//	dtype:  t's; idx int64 or int32, of at most one dim
//	panics: *Error for an index outside 0 … size-1; Index counts negative ones from the end
//	source: torch.index_select
func (t *Tensor) IndexSelect(dim int, idx *Tensor) *Tensor {
	op := indexSelectOp{atDim("index_select", t, dim)}
	idx = vector("index_select", t, idx)
	y := Apply(op, t.line(), idx)
	if t.Dim() == 0 {
		return y.Reshape()
	}
	return y
}

// vector is an index of one dim, of one element if t is a scalar.
func vector(op string, t, idx *Tensor) *Tensor {
	idx = asIndex(op, t, idx).line()
	if idx.Dim() > 1 {
		misuse(op, fmt.Errorf("the index has %d dims; want at most 1", idx.Dim()), t, idx)
	}
	if t.Dim() == 0 && idx.Len() != 1 {
		misuse(op, fmt.Errorf("the index has %d elements; want 1 for a scalar", idx.Len()), t, idx)
	}
	return idx
}

// indexSelectOp puts the dims of an index of any shape in the place of a dim.
type indexSelectOp struct{ at }

func (indexSelectOp) Name() string          { return "index_select" }
func (indexSelectOp) Kernel() device.Kernel { return device.IndexSelect }
func (indexSelectOp) Reads() Reads          { return In1 }
func (o indexSelectOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.replaced(in[0].spec(), in[1].spec())
}

// replaced is x with idx's dims in the place of the dim.
func (a at) replaced(x, idx *device.Spec) (device.Spec, error) {
	shape := append([]int{}, x.Shape()[:a.Dim]...)
	shape = append(shape, idx.Shape()...)
	return shapeSpec(x.DType, append(shape, x.Shape()[a.Dim+1:]...))
}

func (o indexSelectOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(indexAddOp(o), zeroView(dy.b.dev, dy.DType(), c.Shape(0)), c.In(1), dy)}
}

func indexSelectEntry() Entry {
	idx := func(n float64, shape ...int) Arg { return In(shape...).As(Int64).Within(0, n) }
	return Entry{
		Name: "index_select", Sig: "index_select(input, dim, index)", At: Here(),
		Ops: []any{indexSelectOp{}, indexAddOp{}}, Go: []string{"IndexSelect"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").IndexSelect(a.Int("dim"), a.Tensor("index"))) },
		Ref: func(a *Args) []Array {
			x, idx := a.Array("input"), a.Array("index")
			if len(x.Shape) == 0 {
				return []Array{x}
			}
			return []Array{refSelect(x, a.Int("dim"), Array{[]int{len(idx.V)}, idx.V})}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), 0, idx(1, 1)}}, {Args: []any{In(1), 0, idx(1, 1)}}, {Args: []any{In(4), -1, idx(4)}}, {Args: []any{In(4), 0, idx(4, 7)}},
			{Args: []any{In(4, 3), 0, idx(4, 5)}}, {Args: []any{In(4, 3), 1, idx(3, 2)}}, {Args: []any{In(2, 4, 3), -2, idx(4, 3)}},
			{Args: []any{In(2, 3), 0, idx(2, 0)}}, {Args: []any{In(2, 0), 0, idx(2, 3)}}, {Args: []any{In(3, 700), 0, idx(3, 100)}, Only: []DType{Float32}},
		},
		Bad: []Bad{
			{Args: []any{In(3), 0, In(2)}, Want: "tensor: index_select [3], [2]: the index is float32; want int64 or int32"},
			{Args: []any{In(3), 1, idx(1, 2)}, Want: "tensor: index_select [3]: dim 1 is out of range; want -1 to 0"},
			{Args: []any{In(3), 0, idx(1, 2, 2)}, Want: "tensor: index_select [3], [2 2]: the index has 2 dims; want at most 1"},
			{Args: []any{In(), 0, idx(1, 2)}, Want: "tensor: index_select [], [2]: the index has 2 elements; want 1 for a scalar"},
			{Args: []any{In(2, 3), 1, idx(1, 2).With(0, 3)}, Want: "tensor: index_select [2 3], [2]: index 3 at [1] is out of range for dim 1 of size 3; want 0 to 2"},
			{Args: []any{In(2, 3), 1, idx(1, 1).With(-1)}, Want: "tensor: index_select [2 3], [1]: index -1 at [0] is out of range for dim 1 of size 3; want 0 to 2"},
		},
	}
}

// refSelect puts idx's dims in the place of dim.
func refSelect(x Array, dim int, idx Array) Array {
	dim = (dim + len(x.Shape)) % len(x.Shape)
	shape := append(append(append([]int{}, x.Shape[:dim]...), idx.Shape...), x.Shape[dim+1:]...)
	out := NewArray(shape...)
	for i := range out.V {
		at := out.Index(i)
		k := len(idx.Shape)
		j := int(idx.V[refPos(idx, at[dim:dim+k])])
		out.V[i] = x.V[refPos(x, append(append(append([]int{}, at[:dim]...), j), at[dim+k:]...))]
	}
	return out
}
