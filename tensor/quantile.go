package tensor

import (
	"errors"
	"fmt"
	"math"
)

// An Interpolation says what a quantile between two elements is.
type Interpolation int

// The interpolations, with PyTorch's names.
const (
	InterpolateLinear Interpolation = iota
	InterpolateLower
	InterpolateHigher
	InterpolateMidpoint
	InterpolateNearest // of two equally near the even rank
)

// Quantile returns the q-quantiles of all elements, or along the dim that Dims
// names: the elements of rank q·(n-1) in order, or between two. It is NaN where
// one of the elements is. q may need a gradient too.
//
//	shape:  q's, which has at most one dim, then t's without the dim; KeepDim keeps it as 1
//	dtype:  float32 or float64, q's the same
//	panics: *Error for other dtypes and shapes, no elements, and q outside 0 … 1
//	source: torch.quantile
func (t *Tensor) Quantile(q *Tensor, how Interpolation, opts ...ReduceOption) *Tensor {
	return t.quantile("quantile", q, false, how, opts)
}

// NaNQuantile is [Tensor.Quantile] of the elements that are not NaN.
//
//	source: torch.nanquantile
func (t *Tensor) NaNQuantile(q *Tensor, how Interpolation, opts ...ReduceOption) *Tensor {
	return t.quantile("nanquantile", q, true, how, opts)
}

func (t *Tensor) quantile(op string, q *Tensor, skipNaN bool, how Interpolation, opts []ReduceOption) *Tensor {
	r := readReduce(opts)
	t.checkQuantile(op, q, r, how)
	x, last := t, t.Dim()-1
	if r.dims == nil {
		x = t.Reshape(-1)
	} else if d := t.line().dim(op, r.dims[0]); d != last && t.Dim() > 0 {
		x = t.Unsqueeze(-1).Transpose(d, -1)
	}
	x, _ = x.line().Sort(-1)
	shape := t.quantileShape(op, r)
	n := x.shape()[x.Dim()-1]
	x = x.Reshape(append(append([]int{}, shape...), n)...)
	y := x.atRanks(q.line(), n, skipNaN, how)
	if q.Dim() == 0 {
		return y.Squeeze(-1)
	}
	return y.Unsqueeze(0).Transpose(0, -1).Squeeze(-1)
}

func (t *Tensor) checkQuantile(op string, q *Tensor, r reduceConfig, how Interpolation) {
	switch d := t.known(op).DType(); {
	case d != Float32 && d != Float64:
		misuse(op, fmt.Errorf("dtype %v; want float32 or float64", d), t, q)
	case q.known(op).DType() != d:
		misuse(op, fmt.Errorf("q is %v; want %v as the input", q.DType(), d), t, q)
	case q.Dim() > 1:
		misuse(op, fmt.Errorf("q has %d dims; want at most 1", q.Dim()), t, q)
	case len(r.dims) > 1:
		misuse(op, fmt.Errorf("%d dims; want one, or none for all", len(r.dims)), t, q)
	case t.Len() == 0:
		misuse(op, errors.New("no elements; want at least one"), t, q)
	case how < 0 || how > InterpolateNearest:
		misuse(op, fmt.Errorf("interpolation %d is none", how), t, q)
	}
	for _, v := range Slice[float64](q.Detach()) {
		if !(v >= 0 && v <= 1) {
			misuse(op, fmt.Errorf("q is %v; want 0 to 1", v), t, q)
		}
	}
}

// quantileShape is t's without the reduced dims, or with 1 in their place.
func (t *Tensor) quantileShape(op string, r reduceConfig) []int {
	o := t.reduceOver(op, []ReduceOption{Dims(r.dims...)})
	o.keep = r.keep
	s := o.spec(t.spec(), t.DType())
	return append([]int{}, s.Shape()...)
}

// atRanks is the quantiles q of sorted lines of n elements along the last dim.
func (t *Tensor) atRanks(q *Tensor, n int, skipNaN bool, how Interpolation) *Tensor {
	var ranks *Tensor
	nan := t.Detach().IsNaN()
	if skipNaN {
		ranks = q.Mul(nan.LogicalNot().Sum(Dims(-1), KeepDim).SubScalar(1)).ClampMin(0)
	} else {
		lost := nan.Any(Dims(-1), KeepDim)
		s, _ := broadcast(q.spec(), lost.spec())
		s.DType = q.DType()
		ranks = q.MulScalar(n-1).expandTo(&s).MaskedFill(lost, n-1) // the last is NaN
	}
	fixed := ranks.Detach()
	switch how {
	case InterpolateLower:
		fixed = fixed.Floor()
	case InterpolateHigher:
		fixed = fixed.Ceil()
	case InterpolateNearest:
		fixed = fixed.Round()
	}
	low := fixed.Cast(Int64)
	below := t.Gather(-1, low)
	switch how {
	case InterpolateLinear:
		return below.Lerp(t.Gather(-1, fixed.Ceil().Cast(Int64)), ranks.Sub(low.Cast(q.DType())))
	case InterpolateMidpoint:
		return below.LerpScalar(t.Gather(-1, fixed.Ceil().Cast(Int64)), 0.5)
	}
	return below
}

// interpolation reads PyTorch's name of one.
func (a *Args) interpolation(op string) Interpolation {
	how := a.Str("interpolation")
	for i, name := range []string{"linear", "lower", "higher", "midpoint", "nearest"} {
		if name == how {
			return Interpolation(i)
		}
	}
	misuse(op, fmt.Errorf("interpolation %q is none", how))
	return 0
}

// quantileOf is q, a number or a tensor.
func (a *Args) quantileOf() *Tensor {
	if a.IsTensor("q") {
		return a.Tensor("q")
	}
	return like(a.Tensor("input")).Scalar(a.Float("q"))
}

// refQuantile is one quantile of a line.
func refQuantile(x []float64, q float64, how string) float64 {
	s := refSorted(x, len(x), false)[0]
	rank := q * float64(len(x)-1)
	lo, hi := math.Floor(rank), math.Ceil(rank)
	switch how {
	case "lower":
		hi = lo
	case "higher":
		lo = hi
	case "nearest":
		lo = math.RoundToEven(rank)
		hi = lo
	case "midpoint":
		rank = (lo + hi) / 2
	}
	a, b := s[int(lo)], s[int(hi)]
	if how != "linear" && how != "midpoint" {
		return a
	}
	if w := rank - lo; w < 0.5 {
		return a + w*(b-a)
	}
	return b - (1-rank+lo)*(b-a)
}

func quantileEntryOf(name string, f func(t, q *Tensor, how Interpolation, opts ...ReduceOption) *Tensor, left func(x []float64) []float64) Entry {
	kw := func(dim any, keep bool, how string) map[string]any {
		return map[string]any{"dim": dim, "keepdim": keep, "interpolation": how}
	}
	q := func(v ...float64) Arg { return In(len(v)).With(v...) }
	return Entry{
		Name: name, Sig: name + "(input, q, dim=None, keepdim=False, *, interpolation='linear')", At: Here(),
		Call: func(a *Args) []*Tensor {
			return one(f(a.Tensor("input"), a.quantileOf(), a.interpolation(name), a.reduceOptions()...))
		},
		Ref: func(a *Args) []Array {
			q := a.Array("q")
			out := Array{}
			for _, p := range q.V {
				r := refReduce(func(x []float64) float64 {
					if y := left(x); len(y) > 0 {
						return refQuantile(y, p, a.Str("interpolation"))
					}
					return math.NaN()
				})(a)[0]
				out.Shape, out.V = r.Shape, append(out.V, r.V...)
			}
			if len(q.Shape) > 0 {
				out.Shape = append([]int{q.Shape[0]}, out.Shape...)
			}
			return []Array{out}
		},
		DTypes: []DType{Float32, Float64},
		Samples: []Sample{
			{Args: []any{In(), 0.5}}, {Args: []any{In(1), 0.3}}, {Args: []any{In(7).Distinct(), 0.3}}, {Args: []any{In(3, 4).Distinct(), q(0.125, 0.625), 1}},
			{Args: []any{In(3, 4).Distinct(), q(0.25, 0.9)}, Kw: kw(0, true, "linear")}, {Args: []any{In(2, 3, 4).Distinct(), 0.4}, Kw: kw(-2, false, "midpoint")},
			{Args: []any{In(3, 4).Distinct(), q(0.125, 0.625)}, Kw: kw(1, false, "lower")}, {Args: []any{In(3, 4).Distinct(), q(0.125, 0.625)}, Kw: kw(nil, true, "higher")},
			{Args: []any{In(3, 4).Distinct(), 0.55}, Kw: kw(-1, true, "nearest")}, {Args: []any{In(5).Distinct(), q()}, NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2).As(Int64), 0.5}, Want: "tensor: " + name + " [2], []: dtype int64; want float32 or float64"},
			{Args: []any{In(2), In(1).As(Float64)}, Want: "tensor: " + name + " [2], [1]: q is float64; want float32 as the input"},
			{Args: []any{In(2), In(1, 1)}, Want: "tensor: " + name + " [2], [1 1]: q has 2 dims; want at most 1"},
			{Args: []any{In(2), 1.5}, Want: "tensor: " + name + " [2], []: q is 1.5; want 0 to 1"},
			{Args: []any{In(0), 0.5}, Want: "tensor: " + name + " [0], []: no elements; want at least one"},
			{Args: []any{In(2), 0.5, 1}, Want: "tensor: " + name + " [2]: dim 1 is out of range; want -1 to 0"},
			{Args: []any{In(2), 0.5}, Kw: map[string]any{"interpolation": "cubic"}, Want: "tensor: " + name + ": interpolation \"cubic\" is none"},
		},
		Why: map[string]string{"infinite": "the weight of an element may be 0"},
	}
}

func quantileEntry() Entry {
	e := quantileEntryOf("quantile", (*Tensor).Quantile, func(x []float64) []float64 {
		if len(notNaN(x)) < len(x) {
			return nil
		}
		return x
	})
	e.At, e.Go = Here(), []string{"Quantile"}
	return e
}

func nanQuantileEntry() Entry {
	e := quantileEntryOf("nanquantile", (*Tensor).NaNQuantile, notNaN)
	e.At, e.Go = Here(), []string{"NaNQuantile"}
	return e
}
