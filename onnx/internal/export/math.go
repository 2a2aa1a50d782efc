package export

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// kernels says how each kernel's op is said in ONNX.
var kernels = map[device.Kernel]emitter{
	device.Copy: func(g *graph, r *record) []*value { return list(g.in(r, 0)) },
	device.Cast: func(g *graph, r *record) []*value {
		return list(g.cast(g.in(r, 0), r.out[0].geo.dtype))
	},

	device.Add: plain("Add"), device.Sub: plain("Sub"), device.Mul: plain("Mul"), device.Div: plain("Div"), device.TruncDiv: formula(truncDiv),
	device.Pow: plain("Pow"), device.Maximum: plain("Max"), device.Minimum: plain("Min"),
	device.Eq: plain("Equal"), device.Lt: plain("Less"), device.Le: plain("LessOrEqual"), device.Gt: plain("Greater"), device.Ge: plain("GreaterOrEqual"),
	device.LogicalAnd: logical("And"), device.LogicalOr: logical("Or"), device.LogicalXor: logical("Xor"), device.LogicalNot: logical("Not"),
	device.IsNaN: plain("IsNaN"), device.IsInf: plain("IsInf"),
	device.Neg: plain("Neg"), device.Abs: plain("Abs"), device.Sign: plain("Sign"), device.Exp: plain("Exp"), device.Log: plain("Log"),
	device.Sqrt: plain("Sqrt"), device.Reciprocal: plain("Reciprocal"), device.Erf: plain("Erf"),
	device.Sin: plain("Sin"), device.Cos: plain("Cos"), device.Tan: plain("Tan"), device.Tanh: plain("Tanh"), device.Sigmoid: plain("Sigmoid"),
	device.Acos: plain("Acos"), device.Acosh: plain("Acosh"), device.Asin: plain("Asin"), device.Asinh: plain("Asinh"),
	device.Atan: plain("Atan"), device.Atanh: plain("Atanh"), device.Cosh: plain("Cosh"), device.Sinh: plain("Sinh"),
	device.Floor: plain("Floor"), device.Ceil: plain("Ceil"), device.Round: plain("Round"),
	device.ReLU: plain("Relu"), device.Softsign: plain("Softsign"), device.Hardswish: plain("HardSwish"),
	device.Hardsigmoid: plain("HardSigmoid", attrFloat("alpha", 1.0/6)),

	// In formulas a, b and c are the inputs; see [formula].
	device.Ne:        formula(func(x *expr, a, b, _ *value) *value { return x.do("Not", x.do("Equal", a, b)) }),
	device.Expm1:     formula(func(x *expr, a, _, _ *value) *value { return x.do("Sub", x.do("Exp", a), x.n(1)) }),
	device.Log1p:     formula(func(x *expr, a, _, _ *value) *value { return x.do("Log", x.do("Add", a, x.n(1))) }),
	device.Rsqrt:     formula(func(x *expr, a, _, _ *value) *value { return x.do("Reciprocal", x.do("Sqrt", a)) }),
	device.Exp2:      formula(func(x *expr, a, _, _ *value) *value { return x.do("Exp", x.do("Mul", a, x.n(math.Ln2))) }),
	device.Log2:      formula(func(x *expr, a, _, _ *value) *value { return x.do("Mul", x.do("Log", a), x.n(1/math.Ln2)) }),
	device.Log10:     formula(func(x *expr, a, _, _ *value) *value { return x.do("Mul", x.do("Log", a), x.n(1/math.Ln10)) }),
	device.Trunc:     formula(func(x *expr, a, _, _ *value) *value { return x.trunc(a) }),
	device.Frac:      formula(func(x *expr, a, _, _ *value) *value { return x.do("Sub", a, x.trunc(a)) }),
	device.AddReLU:   formula(func(x *expr, a, b, _ *value) *value { return x.do("Relu", x.do("Add", a, b)) }),
	device.Where:     formula(func(x *expr, a, b, c *value) *value { return x.do("Where", c, a, b) }),
	device.Lerp:      formula(func(x *expr, a, b, w *value) *value { return x.do("Add", a, x.do("Mul", w, x.do("Sub", b, a))) }),
	device.Hypot:     formula(hypot),
	device.LogAddExp: formula(logAddExp),
	device.IsFinite: formula(func(x *expr, a, _, _ *value) *value {
		return x.do("Not", x.do("Or", x.do("IsNaN", a), x.do("IsInf", a)))
	}),
	device.FloorDiv:  floorDiv,
	device.Remainder: remainder,
	device.Fmod:      plain("Mod", attrInt("fmod", 1)),
	device.Addcmul:   formula(func(x *expr, a, b, c *value) *value { return x.do("Add", a, x.times(x.do("Mul", b, c))) }),
	device.Addcdiv:   formula(func(x *expr, a, b, c *value) *value { return x.do("Add", a, x.times(x.do("Div", b, c))) }),
	device.GELU:      formula(gelu),
	device.GELUTanh:  formula(geluTanh),
	device.SiLU:      formula(func(x *expr, a, _, _ *value) *value { return x.do("Mul", a, x.do("Sigmoid", a)) }),
	device.Hardshrink: formula(func(x *expr, a, l, _ *value) *value {
		return x.do("Where", x.do("LessOrEqual", x.do("Abs", a), l), x.n(0), a)
	}),
	device.Softshrink: formula(func(x *expr, a, l, _ *value) *value {
		return x.do("Sub", a, x.do("Min", x.do("Max", a, x.do("Neg", l)), l))
	}),
	device.PReLU:     prelu,
	device.Threshold: formula(func(x *expr, a, l, v *value) *value { return x.do("Where", x.do("LessOrEqual", a, l), v, a) }),
	device.ExpUnit:   formula(expUnit),
	device.Softplus:  softplus,
	device.NaNToNum:  nanToNum,

	device.Sum: reduce("ReduceSum"), device.Mean: reduce("ReduceMean"), device.Prod: reduce("ReduceProd"), device.Max: reduce("ReduceMax"),
	device.Min: reduce("ReduceMin"), device.Norm: reduce("ReduceL2"), device.Any: truth("ReduceMax"), device.All: truth("ReduceMin"),
	device.Var: spread(false), device.Std: spread(true),
	device.ArgMax: arg("ArgMax"), device.ArgMin: arg("ArgMin"), device.MaxDim: pick("ReduceMax", "ArgMax"), device.MinDim: pick("ReduceMin", "ArgMin"),
	device.Softmax: along("Softmax"), device.LogSoftmax: along("LogSoftmax"), device.CumSum: cumSum, device.Sort: sorted,

	device.IndexSelect: indexed("Gather"), device.Gather: indexed("GatherElements"), device.Scatter: indexed("ScatterElements"), device.ScatterAdd: indexed("ScatterElements", attrString("reduction", "add")),
	device.ResolveIndex: resolve, device.Triangle: triangle, device.PadEdge: padEdge, device.Resample: resample, device.EmbeddingBag: bag,

	device.MatMul: plain("MatMul"), device.Linear: linear,
	device.ConvForward: conv, device.Unfold: unfold, device.Fold: fold, device.MaxPool: maxPool, device.MaxUnpool: maxUnpool, device.AvgPool: avgPool, device.GridSample: gridSample,
	device.Normalize: normalize, device.NormalizeTrain: normalizeTrain, device.AddNormalize: addNormalize,
	device.ScaledDotProduct: attention, device.Rotary: rotary,
	device.LSTM: lstm, device.GRU: gru, device.RNN: rnn,
	device.MSELoss:      loss(func(x *expr, d *value) *value { return x.do("Mul", d, d) }),
	device.L1Loss:       loss(func(x *expr, d *value) *value { return x.do("Abs", d) }),
	device.CrossEntropy: crossEntropy, device.Huber: huber,
}

// byName are ops that are better said whole than by their definition or kernel.
var byName = map[string]emitter{
	"clone": func(g *graph, r *record) []*value { return list(g.in(r, 0)) },

	"conv_transpose1d": convTranspose, "conv_transpose2d": convTranspose, "conv_transpose3d": convTranspose,
	"leaky_relu": leakyReLU,
}

// plain is an op that ONNX has, with the same inputs.
func plain(op string, attr ...*proto.Attribute) emitter {
	return func(g *graph, r *record) []*value { return list(g.add(op, g.ins(r), attr...)) }
}

// logical is an op on what is true: ONNX's take bools alone.
func logical(op string) emitter {
	return func(g *graph, r *record) []*value {
		in := g.ins(r)
		for i, s := range r.in {
			if s.geo.dtype != tensor.Bool {
				in[i] = g.cast(in[i], tensor.Bool)
			}
		}
		return list(g.add(op, in))
	}
}

// An expr writes formulas of the elements of the result's kind.
type expr struct {
	*graph
	r *record
}

// formula is an op that ONNX has no operator for, but a few of them.
func formula(f func(x *expr, a, b, c *value) *value) emitter {
	return func(g *graph, r *record) []*value {
		var in [3]*value
		copy(in[:], g.ins(r))
		return list(f(&expr{g, r}, in[0], in[1], in[2]))
	}
}

func (x *expr) do(op string, in ...*value) *value { return x.add(op, in) }

// n is a number of the first input's dtype.
func (x *expr) n(v float64) *value { return x.number(x.r.in[0].geo.dtype, v) }

func (x *expr) trunc(a *value) *value {
	return x.do("Mul", x.do("Sign", a), x.do("Floor", x.do("Abs", a)))
}

// times is v multiplied by the op's number.
func (x *expr) times(v *value) *value {
	if n := attr[device.Number](x.r); n.Float64() != 1 {
		return x.do("Mul", v, x.n(n.Float64()))
	}
	return v
}

// x/2·(1 + erf(x/√2))
func gelu(x *expr, a, _, _ *value) *value {
	erf := x.do("Erf", x.do("Mul", a, x.n(math.Sqrt(0.5))))
	return x.do("Mul", x.do("Mul", a, x.n(0.5)), x.do("Add", erf, x.n(1)))
}

// x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))); Hendrycks & Gimpel 2016, arXiv:1606.08415
func geluTanh(x *expr, a, _, _ *value) *value {
	cube := x.do("Mul", a, x.do("Mul", a, a))
	inner := x.do("Add", a, x.do("Mul", cube, x.n(0.044715)))
	tanh := x.do("Tanh", x.do("Mul", inner, x.n(math.Sqrt(2/math.Pi))))
	return x.do("Mul", x.do("Mul", a, x.n(0.5)), x.do("Add", tanh, x.n(1)))
}

// truncDiv cuts towards zero, as ONNX does with integers by itself.
func truncDiv(x *expr, a, b, _ *value) *value {
	y := x.do("Div", a, b)
	if x.r.out[0].geo.dtype.IsFloat() {
		return x.trunc(y)
	}
	return y
}

// The larger one times the root of 1 + (smaller / larger)², which does not overflow.
func hypot(x *expr, a, b, _ *value) *value {
	a, b = x.do("Abs", a), x.do("Abs", b)
	large, small := x.do("Max", a, b), x.do("Min", a, b)
	ratio := x.do("Div", small, x.do("Where", x.do("Equal", large, x.n(0)), x.n(1), large))
	return x.do("Mul", large, x.do("Sqrt", x.do("Add", x.do("Mul", ratio, ratio), x.n(1))))
}

// From the larger one, so that nothing overflows.
func logAddExp(x *expr, a, b, _ *value) *value {
	m := x.do("Max", a, b)
	return x.do("Add", m, x.do("Log", x.do("Add", x.do("Exp", x.do("Sub", a, m)), x.do("Exp", x.do("Sub", b, m)))))
}

func expUnit(x *expr, v, a, r *value) *value {
	if n, ok := scalar(r); !ok || n != 1 {
		bent := x.do("Mul", a, x.do("Sub", x.do("Exp", x.do("Mul", r, v)), x.n(1)))
		return x.do("Where", x.do("Greater", v, x.n(0)), v, bent)
	}
	if n, ok := scalar(a); ok {
		return x.add("Elu", list(v), attrFloat("alpha", n))
	}
	return x.do("Where", x.do("Greater", v, x.n(0)), v, x.do("Mul", a, x.do("Sub", x.do("Exp", v), x.n(1))))
}

func softplus(g *graph, r *record) []*value {
	bend, x := attr[device.Bend](r), &expr{g, r}
	v := g.in(r, 0)
	bent := v
	if bend.Beta != 1 {
		bent = x.do("Mul", v, x.n(bend.Beta))
	}
	y := x.do("Softplus", bent)
	if bend.Beta != 1 {
		y = x.do("Div", y, x.n(bend.Beta))
	}
	if bend.Threshold < 17 || r.in[0].geo.dtype == tensor.Float64 && bend.Threshold < 37 {
		y = x.do("Where", x.do("Greater", bent, x.n(bend.Threshold)), v, y)
	} // else e^-x is lost beside x beyond it
	return list(y)
}

func nanToNum(g *graph, r *record) []*value {
	s, x, v := attr[device.Stand](r), &expr{g, r}, g.in(r, 0)
	y := x.do("Where", x.do("IsNaN", v), x.n(s.NaN), v)
	y = x.do("Where", x.add("IsInf", list(v), attrInt("detect_negative", 0)), x.n(s.Top), y)
	return list(x.do("Where", x.add("IsInf", list(v), attrInt("detect_positive", 0)), x.n(s.Bottom), y))
}

func prelu(g *graph, r *record) []*value {
	x, w := g.in(r, 0), g.in(r, 1)
	if slope, ok := scalar(w); ok && !w.param {
		return list(g.add("LeakyRelu", list(x), attrFloat("alpha", slope)))
	}
	return list(g.add("PRelu", list(x, w)))
}

// leakyReLU skips the definition, whose slope is a tensor.
func leakyReLU(g *graph, r *record) []*value {
	for _, c := range r.inner {
		if c.Kernel == device.PReLU && len(c.in) == 2 && c.in[1].fixed != nil {
			return list(g.add("LeakyRelu", list(g.in(r, 0)), attrFloat("alpha", tensor.Item[float64](c.in[1].fixed))))
		}
	}
	return nil
}

func floorDiv(g *graph, r *record) []*value {
	x := &expr{g, r}
	return list(x.floorDiv(g.in(r, 0), g.in(r, 1)))
}

func (x *expr) floorDiv(a, b *value) *value {
	if x.r.out[0].geo.dtype.IsFloat() {
		return x.do("Floor", x.do("Div", a, b))
	}
	// ONNX cuts integers towards zero: take what Mod, of the divisor's sign, leaves.
	return x.do("Div", x.do("Sub", a, x.do("Mod", a, b)), b)
}

func remainder(g *graph, r *record) []*value {
	x, a, b := &expr{g, r}, g.in(r, 0), g.in(r, 1)
	if !r.out[0].geo.dtype.IsFloat() {
		return list(x.do("Mod", a, b))
	}
	return list(x.do("Sub", a, x.do("Mul", x.floorDiv(a, b), b)))
}

// cast converts v.
func (g *graph) cast(v *value, to tensor.DType) *value {
	return g.add("Cast", list(v), attrInt("to", int(elemTypes[to])))
}
