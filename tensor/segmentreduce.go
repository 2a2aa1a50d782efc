package tensor

import (
	"errors"
	"fmt"
)

// SegmentReduce combines runs of elements along axis, as long as lengths says:
// for each place in the dims before axis its own runs. initial joins each of
// them, but does not count in a mean. Of equal largest or smallest elements all
// share the gradient evenly.
//
//	shape:  lengths t's dims before axis, and one; t's with as many in axis
//	dtype:  floating point; lengths int64 or int32
//	panics: *Error for other shapes and dtypes, a length below 0, or if the
//	lengths do not add up to the axis
//	source: torch.segment_reduce; lengths are the Diff of its offsets
func (t *Tensor) SegmentReduce(how Combination, lengths *Tensor, axis int, initial ...float64) *Tensor {
	return t.segmentReduce(how, lengths, axis, true, initial)
}

// segmentReduce leaves out elements that no length covers, unless all must be.
func (t *Tensor) segmentReduce(how Combination, lengths *Tensor, axis int, all bool, initial []float64) *Tensor {
	const op = "segment_reduce"
	d := t.dim(op, axis)
	if err := wantFloat(t.DType()); err != nil {
		misuse(op, err, t)
	}
	place := segments(op, t, lengths, d, all)
	count := lengths.Len()
	shape := append(append([]int{}, lengths.shape()...), t.shape()[d+1:]...)
	x := t.Reshape(place.Len(), product(t.shape()[d+1:]))
	base := like(t).identityOf(how).Expand(count+1, x.shape()[1]) // the last is for what no length covers
	y := base
	if x.Len() > 0 {
		y = base.IndexReduce(0, place, x, how.withoutMean())
	}
	y = how.begin(y.Narrow(0, 0, count), initial)
	if how == CombineMean {
		n := lengths.Reshape(-1, 1).Cast(t.DType())
		if len(initial) > 0 {
			n = n.ClampMin(1)
		}
		y = y.Div(n)
	}
	return y.Reshape(shape...)
}

// withoutMean is the combination whose result a mean divides.
func (r Combination) withoutMean() Combination {
	if r == CombineMean {
		return CombineSum
	}
	return r
}

// identityOf is identity, of a sum too.
func (m Make) identityOf(how Combination) *Tensor {
	if how = how.withoutMean(); how == CombineSum {
		return m.Zeros()
	}
	return m.identity(how)
}

// begin joins the initial value to what came of the elements. Of an initial
// value and an equal element the element counts.
func (r Combination) begin(y *Tensor, initial []float64) *Tensor {
	if len(initial) == 0 {
		return y
	}
	v := initial[0]
	switch r {
	case CombineProd:
		return y.MulScalar(v)
	case CombineMax:
		return Where(y.LtScalar(v), FullLike(y, v), y)
	case CombineMin:
		return Where(y.GtScalar(v), FullLike(y, v), y)
	}
	return y.AddScalar(v)
}

// segments is the number of the segment of each line along d.
func segments(op string, t, lengths *Tensor, d int, all bool) *Tensor {
	idx := asIndex(op, t, lengths)
	n := t.shape()[d]
	bad := func(err error) { misuse(op, err, t, lengths) }
	if lengths.Dim() != d+1 {
		bad(fmt.Errorf("lengths have %d dims; want %d, those before the axis and one", lengths.Dim(), d+1))
	}
	for i, m := range t.shape()[:d] {
		if lengths.shape()[i] != m {
			bad(fmt.Errorf("dim %d of the lengths is %d; want %d", i, lengths.shape()[i], m))
		}
	}
	runs := lengths.shape()[d]
	out := make([]int64, 0, product(t.shape()[:d+1]))
	for i, m := range Slice[int64](idx) {
		if m < 0 {
			bad(errors.New("a length is below 0"))
		}
		if len(out)+int(min(m, int64(n)+1)) > (i/max(runs, 1)+1)*n {
			bad(fmt.Errorf("lengths add up to more than %d, the size of the axis", n))
		}
		for range m {
			out = append(out, int64(i))
		}
		if (i+1)%runs != 0 {
			continue
		}
		for ; len(out) < (i/runs+1)*n; out = append(out, int64(lengths.Len())) {
			if all {
				bad(fmt.Errorf("lengths add up to less than %d, the size of the axis", n))
			}
		}
	}
	if rows := product(t.shape()[:d+1]); len(out) < rows {
		bad(fmt.Errorf("lengths add up to less than %d, the size of the axis", n))
	}
	return fromHost(t.b.dev, out, len(out))
}

func segmentReduceEntry() Entry {
	runs := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	kw := func(axis int, lengths Arg, initial any) map[string]any {
		return map[string]any{"axis": axis, "lengths": lengths, "initial": initial}
	}
	e := Entry{
		Name: "segment_reduce", Sig: "segment_reduce(data, reduce, *, lengths=None, indices=None, offsets=None, axis=0, unsafe=False, initial=None)", At: Here(),
		Go: []string{"SegmentReduce"}, Ops: []any{scatterReduceOp{}},
		Call: func(a *Args) []*Tensor {
			lengths := a.OptTensor("lengths")
			if lengths == nil {
				lengths = a.Tensor("offsets").Diff(1, -1)
			}
			how := a.segmentCombination()
			var initial []float64
			if a.Has("initial") {
				initial = []float64{a.Float("initial")}
			}
			return one(a.Tensor("data").segmentReduce(how, lengths, a.Int("axis"), !a.Bool("unsafe"), initial))
		},
		Ref:    refSegments,
		DTypes: Floats,
		Bad: []Bad{
			{Args: []any{In(3), "sum"}, Kw: kw(1, runs(3), nil), Want: "tensor: segment_reduce [3]: dim 1 is out of range; want -1 to 0"},
			{Args: []any{In(3).As(Int64), "sum"}, Kw: kw(0, runs(3), nil), Want: "tensor: segment_reduce [3]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(3), "amax"}, Kw: kw(0, runs(3), nil), Want: "tensor: segment_reduce: \"amax\" is none; want sum, prod, mean, max or min"},
			{Args: []any{In(3), "sum"}, Kw: kw(0, runs(1, 1), nil), Want: "tensor: segment_reduce [3], [2]: lengths add up to less than 3, the size of the axis"},
			{Args: []any{In(3), "sum"}, Kw: kw(0, runs(3, 1), nil), Want: "tensor: segment_reduce [3], [2]: lengths add up to more than 3, the size of the axis"},
			{Args: []any{In(3), "sum"}, Kw: kw(0, runs(4, -1), nil), Want: "tensor: segment_reduce [3], [2]: lengths add up to more than 3, the size of the axis"},
			{Args: []any{In(3), "sum"}, Kw: kw(0, runs(-1, 4), nil), Want: "tensor: segment_reduce [3], [2]: a length is below 0"},
			{Args: []any{In(2, 3), "sum"}, Kw: kw(1, runs(3), nil), Want: "tensor: segment_reduce [2 3], [1]: lengths have 1 dims; want 2, those before the axis and one"},
			{Args: []any{In(2, 3), "sum"}, Kw: kw(1, In(1, 1).As(Int64).With(3), nil), Want: "tensor: segment_reduce [2 3], [1 1]: dim 0 of the lengths is 1; want 2"},
		},
		Why: map[string]string{"0-d": "has no axis", "infinite": "the gradient has a factor that is 0", "special": "the product of 0 and Inf is NaN", "tol": "a product has many roundings"},
		Tol: 4,
	}
	wide := In(2, 3).As(Int64).With(1, 0, 2, 0, 3, 0)
	for _, how := range []string{"sum", "prod", "mean", "max", "min"} {
		e.Samples = append(e.Samples,
			Sample{Args: []any{In(6).Distinct(), how}, Kw: kw(0, runs(2, 1, 3), nil)}, Sample{Args: []any{In(4, 2).Distinct(), how}, Kw: kw(0, runs(3, 0, 1), 0.5)},
			Sample{Args: []any{In(2, 3, 2).Distinct(), how}, Kw: kw(1, wide, 1.25)})
	}
	e.Samples = append(e.Samples, Sample{Args: []any{In(1), "sum"}, Kw: kw(0, runs(1), nil)}, Sample{Args: []any{In(0), "max"}, Kw: kw(0, runs(0, 0), 2)},
		Sample{Args: []any{In(4), "sum"}, Kw: map[string]any{"offsets": runs(0, 1, 4)}})
	return e
}

// segmentCombination reads the names of torch.segment_reduce.
func (a *Args) segmentCombination() Combination {
	how := a.Str("reduce")
	for i, name := range []string{"sum", "prod", "mean", "max", "min"} {
		if name == how {
			return Combination(i)
		}
	}
	misuse("segment_reduce", fmt.Errorf("%q is none; want sum, prod, mean, max or min", how))
	return 0
}

// refSegments reduces one run after the other.
func refSegments(a *Args) []Array {
	x, d := a.Array("data"), a.Int("axis")
	var lengths Array
	if a.Has("lengths") {
		lengths = a.Array("lengths")
	} else {
		off := a.Array("offsets")
		lengths = NewArray(len(off.V) - 1)
		for i := range lengths.V {
			lengths.V[i] = off.V[i+1] - off.V[i]
		}
	}
	how := a.segmentCombination()
	runs, row := lengths.Shape[d], -1 // refLines asks once more at first, for the shape
	inner := product(x.Shape[d+1:])
	return refLines(x, d, false, func(x []float64) [][]float64 {
		first := max(row, 0) / max(inner, 1) * runs
		row++
		var y []float64
		at := 0
		for _, n := range lengths.V[first : first+runs] {
			y = append(y, refSegment(x[at:at+int(n)], how, a.Any("initial")))
			at += int(n)
		}
		return [][]float64{y}
	})
}

func refSegment(x []float64, how Combination, initial any) float64 {
	var l []float64
	if initial != nil {
		l = append(l, toFloat(initial))
	}
	l = append(l, x...)
	sum, prod := 0.0, 1.0
	for _, v := range l {
		sum += v
		prod *= v
	}
	switch {
	case how == CombineSum:
		return sum
	case how == CombineProd:
		return prod
	case how == CombineMean && len(x) == 0 && initial != nil:
		return sum
	case how == CombineMean:
		return sum / float64(len(x))
	case how == CombineMax:
		return maxOf(l)
	}
	return minOf(l)
}
