package tensor

import "fmt"

func fractionalMaxPool2dEntry() Entry { e := fractionalMaxPoolEntry(2); e.At = Here(); return e }
func fractionalMaxPool3dEntry() Entry { e := fractionalMaxPoolEntry(3); e.At = Here(); return e }

func fractionalMaxPoolEntry(dims int) Entry {
	name := fmt.Sprintf("fractional_max_pool%dd", dims)
	c := func(size int, before ...int) []int { return cube(dims, size, before...) }
	e := Entry{
		Name: "nn.functional." + name,
		Sig:  name + "(input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None)",
		Ops:  []any{&fractionalOp{}, &maxPoolGradOp{}},
		Go:   []string{fmt.Sprintf("FractionalMaxPool%dd", dims), fmt.Sprintf("FractionalMaxPool%ddWithIndices", dims), "OutputRatio", "RandomSamples"},
		Call: func(a *Args) []*Tensor {
			var opts []PoolOption
			if a.Has("output_size") {
				opts = append(opts, OutputSize(a.Ints("output_size")...))
			}
			if r, ok := a.Any("output_ratio").([]any); ok {
				opts = append(opts, OutputRatio(floats(r)...))
			} else if a.Has("output_ratio") {
				opts = append(opts, OutputRatio(a.Float("output_ratio")))
			}
			if a.Has("_random_samples") {
				opts = append(opts, RandomSamples(a.Tensor("_random_samples")))
			}
			out := a.Tensor("input").fractionalMaxPool(dims, a.Ints("kernel_size"), opts)
			if !a.Bool("return_indices") {
				return out[:1]
			}
			return out
		},
		Ref:    refFractional(dims),
		Out:    OutIndexed,
		DTypes: Floats,
		Why:    map[string]string{"0-d": "an image has at least two dims"},
	}
	call := func(x []int, kw map[string]any) {
		planes := x[:len(x)-dims]
		if len(planes) == 1 {
			planes = []int{1, planes[0]}
		}
		kw["_random_samples"] = In(planes[0], planes[1], dims).As(Float64).Within(0, 1)
		e.Samples = append(e.Samples, Sample{Args: []any{In(x...).Distinct(), 2}, Kw: kw})
	}
	call(c(4, 1, 2), map[string]any{"output_size": 2})
	call(c(5, 2), map[string]any{"output_size": c(3), "return_indices": true})
	call(c(4, 1, 1), map[string]any{"output_ratio": 0.5, "return_indices": true})
	call(c(5, 0, 1), map[string]any{"output_ratio": []any{0.5, 0.5, 0.5}[:dims], "return_indices": true})
	call(c(3, 1, 1), map[string]any{"output_size": 1})
	if dims == 2 {
		e.Samples = append(e.Samples, Sample{Args: []any{In(1, 1, 1, 1), 1}, Kw: map[string]any{"output_size": 1}})
	} else {
		e.Why["size-1"] = "a volume is larger than its windows"
	}
	bad := func(x []int, kernel any, kw map[string]any, want string) {
		e.Bad = append(e.Bad, Bad{Args: []any{In(x...), kernel}, Kw: kw, Want: "tensor: " + name + " " + shapesText(x) + want})
	}
	x := c(4, 1, 2)
	bad(x, 2, nil, "want an output size or an output ratio, and not both")
	bad(x, 2, map[string]any{"output_size": 4}, fmt.Sprintf("4 windows of 2 in dim %d of size 4; want 0 or more, and room for each a step apart", -dims))
	bad(x, 2, map[string]any{"output_size": -1}, fmt.Sprintf("-1 windows of 2 in dim %d of size 4; want 0 or more, and room for each a step apart", -dims))
	bad(x, 2, map[string]any{"output_ratio": 1.5}, "the output ratio is 1.5; want more than 0 and less than 1")
	bad(x, 2, map[string]any{"output_size": []int{1, 1, 1, 1}}, fmt.Sprintf("the output has 4 numbers; want 1 or %d", dims))
	bad(x, 0, map[string]any{"output_size": 1}, "kernel size is 0; want at least 1")
	bad(x, 2, map[string]any{"output_size": 2, "_random_samples": In(1, 2, 1)}, fmt.Sprintf("the random samples have shape [1 2 1]; want [1 2 %d]", dims))
	bad(c(0, 1, 2), 2, map[string]any{"output_size": 2}, "an image has no elements")
	bad([]int{4}, 2, map[string]any{"output_size": 2}, fmt.Sprintf("the input has 1 dims; want %d, or %d for one image", dims+2, dims+1))
	e.Bad = append(e.Bad, Bad{Args: []any{In(x...).As(Int64), 2}, Kw: map[string]any{"output_size": 2},
		Want: "tensor: " + name + " " + shapesText(x) + "dtype int64; want a floating-point dtype"})
	return e
}

// floats is a list of numbers.
func floats(v []any) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		switch n := x.(type) {
		case float64:
			out[i] = n
		case int:
			out[i] = float64(n)
		}
	}
	return out
}

// refFractional places windows by the samples, whose last dim is the first of images.
func refFractional(dims int) func(*Args) []Array {
	return func(a *Args) []Array {
		x, size := a.Array("input"), perDim(a.Ints("kernel_size"), dims)
		lead := len(x.Shape) - dims
		shape := append([]int{}, x.Shape...)
		for i := range dims {
			if a.Has("output_size") {
				shape[lead+i] = perDim(a.Ints("output_size"), dims)[i]
				continue
			}
			r, ok := a.Any("output_ratio").(float64)
			if !ok {
				r = floats(a.Any("output_ratio").([]any))[i]
			}
			shape[lead+i] = int(float64(x.Shape[lead+i]) * r)
		}
		y, index := NewArray(shape...), NewArray(shape...)
		windows, image := volumeOf(shape[lead:]), NewArray(x.Shape[lead:]...)
		for p := range y.V {
			plane, to, from := p/windows, y.Index(p)[lead:], make([]int, dims)
			for i := range dims {
				k := i
				if dims == 2 {
					k = 1 - i
				}
				if last := image.Shape[i] - size[i]; to[i] == shape[lead+i]-1 {
					from[i] = last
				} else {
					alpha, u := float64(last)/float64(shape[lead+i]-1), a.Array("_random_samples").V[plane*dims+k]
					from[i] = int((float64(to[i])+u)*alpha) - int(u*alpha)
				}
			}
			for k := range volumeOf(size) {
				at := 0
				for i, j := range NewArray(size...).Index(k) {
					at += (from[i] + j) * image.Strides()[i]
				}
				if v := x.V[plane*len(image.V)+at]; k == 0 || v > y.V[p] || v != v {
					y.V[p], index.V[p] = v, float64(at)
				}
			}
		}
		if !a.Bool("return_indices") {
			return []Array{y}
		}
		return []Array{y, index}
	}
}
