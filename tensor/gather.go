package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Gather picks an element of t for each element of idx: along dim the one that
// idx names, along the others the one at idx's own place. For dim 0 of two dims
// the result at (i, j) is t at (idx[i, j], j).
//
//	shape:  idx's, which has as many dims as t, none longer but dim
//	dtype:  t's; idx int64 or int32
//	panics: *Error for an index outside 0 … size-1, and for other shapes
//	source: torch.gather
func (t *Tensor) Gather(dim int, idx *Tensor) *Tensor {
	op := gatherOp{atDim("gather", t, dim)}
	idx = asIndex("gather", t, idx)
	y := Apply(op, t.line(), idx.line())
	if idx.Dim() == 0 {
		return y.Reshape()
	}
	return y
}

type gatherOp struct{ at }

func (gatherOp) Name() string          { return "gather" }
func (gatherOp) Kernel() device.Kernel { return device.Gather }
func (gatherOp) Reads() Reads          { return In1 }
func (o gatherOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[1].spec()
	s.DType = in[0].DType()
	return s, o.within(in[0].spec(), &s)
}

// within checks that an index has the shape of x or less, but for the dim.
func (a at) within(x, idx *device.Spec) error {
	if idx.Rank != x.Rank {
		return fmt.Errorf("the index has %d dims; want %d as the input", idx.Rank, x.Rank)
	}
	for d, n := range idx.Shape() {
		if d != a.Dim && n > x.Dim[d] {
			return fmt.Errorf("dim %d of the index is %d; want at most %d as in the input", d, n, x.Dim[d])
		}
	}
	return nil
}

func (o gatherOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(newScatterAdd(o.at), zeroView(dy.b.dev, dy.DType(), c.Shape(0)), c.In(1), dy)}
}

func gatherEntry() Entry {
	idx := func(n float64, shape ...int) Arg { return In(shape...).As(Int64).Within(0, n) }
	return Entry{
		Name: "gather", Sig: "gather(input, dim, index, *, sparse_grad=False)", At: Here(),
		Ops: []any{gatherOp{}, scatterAddOp{}}, Go: []string{"Gather"},
		Call:   func(a *Args) []*Tensor { return one(a.Tensor("input").Gather(a.Int("dim"), a.Tensor("index"))) },
		Ref:    func(a *Args) []Array { return []Array{refGather(a.Array("input"), a.Int("dim"), a.Array("index"))} },
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), 0, idx(1)}}, {Args: []any{In(), 0, idx(1, 2)}}, {Args: []any{In(1), -1, idx(1, 1)}}, {Args: []any{In(4), 0, idx(4)}},
			{Args: []any{In(4, 3), 0, idx(4, 5, 3)}}, {Args: []any{In(4, 3), -1, idx(3, 2, 6)}}, {Args: []any{In(2, 4, 3), 1, idx(4, 2, 2, 3)}},
			{Args: []any{In(2, 3), 0, idx(2, 0, 3)}}, {Args: []any{In(0, 3), 1, idx(3, 0, 3)}},
		},
		Bad: []Bad{
			{Args: []any{In(3), 0, In(2).As(Float64)}, Want: "tensor: gather [3], [2]: the index is float64; want int64 or int32"},
			{Args: []any{In(2, 3), 2, idx(1, 1, 1)}, Want: "tensor: gather [2 3]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(2, 3), 0, idx(1, 2)}, Want: "tensor: gather [2 3], [2]: the index has 1 dims; want 2 as the input"},
			{Args: []any{In(2, 3), 1, idx(1, 3, 3)}, Want: "tensor: gather [2 3], [3 3]: dim 0 of the index is 3; want at most 2 as in the input"},
			{Args: []any{In(2, 3), 1, idx(1, 2, 2).With(0, 1, 2, 3)}, Want: "tensor: gather [2 3], [2 2]: index 3 at [1 1] is out of range for dim 1 of size 3; want 0 to 2"},
			{Args: []any{In(2), 0, idx(1, 1).With(-1)}, Want: "tensor: gather [2], [1]: index -1 at [0] is out of range for dim 0 of size 2; want 0 to 1"},
			{Args: []any{In(0), 0, idx(1, 1)}, Want: "tensor: gather [0], [1]: index 0 at [0] is out of range for dim 0 of size 0"},
		},
	}
}

func refGather(x Array, dim int, idx Array) Array {
	out := NewArray(idx.Shape...)
	for i, j := range idx.V {
		at := out.Index(i)
		if len(at) == 0 {
			at = []int{0}
		}
		at[(dim+len(at))%len(at)] = int(j)
		out.V[i] = x.V[refPos(x, at)]
	}
	return out
}

// refPos is the flat position of coordinates, always 0 in a scalar.
func refPos(x Array, at []int) int {
	pos := 0
	for d, st := range x.Strides() {
		if d < len(at) {
			pos += at[d] * st
		}
	}
	return pos
}
