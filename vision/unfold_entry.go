package vision

import "github.com/facula-ml/facula/tensor"

func unfoldEntry() tensor.Entry {
	call := func(x []int, k any, rest ...any) tensor.Sample {
		return tensor.Sample{Args: append([]any{tensor.In(x...), k}, rest...)}
	}
	bad := func(x tensor.Arg, want string, rest ...any) tensor.Bad {
		return tensor.Bad{Args: append([]any{x}, rest...), Want: text("unfold", x.Shape) + want}
	}
	x := tensor.In(1, 2, 4, 4)
	return tensor.Entry{
		Name: "nn.functional.unfold", Sig: "unfold(input, kernel_size, dilation=1, padding=0, stride=1)", At: tensor.Here(),
		Go: []string{"Unfold"}, Ops: []any{&unfoldOp{}, &foldOp{}},
		Call:   func(a *tensor.Args) []*tensor.Tensor { return one(Unfold(a.Tensor("input"), windowOf(a))) },
		Ref:    refUnfold,
		DTypes: append([]tensor.DType{tensor.Bool}, tensor.Floats...),
		Samples: []tensor.Sample{
			call([]int{1, 1, 1, 1}, 1), call([]int{2, 2, 3, 4}, 2), call([]int{2, 3, 3}, 2, 1, 1), call([]int{1, 1, 4, 5}, []int{2, 3}, []int{2, 1}, []int{1, 2}, []int{1, 2}),
			call([]int{0, 2, 3, 3}, 2), call([]int{1, 1, 2, 2}, 1, 1, 2, 3),
		},
		Bad: []tensor.Bad{
			bad(x, "the window reaches over 5 in dim -2 of the image, which with padding has 4", 5), bad(x, "kernel size is 0; want 1 to 32767", 0),
			bad(x, "stride is 0; want 1 to 32767", 2, 1, 0, 0), bad(x, "padding is -1; want 0 to 32767", 2, 1, -1), bad(x, "dilation is 0; want 1 to 32767", 2, 0),
			bad(x, "kernel size [1 2 3] has 3 numbers; want 1 or 2", []int{1, 2, 3}), bad(tensor.In(4, 4), "the input has 2 dims; want 4, or 3 for one image", 2),
			bad(tensor.In(1, 0, 4, 4), "an image has no elements", 2), bad(x.As(tensor.Int64), "dtype int64; want a floating-point dtype or bool", 2),
		},
		Why: map[string]string{"0-d": "an image has at least three dims"},
	}
}

func foldEntry() tensor.Entry {
	call := func(x []int, size, k any, rest ...any) tensor.Sample {
		return tensor.Sample{Args: append([]any{tensor.In(x...), size, k}, rest...)}
	}
	bad := func(x tensor.Arg, want string, size any, rest ...any) tensor.Bad {
		return tensor.Bad{Args: append([]any{x, size}, rest...), Want: text("fold", x.Shape) + want}
	}
	x := tensor.In(1, 8, 9)
	return tensor.Entry{
		Name: "nn.functional.fold", Sig: "fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1)", At: tensor.Here(),
		Go: []string{"Fold"}, Ops: []any{&unfoldOp{}, &foldOp{}},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return one(Fold(a.Tensor("input"), a.Ints("output_size"), windowOf(a)))
		},
		Ref:    refFold,
		DTypes: tensor.Floats,
		Samples: []tensor.Sample{
			call([]int{1, 1, 1}, 1, 1), call([]int{2, 8, 6}, []int{3, 4}, 2), call([]int{8, 16}, 3, 2, 1, 1),
			call([]int{1, 6, 16}, []int{4, 5}, []int{2, 3}, []int{2, 1}, []int{1, 2}, []int{1, 2}), call([]int{0, 8, 4}, 3, 2), call([]int{1, 1, 4}, 2, 1, 1, 2, 3),
		},
		Bad: []tensor.Bad{
			bad(x, "dim -1 is 9; want 4 for 2 by 2 windows", 3, 2), bad(x, "dim -2 is 8; want a multiple of the 9 cells of a window", 5, 3),
			bad(x, "the size is [4 4 4]; want two numbers, 1 or more", []int{4, 4, 4}, 2), bad(x, "the size is [0 0]; want two numbers, 1 or more", 0, 2),
			bad(x, "the window reaches over 5 in dim -2 of the image, which with padding has 4", 4, 5), bad(tensor.In(4), "the input has 1 dims; want 3, or 2 for one image", 4, 2),
			bad(x.As(tensor.Int64), "dtype int64; want a floating-point dtype", 4, 2),
		},
		Abs: 1, Why: map[string]string{"0-d": "columns have at least two dims", "tol": "terms of size 1 cancel in the sum"},
	}
}

func windowOf(a *tensor.Args) Window {
	return Window{Kernel: a.Ints("kernel_size"), Stride: a.Ints("stride"), Padding: a.Ints("padding"), Dilation: a.Ints("dilation")}
}

// refCells calls f for every cell of every window: which row and column of the
// unfolded image it is, and where it looks, an element of a plane or -1.
func refCells(a *tensor.Args, h, w int, f func(cell, window, cells, windows, at int)) {
	pair := func(name string) [2]int {
		v := a.Ints(name)
		return [2]int{v[0], v[len(v)-1]}
	}
	k, s, p, d := pair("kernel_size"), pair("stride"), pair("padding"), pair("dilation")
	nh, nw := (h+2*p[0]-d[0]*(k[0]-1)-1)/s[0]+1, (w+2*p[1]-d[1]*(k[1]-1)-1)/s[1]+1
	for cell := range k[0] * k[1] {
		for window := range nh * nw {
			y := window/nw*s[0] - p[0] + cell/k[1]*d[0]
			x := window%nw*s[1] - p[1] + cell%k[1]*d[1]
			at := -1
			if y >= 0 && y < h && x >= 0 && x < w {
				at = y*w + x
			}
			f(cell, window, k[0]*k[1], nh*nw, at)
		}
	}
	if k[0]*k[1]*nh*nw == 0 {
		f(0, 0, k[0]*k[1], nh*nw, -1)
	}
}

func refUnfold(a *tensor.Args) []tensor.Array {
	x := a.Array("input")
	n := len(x.Shape)
	h, w := x.Shape[n-2], x.Shape[n-1]
	var y tensor.Array
	refCells(a, h, w, func(cell, window, cells, windows, at int) {
		if y.Shape == nil {
			y = tensor.NewArray(append(append([]int{}, x.Shape[:n-3]...), x.Shape[n-3]*cells, windows)...)
		}
		for plane := range len(x.V) / (h * w) {
			if at >= 0 {
				y.V[(plane*cells+cell)*windows+window] = x.V[plane*h*w+at]
			}
		}
	})
	return []tensor.Array{y}
}

func refFold(a *tensor.Args) []tensor.Array {
	x, size := a.Array("input"), a.Ints("output_size")
	h, w := size[0], size[len(size)-1]
	var y tensor.Array
	refCells(a, h, w, func(cell, window, cells, windows, at int) {
		n := len(x.Shape)
		if y.Shape == nil {
			y = tensor.NewArray(append(append([]int{}, x.Shape[:n-2]...), x.Shape[n-2]/cells, h, w)...)
		}
		for plane := range len(y.V) / (h * w) {
			if at >= 0 {
				y.V[plane*h*w+at] += x.V[(plane*cells+cell)*windows+window]
			}
		}
	})
	return []tensor.Array{y}
}
