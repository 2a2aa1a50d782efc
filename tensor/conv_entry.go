package tensor

import (
	"fmt"
	"math"
)

func conv1dEntry() Entry { e := convEntry(1, "conv1d"); e.At = Here(); return e }
func conv2dEntry() Entry { e := convEntry(2, "conv2d"); e.At = Here(); return e }
func conv3dEntry() Entry { e := convEntry(3, "conv3d"); e.At = Here(); return e }

func conv1dReLUEntry() Entry { e := convReLUEntry(1, "conv1d"); e.At = Here(); return e }
func conv2dReLUEntry() Entry { e := convReLUEntry(2, "conv2d"); e.At = Here(); return e }
func conv3dReLUEntry() Entry { e := convReLUEntry(3, "conv3d"); e.At = Here(); return e }

func convReLUEntry(dims int, name string) Entry {
	e := convEntry(dims, name).thenReLU(fmt.Sprintf("ao.nn.intrinsic.ConvReLU%dd", dims), "C"+name[1:], callConv(dims, WithReLU))
	e.Samples, e.Bad = append(e.Samples[1:7], e.Samples[9:10]...), convBad(dims, "tensor: "+name+"_relu ")[:1] // the others are of what convolutions share
	return e
}

func convEntry(dims int, name string) Entry {
	return Entry{
		Name: "nn.functional." + name, Sig: name + "(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
		Ops: []any{&convOp{}, &convInputOp{}, &convWeightOp{}}, Go: []string{"C" + name[1:]},
		Call:    callConv(dims),
		Ref:     refConv(dims),
		DTypes:  Numbers,
		Samples: convSamples(dims),
		Bad:     convBad(dims, "tensor: "+name+" "),
		Abs:     1,
		Why:     map[string]string{"0-d": "an image has at least two dims", "tol": "terms of size 1 cancel in the sum", "infinite": "0·inf at the padding", "special": "0·inf depends on the order of the sum"},
	}
}

func callConv(dims int, more ...ConvOption) func(a *Args) []*Tensor {
	return func(a *Args) []*Tensor {
		opts := append([]ConvOption{Stride(a.Ints("stride")...), Dilation(a.Ints("dilation")...), Groups(a.Int("groups"))}, more...)
		switch a.Any("padding") {
		case "valid":
		case "same":
			opts = append(opts, SamePadding)
		default:
			opts = append(opts, Padding(a.Ints("padding")...))
		}
		return one(a.Tensor("input").convolve(dims, a.Tensor("weight"), a.OptTensor("bias"), opts))
	}
}

// cube is a shape with a size repeated.
func cube(dims, size int, before ...int) []int {
	for range dims {
		before = append(before, size)
	}
	return before
}

func convSamples(dims int) []Sample {
	call := func(x, w []int, bias any, kw map[string]any) Sample {
		return Sample{Args: []any{In(x...), In(w...), bias}, Kw: kw}
	}
	c := func(size int, before ...int) []int { return cube(dims, size, before...) }
	s := []Sample{
		call(c(1, 1, 1), c(1, 1, 1), In(1), nil),
		call(c(3, 1, 2), c(2, 1, 2), nil, nil),
		call(c(3, 2), c(2, 1, 2), In(1), nil), // one image
		call(c(3, 2, 2), c(2, 2, 1), In(2), map[string]any{"groups": 2, "stride": 2, "padding": 1}),
		call(c(4, 1, 1), c(2, 1, 1), In(1), map[string]any{"dilation": 2, "padding": []int{1}, "stride": []int{2}}),
		call(c(3, 0, 2), c(2, 2, 2), In(2), nil),
		call(c(3, 1, 0), c(2, 2, 0), In(2), nil),
		call(c(3, 1, 1), c(2, 1, 1), nil, map[string]any{"padding": "same"}),
		call(c(3, 1, 1), c(2, 1, 1), nil, map[string]any{"padding": "valid"}),
		call(c(5, 9, 2), c(3, 4, 2), nil, nil), // more images than one pass may take
		call(c(5, 3, 4), c(3, 6, 2), In(6), map[string]any{"groups": 2, "padding": "same", "dilation": 2}),
	}
	if dims == 2 {
		more := []Sample{
			call([]int{2, 2, 5, 4}, []int{4, 1, 3, 2}, In(4), map[string]any{"groups": 2, "stride": []int{2, 1}, "padding": []int{0, 2}, "dilation": []int{1, 2}}),
			call([]int{1, 2, 40, 41}, []int{5, 2, 3, 3}, In(5), nil),                        // several pieces of work
			call([]int{3, 8, 16, 8}, []int{8, 2, 1, 1}, In(8), map[string]any{"groups": 4}), // one cell, more images than partial sums
			call([]int{3, 8, 18, 17}, []int{8, 2, 2, 2}, nil, map[string]any{"groups": 4}),  // and more cells
		}
		more[1].Only = []DType{Float32, Float64, Float16, Int64}
		s = append(s, more...)
	}
	return s
}

func convBad(dims int, op string) []Bad {
	c := func(size int, before ...int) []int { return cube(dims, size, before...) }
	in := func(x, w []int) string { return op + shapesText(x, w) }
	bad := func(x, w []int, kw map[string]any, want string) Bad {
		return Bad{Args: []any{In(x...), In(w...)}, Kw: kw, Want: in(x, w) + want}
	}
	x, w := c(4, 1, 4), c(3, 6, 2)
	return []Bad{
		bad(x, w, nil, "the input has 4 channels; the weight wants 2 in each of 1 groups"),
		bad(x, c(3, 5, 2), map[string]any{"groups": 2}, "5 filters do not divide into 2 groups"),
		bad(x, w, map[string]any{"groups": 0}, "groups is 0; want at least 1"),
		bad(x, c(6, 1, 4), map[string]any{"dilation": 1, "padding": 0}, "the window reaches over 6 in dim "+map[int]string{1: "-1", 2: "-2", 3: "-3"}[dims]+" of the image, which with padding has 4"),
		bad(x, w, map[string]any{"stride": 0}, "stride is 0; want at least 1"),
		bad(x, w, map[string]any{"dilation": 0}, "dilation is 0; want at least 1"),
		bad(x, w, map[string]any{"dilation": math.MaxInt}, "dilation is 9223372036854775807; want at most 144115188075855871"),
		bad(x, c(2, 6, 4), map[string]any{"dilation": math.MaxInt>>7 + 1}, "the window reaches over 72057594037927937 in dim "+map[int]string{1: "-1", 2: "-2", 3: "-3"}[dims]+" of the image, which with padding has 4"),
		bad(x, c(4, 6, 4), map[string]any{"dilation": math.MaxInt>>7 + 1}, "a window of 4 elements with dilation 72057594037927936 is too large"),
		bad(x, w, map[string]any{"padding": -1}, "padding is -1; want at least 0"),
		bad(x, w, map[string]any{"stride": []int{1, 1, 1, 1}}, "stride [1 1 1 1] has 4 numbers; want 1 or "+map[int]string{1: "1", 2: "2", 3: "3"}[dims]),
		bad(x, w, map[string]any{"padding": "same", "stride": 2}, "stride [2] with the same size; want 1, and no other padding"),
		bad(x, []int{6, 2}, nil, "the weight has 2 dims; want "+map[int]string{1: "3", 2: "4", 3: "5"}[dims]),
		bad([]int{4}, c(3, 6, 4), nil, "the input has 1 dims; want "+map[int]string{1: "3, or 2", 2: "4, or 3", 3: "5, or 4"}[dims]+" for one image"),
		{Args: []any{In(x...), In(c(3, 6, 4)...), In(5)}, Want: op + shapesText(x, c(3, 6, 4), []int{5}) + "the bias has shape [5]; want [6]"},
		{Args: []any{In(x...), In(c(3, 6, 4)...).As(Float64)}, Want: in(x, c(3, 6, 4)) + "dtypes float32 and float64 differ"},
	}
}

// shapesText is how an error message lists shapes.
func shapesText(shapes ...[]int) string {
	return (&Error{Shapes: shapes, Err: errNone{}}).Error()[len("tensor:  "):]
}

// errNone has no text.
type errNone struct{}

func (errNone) Error() string { return "" }

// refConv is the definition, one product at a time, for any number of dims.
func refConv(dims int) func(*Args) []Array {
	return func(a *Args) []Array {
		x, w := a.Array("input"), a.Array("weight")
		single := len(x.Shape) == dims+1
		if single {
			x.Shape = append([]int{1}, x.Shape...)
		}
		ints := func(name string) []int { return perDim(a.Ints(name), dims) }
		stride, dilation, groups := ints("stride"), ints("dilation"), a.Int("groups")
		out := NewArray(x.Shape[0], w.Shape[0])
		pad := make([]int, dims)
		for i := range dims {
			span, n := dilation[i]*(w.Shape[2+i]-1), x.Shape[2+i]
			size := n - span
			switch a.Any("padding") {
			case "valid":
			case "same":
				pad[i], size = span/2, n
			default:
				pad[i] = ints("padding")[i]
				size += 2 * pad[i]
			}
			out.Shape = append(out.Shape, (size-1)/stride[i]+1)
		}
		out = NewArray(out.Shape...)
		for p := range out.V {
			at := out.Index(p)
			o := at[1]
			if a.Has("bias") {
				out.V[p] = a.Array("bias").V[o]
			}
			filter := NewArray(w.Shape[1:]...)
			for q := range filter.V {
				cell := filter.Index(q)
				from := []int{at[0], o/(w.Shape[0]/groups)*w.Shape[1] + cell[0]}
				for i := range dims {
					from = append(from, at[2+i]*stride[i]+cell[1+i]*dilation[i]-pad[i])
				}
				if inside(from, x.Shape) {
					out.V[p] += x.At(from...) * w.V[o*len(filter.V)+q]
				}
			}
		}
		if single {
			out.Shape = out.Shape[1:]
		}
		return []Array{out}
	}
}

// inside reports whether an index lies within a shape.
func inside(at, shape []int) bool {
	for i, k := range at {
		if k < 0 || k >= shape[i] {
			return false
		}
	}
	return true
}

// perDim is a list with one number for each of n dims.
func perDim(v []int, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = v[i%len(v)]
	}
	return out
}
