package tensor

import "github.com/facula-ml/facula/device"

// Any reports whether an element, of all or over Dims, is not zero.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  any → bool, but uint8 → uint8, as in PyTorch
//	source: torch.any
func (t *Tensor) Any(opts ...ReduceOption) *Tensor {
	y := Apply(anyOp{reduction: t.reduceOver("any", opts)}, t)
	if t.DType() == UInt8 {
		return y.Cast(UInt8)
	}
	return y
}

type anyOp struct {
	reduction
	NotDifferentiable
}

func (anyOp) Name() string          { return "any" }
func (anyOp) Kernel() device.Kernel { return device.Any }
func (o anyOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), Bool), nil
}

func anyEntry() Entry {
	return Entry{
		Name: "any", Sig: "any(input, dim=None, keepdim=False)", At: Here(), Ops: []any{anyOp{}}, Go: []string{"Any"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").Any(a.reduceOptions()...)) },
		Ref: refReduce(func(x []float64) float64 {
			for _, v := range x {
				if v != 0 {
					return 1
				}
			}
			return 0
		}),
		Out:     outTruth,
		DTypes:  AllDTypes,
		Samples: append(reduceSamples(), Sample{Args: []any{In(2, 3).With(0, 0, 0, 0, 2, 0)}, Kw: map[string]any{"dim": []int{1}}}),
		Bad:     reduceBad("any"),
	}
}

// outTruth is the dtype of All and Any.
func outTruth(d DType, _ int) DType {
	if d == UInt8 {
		return UInt8
	}
	return Bool
}
