package tensor

import (
	"github.com/facula-ml/facula/device"
)

// ScatterAdd returns t with src added to it: an element of src goes, along dim,
// where idx says, and along the others to its own place. An index that comes
// twice is added twice, in the order of src whatever the number of threads.
//
//	shape:  t's; idx and src have as many dims, idx none longer than src, nor
//	        than t but in dim. What src has beyond idx is not used.
//	dtype:  t's and src's equal; idx int64 or int32
//	panics: *Error for an index outside 0 … size-1, and for other shapes
//	source: torch.scatter_add
func (t *Tensor) ScatterAdd(dim int, idx, src *Tensor) *Tensor {
	return scattered("scatter_add", t, dim, idx, src, newScatterAdd)
}

// scattered prepares the arguments of a scatter: scalars get a dim, and src is
// cut to the index.
func scattered(op string, t *Tensor, dim int, idx, src *Tensor, make func(at) Op) *Tensor {
	a := atDim(op, t, dim)
	idx = asIndex(op, t, idx)
	if src != nil && src.Dim() == idx.Dim() {
		for d, n := range idx.shape() {
			if n < src.shape()[d] {
				src = src.Narrow(d, 0, n)
			}
		}
	}
	if src != nil {
		src = src.line()
	}
	y := Apply(make(a), t.line(), idx.line(), src)
	if t.Dim() == 0 {
		return y.Reshape()
	}
	return y
}

// scatter is embedded by the ops that write single elements.
type scatter struct{ at }

func (scatter) Reads() Reads { return In1 }
func (o scatter) Infer(in []*Tensor) (device.Spec, error) {
	x, idx := in[0].spec(), in[1].spec()
	err := o.within(x, idx)
	if err == nil {
		err = sameShape(in[2], idx)
	}
	if err == nil {
		err = sameDType(in[0], in[2])
	}
	return *x, err
}

type scatterAddOp struct{ scatter }

func newScatterAdd(a at) Op { return scatterAddOp{scatter{a}} }

func (scatterAddOp) Name() string          { return "scatter_add" }
func (scatterAddOp) Kernel() device.Kernel { return device.ScatterAdd }
func (o scatterAddOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	g[0] = dy
	if c.Needs(2) {
		g[2] = Apply(gatherOp{o.at}, dy, c.In(1))
	}
	return g
}

func scatterAddEntry() Entry {
	return Entry{
		Name: "scatter_add", Sig: "scatter_add(input, dim, index, src)", At: Here(),
		Ops: []any{scatterAddOp{}, gatherOp{}}, Go: []string{"ScatterAdd"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").ScatterAdd(a.Int("dim"), a.Tensor("index"), a.Tensor("src")))
		},
		Ref: func(a *Args) []Array {
			return []Array{refScatter(a, func(old, v float64) float64 { return old + v })}
		},
		DTypes:  AllDTypes,
		Samples: scatterSamples(false),
		Bad:     scatterBad("scatter_add"),
	}
}

// refScatter writes element by element.
func refScatter(a *Args, join func(old, v float64) float64) Array {
	x, idx := a.Array("input"), a.Array("index")
	src, dim := a.Array("src"), a.Int("dim")
	out := NewArray(x.Shape...)
	copy(out.V, x.V)
	for i, j := range idx.V {
		to := idx.Index(i)
		v := src.V[refPos(src, to)]
		if len(to) == 0 {
			to = []int{0}
		}
		to[(dim+len(to))%len(to)] = int(j)
		k := refPos(out, to)
		out.V[k] = join(out.V[k], v)
	}
	return out
}

// scatterSamples are calls with indices that come twice, unless distinct.
func scatterSamples(distinct bool) []Sample {
	idx := func(n float64, shape ...int) Arg { return In(shape...).As(Int64).Within(0, n) }
	s := []Sample{
		{Args: []any{In(), 0, idx(1), In()}}, {Args: []any{In(1), 0, idx(1, 1), In(1)}}, {Args: []any{In(), 0, idx(1, 1), In(1)}},
		{Args: []any{In(4), -1, idx(1, 3).With(3, 0, 2), In(3)}}, {Args: []any{In(4, 2), 0, idx(1, 2, 2).With(3, 1, 0, 0), In(2, 2)}},
		{Args: []any{In(2, 4), 1, idx(1, 2, 3).With(3, 1, 0, 0, 2, 1), In(3, 4)}}, {Args: []any{In(2, 3), 0, idx(1, 0, 3), In(0, 3)}},
		{Args: []any{In(2, 3, 2), 1, idx(1, 1, 2, 2).With(1, 2, 0, 1), In(2, 2, 2)}},
	}
	if distinct {
		return s
	}
	return append(s, Sample{Args: []any{In(4), 0, idx(4, 9), In(9)}}, Sample{Args: []any{In(4, 3), 0, idx(4, 7, 3), In(7, 3)}},
		Sample{Args: []any{In(5, 300), 0, idx(5, 20, 300), In(20, 300)}, Only: []DType{Float32}})
}

func scatterBad(op string) []Bad {
	idx := func(shape ...int) Arg { return In(shape...).As(Int64).Within(0, 1) }
	return []Bad{
		{Args: []any{In(3), 0, In(2), In(2)}, Want: "tensor: " + op + " [3], [2]: the index is float32; want int64 or int32"},
		{Args: []any{In(2, 3), -3, idx(1, 1), In(1, 1)}, Want: "tensor: " + op + " [2 3]: dim -3 is out of range; want -2 to 1"},
		{Args: []any{In(2, 3), 0, idx(2), In(2)}, Want: "tensor: " + op + " [2 3], [2], [2]: the index has 1 dims; want 2 as the input"},
		{Args: []any{In(2, 3), 0, idx(2, 4), In(2, 4)}, Want: "tensor: " + op + " [2 3], [2 4], [2 4]: dim 1 of the index is 4; want at most 3 as in the input"},
		{Args: []any{In(3), 0, idx(2), In(1)}, Want: "tensor: " + op + " [3], [2], [1]: the source has shape [1]; want [2]"},
		{Args: []any{In(3), 0, idx(2), In(2).As(Float64)}, Want: "tensor: " + op + " [3], [2], [2]: the source is float64; want float32 as the input"},
		{Args: []any{In(3), 0, idx(2).With(0, 3), In(2)}, Want: "tensor: " + op + " [3], [2], [2]: index 3 at [1] is out of range for dim 0 of size 3; want 0 to 2"},
		{Args: []any{In(3), 0, idx(1).With(-1), In(1)}, Want: "tensor: " + op + " [3], [1], [1]: index -1 at [0] is out of range for dim 0 of size 3; want 0 to 2"},
	}
}
