package tensor

import (
	"github.com/facula-ml/facula/device"
)

// IndexAdd returns t with the slices of src along dim added to those that idx
// names. An index that comes twice is added twice, in the order of src whatever
// the number of threads.
//
//	shape:  t's; src's is t's with dim as long as idx
//	dtype:  t's and src's equal; idx int64 or int32, of at most one dim
//	panics: *Error for an index outside 0 … size-1, and for other shapes
//	source: torch.index_add
func (t *Tensor) IndexAdd(dim int, idx, src *Tensor) *Tensor {
	return indexed("index_add", t, dim, idx, src, func(a at) Op { return indexAddOp{a} })
}

// indexed prepares the arguments of an op that writes slices.
func indexed(op string, t *Tensor, dim int, idx, src *Tensor, make func(at) Op) *Tensor {
	a := atDim(op, t, dim)
	idx = vector(op, t, idx)
	if src != nil && t.Dim() <= 1 {
		src = src.line()
	}
	y := Apply(make(a), t.line(), idx, src)
	if t.Dim() == 0 {
		return y.Reshape()
	}
	return y
}

// inferIndexed checks the arguments of an op that writes slices.
func (a at) inferIndexed(in []*Tensor) (device.Spec, error) {
	s, err := a.replaced(in[0].spec(), in[1].spec())
	if err == nil {
		err = sameShape(in[2], &s)
	}
	if err == nil {
		err = sameDType(in[0], in[2])
	}
	return *in[0].spec(), err
}

type indexAddOp struct{ at }

func (indexAddOp) Name() string                              { return "index_add" }
func (indexAddOp) Kernel() device.Kernel                     { return device.IndexAdd }
func (indexAddOp) Reads() Reads                              { return In1 }
func (o indexAddOp) Infer(in []*Tensor) (device.Spec, error) { return o.inferIndexed(in) }
func (o indexAddOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	g[0] = dy
	if c.Needs(2) {
		g[2] = Apply(indexSelectOp(o), dy, c.In(1))
	}
	return g
}

func indexAddEntry() Entry {
	return Entry{
		Name: "index_add", Sig: "index_add(input, dim, index, source, *, alpha=1)", At: Here(),
		Ops: []any{indexAddOp{}, indexSelectOp{}}, Go: []string{"IndexAdd"},
		Call: func(a *Args) []*Tensor {
			src := a.Tensor("source")
			if alpha := a.Any("alpha"); !isOne(alpha) && alpha != true {
				src = src.MulScalar(alpha)
			}
			return one(a.Tensor("input").IndexAdd(a.Int("dim"), a.Tensor("index"), src))
		},
		Ref: func(a *Args) []Array {
			alpha := 1.0
			if a.Any("alpha") != true {
				alpha = a.Float("alpha")
			}
			return []Array{refIndexed(a, func(old, v float64) float64 { return old + alpha*v })}
		},
		DTypes:  AllDTypes,
		Samples: append(indexedSamples(false), Sample{Args: []any{In(4, 2), 0, In(3).As(Int64).Within(0, 4), In(3, 2)}, Kw: map[string]any{"alpha": -2}, Only: []DType{Float64, Int32}}),
		Bad:     indexedBad("index_add"),
	}
}

// refIndexed writes slice by slice.
func refIndexed(a *Args, join func(old, v float64) float64) Array {
	x, idx := a.Array("input"), a.Array("index")
	src, dim := a.Array("source"), a.Int("dim")
	out := NewArray(x.Shape...)
	copy(out.V, x.V)
	for i, v := range src.V {
		to := src.Index(i)
		k := 0
		if len(x.Shape) > 0 {
			d := (dim + len(to)) % len(to)
			to[d] = int(idx.V[to[d]])
			k = refPos(out, to)
		}
		out.V[k] = join(out.V[k], v)
	}
	return out
}

// indexedSamples are calls with indices that come twice, unless distinct.
func indexedSamples(distinct bool) []Sample {
	idx := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	s := []Sample{
		{Args: []any{In(), 0, idx(0), In()}}, {Args: []any{In(1), 0, idx(0), In(1)}}, {Args: []any{In(4), -1, idx(2, 0), In(2)}},
		{Args: []any{In(4, 2), 0, idx(3, 0, 1), In(3, 2)}}, {Args: []any{In(2, 3), 1, idx(2, 0), In(2, 2)}},
		{Args: []any{In(2, 3, 2), -2, idx(1, 0), In(2, 2, 2)}}, {Args: []any{In(2, 3), 0, In(0).As(Int64), In(0, 3)}},
	}
	if distinct {
		return s
	}
	return append(s, Sample{Args: []any{In(4, 2), 0, idx(3, 0, 3, 3), In(4, 2)}}, Sample{Args: []any{In(2, 3), 1, idx(1, 1), In(2, 2)}},
		Sample{Args: []any{In(3, 900), 0, In(80).As(Int64).Within(0, 3), In(80, 900)}, Only: []DType{Float32}})
}

func indexedBad(op string) []Bad {
	idx := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	return []Bad{
		{Args: []any{In(3), 0, In(2), In(2)}, Want: "tensor: " + op + " [3], [2]: the index is float32; want int64 or int32"},
		{Args: []any{In(3), 1, idx(0), In(1)}, Want: "tensor: " + op + " [3]: dim 1 is out of range; want -1 to 0"},
		{Args: []any{In(2, 3), 0, idx(0, 1), In(2, 2)}, Want: "tensor: " + op + " [2 3], [2], [2 2]: the source has shape [2 2]; want [2 3]"},
		{Args: []any{In(3), 0, idx(0), In(1).As(Float64)}, Want: "tensor: " + op + " [3], [1], [1]: the source is float64; want float32 as the input"},
		{Args: []any{In(3), 0, idx(2, 3), In(2)}, Want: "tensor: " + op + " [3], [2], [2]: index 3 at [1] is out of range for dim 0 of size 3; want 0 to 2"},
		{Args: []any{In(3), 0, idx(-1), In(1)}, Want: "tensor: " + op + " [3], [1], [1]: index -1 at [0] is out of range for dim 0 of size 3; want 0 to 2"},
	}
}
