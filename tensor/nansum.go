package tensor

// NaNSum returns the sum of all elements, or over Dims, that are not NaN.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  t's; int64 for integers and bool
//	source: torch.nansum
func (t *Tensor) NaNSum(opts ...ReduceOption) *Tensor {
	o := t.reduceOver("nansum", opts)
	if y := Apply(sumOp{o}, t); !y.hasNaN() { // then t has none either
		return y
	}
	return Apply(sumOp{o}, t.withoutNaN())
}

// NaNMean returns the mean of all elements, or over Dims, that are not NaN.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  floating point
//	panics: *Error for integers and bool
//	source: torch.nanmean
func (t *Tensor) NaNMean(opts ...ReduceOption) *Tensor {
	o := t.reduceOver("nanmean", opts)
	if err := wantFloat(t.DType()); err != nil {
		misuse("nanmean", err, t)
	}
	if y := Apply(meanOp{o}, t); !y.hasNaN() {
		return y
	}
	n := Apply(sumOp{o}, t.Detach().IsNaN().LogicalNot())
	x := t.wide()
	return Apply(sumOp{o}, x.withoutNaN()).Div(n.Cast(x.DType())).Cast(t.DType())
}

// hasNaN reports whether an element is NaN.
func (t *Tensor) hasNaN() bool {
	return t.DType().IsFloat() && t.Len() > 0 && t.Detach().IsNaN().Any().Int() != 0
}

// withoutNaN is t with 0 in place of NaN.
func (t *Tensor) withoutNaN() *Tensor {
	if !t.DType().IsFloat() {
		return t
	}
	return t.MaskedFill(t.Detach().IsNaN(), 0)
}

// notNaN is what is left of x.
func notNaN(x []float64) []float64 {
	var y []float64
	for _, v := range x {
		if v == v {
			y = append(y, v)
		}
	}
	return y
}

func nanSumEntry() Entry {
	e := sumEntry()
	e.Name, e.Sig, e.At, e.Go = "nansum", "nansum(input, dim=None, keepdim=False, *, dtype=None)", Here(), []string{"NaNSum"}
	e.Call = func(a *Args) []*Tensor {
		return one(inDType(a, func(x *Tensor) *Tensor { return x.NaNSum(a.reduceOptions()...) }))
	}
	e.Ref = refReduce(func(x []float64) float64 {
		s := 0.0
		for _, v := range notNaN(x) {
			s += v
		}
		return s
	})
	e.Bad = reduceBad("nansum")
	return e
}

func nanMeanEntry() Entry {
	e := meanEntry()
	e.Name, e.Sig, e.At, e.Go = "nanmean", "nanmean(input, dim=None, keepdim=False, *, dtype=None)", Here(), []string{"NaNMean"}
	e.Call = func(a *Args) []*Tensor {
		return one(inDType(a, func(x *Tensor) *Tensor { return x.NaNMean(a.reduceOptions()...) }))
	}
	e.Ref = refReduce(func(x []float64) float64 { return mean(notNaN(x)) })
	e.Bad = append(reduceBad("nanmean"), Bad{Args: []any{In(2).As(Int64)}, Want: "tensor: nanmean [2]: dtype int64; want a floating-point dtype"})
	return e
}
