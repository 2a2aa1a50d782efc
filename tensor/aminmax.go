package tensor

// AMinMax returns [Tensor.Min] and [Tensor.Max] of all elements, or over Dims.
//
//	panics: *Error if there are no elements to choose from
//	source: torch.aminmax
func (t *Tensor) AMinMax(opts ...ReduceOption) (least, largest *Tensor) {
	o := t.reduceOver("aminmax", opts)
	if t.DType() == Bool {
		return t.All(opts...), t.Any(opts...)
	}
	return Apply(extremeOp{o, true}, t), Apply(extremeOp{o, false}, t)
}

func aminmaxEntry() Entry {
	return Entry{
		Name: "aminmax", Sig: "aminmax(input, *, dim=None, keepdim=False)", At: Here(), Go: []string{"AMinMax"},
		Ops: []any{extremeOp{}},
		Call: func(a *Args) []*Tensor {
			x := a.Tensor("input")
			if x.Dim() == 0 && a.Has("dim") && a.Bool("keepdim") {
				x = x.line() // the dim that PyTorch keeps of a scalar
			}
			lo, hi := x.AMinMax(a.reduceOptions()...)
			return []*Tensor{lo, hi}
		},
		Ref:     func(a *Args) []Array { return append(refReduce(minOf)(a), refReduce(maxOf)(a)...) },
		DTypes:  AllDTypes,
		Samples: distinct(reduceNonEmpty()),
		Bad: []Bad{
			{Args: []any{In(2, 3)}, Kw: map[string]any{"dim": 2}, Want: "tensor: aminmax [2 3]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(0)}, Want: "tensor: min [0]: dim 0 has no elements; want at least one"},
		},
	}
}
