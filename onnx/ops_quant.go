package onnx

import (
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// quantOps compute with whole numbers that stand for others. Sums of products
// of such numbers are exact in float64, which is what these ops use.
func quantOps() map[string]opFunc {
	return map[string]opFunc{
		"QuantizeLinear":        opQuantize,
		"DequantizeLinear":      one(opDequantize),
		"DynamicQuantizeLinear": opDynamicQuantize,
		"MatMulInteger": one(func(c *call) *tensor.Tensor {
			a, b := c.centred(0, 2, -2), c.centred(1, 3, -1)
			return a.MatMul(b).Cast(tensor.Int32)
		}),
		"ConvInteger": one(func(c *call) *tensor.Tensor {
			return c.conv(c.centred(0, 2, 1), c.centred(1, 3, 0), nil).Cast(tensor.Int32)
		}),
		"QLinearMatMul": func(c *call) []*Value {
			a, b := c.centred(0, 2, -2), c.centred(3, 5, -1)
			scale := along(c.x(1).Cast(tensor.Float64), a.Dim(), -2).Mul(along(c.x(4).Cast(tensor.Float64), b.Dim(), -1))
			return []*Value{c.quantized(a.MatMul(b).Mul(scale), c.x(6), c.in[7])}
		},
		"QLinearConv": func(c *call) []*Value {
			x, w := c.centred(0, 2, 1), c.centred(3, 5, 0)
			scale := c.x(1).Cast(tensor.Float64).Mul(c.x(4).Cast(tensor.Float64)).Reshape(-1)
			y := c.conv(x, w, nil)
			if b := c.opt(8); b != nil {
				y = y.Add(channels(b.Cast(tensor.Float64), y.Dim()))
			}
			return []*Value{c.quantized(y.Mul(channels(scale, y.Dim())), c.x(6), c.in[7])}
		},
	}
}

// along is t, one number or a line of them, so that it broadcasts along dim of
// tensors of rank dims.
func along(t *tensor.Tensor, rank, dim int) *tensor.Tensor {
	if t.Len() == 1 {
		return t.Reshape()
	}
	if t.Dim() != 1 || dim < 0 && -dim > rank || dim >= rank {
		return t
	}
	shape := repeat(1, rank)
	shape[(dim+rank)%rank] = t.Len()
	return t.Reshape(shape...)
}

// centred is input i without its zero point, which is input zero: one number,
// or one for each index of dim.
func (c *call) centred(i, zero, dim int) *tensor.Tensor {
	x := c.x(i).Cast(tensor.Float64)
	if z := c.opt(zero); z != nil {
		x = x.Sub(along(z.Cast(tensor.Float64), x.Dim(), dim))
	}
	return x
}

// span are the numbers of a type that tensors are quantized to.
func (c *call) span(e ElemType) (lo, hi int) {
	switch e {
	case proto.Uint8, proto.Uint16, proto.Uint4, proto.Uint2:
		return 0, 1<<bits(e) - 1
	case proto.Int8, proto.Int16, proto.Int4, proto.Int2:
		return -1 << (bits(e) - 1), 1<<(bits(e)-1) - 1
	}
	c.failf("quantization to %v is not supported", e)
	return 0, 0
}

// quantized is the whole number nearest to x / scale, plus the zero point.
func (c *call) quantized(x, scale *tensor.Tensor, zero *Value) *Value {
	e := zero.Elem
	lo, hi := c.span(e)
	y := x.Div(scale.Cast(x.DType())).Round().Add(zero.Tensor.Cast(x.DType()))
	return typed(y.Clamp(lo, hi).Cast(storage(e)), e)
}

// perAxis is a scale or zero point with the dims of x: one number, one for each
// index of the axis, or one for each block along it.
func (c *call) perAxis(t, x *tensor.Tensor) *tensor.Tensor {
	if t.Len() == 1 && t.Dim() <= 1 {
		return t.Reshape()
	}
	axis := c.axis(1, x.Dim())
	block := c.intAttr("block_size", 0)
	if block <= 0 {
		return along(t, x.Dim(), axis)
	}
	if t.Dim() != x.Dim() || (x.Size(axis)+block-1)/block != t.Size(axis) {
		c.failf("a scale of shape %v for blocks of %d along axis %d of %v", t.Shape(), block, axis, x.Shape())
	}
	return t.RepeatInterleave(block, axis).Narrow(axis, 0, x.Size(axis))
}

func opQuantize(c *call) []*Value {
	x, scale := c.x(0), c.perAxis(c.x(1), c.x(0))
	e := ElemType(c.intAttr("output_dtype", int(proto.Uint8)))
	zero := &Value{Elem: e}
	if c.has(2) {
		zero.Elem = c.elem(2)
		zero.Tensor = c.perAxis(c.x(2), x)
	} else {
		zero.Tensor = tensor.Make{DType: x.DType()}.Zeros()
	}
	return []*Value{c.quantized(x, scale, zero)}
}

func opDequantize(c *call) *tensor.Tensor {
	x, scale := c.x(0), c.perAxis(c.x(1), c.x(0))
	if e := ElemType(c.intAttr("output_dtype", 0)); storage(e).IsFloat() {
		scale = scale.Cast(storage(e))
	}
	d := tensor.Int32
	if x.DType().IsFloat() {
		d = x.DType()
	}
	x = x.Cast(d)
	if c.has(2) {
		x = x.Sub(c.perAxis(c.x(2), x).Cast(d))
	}
	return x.Cast(scale.DType()).Mul(scale)
}

func opDynamicQuantize(c *call) []*Value {
	x := c.x(0)
	lo, hi := x.Min().ClampMax(0), x.Max().ClampMin(0)
	scale := hi.Sub(lo).DivScalar(255)
	zero := lo.Neg().Div(scale).Round().Clamp(0, 255)
	y := x.Div(scale).Round().Add(zero).Clamp(0, 255)
	return []*Value{NewValue(y.Cast(tensor.UInt8)), NewValue(scale), NewValue(zero.Cast(tensor.UInt8))}
}
