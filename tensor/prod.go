package tensor

import "github.com/facula-ml/facula/device"

// Prod returns the product of all elements, or over Dims. Its gradient is right
// where elements are 0, too.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  t's; int64 for integers and bool. It multiplies in float64 or int64
//	source: torch.prod
func (t *Tensor) Prod(opts ...ReduceOption) *Tensor {
	return Apply(prodOp{reduction: t.reduceOver("prod", opts)}, t)
}

type prodOp struct {
	reduction
	ThroughBody
}

func (prodOp) Name() string          { return "prod" }
func (prodOp) Kernel() device.Kernel { return device.Prod }
func (o prodOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), OutSum(in[0].DType(), 0)), nil
}

// Body halves the elements, multiplying one half with the other: few ops, and a
// gradient without a division by what may be 0.
func (o prodOp) Body(in []*Tensor) *Tensor {
	s := o.spec(in[0].spec(), OutSum(in[0].DType(), 0))
	x := in[0].wide().Cast(OutSum(in[0].wide().DType(), 0))
	n := o.count(x.shape())
	if n == 0 {
		return Apply(sumOp{o.reduction}, x).AddScalar(1).Cast(s.DType) // 1, with a gradient
	}
	var order []int
	for i := range x.Dim() {
		if !o.dims.Has(i) {
			order = append(order, i)
		}
	}
	for i := range x.Dim() {
		if o.dims.Has(i) {
			order = append(order, i)
		}
	}
	x = x.Permute(order...).Reshape(s.Len(), n)
	var odd *Tensor
	for ; n > 1; n /= 2 {
		if n%2 == 1 {
			last := x.Narrow(1, n-1, 1)
			if odd != nil {
				last = odd.Mul(last)
			}
			odd = last
		}
		x = x.Narrow(1, 0, n/2).Mul(x.Narrow(1, n/2, n/2))
	}
	if odd != nil {
		x = x.Mul(odd)
	}
	return x.Reshape(s.Shape()...).Cast(s.DType)
}

func prodEntry() Entry {
	kw := map[string]any{"dim": []int{1}}
	return Entry{
		Name: "prod", Sig: "prod(input, dim=None, keepdim=False, *, dtype=None)", At: Here(), Ops: []any{prodOp{}},
		Go: []string{"Prod"},
		Call: func(a *Args) []*Tensor {
			return one(inDType(a, func(x *Tensor) *Tensor { return x.Prod(a.reduceOptions()...) }))
		},
		Ref: refReduce(func(x []float64) float64 {
			p := 1.0
			for _, v := range x {
				p *= v
			}
			return p
		}),
		Out:    OutSum,
		Why:    map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes: AllDTypes,
		Samples: append(narrowed(reduceSamples()),
			Sample{Args: []any{In(4, 3).With(1, 0, 3, 0, 5, 0, 1, 2, 3, 0, 0, 0)}, Kw: kw},
			Sample{Args: []any{In(5).With(2, 0, -3, 1, 4)}}),
		Bad: reduceBad("prod"),
	}
}

// narrowed gives long lists elements near 1, so that products stay finite and
// do not round to nothing.
func narrowed(samples []Sample) []Sample {
	for _, s := range samples {
		if a := s.Args[0].(Arg); len(a.Shape) > 0 && a.Shape[0]+a.Shape[len(a.Shape)-1] > 500 {
			s.Args[0] = a.Within(0.997, 1.003)
		}
	}
	return samples
}
