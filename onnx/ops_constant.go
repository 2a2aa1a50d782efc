package onnx

import (
	"math"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// constantOps make tensors of shapes, attributes and chance.
func constantOps() map[string]opFunc {
	return map[string]opFunc{
		"Constant":        func(c *call) []*Value { return []*Value{opConstant(c)} },
		"ConstantOfShape": func(c *call) []*Value { return []*Value{opConstantOfShape(c)} },
		"EyeLike":         func(c *call) []*Value { return []*Value{opEyeLike(c)} },
		"Range":           same(opRange),
		"Shape":           one(opShape),
		"Size":            one(func(c *call) *tensor.Tensor { return tensor.Scalar(int64(product(shapeOf(c.value(0))))) }),
		"OneHot": func(c *call) []*Value {
			return []*Value{typed(opOneHot(c), c.elem(2))}
		},
		"RandomUniform": func(c *call) []*Value {
			return []*Value{c.random(c.intsAttr("shape"), proto.Float, uniform)}
		},
		"RandomUniformLike": func(c *call) []*Value {
			return []*Value{c.random(c.x(0).Shape(), c.elem(0), uniform)}
		},
		"RandomNormal": func(c *call) []*Value {
			return []*Value{c.random(c.intsAttr("shape"), proto.Float, normal)}
		},
		"RandomNormalLike": func(c *call) []*Value {
			return []*Value{c.random(c.x(0).Shape(), c.elem(0), normal)}
		},
		"Bernoulli": func(c *call) []*Value {
			return []*Value{c.random(nil, c.elem(0), func(c *call, m tensor.Make, _ []int) *tensor.Tensor {
				return m.BernoulliEach(c.x(0))
			})}
		},
	}
}

func opConstant(c *call) *Value {
	for name, a := range c.attrs {
		switch name {
		case "value":
			if a.value == nil {
				c.failf("the attribute value holds no tensor")
			}
			return a.value
		case "value_int":
			return NewValue(tensor.Scalar(a.I))
		case "value_ints":
			return NewValue(tensor.FromSlice(a.Ints, []int{len(a.Ints)}))
		case "value_float":
			return NewValue(tensor.Scalar(a.F))
		case "value_floats":
			return NewValue(tensor.FromSlice(a.Floats, []int{len(a.Floats)}))
		case "value_string":
			return newStrings([]string{a.S}, nil)
		case "value_strings":
			return newStrings(a.Strings, []int{len(a.Strings)})
		}
	}
	c.failf("it has none of the attributes that facula reads: value, value_int, value_float, …")
	return nil
}

func opConstantOfShape(c *call) *Value {
	v := NewValue(tensor.Scalar(float32(0)))
	if a := c.at("value", proto.AttrTensor); a != nil {
		v = a.value
	}
	if v.Tensor == nil || v.Tensor.Len() != 1 {
		c.failf("the value is a %v; want one element", v)
	}
	return &Value{Tensor: v.Tensor.Reshape().Expand(c.ints(0)...).Contiguous(), Elem: v.Elem}
}

func opEyeLike(c *call) *Value {
	x := c.x(0)
	if x.Dim() != 2 {
		c.failf("input 0 is a %v; want two dims", c.in[0])
	}
	e := ElemType(c.intAttr("dtype", int(c.elem(0))))
	rows, cols, k := x.Size(0), x.Size(1), c.intAttr("k", 0)
	i := tensor.Arange(0, rows, 1).AddScalar(k).Unsqueeze(1)
	return c.cast(NewValue(i.Eq(tensor.Arange(0, cols, 1))), e)
}

// opRange counts from the start up to the limit.
func opRange(c *call) *tensor.Tensor {
	start, limit, delta := c.number(0, 0), c.number(1, 0), c.number(2, 1)
	n := math.Max(0, math.Ceil((limit-start)/delta))
	if !(n < 1<<40) {
		c.failf("a range of %v numbers, from %v to %v by %v", n, start, limit, delta)
	}
	d := c.x(0).DType()
	i := tensor.Arange(0, int(n), 1)
	return i.Cast(d).Mul(c.single(2)).Add(c.single(0)).Cast(d)
}

func shapeOf(v *Value) []int {
	if v.Tensor != nil {
		return v.Tensor.Shape()
	}
	return v.Shape
}

func int64s(n []int) *tensor.Tensor {
	data := make([]int64, len(n))
	for i, v := range n {
		data[i] = int64(v)
	}
	return tensor.FromSlice(data, []int{len(n)})
}

func opShape(c *call) *tensor.Tensor {
	shape := shapeOf(c.value(0))
	bound := func(name string, def int) int {
		n := c.intAttr(name, def)
		if n < 0 {
			n += len(shape)
		}
		return min(max(n, 0), len(shape))
	}
	start, end := bound("start", 0), bound("end", len(shape))
	return int64s(shape[start:max(start, end)])
}

func opOneHot(c *call) *tensor.Tensor {
	depth := c.integer(1, 0)
	values := c.x(2)
	idx := c.x(0).Cast(tensor.Int64)
	axis := c.intAttr("axis", -1)
	axis = c.dim(axis, idx.Dim()+1)
	idx = tensor.Where(idx.LtScalar(0), idx.AddScalar(depth), idx).Unsqueeze(axis)
	shape := repeat(1, idx.Dim())
	shape[axis] = depth
	hot := idx.Eq(tensor.Arange(0, depth, 1).Reshape(shape...))
	return tensor.Where(hot, values.Select(0, 1), values.Select(0, 0))
}

// random makes a tensor of the type in the attribute dtype, or of def. A seed
// gives the same numbers each time, though not those of other programs.
func (c *call) random(shape []int, def ElemType, f func(c *call, m tensor.Make, shape []int) *tensor.Tensor) *Value {
	e := ElemType(c.intAttr("dtype", int(def)))
	m := tensor.Make{}
	if c.attrs["seed"] != nil {
		m.Gen = tensor.NewGenerator(uint64(math.Float64bits(c.floatAttr("seed", 0))))
	}
	return c.cast(NewValue(f(c, m, shape)), e)
}

func uniform(c *call, m tensor.Make, shape []int) *tensor.Tensor {
	return m.Uniform(c.floatAttr("low", 0), c.floatAttr("high", 1), shape...)
}

func normal(c *call, m tensor.Make, shape []int) *tensor.Tensor {
	return m.Normal(c.floatAttr("mean", 0), c.floatAttr("scale", 1), shape...)
}

// limits are the least and the largest number of a dtype; for floats the infinities.
func limits(d tensor.DType) (lo, hi any) {
	switch d {
	case tensor.Int8:
		return math.MinInt8, math.MaxInt8
	case tensor.UInt8:
		return 0, math.MaxUint8
	case tensor.Int16:
		return math.MinInt16, math.MaxInt16
	case tensor.Int32:
		return math.MinInt32, math.MaxInt32
	case tensor.Int64:
		return int64(math.MinInt64), int64(math.MaxInt64)
	case tensor.Bool:
		return false, true
	}
	return math.Inf(-1), math.Inf(1)
}
