package tensor

import "math"

// The entries of Python's reflected operators, other op input, which Go does
// not have: they go through the methods of the ops themselves.

// rsubEntry is other - alpha·input.
func rsubEntry() Entry {
	e := subEntry()
	e.Name, e.Sig, e.At, e.Go = "rsub", "rsub(input, other, *, alpha=1)", Here(), nil
	e.Call = func(a *Args) []*Tensor {
		t := a.OnlyTensor("input")
		if !isOne(a.Any("alpha")) {
			t = t.MulScalar(a.Any("alpha"))
		}
		if !a.IsTensor("other") {
			return one(t.RSubScalar(a.Any("other")))
		}
		return one(a.Tensor("other").Sub(t))
	}
	e.Ref = RefMap(func(x ...float64) float64 { return x[1] - x[0] })
	e.Bad = []Bad{
		{Args: []any{In(2, 3), In(2, 4)}, Want: "tensor: sub [2 4], [2 3]: dim -1 is 4 and 3; want equal, or one of them 1"},
		{Args: []any{In(2).As(Bool), In(2).As(Bool)}, Want: "tensor: sub [2], [2]: a difference of bools; use LogicalXor, or Cast them to numbers"},
	}
	return e
}

// reflected is the entry of other op input, made of that of op, whose second
// parameter is called second.
func reflected(op Entry, name, second, at string, ref func(x, y float64) float64, samples []Sample) Entry {
	e := op
	e.Name, e.Sig, e.At, e.Go, e.Samples, e.Bad = name, name+"(input, other)", at, nil, samples, nil
	e.Call = func(a *Args) []*Tensor {
		v := map[string]any{"input": a.Any("other"), second: a.OnlyTensor("input"), "alpha": 1}
		return op.Call(&Args{names: []string{"input", second}, values: v})
	}
	e.Ref = RefMap(func(x ...float64) float64 { return ref(x[1], x[0]) })
	e.Why = map[string]string{"errors": "those of " + op.Name}
	if why := op.Why["infinite"]; why != "" {
		e.Why["infinite"] = why
	}
	return e
}

func raddEntry() Entry {
	return reflected(addEntry(), "__radd__", "other", Here(), func(x, y float64) float64 { return x + y }, BinarySamples())
}

func rmulEntry() Entry {
	return reflected(mulEntry(), "__rmul__", "other", Here(), func(x, y float64) float64 { return x * y }, BinarySamples())
}

func rsubOperatorEntry() Entry {
	return reflected(subEntry(), "__rsub__", "other", Here(), func(x, y float64) float64 { return x - y }, BinarySamples())
}

func rdivEntry() Entry {
	return reflected(divEntry(), "__rdiv__", "other", Here(), func(x, y float64) float64 { return x / y }, BinaryWithin(0.5, 3, -2, 2))
}

func rmodEntry() Entry {
	e := remainderEntry()
	return reflected(e, "__rmod__", "other", Here(), func(x, y float64) float64 {
		return e.Ref(&Args{names: []string{"x", "y"}, values: map[string]any{"x": x, "y": y}})[0].V[0]
	}, BinaryWithin(0.77, 2.9, -9, 9))
}

// rpowEntry is other to the power of input. PyTorch copies other into a new
// tensor, so that it has no gradient.
func rpowEntry() Entry {
	e := reflected(powEntry(), "__rpow__", "exponent", Here(), math.Pow, nil)
	call := e.Call
	e.Call = func(a *Args) []*Tensor {
		if a.IsTensor("other") {
			a.values["other"] = a.Tensor("other").Detach()
		}
		return call(a)
	}
	for _, s := range BinaryWithin(-2, 2.5, 0.5, 3) {
		s.NoGrad = true // the difference for other is not 0
		e.Samples = append(e.Samples, s)
	}
	e.Samples = append(e.Samples, Sample{Args: []any{In(2, 3), 2.5}, Only: Floats}, Sample{Args: []any{In(), 3}, Only: Floats})
	return e
}

func randOperatorEntry() Entry {
	return reflectedBits(bitwiseAndEntry(), "__rand__", Here(), func(x, y int64) int64 { return x & y })
}

func rorEntry() Entry {
	return reflectedBits(bitwiseOrEntry(), "__ror__", Here(), func(x, y int64) int64 { return x | y })
}

func rxorEntry() Entry {
	return reflectedBits(bitwiseXorEntry(), "__rxor__", Here(), func(x, y int64) int64 { return x ^ y })
}

func reflectedBits(op Entry, name, at string, ref func(x, y int64) int64) Entry {
	return reflected(op, name, "other", at, func(x, y float64) float64 { return float64(ref(int64(x), int64(y))) }, BinaryWithin(-5, 5, -5, 5))
}

// rmatmulEntry is the product other·input.
func rmatmulEntry() Entry {
	swap := func(a *Args) *Args {
		return &Args{names: a.names, values: map[string]any{"input": a.Any("other"), "other": a.Any("input")}}
	}
	op := matmulEntry()
	e := op
	e.Name, e.Sig, e.At, e.Go = "__rmatmul__", "__rmatmul__(input, other)", Here(), nil
	e.Call = func(a *Args) []*Tensor { return op.Call(swap(a)) }
	e.Ref = func(a *Args) []Array { return op.Ref(swap(a)) }
	e.Samples = nil
	for _, s := range op.Samples {
		s.Args = []any{s.Args[1], s.Args[0]}
		e.Samples = append(e.Samples, s)
	}
	e.Bad = nil
	e.Why = map[string]string{"0-d": op.Why["0-d"], "special": op.Why["special"], "errors": "those of matmul"}
	return e
}
