package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Scatter returns t with elements of src in place of some of its own: an
// element of src goes, along dim, where idx says, and along the others to its
// own place. Of two with one index the later wins, and only that one should
// need a gradient: each gets the gradient of its place.
//
//	shape:  t's; idx and src have as many dims, idx none longer than src, nor
//	        than t but in dim. What src has beyond idx is not used.
//	dtype:  t's and src's equal; idx int64 or int32
//	panics: *Error for an index outside 0 … size-1, and for other shapes
//	source: torch.scatter
func (t *Tensor) Scatter(dim int, idx, src *Tensor) *Tensor {
	return scattered("scatter", t, dim, idx, src, newScatter)
}

// ScatterScalar is [Tensor.Scatter] of the number v, cast to t's dtype.
func (t *Tensor) ScatterScalar(dim int, idx *Tensor, v any) *Tensor {
	idx = asIndex("scatter", t, idx)
	n, _ := number("scatter", v)
	return t.Scatter(dim, idx, scalarOf(idx.b.dev, t.DType(), n).Expand(idx.shape()...))
}

type scatterOp struct{ scatter }

func newScatter(a at) Op { return scatterOp{scatter{a}} }

func (scatterOp) Name() string          { return "scatter" }
func (scatterOp) Kernel() device.Kernel { return device.Scatter }
func (o scatterOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	idx := c.In(1)
	if c.Needs(0) {
		g[0] = Apply(o, dy, idx, zeroView(dy.b.dev, dy.DType(), idx.shape()))
	}
	if c.Needs(2) {
		g[2] = Apply(gatherOp{o.at}, dy, idx)
	}
	return g
}

func scatterEntry() Entry {
	idx := func(n float64, shape ...int) Arg { return In(shape...).As(Int64).Within(0, n) }
	return Entry{
		Name: "scatter", Sig: "scatter(input, dim, index, src, *, reduce=None)", At: Here(),
		Ops: []any{scatterOp{}, gatherOp{}}, Go: []string{"Scatter", "ScatterScalar"},
		Call: func(a *Args) []*Tensor {
			x, dim, i := a.Tensor("input"), a.Int("dim"), a.Tensor("index")
			src, ok := a.Any("src").(*Tensor)
			switch reduce := a.Str("reduce"); {
			case reduce != "" && reduce != "add" && reduce != "multiply":
				misuse("scatter", fmt.Errorf("reduce is %q; want \"add\" or \"multiply\"", reduce), x)
			case !ok && reduce == "":
				return one(x.ScatterScalar(dim, i, a.Any("src")))
			case !ok:
				src = like(x).Full(a.Any("src")).Expand(i.shape()...)
			}
			switch a.Str("reduce") {
			case "add":
				return one(x.ScatterAdd(dim, i, src))
			case "multiply":
				return one(x.ScatterReduce(dim, i, src, CombineProd))
			}
			return one(x.Scatter(dim, i, src))
		},
		Ref: func(a *Args) []Array {
			return []Array{refScatter(a, func(old, v float64) float64 {
				switch a.Str("reduce") {
				case "add":
					return old + v
				case "multiply":
					return old * v
				}
				return v
			})}
		},
		DTypes: AllDTypes,
		Samples: append(scatterSamples(true),
			Sample{Args: []any{In(4, 2), 0, idx(4, 2, 2), 3}}, Sample{Args: []any{In(4), 0, idx(4), 1.0}},
			Sample{Args: []any{In(4), 0, In(3).As(Int64).With(1, 2, 1), In(3)}, NoGrad: true}, // the later of two wins
			Sample{Args: []any{In(4), 0, idx(4, 5), In(5)}, Kw: map[string]any{"reduce": "add"}, Only: Numbers},
			Sample{Args: []any{In(4), 0, idx(4, 5), In(5)}, Kw: map[string]any{"reduce": "multiply"}, Only: []DType{Float64, Int64}},
			Sample{Args: []any{In(4), 0, idx(4, 2), 3}, Kw: map[string]any{"reduce": "multiply"}, Only: []DType{Float64, Int64}}),
		Bad: append(scatterBad("scatter"), Bad{Args: []any{In(2), 0, idx(1, 2), In(2)}, Kw: map[string]any{"reduce": "max"},
			Want: "tensor: scatter [2]: reduce is \"max\"; want \"add\" or \"multiply\""}),
	}
}
