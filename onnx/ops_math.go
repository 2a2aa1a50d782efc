package onnx

import (
	"math"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// mathOps are functions of one number.
func mathOps() map[string]opFunc {
	return map[string]opFunc{
		"Abs": unary((*tensor.Tensor).Abs), "Neg": unary((*tensor.Tensor).Neg), "Sign": unary((*tensor.Tensor).Sign),
		"Ceil": unary((*tensor.Tensor).Ceil), "Floor": unary((*tensor.Tensor).Floor), "Round": unary((*tensor.Tensor).Round),
		"Sqrt": unary((*tensor.Tensor).Sqrt), "Reciprocal": unary((*tensor.Tensor).Reciprocal),
		"Exp": unary((*tensor.Tensor).Exp), "Log": unary((*tensor.Tensor).Log), "Erf": unary((*tensor.Tensor).Erf),
		"Sin": unary((*tensor.Tensor).Sin), "Cos": unary((*tensor.Tensor).Cos), "Tan": unary((*tensor.Tensor).Tan),
		"Asin": unary((*tensor.Tensor).Asin), "Acos": unary((*tensor.Tensor).Acos), "Atan": unary((*tensor.Tensor).Atan),
		"Sinh": unary((*tensor.Tensor).Sinh), "Cosh": unary((*tensor.Tensor).Cosh), "Tanh": unary((*tensor.Tensor).Tanh),
		"Asinh": unary((*tensor.Tensor).Asinh), "Acosh": unary((*tensor.Tensor).Acosh), "Atanh": unary((*tensor.Tensor).Atanh),
		"Not": unary((*tensor.Tensor).LogicalNot), "BitwiseNot": unary((*tensor.Tensor).BitwiseNot),
		"IsNaN": one(func(c *call) *tensor.Tensor { return c.x(0).IsNaN() }),
		"IsInf": one(opIsInf),
		"Clip":  same(opClip),
		"Cast": func(c *call) []*Value {
			return []*Value{c.cast(c.value(0), ElemType(c.intAttr("to", 0)))}
		},
		"CastLike": func(c *call) []*Value {
			return []*Value{c.cast(c.value(0), c.value(1).Elem)}
		},
		"CumSum":  same(func(c *call) *tensor.Tensor { return opCumulate(c, (*tensor.Tensor).CumSum, 0) }),
		"CumProd": same(func(c *call) *tensor.Tensor { return opCumulate(c, (*tensor.Tensor).CumProd, 1) }),
	}
}

func opIsInf(c *call) *tensor.Tensor {
	x := c.x(0)
	switch positive, negative := c.flag("detect_positive", true), c.flag("detect_negative", true); {
	case positive && negative:
		return x.IsInf()
	case positive:
		return x.IsPosInf()
	case negative:
		return x.IsNegInf()
	}
	return x.IsNaN().LogicalAnd(x.IsInf()) // false everywhere
}

func opClip(c *call) *tensor.Tensor {
	x := c.x(0)
	if c.version < 11 {
		return x.Clamp(c.floatAttr("min", -math.MaxFloat32), c.floatAttr("max", math.MaxFloat32))
	}
	if lo := c.opt(1); lo != nil {
		x = x.Maximum(lo)
	}
	if hi := c.opt(2); hi != nil {
		x = x.Minimum(hi)
	}
	return x
}

// opCumulate is a running sum or product; first is what it starts from.
func opCumulate(c *call, f func(*tensor.Tensor, int) *tensor.Tensor, first int) *tensor.Tensor {
	x := c.x(0)
	dim := c.dim(c.integer(1, 0), x.Dim())
	reverse := c.flag("reverse", false)
	if reverse {
		x = x.Flip(dim)
	}
	d := x.DType()
	y := x
	if c.flag("exclusive", false) && x.Size(dim) > 0 {
		start := tensor.FullLike(x.Narrow(dim, 0, 1), first)
		y = tensor.Cat(dim, start, x.Narrow(dim, 0, x.Size(dim)-1))
	}
	y = f(y, dim).Cast(d)
	if reverse {
		y = y.Flip(dim)
	}
	return y
}

// binaryOps are functions of two numbers and more.
func binaryOps() map[string]opFunc {
	return map[string]opFunc{
		"Add": pairwise((*tensor.Tensor).Add), "Sub": pairwise((*tensor.Tensor).Sub), "Mul": pairwise((*tensor.Tensor).Mul),
		"Div": pairwise(divide), "Pow": pairwise(power), "Mod": same(opMod), "PRelu": pairwise(prelu),
		"BitwiseAnd": pairwise((*tensor.Tensor).BitwiseAnd), "BitwiseOr": pairwise((*tensor.Tensor).BitwiseOr),
		"BitwiseXor": pairwise((*tensor.Tensor).BitwiseXor), "BitShift": same(opBitShift),
		"And": compare((*tensor.Tensor).LogicalAnd), "Or": compare((*tensor.Tensor).LogicalOr), "Xor": compare((*tensor.Tensor).LogicalXor),
		"Equal": opEqual, "Greater": compare((*tensor.Tensor).Gt), "GreaterOrEqual": compare((*tensor.Tensor).Ge),
		"Less": compare((*tensor.Tensor).Lt), "LessOrEqual": compare((*tensor.Tensor).Le),
		"Max": fold((*tensor.Tensor).Maximum), "Min": fold((*tensor.Tensor).Minimum), "Sum": fold((*tensor.Tensor).Add),
		"Mean": same(func(c *call) *tensor.Tensor {
			return fold((*tensor.Tensor).Add)(c)[0].Tensor.DivScalar(len(c.in))
		}),
		"Where": func(c *call) []*Value {
			return []*Value{typed(tensor.Where(c.x(0), c.x(1), c.x(2)), c.elem(1))}
		},
	}
}

func pairwise(f func(a, b *tensor.Tensor) *tensor.Tensor) opFunc {
	return same(func(c *call) *tensor.Tensor { return f(c.pair()) })
}

func compare(f func(a, b *tensor.Tensor) *tensor.Tensor) opFunc {
	return one(func(c *call) *tensor.Tensor { return f(c.pair()) })
}

// fold joins any number of inputs by f.
func fold(f func(a, b *tensor.Tensor) *tensor.Tensor) opFunc {
	return same(func(c *call) *tensor.Tensor {
		y := c.x(0)
		for i := 1; i < len(c.in); i++ {
			y = f(y, c.x(i))
		}
		return y
	})
}

// pair are the two inputs. Before opset 7 the second had to be told where its
// dims are among those of the first.
func (c *call) pair() (a, b *tensor.Tensor) {
	a, b = c.x(0), c.x(1)
	if c.version < 7 && c.attrs["axis"] != nil {
		shape := b.Shape()
		for range a.Dim() - c.axis(0, a.Dim()) - b.Dim() {
			shape = append(shape, 1)
		}
		b = b.Reshape(shape...)
	}
	return a, b
}

func divide(a, b *tensor.Tensor) *tensor.Tensor {
	if a.DType().IsInt() {
		return a.DivTrunc(b)
	}
	return a.Div(b)
}

// power has a's dtype, whatever the exponent's.
func power(a, b *tensor.Tensor) *tensor.Tensor { return a.Pow(b).Cast(a.DType()) }

func prelu(x, slope *tensor.Tensor) *tensor.Tensor {
	return tensor.Where(x.LtScalar(0), x.Mul(slope), x)
}

func opMod(c *call) *tensor.Tensor {
	if c.flag("fmod", false) {
		return c.x(0).Fmod(c.x(1))
	}
	return c.x(0).Remainder(c.x(1))
}

func opBitShift(c *call) *tensor.Tensor {
	switch c.strAttr("direction", "") {
	case "LEFT":
		return c.x(0).BitwiseLeftShift(c.x(1))
	case "RIGHT":
		return c.x(0).BitwiseRightShift(c.x(1))
	}
	c.failf("direction is %q; want LEFT or RIGHT", c.strAttr("direction", ""))
	return nil
}

func opEqual(c *call) []*Value {
	if a, b := c.value(0), c.value(1); a.Kind == KindStrings && b.Kind == KindStrings {
		return []*Value{NewValue(equalStrings(a, b))}
	}
	a, b := c.pair()
	return []*Value{NewValue(a.Eq(b))}
}

// cast is v with another element type.
func (c *call) cast(v *Value, to ElemType) *Value {
	switch {
	case to == proto.String:
		return formatted(v)
	case v.Kind == KindStrings:
		v = c.parsed(v, to)
	}
	d := storage(to)
	if d == 0 || v.Tensor == nil {
		c.failf("cast of %v to %v is not supported", v, to)
	}
	t := v.Tensor
	if v.Elem == proto.Uint64 && d.IsFloat() {
		t = tensor.Where(t.LtScalar(0), t.Cast(tensor.Float64).AddScalar(0x1p64), t.Cast(tensor.Float64))
	}
	if b := bits(to); b < 8 {
		t = signed(t.Cast(tensor.Int64), b, to == proto.Int4 || to == proto.Int2)
	}
	return typed(t.Cast(d), to)
}

// signed keeps the last bits of t.
func signed(t *tensor.Tensor, bits int, sign bool) *tensor.Tensor {
	t = t.RemainderScalar(1 << bits)
	if sign {
		t = tensor.Where(t.GeScalar(1<<(bits-1)), t.SubScalar(1<<bits), t)
	}
	return t
}
