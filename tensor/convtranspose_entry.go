package tensor

import "fmt"

func convTranspose1dEntry() Entry { e := convTransposeEntry(1); e.At = Here(); return e }
func convTranspose2dEntry() Entry { e := convTransposeEntry(2); e.At = Here(); return e }
func convTranspose3dEntry() Entry { e := convTransposeEntry(3); e.At = Here(); return e }

func convTransposeEntry(dims int) Entry {
	name := fmt.Sprintf("conv_transpose%dd", dims)
	e := Entry{
		Name: "nn.functional." + name,
		Sig:  name + "(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)",
		Ops:  []any{&convTransposeOp{}}, Go: []string{fmt.Sprintf("ConvTranspose%dd", dims), "OutputPadding"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").convTranspose(dims, a.Tensor("weight"), a.OptTensor("bias"), []ConvOption{
				Stride(a.Ints("stride")...), Padding(a.Ints("padding")...), OutputPadding(a.Ints("output_padding")...),
				Groups(a.Int("groups")), Dilation(a.Ints("dilation")...),
			}))
		},
		Ref:    refConvTranspose(dims),
		DTypes: Numbers,
		Abs:    1,
		Why: map[string]string{"0-d": "an image has at least two dims", "tol": "terms of size 1 cancel in the sum",
			"infinite": "0·inf depends on the order of the sum", "special": "0·inf depends on the order of the sum"},
	}
	call := func(x, w []int, bias any, kw map[string]any) {
		e.Samples = append(e.Samples, Sample{Args: []any{In(x...), In(w...), bias}, Kw: kw})
	}
	c := func(size int, before ...int) []int { return cube(dims, size, before...) }
	call(c(1, 1, 1), c(1, 1, 1), In(1), nil)
	call(c(2, 1, 2), c(2, 2, 1), nil, nil)
	call(c(2, 2), c(2, 2, 1), In(1), nil)
	call(c(2, 1, 2), c(2, 2, 1), In(2), map[string]any{"groups": 2, "stride": 2, "padding": 1, "output_padding": 1})
	call(c(2, 1, 1), c(2, 1, 2), In(2), map[string]any{"dilation": 3, "stride": []int{2}, "output_padding": 2})
	call(c(3, 0, 2), c(2, 2, 2), In(2), nil)
	call(c(4, 3, 4), c(3, 4, 3), In(6), map[string]any{"groups": 2, "padding": 1})
	if dims == 2 {
		call([]int{3, 2, 37, 38}, []int{2, 2, 2, 2}, In(2), nil) // more than smallImages
		e.Samples[len(e.Samples)-1].Only = []DType{Float32, Float64, BFloat16}
		call([]int{2, 2, 3, 2}, []int{2, 1, 2, 3}, In(2), map[string]any{"groups": 2, "stride": []int{3, 2}, "padding": []int{1, 2}, "output_padding": []int{2, 3}, "dilation": 4})
	}
	op := "tensor: " + name + " "
	bad := func(x, w []int, kw map[string]any, want string) {
		e.Bad = append(e.Bad, Bad{Args: []any{In(x...), In(w...)}, Kw: kw, Want: op + shapesText(x, w) + want})
	}
	x, w := c(3, 1, 2), c(2, 2, 1)
	bad(x, c(2, 3, 1), nil, "the input has 2 channels; the weight wants 3")
	bad(c(3, 1, 3), c(2, 3, 1), map[string]any{"groups": 2}, "3 channels do not divide into 2 groups")
	bad(x, w, map[string]any{"groups": 0}, "groups is 0; want at least 1")
	bad(x, w, map[string]any{"stride": 0}, "stride is 0; want at least 1")
	bad(x, w, map[string]any{"padding": -1}, "padding is -1; want at least 0")
	bad(x, w, map[string]any{"padding": 2}, fmt.Sprintf("dim %d of the result would be 0", -dims))
	bad(x, w, map[string]any{"output_padding": 1}, "output padding is 1; want 0 or more, and less than the stride or the dilation, 1")
	bad(x, w, map[string]any{"output_padding": []int{1, 1, 1, 1}}, fmt.Sprintf("output padding [1 1 1 1] has 4 numbers; want 1 or %d", dims))
	bad(x, []int{2, 1}, nil, fmt.Sprintf("the weight has 2 dims; want %d", dims+2))
	bad(c(0, 1, 2), w, nil, "the input or the result has no elements in an image")
	bad([]int{4}, w, nil, fmt.Sprintf("the input has 1 dims; want %d, or %d for one image", dims+2, dims+1))
	e.Bad = append(e.Bad,
		Bad{Args: []any{In(x...), In(w...), In(3)}, Want: op + shapesText(x, w) + "the bias has shape [3]; want [1]"},
		Bad{Args: []any{In(x...), In(w...).As(Float64)}, Want: op + shapesText(x, w) + "the input is float32; want a weight and a bias of its dtype"})
	return e
}

// refConvTranspose adds each element's filter to the result, one product at a time.
func refConvTranspose(dims int) func(*Args) []Array {
	return func(a *Args) []Array {
		x, w := a.Array("input"), a.Array("weight")
		single := len(x.Shape) == dims+1
		if single {
			x.Shape = append([]int{1}, x.Shape...)
		}
		ints := func(name string) []int { return perDim(a.Ints(name), dims) }
		stride, dilation, pad, groups := ints("stride"), ints("dilation"), ints("padding"), a.Int("groups")
		shape := []int{x.Shape[0], w.Shape[1] * groups}
		for i := range dims {
			shape = append(shape, (x.Shape[2+i]-1)*stride[i]-2*pad[i]+dilation[i]*(w.Shape[2+i]-1)+1+ints("output_padding")[i])
		}
		out := NewArray(shape...)
		for p := range out.V {
			if a.Has("bias") {
				out.V[p] = a.Array("bias").V[out.Index(p)[1]]
			}
		}
		for p, v := range x.V {
			at := x.Index(p)
			filter := NewArray(w.Shape[1:]...)
			for q := range filter.V {
				cell := filter.Index(q)
				to := []int{at[0], at[1]/(w.Shape[0]/groups)*w.Shape[1] + cell[0]}
				for i := range dims {
					to = append(to, at[2+i]*stride[i]+cell[1+i]*dilation[i]-pad[i])
				}
				if inside(to, shape) {
					k := 0
					for i, st := range out.Strides() {
						k += to[i] * st
					}
					out.V[k] += v * w.V[at[1]*len(filter.V)+q]
				}
			}
		}
		if single {
			out.Shape = out.Shape[1:]
		}
		return []Array{out}
	}
}
