package tensor

import "github.com/facula-ml/facula/device"

// Mean returns the mean of all elements, or over Dims; of none it is NaN.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  floating point; it adds in float64
//	panics: *Error for integers and bool
//	source: torch.mean
func (t *Tensor) Mean(opts ...ReduceOption) *Tensor {
	return Apply(meanOp{t.reduceOver("mean", opts)}, t)
}

type meanOp struct{ reduction }

func (meanOp) Name() string          { return "mean" }
func (meanOp) Kernel() device.Kernel { return device.Mean }
func (meanOp) Reads() Reads          { return Nothing }
func (o meanOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), in[0].DType()), wantFloat(in[0].DType())
}

func (o meanOp) Body(in []*Tensor) *Tensor {
	x := in[0].wide()
	return Apply(sumOp(o), x).DivScalar(o.count(x.shape())).Cast(in[0].DType())
}

func (o meanOp) Grad(c *Ctx, dy *Tensor) Grads {
	part := dy.wide().DivScalar(o.count(c.Shape(0))).Cast(dy.DType()) // float16 ends at 65504
	return Grads{o.spread(part, c.spec(0))}
}

// wide is t, in float32 if it is half precision: what definitions compute with
// where a sum may be too large for t's dtype.
func (t *Tensor) wide() *Tensor {
	if d := t.DType(); d == Float16 || d == BFloat16 {
		return t.Cast(Float32)
	}
	return t
}

func mean(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s / float64(len(x))
}

// meanSamples are those of every reduction; the mean of nothing is NaN, also
// when it is moved a little.
func meanSamples() []Sample {
	s := reduceSamples()
	for i := len(reduceNonEmpty()); i < len(s); i++ {
		s[i].NoGrad = true
	}
	return s
}

func meanEntry() Entry {
	return Entry{
		Name: "mean", Sig: "mean(input, dim=None, keepdim=False, *, dtype=None)", At: Here(), Ops: []any{meanOp{}},
		Go: []string{"Mean"},
		Call: func(a *Args) []*Tensor {
			return one(inDType(a, func(x *Tensor) *Tensor { return x.Mean(a.reduceOptions()...) }))
		},
		Ref:     refReduce(mean),
		DTypes:  Floats,
		Samples: meanSamples(),
		Bad: append(reduceBad("mean"),
			Bad{Args: []any{In(2).As(Int64)}, Want: "tensor: mean [2]: dtype int64; want a floating-point dtype"}),
	}
}
