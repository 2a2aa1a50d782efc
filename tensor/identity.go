package tensor

import "errors"

// The entries of functions that PyTorch has for complex numbers, and that leave
// real ones as they are, and of the unary plus.

// identityEntry is the entry of a function that returns its input.
func identityEntry(name, at string, d []DType) Entry {
	return Entry{
		Name: name, Sig: name + "(input)", At: at,
		Call:    UnaryCall(func(t *Tensor) *Tensor { return t }),
		Ref:     RefMap(func(x ...float64) float64 { return x[0] }),
		DTypes:  d,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "takes every tensor"},
	}
}

func conjEntry() Entry         { return identityEntry("conj", Here(), AllDTypes) }
func conjPhysicalEntry() Entry { return identityEntry("conj_physical", Here(), AllDTypes) }
func realEntry() Entry         { return identityEntry("real", Here(), AllDTypes) }
func resolveConjEntry() Entry  { return identityEntry("resolve_conj", Here(), AllDTypes) }
func resolveNegEntry() Entry   { return identityEntry("resolve_neg", Here(), AllDTypes) }

func positiveEntry() Entry {
	e := identityEntry("positive", Here(), Numbers)
	e.Call = UnaryCall(func(t *Tensor) *Tensor {
		if t.DType() == Bool {
			misuse("positive", errors.New("dtype bool; want a number"), t)
		}
		return t
	})
	e.Bad = []Bad{{Args: []any{In(2).As(Bool)}, Want: "tensor: positive [2]: dtype bool; want a number"}}
	e.Why = nil
	return e
}

// sgnEntry is that of sign: for real numbers they are the same.
func sgnEntry() Entry {
	e := signEntry().as("sgn")
	e.Sig = "sgn(input)"
	return e
}

func trueDivideEntry() Entry {
	e := divEntry().as("true_divide")
	e.Sig, e.Bad, e.Samples = "true_divide(input, other)", BroadcastBad("div"), append(BinaryWithin(-2, 2, 0.5, 3), numberSamples()...)
	e.Call = func(a *Args) []*Tensor { return one(withOther(a, (*Tensor).Div, (*Tensor).DivScalar)) }
	return e
}
