package tensor

import "github.com/facula-ml/facula/device"

// All reports whether every element, of all or over Dims, is not zero.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	dtype:  any → bool, but uint8 → uint8, as in PyTorch
//	source: torch.all
func (t *Tensor) All(opts ...ReduceOption) *Tensor {
	y := Apply(allOp{reduction: t.reduceOver("all", opts)}, t)
	if t.DType() == UInt8 {
		return y.Cast(UInt8)
	}
	return y
}

type allOp struct {
	reduction
	NotDifferentiable
}

func (allOp) Name() string          { return "all" }
func (allOp) Kernel() device.Kernel { return device.All }
func (o allOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), Bool), nil
}

func allEntry() Entry {
	return Entry{
		Name: "all", Sig: "all(input, dim=None, keepdim=False)", At: Here(), Ops: []any{allOp{}}, Go: []string{"All"},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").All(a.reduceOptions()...)) },
		Ref: refReduce(func(x []float64) float64 {
			for _, v := range x {
				if v == 0 {
					return 0
				}
			}
			return 1
		}),
		Out:     outTruth,
		DTypes:  AllDTypes,
		Samples: append(reduceSamples(), Sample{Args: []any{In(2, 3).With(1, 2, 3, 1, 0, 1)}, Kw: map[string]any{"dim": []int{1}}}),
		Bad:     reduceBad("all"),
	}
}
