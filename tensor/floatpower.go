package tensor

import "math"

// FloatPower returns t to the power of u, elementwise, computed in float64.
//
//	shape:  t and u broadcast
//	dtype:  float64
//	source: torch.float_power
func (t *Tensor) FloatPower(u *Tensor) *Tensor {
	return Composed("float_power", func(in []*Tensor) *Tensor { return in[0].Cast(Float64).Pow(in[1].Cast(Float64)) }, t, u)
}

// FloatPowerScalar returns t to the power of a Go number v; see
// [Tensor.FloatPower].
func (t *Tensor) FloatPowerScalar(v any) *Tensor {
	n, _ := number("float_power", v)
	return t.Cast(Float64).PowScalar(n.Float64())
}

// RFloatPowerScalar returns a Go number v to the power of t; see
// [Tensor.FloatPower].
func (t *Tensor) RFloatPowerScalar(v any) *Tensor {
	n, _ := number("float_power", v)
	return t.Cast(Float64).RPowScalar(n.Float64())
}

func floatPowerEntry() Entry {
	return Entry{
		Name: "float_power", Sig: "float_power(input, exponent)", At: Here(), Ops: []any{powOp{}},
		Go: []string{"FloatPower", "FloatPowerScalar", "RFloatPowerScalar"},
		Call: func(a *Args) []*Tensor {
			switch {
			case a.IsTensor("input") && a.IsTensor("exponent"):
				return one(a.Tensor("input").FloatPower(a.Tensor("exponent")))
			case a.IsTensor("exponent"):
				return one(a.Tensor("exponent").RFloatPowerScalar(a.Any("input")))
			}
			return one(a.OnlyTensor("input").FloatPowerScalar(a.Any("exponent")))
		},
		Ref:    RefMap(func(x ...float64) float64 { return math.Pow(x[0], x[1]) }),
		Out:    func(DType, int) DType { return Float64 },
		DTypes: AllDTypes,
		Samples: append(BinaryWithin(0.5, 3, -2, 2.5), Sample{Args: []any{In(2, 3).Within(0.5, 3), 2.5}}, Sample{Args: []any{In(2, 3), 3}},
			Sample{Args: []any{In(2, 3).Within(0.5, 3), -2}}, Sample{Args: []any{1.5, In(2, 3)}}),
		Why: map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		Bad: []Bad{{Args: []any{In(2, 3), In(2, 4)}, Want: "tensor: pow [2 3], [2 4]: dim -1 is 3 and 4; want equal, or one of them 1"}},
	}
}
