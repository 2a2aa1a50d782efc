package tensor

import "math"

// Ldexp returns t·2^u, elementwise. As in PyTorch 2^u is a float of its own,
// which may overflow where the product would not.
//
//	shape:  t and u broadcast
//	dtype:  that of t and 2^u promoted: floating point
//	source: torch.ldexp
func (t *Tensor) Ldexp(u *Tensor) *Tensor { return t.Mul(u.Exp2()) }

func ldexpEntry() Entry {
	return Entry{
		Name: "ldexp", Sig: "ldexp(input, other)", At: Here(), Ops: []any{mulOp{}, exp2Op()}, Go: []string{"Ldexp"},
		Call:    pairCall((*Tensor).Ldexp),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] * math.Exp2(x[1]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: append(BinarySamples(), Sample{Args: []any{In(2, 3), In(3).As(Int64).Within(0, 5)}, Only: []DType{Float32, Float64}}),
		Bad:     []Bad{{Args: []any{In(2, 3), In(2, 4)}, Want: "tensor: mul [2 3], [2 4]: dim -1 is 3 and 4; want equal, or one of them 1"}},
	}
}
