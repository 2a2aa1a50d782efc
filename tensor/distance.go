package tensor

import "math"

// atLeast is max(norm, eps), with the norm's gradient also where eps takes its
// place, as PyTorch has it.
func (t *Tensor) atLeast(eps float64) *Tensor {
	return Where(t.LtScalar(eps), t.Sub(t.Detach()).AddScalar(eps), t)
}

// CosineSimilarity returns the cosine of the angle between a and b along a dim,
// where lengths below eps count as eps:
//
//	Σ a·b / (max(‖a‖, eps)·max(‖b‖, eps))
//
//	shape:  both broadcast → the same without the dim
//	dtype:  floating point, promoted
//	panics: *Error for shapes that do not broadcast, and for integers
//	source: torch.nn.functional.cosine_similarity
func CosineSimilarity(a, b *Tensor, dim int, eps float64) *Tensor {
	const op = "cosine_similarity"
	in := CastFor(CastFloat32, a.known(op), b.known(op))
	a, b = promote(in[0], in[1])
	if err := wantFloat(a.DType()); err != nil {
		misuse(op, err, a, b)
	}
	to, err := broadcast(a.spec(), b.spec())
	if err != nil {
		misuse(op, err, a, b)
	}
	d := a.DType()
	a, b = a.expandTo(&to), b.expandTo(&to)
	over := a.reduceDim(op, dim, nil)
	unit := func(t *Tensor) *Tensor {
		keep := over
		keep.keep = true
		t = t.wide()
		return t.Div(Apply(normOp{keep, 2}, t).atLeast(eps))
	}
	return Apply(sumOp{over}, unit(a).Mul(unit(b))).Cast(d)
}

// PairwiseDistance returns the p-norm of a - b + eps along the last dim.
//
//	shape:  both broadcast → the same without the last dim; KeepDim keeps it as 1
//	dtype:  floating point, promoted; integers give float32
//	panics: *Error for shapes that do not broadcast
//	source: torch.nn.functional.pairwise_distance
func PairwiseDistance(a, b *Tensor, p, eps float64, opts ...ReduceOption) *Tensor {
	const op = "pairwise_distance"
	a, b = promote(a.known(op), b.known(op))
	d := OutFloat(a.DType(), 0)
	return Composed(op, func(in []*Tensor) *Tensor {
		x := in[0].wide().Sub(in[1].wide()).AddScalar(eps)
		return Apply(normOp{x.reduceDim(op, -1, opts), p}, x).Cast(d)
	}, a, b)
}

// Dist returns the p-norm of t - u, of all elements as one vector.
//
//	shape:  both broadcast → []
//	dtype:  floating point, promoted
//	panics: *Error for shapes that do not broadcast, and for integers
//	source: torch.dist
func (t *Tensor) Dist(u *Tensor, p float64) *Tensor {
	in := CastFor(CastFloat32, t.known("dist"), u.known("dist"))
	t, u = promote(in[0], in[1])
	return Composed("dist", func(in []*Tensor) *Tensor { return in[0].wide().Sub(in[1].wide()).Norm(p).Cast(in[0].DType()) }, t, u)
}

// Normalize divides t by its p-norm along a dim, or by eps where that is less.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.nn.functional.normalize
func (t *Tensor) Normalize(p float64, dim int, eps float64) *Tensor {
	t = CastFor(CastFloat32, t.known("normalize"))[0]
	over := t.reduceDim("normalize", dim, []ReduceOption{KeepDim})
	x := t.wide()
	return x.Div(Apply(normOp{over, p}, x).ClampMin(eps)).Cast(t.DType())
}

// refPair broadcasts two arrays.
func refPair(a, b Array) (x, y Array) {
	both := &Args{names: []string{"a", "b"}, values: map[string]any{"a": a, "b": b}}
	x = RefMap(func(v ...float64) float64 { return v[0] })(both)[0]
	y = RefMap(func(v ...float64) float64 { return v[1] })(both)[0]
	return x, y
}

// refPairs is a reference on pairs of lines of two arrays along a dim.
func refPairs(a, b Array, dim int, keep bool, f func(x, y []float64) float64) []Array {
	x, y := refPair(a, b)
	shape := append([]int{}, x.Shape...)
	if len(shape) == 0 {
		return []Array{{nil, []float64{f(x.V, y.V)}}}
	}
	dim = (dim + len(shape)) % len(shape)
	n := shape[dim]
	shape[dim] *= 2
	both := NewArray(shape...) // x and y, one after the other
	for i := range both.V {
		at, from := both.Index(i), x
		if at[dim] >= n {
			at[dim] -= n
			from = y
		}
		both.V[i] = from.At(at...)
	}
	return refLines(both, dim, !keep, func(line []float64) [][]float64 { return [][]float64{{f(line[:n], line[n:])}} })
}

func cosineSimilarityEntry() Entry {
	return Entry{
		Name: "nn.functional.cosine_similarity", Sig: "cosine_similarity(x1, x2, dim=1, eps=1e-08)", At: Here(), Go: []string{"CosineSimilarity"}, Ops: []any{normOp{p: 2}, sumOp{}},
		Call: func(a *Args) []*Tensor {
			return one(CosineSimilarity(a.Tensor("x1"), a.Tensor("x2"), a.Int("dim"), a.Float("eps")))
		},
		Ref: func(a *Args) []Array {
			return refPairs(a.Array("x1"), a.Array("x2"), a.Int("dim"), false, func(x, y []float64) float64 {
				s, n, m := 0.0, math.Max(refNorm(x, 2), a.Float("eps")), math.Max(refNorm(y, 2), a.Float("eps"))
				for i := range x {
					s += x[i] / n * (y[i] / m)
				}
				return s
			})
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(), In(), 0}}, {Args: []any{In(1), In(1), 0}}, {Args: []any{In(4), In(4), 0, 0.5}}, {Args: []any{In(2, 3), In(2, 3)}},
			{Args: []any{In(2, 3), In(2, 3), -2}}, {Args: []any{In(2, 1, 3), In(4, 1), -1}}, {Args: []any{In(0, 3), In(0, 3)}}, {Args: []any{In(3, 0), In(3, 0)}},
			{Args: []any{In(2, 3), In(2, 3), 1, 10.0}, NoGrad: true}, // eps counts, and the gradient is on purpose another
		},
		Bad: append(BroadcastBad("cosine_similarity"),
			Bad{Args: []any{In(2, 3).As(Int64), In(2, 3).As(Int64)}, Want: "tensor: cosine_similarity [2 3], [2 3]: dtype int64; want a floating-point dtype"}),
		Abs: 1,
		Why: map[string]string{"tol": "products of different signs cancel", "infinite": "the gradient of a vector of one element is 0 by cancelling"},
	}
}

func pairwiseDistanceEntry() Entry {
	kw := func(pairs ...any) map[string]any { return map[string]any{pairs[0].(string): pairs[1]} }
	return Entry{
		Name: "nn.functional.pairwise_distance", Sig: "pairwise_distance(x1, x2, p=2.0, eps=1e-06, keepdim=False)", At: Here(), Go: []string{"PairwiseDistance"}, Ops: []any{normOp{p: 2}},
		Call: func(a *Args) []*Tensor {
			return one(PairwiseDistance(a.Tensor("x1"), a.Tensor("x2"), a.Float("p"), a.Float("eps"), a.reduceOptions()...))
		},
		Ref: func(a *Args) []Array {
			return refPairs(a.Array("x1"), a.Array("x2"), -1, a.Bool("keepdim"), func(x, y []float64) float64 {
				d := make([]float64, len(x))
				for i := range d {
					d[i] = x[i] - y[i] + a.Float("eps")
				}
				return refNorm(d, a.Float("p"))
			})
		},
		Out:    OutFloat,
		DTypes: append([]DType{Int64, Int32}, Floats...),
		Samples: []Sample{
			{Args: []any{In(), In()}}, {Args: []any{In(1), In(1)}}, {Args: []any{In(3), In(3)}, Kw: kw("keepdim", true)}, {Args: []any{In(2, 3), In(2, 3)}},
			{Args: []any{In(2, 3), In(2, 3), 5.0}}, {Args: []any{In(2, 3), In(3)}, Kw: kw("eps", 1.0)}, {Args: []any{In(0, 3), In(0, 3)}},
			{Args: []any{In(2, 3).Distinct(), In(2, 3), math.Inf(1)}, Only: Floats},
		},
		Bad: BroadcastBad("sub"),
		Abs: 1,
		Why: map[string]string{"tol": "a power of a large sum", "infinite": "the gradient has a factor that is 0 or rounds to it"},
	}
}

func distEntry() Entry {
	return Entry{
		Name: "dist", Sig: "dist(input, other, p=2)", At: Here(), Go: []string{"Dist"}, Ops: []any{normOp{p: 2}},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Dist(a.Tensor("other"), a.Float("p"))) },
		Ref: func(a *Args) []Array {
			x, y := refPair(a.Array("input"), a.Array("other"))
			d := make([]float64, len(x.V))
			for i := range d {
				d[i] = x.V[i] - y.V[i]
			}
			return []Array{{nil, []float64{refNorm(d, a.Float("p"))}}}
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(), In()}}, {Args: []any{In(1), In(1)}}, {Args: []any{In(2, 3), In(3), 4}}, {Args: []any{In(2, 3), In(2, 3)}},
			{Args: []any{In(0), In(0)}}, {Args: []any{In(2, 2), In(), 1}}, {Args: []any{In(5), In(5), 0}},
		},
		Bad: append(BroadcastBad("sub"), Bad{Args: []any{In(2).As(Int64), In(2).As(Int64)}, Want: "tensor: norm [2]: dtype int64; want a floating-point dtype"}),
		Why: map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
	}
}

func normalizeEntry() Entry {
	return Entry{
		Name: "nn.functional.normalize", Sig: "normalize(input, p=2.0, dim=1, eps=1e-12)", At: Here(), Go: []string{"Normalize"}, Ops: []any{normOp{p: 2}, normOp{p: 3}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Normalize(a.Float("p"), a.Int("dim"), a.Float("eps")))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			return refLines(x, a.Int("dim"), false, func(line []float64) [][]float64 {
				n := math.Max(refNorm(line, a.Float("p")), a.Float("eps"))
				y := make([]float64, len(line))
				for i, v := range line {
					y[i] = v / n
				}
				return [][]float64{y}
			})
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(), 1.5, 0}}, {Args: []any{In(1), 2, 0}}, {Args: []any{In(3, 4)}}, {Args: []any{In(2, 3, 2), 1, -1}}, {Args: []any{In(2, 3), 3, 0}},
			{Args: []any{In(0, 3)}}, {Args: []any{In(3, 0)}}, {Args: []any{In(2, 3), 2, 1, 100.0}}, {Args: []any{In(2, 3), 0, 1}}, {Args: []any{In(2, 3), -1, 1}},
		},
		Bad: []Bad{{Args: []any{In(2, 3).As(Int64)}, Want: "tensor: norm [2 3]: dtype int64; want a floating-point dtype"}},
		Abs: 1,
		Why: map[string]string{"tol": "the terms of the gradient cancel", "infinite": "the gradient of a vector of one element is 0 by cancelling"},
	}
}
