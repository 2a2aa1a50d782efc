package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// reduceOps join the elements of dims.
func reduceOps() map[string]opFunc {
	type opts = []tensor.ReduceOption
	sum := func(x *tensor.Tensor, o opts) *tensor.Tensor { return x.Sum(o...).Cast(x.DType()) }
	return map[string]opFunc{
		"ReduceSum": reduce(sum),
		"ReduceMean": reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor {
			if x.DType().IsFloat() {
				return x.Mean(o...)
			}
			return x.Cast(tensor.Float64).Mean(o...).Cast(x.DType())
		}),
		"ReduceProd": reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor { return x.Prod(o...).Cast(x.DType()) }),
		"ReduceMax":  reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor { return extreme(x, o, (*tensor.Tensor).Max, true) }),
		"ReduceMin":  reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor { return extreme(x, o, (*tensor.Tensor).Min, false) }),
		"ReduceL1":   reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor { return sum(x.Abs(), o) }),
		"ReduceL2": reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor {
			return sum(x.Mul(x), o).Sqrt().Cast(x.DType())
		}),
		"ReduceSumSquare": reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor { return sum(x.Mul(x), o) }),
		"ReduceLogSum":    reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor { return sum(x, o).Log() }),
		"ReduceLogSumExp": reduce(func(x *tensor.Tensor, o opts) *tensor.Tensor { return x.LogSumExp(o...) }),
		"ArgMax":          one(func(c *call) *tensor.Tensor { return argExtreme(c, (*tensor.Tensor).ArgMax) }),
		"ArgMin":          one(func(c *call) *tensor.Tensor { return argExtreme(c, (*tensor.Tensor).ArgMin) }),
	}
}

func reduce(f func(x *tensor.Tensor, o []tensor.ReduceOption) *tensor.Tensor) opFunc {
	return same(func(c *call) *tensor.Tensor {
		x := c.x(0)
		axes := c.axes(1, x.Dim())
		if len(axes) == 0 {
			if c.flag("noop_with_empty_axes", false) {
				// f is of each element by itself.
				return f(x.Unsqueeze(-1), []tensor.ReduceOption{tensor.Dims(-1)})
			}
			for i := range x.Dim() {
				axes = append(axes, i)
			}
		}
		o := []tensor.ReduceOption{tensor.Dims(axes...)}
		if c.flag("keepdims", true) {
			o = append(o, tensor.KeepDim)
		}
		if len(axes) == 0 { // of a scalar
			o = nil
		}
		return f(x, o)
	})
}

// extreme is f, also of bool, and of no elements: then it is the least or
// largest number there is.
func extreme(x *tensor.Tensor, o []tensor.ReduceOption, f func(*tensor.Tensor, ...tensor.ReduceOption) *tensor.Tensor, most bool) *tensor.Tensor {
	switch {
	case x.DType() == tensor.Bool && most:
		return x.Any(o...)
	case x.DType() == tensor.Bool:
		return x.All(o...)
	case x.Len() == 0:
		y := x.Sum(o...).Cast(x.DType())
		lo, hi := limits(x.DType())
		if most {
			return tensor.FullLike(y, lo)
		}
		return tensor.FullLike(y, hi)
	}
	return f(x, o...)
}

func argExtreme(c *call, f func(*tensor.Tensor, ...tensor.ReduceOption) *tensor.Tensor) *tensor.Tensor {
	x := c.x(0)
	dim := c.axis(0, x.Dim())
	o := []tensor.ReduceOption{tensor.Dims(dim)}
	if c.flag("keepdims", true) {
		o = append(o, tensor.KeepDim)
	}
	if c.flag("select_last_index", false) {
		return f(x.Flip(dim), o...).RSubScalar(x.Size(dim) - 1)
	}
	return f(x, o...)
}

// flatten is x as a matrix whose columns are the dims from dim on.
func flatten(x *tensor.Tensor, dim int) *tensor.Tensor {
	return x.Reshape(product(x.Shape()[:dim]), product(x.Shape()[dim:]))
}

func product(n []int) int {
	p := 1
	for _, d := range n {
		p *= d
	}
	return p
}

func repeat(v, n int) []int { return slices.Repeat([]int{v}, max(n, 0)) }
