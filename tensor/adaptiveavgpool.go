package tensor

import (
	"fmt"
	"slices"
)

// AdaptiveAvgPool1d is AdaptiveAvgPool2d for signals [n, c, length].
//
//	shape:  [n, c, l] → [n, c, size]; without n for one signal
//	source: torch.nn.functional.adaptive_avg_pool1d
func (t *Tensor) AdaptiveAvgPool1d(size ...int) *Tensor { return t.adaptiveAvgPool(1, size) }

// AdaptiveAvgPool2d returns images of the given size, whatever t's is: element
// i of a dim of n is the average of the elements ⌊i·n/size⌋ to ⌈(i+1)·n/size⌉.
// One size is for both dims; -1 leaves a dim as it is.
//
//	shape:  [n, c, h, w] → [n, c, size...]; without n for one image
//	dtype:  floating point
//	panics: *Error for other shapes or dtypes
//	source: torch.nn.functional.adaptive_avg_pool2d
func (t *Tensor) AdaptiveAvgPool2d(size ...int) *Tensor { return t.adaptiveAvgPool(2, size) }

// AdaptiveAvgPool3d is AdaptiveAvgPool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w] → [n, c, size...]; without n for one volume
//	source: torch.nn.functional.adaptive_avg_pool3d
func (t *Tensor) AdaptiveAvgPool3d(size ...int) *Tensor { return t.adaptiveAvgPool(3, size) }

func (t *Tensor) adaptiveAvgPool(dims int, size []int) *Tensor {
	name := fmt.Sprintf("adaptive_avg_pool%dd", dims)
	if len(size) != 1 && len(size) != dims {
		misuse(name, fmt.Errorf("size %v has %d numbers; want 1 or %d", size, len(size), dims), t)
	}
	if i := slices.IndexFunc(size, func(n int) bool { return n < -1 }); i >= 0 {
		misuse(name, fmt.Errorf("size is %d; want 0 or more, or -1", size[i]), t)
	}
	if err := wantFloat(t.DType()); err != nil {
		misuse(name, err, t)
	}
	if t.Dim() != dims+1 && t.Dim() != dims+2 {
		misuse(name, wantImages(t.spec(), dims), t)
	}
	for i := range dims {
		t = t.adapt(i-dims, size[i%len(size)])
	}
	return t
}

// adapt averages along one dim: windows may be taken one dim after the other.
func (t *Tensor) adapt(dim, size int) *Tensor {
	n := t.Size(dim)
	switch {
	case size < 0 || size == n:
		return t
	case size == 0:
		return t.Narrow(dim, 0, 0)
	case n%size == 0: // windows of one size, side by side
		shape := slices.Insert(t.Shape(), t.Dim()+dim+1, n/size)
		shape[t.Dim()+dim] = size
		return t.Reshape(shape...).Mean(Dims(t.Dim() + dim + 1))
	}
	parts := make([]*Tensor, size)
	for i := range parts {
		start, end := i*n/size, ((i+1)*n+size-1)/size
		parts[i] = t.Narrow(dim, start, end-start).Mean(Dims(dim), KeepDim)
	}
	return Cat(dim, parts...)
}

func adaptiveAvgPool1dEntry() Entry { e := adaptiveAvgPoolEntry(1); e.At = Here(); return e }
func adaptiveAvgPool2dEntry() Entry { e := adaptiveAvgPoolEntry(2); e.At = Here(); return e }
func adaptiveAvgPool3dEntry() Entry { e := adaptiveAvgPoolEntry(3); e.At = Here(); return e }

func adaptiveAvgPoolEntry(dims int) Entry {
	name := fmt.Sprintf("adaptive_avg_pool%dd", dims)
	sizes := func(a *Args) []int {
		v, ok := a.Any("output_size").([]any)
		if !ok {
			return a.Ints("output_size")
		}
		out := make([]int, len(v))
		for i, x := range v {
			out[i] = -1
			if x != nil {
				out[i] = x.(int)
			}
		}
		return out
	}
	sample := func(x []int, size any) Sample { return Sample{Args: []any{In(x...), size}} }
	x := cube(dims, 5, 1, 2)
	bad := func(x Arg, size any, want string) Bad {
		return Bad{Args: []any{x, size}, Want: "tensor: " + name + " " + shapesText(x.Shape) + want}
	}
	return Entry{
		Name: "nn.functional." + name, Sig: name + "(input, output_size)",
		Go: []string{fmt.Sprintf("AdaptiveAvgPool%dd", dims)},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").adaptiveAvgPool(dims, sizes(a)))
		},
		Ref:    func(a *Args) []Array { return []Array{refAdaptive(a.Array("input"), perDim(sizes(a), dims))} },
		DTypes: Floats,
		Samples: []Sample{
			sample(cube(dims, 1, 1, 1), 1), sample(x, 1), sample(x, []any{3}), sample(x, 7), sample(x, 5), sample(x, 0),
			sample(cube(dims, 4, 1, 1), 2), sample(cube(dims, 4, 0, 2), 3), sample(cube(dims, 3, 2), cubeAny(dims)),
		},
		Bad: []Bad{
			bad(In(x...), []int{1, 1, 1, 1}, fmt.Sprintf("size [1 1 1 1] has 4 numbers; want 1 or %d", dims)),
			bad(In(x...), -2, "size is -2; want 0 or more, or -1"),
			bad(In(x...).As(Int64), 1, "dtype int64; want a floating-point dtype"),
			bad(In(4), 2, fmt.Sprintf("the input has 1 dims; want %d, or %d for one image", dims+2, dims+1)),
		},
		Why: map[string]string{"0-d": "an image has at least two dims"},
	}
}

// cubeAny is an output size of None for all dims but the last.
func cubeAny(dims int) []any {
	s := make([]any, dims)
	s[dims-1] = 2
	return s
}

// refAdaptive averages each box at once, not one dim after the other.
func refAdaptive(x Array, size []int) Array {
	lead := len(x.Shape) - len(size)
	out := append([]int{}, x.Shape...)
	for i, n := range size {
		if n >= 0 {
			out[lead+i] = n
		}
	}
	y := NewArray(out...)
	count := make([]float64, len(y.V))
	for p := range y.V {
		to := y.Index(p)
		for q, v := range x.V {
			from := x.Index(q)
			in := true
			for d := range from {
				n, m := x.Shape[d], out[d]
				in = in && from[d] >= to[d]*n/m && from[d] < ((to[d]+1)*n+m-1)/m
			}
			if in {
				y.V[p] += v
				count[p]++
			}
		}
		y.V[p] /= count[p]
	}
	return y
}
