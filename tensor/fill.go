package tensor

import "errors"

// The entries of changes in place that PyTorch's table of samples has; the
// calls are on a clone.

func fillEntry() Entry {
	v := Sample{Args: []any{In(2, 3), In()}}
	return Entry{
		Name: "fill", Sig: "fill(input, value)", At: Here(), Go: []string{"Fill", "CopyFrom"},
		Call: func(a *Args) []*Tensor {
			t := a.Tensor("input").Clone()
			if !a.IsTensor("value") {
				return one(t.Fill(a.Any("value")))
			}
			v := a.Tensor("value")
			if v.Dim() > 0 {
				misuse("fill", errors.New("the value has dims; want a number, or a tensor without dims"), t, v)
			}
			return one(t.CopyFrom(v))
		},
		Ref: func(a *Args) []Array {
			out := NewArray(a.Array("input").Shape...)
			for i := range out.V {
				out.V[i] = a.Array("value").V[0]
			}
			return []Array{out}
		},
		DTypes:  AllDTypes,
		Samples: []Sample{v, {Args: []any{In(), In()}}, {Args: []any{In(2, 0), In()}}, {Args: []any{In(1), 1}}, {Args: []any{In(3), 2.5}, Only: Floats}},
		Bad: []Bad{
			{Args: []any{In(2), In(1)}, Want: "tensor: fill [2], [1]: the value has dims; want a number, or a tensor without dims"},
			{Args: []any{In(2).As(Int8), 300}, Want: "tensor: fill [2]: 300 does not fit int8"},
		},
	}
}

func zeroEntry() Entry {
	return Entry{
		Name: "zero_", Sig: "zero_(input)", At: Here(), Go: []string{"Zero"},
		Call:    UnaryCall(func(t *Tensor) *Tensor { return t.Clone().Zero() }),
		Ref:     RefMap(func(...float64) float64 { return 0 }),
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "takes every tensor"},
	}
}
