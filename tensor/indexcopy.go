package tensor

import "github.com/facula-ml/facula/device"

// IndexCopy returns t with the slices of src along dim in place of those that
// idx names. Of two with one index the later wins, and only that one should
// need a gradient: each gets the gradient of its place.
//
//	shape:  t's; src's is t's with dim as long as idx
//	dtype:  t's and src's equal; idx int64 or int32, of at most one dim
//	panics: *Error for an index outside 0 … size-1, and for other shapes
//	source: torch.index_copy
func (t *Tensor) IndexCopy(dim int, idx, src *Tensor) *Tensor {
	return indexed("index_copy", t, dim, idx, src, func(a at) Op { return indexCopyOp{a} })
}

// IndexFill returns t with the number v, cast to t's dtype, in the slices of
// dim that idx names. Negative indices count from the end.
//
//	shape:  t's; idx of at most one dim
//	panics: *Error for an index out of range
//	source: torch.index_fill
func (t *Tensor) IndexFill(dim int, idx *Tensor, v any) *Tensor {
	const op = "index_fill"
	o := indexCopyOp{atDim(op, t, dim)}
	o.Wrap = true
	n, _ := number(op, v)
	idx = vector(op, t, idx)
	x := t.line()
	s, _ := o.replaced(x.spec(), idx.spec())
	y := Apply(o, x, idx, scalarOf(t.b.dev, t.DType(), n).expandTo(&s))
	if t.Dim() == 0 {
		return y.Reshape()
	}
	return y
}

type indexCopyOp struct{ at }

func (o indexCopyOp) Name() string {
	if o.Wrap {
		return "index_fill"
	}
	return "index_copy"
}
func (indexCopyOp) Kernel() device.Kernel                     { return device.IndexCopy }
func (indexCopyOp) Reads() Reads                              { return In1 }
func (o indexCopyOp) Infer(in []*Tensor) (device.Spec, error) { return o.inferIndexed(in) }
func (o indexCopyOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	idx := c.In(1)
	if c.Needs(0) {
		s, _ := o.replaced(dy.spec(), idx.spec())
		g[0] = Apply(o, dy, idx, zeroView(dy.b.dev, dy.DType(), s.Shape()))
	}
	if c.Needs(2) {
		g[2] = Apply(indexSelectOp(o), dy, idx)
	}
	return g
}

func indexCopyEntry() Entry {
	return Entry{
		Name: "index_copy", Sig: "index_copy(input, dim, index, source)", At: Here(),
		Ops: []any{indexCopyOp{}, indexSelectOp{}}, Go: []string{"IndexCopy"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").IndexCopy(a.Int("dim"), a.Tensor("index"), a.Tensor("source")))
		},
		Ref:    func(a *Args) []Array { return []Array{refIndexed(a, func(_, v float64) float64 { return v })} },
		DTypes: AllDTypes,
		Samples: append(indexedSamples(true),
			Sample{Args: []any{In(4, 2), 0, In(3).As(Int64).With(1, 2, 1), In(3, 2)}, NoGrad: true}), // the later of two wins
		Bad: indexedBad("index_copy"),
	}
}

func indexFillEntry() Entry {
	idx := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	return Entry{
		Name: "index_fill", Sig: "index_fill(input, dim, index, value)", At: Here(), Ops: []any{indexCopyOp{}}, Go: []string{"IndexFill"},
		Call: func(a *Args) []*Tensor {
			v := a.Any("value")
			if t, ok := v.(*Tensor); ok {
				v = t.Float()
			}
			return one(a.Tensor("input").IndexFill(a.Int("dim"), a.Tensor("index"), v))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			out := NewArray(x.Shape...)
			copy(out.V, x.V)
			for i := range out.V {
				for _, j := range a.Array("index").V {
					at, n, dim := out.Index(i), 1, a.Int("dim")
					if len(at) == 0 {
						at = []int{0}
					} else {
						dim = (dim + len(at)) % len(at)
						n = x.Shape[dim]
					}
					if at[dim] == (int(j)+n)%n {
						out.V[i] = a.Float("value")
					}
				}
			}
			return []Array{out}
		},
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), 0, idx(0), 2}}, {Args: []any{In(1), 0, idx(-1), 2}}, {Args: []any{In(4), -1, idx(2, 0, 2), 1}},
			{Args: []any{In(4, 2), 0, idx(-4, 3), 1.5}}, {Args: []any{In(2, 3, 2), 1, idx(1), 0}}, {Args: []any{In(2, 3), 0, In(0).As(Int64), 2}},
			{Args: []any{In(2, 0), 0, idx(1), 2}},
		},
		Bad: []Bad{
			{Args: []any{In(3), 0, In(2), 1}, Want: "tensor: index_fill [3], [2]: the index is float32; want int64 or int32"},
			{Args: []any{In(3), 0, idx(1), "x"}, Want: "tensor: index_fill: string is not a number; want a Go int, float or bool"},
			{Args: []any{In(3), 0, idx(3), 1}, Want: "tensor: index_fill [3], [1], [1]: index 3 at [0] is out of range for dim 0 of size 3; want -3 to 2"},
		},
	}
}
