package tensor

import "github.com/facula-ml/facula/device"

// Heaviside returns 0 where t < 0, 1 where t > 0, and at 0 the element of
// values. NaN gives 0. It has no gradient.
//
//	shape:  t and values broadcast
//	dtype:  the same for both
//	panics: *Error for different dtypes
//	source: torch.heaviside
func (t *Tensor) Heaviside(values *Tensor) *Tensor { return Apply(heavisideOp{}, t, values) }

type heavisideOp struct{ NotDifferentiable }

func (heavisideOp) Name() string                            { return "heaviside" }
func (heavisideOp) Kernel() device.Kernel                   { return device.Heaviside }
func (heavisideOp) Infer(in []*Tensor) (device.Spec, error) { return Elementwise{}.Infer(in) }
func (heavisideOp) Body(in []*Tensor) *Tensor {
	x, values := in[0], in[1]
	return Where(x.EqScalar(0), values, x.GtScalar(0).Cast(x.DType()))
}

func heavisideEntry() Entry {
	return Entry{
		Name: "heaviside", Sig: "heaviside(input, values)", At: Here(), Ops: []any{heavisideOp{}}, Go: []string{"Heaviside"},
		Call: func(a *Args) []*Tensor { return one(a.OnlyTensor("input").Heaviside(a.OnlyTensor("values"))) },
		Ref: RefMap(func(x ...float64) float64 {
			switch {
			case x[0] == 0:
				return x[1]
			case x[0] > 0:
				return 1
			}
			return 0
		}),
		DTypes:  AllDTypes,
		Samples: append(BinarySamples(), Sample{Args: []any{In(3).With(0, 0, 1), In(3).With(3, 0, 2)}, NoGrad: true}),
		Bad: append(BroadcastBad("heaviside"),
			Bad{Args: []any{In(2), In(2).As(Int64)}, Want: "tensor: heaviside [2], [2]: dtypes float32 and int64 differ"}),
	}
}
