package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// NaNToNum replaces NaN, Inf and -Inf by Go numbers: nil stands for 0 and the
// largest and smallest number of t's dtype. The gradient there is 0.
//
//	dtype:  t's; integers and bool stay as they are
//	source: torch.nan_to_num
func (t *Tensor) NaNToNum(nan, posInf, negInf any) *Tensor {
	if !t.DType().IsFloat() {
		return t.Clone()
	}
	largest := map[DType]float64{Float16: 65504, BFloat16: 0x1.fep127, Float32: math.MaxFloat32, Float64: math.MaxFloat64}[t.DType()]
	or := func(v any, otherwise float64) float64 {
		if v == nil {
			return otherwise
		}
		n, _ := number("nan_to_num", v)
		return n.Float64()
	}
	return Apply(nanToNumOp{nan: or(nan, 0), posInf: or(posInf, largest), negInf: or(negInf, -largest)}, t)
}

type nanToNumOp struct {
	Floatwise
	nan, posInf, negInf float64
}

func (nanToNumOp) Name() string          { return "nan_to_num" }
func (nanToNumOp) Kernel() device.Kernel { return device.NaNToNum }
func (o nanToNumOp) Attr() any           { return device.Stand{NaN: o.nan, Top: o.posInf, Bottom: o.negInf} }
func (nanToNumOp) Reads() Reads          { return In0 }
func (o nanToNumOp) Body(in []*Tensor) *Tensor {
	x := in[0]
	v := func(f float64) *Tensor { return scalarOf(x.b.dev, x.DType(), device.Number{F: f, Float: true}) }
	y := Where(x.EqScalar(math.Inf(1)), v(o.posInf), x)
	y = Where(x.EqScalar(math.Inf(-1)), v(o.negInf), y)
	return Where(x.IsNaN(), v(o.nan), y)
}
func (o nanToNumOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{dy.MaskedFill(c.In(0).IsFinite().LogicalNot(), 0)}
}

func nanToNumEntry() Entry {
	odd := In(5).With(math.NaN(), math.Inf(1), math.Inf(-1), 0, 1.5)
	return Entry{
		Name: "nan_to_num", Sig: "nan_to_num(input, nan=None, posinf=None, neginf=None)", At: Here(), Ops: []any{nanToNumOp{}}, Go: []string{"NaNToNum"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").NaNToNum(a.Any("nan"), a.Any("posinf"), a.Any("neginf")))
		},
		Ref: func(a *Args) []Array {
			or := func(name string, otherwise float64) float64 {
				if a.Has(name) {
					return a.Float(name)
				}
				return otherwise
			}
			return RefMap(func(x ...float64) float64 {
				switch {
				case x[0] != x[0]:
					return or("nan", 0)
				case math.IsInf(x[0], 1):
					return or("posinf", math.Inf(1))
				case math.IsInf(x[0], -1):
					return or("neginf", math.Inf(-1))
				}
				return x[0]
			})(&Args{names: []string{"input"}, values: a.values})
		},
		DTypes: AllDTypes,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{odd, 3, 5.5, -7}, NoGrad: true, Only: Floats},
			Sample{Args: []any{In(2, 3), 1, 2, 3}}),
		Why: map[string]string{"errors": "takes every tensor", "special": "the largest number stands for Inf; TestNaNToNum has it"},
	}
}
