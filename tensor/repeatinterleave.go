package tensor

import (
	"errors"
	"fmt"
)

// RepeatInterleave returns t with each element along dim n times in a row.
//
//	shape:  t's with dim n times as long
//	panics: *Error if dim is out of range or n below 0
//	source: torch.repeat_interleave with a number
func (t *Tensor) RepeatInterleave(n, dim int) *Tensor {
	const op = "repeat_interleave"
	x := t.known(op).line()
	d := x.dim(op, dim)
	if n < 0 {
		misuse(op, fmt.Errorf("%d times; want 0 or more", n), t)
	}
	shape := x.Shape()
	wide := append(append(append([]int{}, shape[:d+1]...), n), shape[d+1:]...)
	shape[d] *= n
	return x.Unsqueeze(d + 1).Expand(wide...).Reshape(shape...).Contiguous()
}

// RepeatInterleaveEach returns t with each element along dim as many times in a
// row as times says.
//
//	shape:  times of one dim as long as t's dim, or one element for all; t's with the sum of times
//	dtype:  times int64 or int32
//	panics: *Error for other shapes, a dim out of range, or a number of times below 0
//	source: torch.repeat_interleave with a tensor
func (t *Tensor) RepeatInterleaveEach(times *Tensor, dim int) *Tensor {
	const op = "repeat_interleave"
	x := t.known(op).line()
	d := x.dim(op, dim)
	n := x.shape()[d]
	if times.known(op).Dim() > 1 || times.Len() != n && times.Len() != 1 {
		misuse(op, fmt.Errorf("%v times for %d elements; want one for each, or one for all", times.shape(), n), t, times)
	}
	return x.IndexSelect(d, repeated(op, t, times.line().Expand(n)))
}

// repeated is 0, 1, … n-1, each as many times as one of n times says.
func repeated(op string, t, times *Tensor) *Tensor {
	times = asIndex(op, t, times)
	counts, total := Slice[int64](times), 0
	for _, n := range counts {
		if n < 0 {
			misuse(op, errors.New("a number of times is below 0"), t, times)
		}
		total += int(n)
	}
	places := make([]int64, 0, total)
	for i, n := range counts {
		for range n {
			places = append(places, int64(i))
		}
	}
	return fromHost(t.b.dev, places, total)
}

func repeatInterleaveEntry() Entry {
	times := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	return Entry{
		Name: "repeat_interleave", Sig: "repeat_interleave(input, repeats=None, dim=None, *, output_size=None)", At: Here(),
		Go: []string{"RepeatInterleave", "RepeatInterleaveEach"},
		Call: func(a *Args) []*Tensor {
			x, dim := a.Tensor("input"), 0
			switch {
			case !a.Has("repeats"): // of the numbers 0, 1, …
				return one(Make{DType: x.DType(), Device: x.b.dev}.Arange(0, x.Len(), 1).RepeatInterleaveEach(x, 0))
			case a.Has("dim"):
				dim = a.Int("dim")
			default:
				x = x.Reshape(-1)
			}
			if a.IsTensor("repeats") {
				return one(x.RepeatInterleaveEach(a.Tensor("repeats"), dim))
			}
			return one(x.RepeatInterleave(a.Int("repeats"), dim))
		},
		Ref:    refRepeatInterleave,
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In(), 3}}, {Args: []any{In(1), 2}}, {Args: []any{In(2, 3), 2}}, {Args: []any{In(2, 3), 2, 1}}, {Args: []any{In(2, 3), 3, -2}}, {Args: []any{In(2, 3), 0, 0}},
			{Args: []any{In(2, 0), 2, 1}}, {Args: []any{In(2, 3), times(1, 0, 2), 1}}, {Args: []any{In(3, 2), times(2), 0}}, {Args: []any{In(3), times(0, 3, 1)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), 2, 2}, Want: "tensor: repeat_interleave [2 3]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(3), -1}, Want: "tensor: repeat_interleave [3]: -1 times; want 0 or more"},
			{Args: []any{In(3), times(1, 2)}, Want: "tensor: repeat_interleave [3], [2]: [2] times for 3 elements; want one for each, or one for all"},
			{Args: []any{In(2), times(1, -2)}, Want: "tensor: repeat_interleave [2], [2]: a number of times is below 0"},
			{Args: []any{In(2), In(2)}, Want: "tensor: repeat_interleave [2], [2]: the index is float32; want int64 or int32"},
		},
	}
}

func refRepeatInterleave(a *Args) []Array {
	x, dim := a.Array("input"), 0
	if a.Has("dim") {
		dim = a.Int("dim")
	} else {
		x.Shape = []int{x.len()}
	}
	if len(x.Shape) == 0 {
		x.Shape = []int{1}
	}
	return refLines(x, dim, false, func(x []float64) [][]float64 {
		var y []float64
		k := a.Array("repeats").V
		for i, v := range x {
			for range int(k[i%len(k)]) {
				y = append(y, v)
			}
		}
		return [][]float64{y}
	})
}
