package tensor

import "github.com/facula-ml/facula/device"

// Nonzero returns the coordinates of the elements that are not zero, in
// row-major order, one row each. It waits for t, whose values decide the shape.
// As PyTorch's, the result lies in memory one dim after the other.
//
//	shape:  any → [count, dims]
//	dtype:  any → int64
//	source: torch.nonzero
func (t *Tensor) Nonzero() *Tensor {
	b := t.Cast(Bool)
	return Apply(nonzeroOp{count: b.Sum().Int()}, b).Permute(1, 0)
}

type nonzeroOp struct {
	NotDifferentiable
	count int
}

func (nonzeroOp) Name() string          { return "nonzero" }
func (nonzeroOp) Kernel() device.Kernel { return device.Nonzero }
func (o nonzeroOp) Infer(in []*Tensor) (device.Spec, error) {
	return shapeSpec(Int64, []int{in[0].Dim(), o.count})
}

func nonzeroEntry() Entry {
	return Entry{
		Name: "nonzero", Sig: "nonzero(input, *, as_tuple=False)", At: Here(), Ops: []any{nonzeroOp{}}, Go: []string{"Nonzero"},
		Call: func(a *Args) []*Tensor {
			if !a.Bool("as_tuple") {
				return one(a.Tensor("input").Nonzero())
			}
			n := a.Tensor("input").line().Nonzero()
			var cols []*Tensor
			for i := range n.shape()[1] {
				cols = append(cols, n.Select(1, i))
			}
			return cols
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			out := NewArray(0, len(x.Shape))
			for i, v := range x.V {
				if v != 0 {
					out.Shape[0]++
					for _, k := range x.Index(i) {
						out.V = append(out.V, float64(k))
					}
				}
			}
			return []Array{out}
		},
		Out:    OutInt64,
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{In()}}, {Args: []any{In().With(0)}}, {Args: []any{In(1)}}, {Args: []any{In(6).With(0, 3, 0, -1, 2, 0)}},
			{Args: []any{In(2, 3).With(1, 0, 0, 0, 0, 2)}}, {Args: []any{In(2, 3).With(0, 0, 0, 0, 0, 0)}}, {Args: []any{In(3, 2, 4)}}, {Args: []any{In(2, 0)}},
		},
		Why: map[string]string{"errors": "every tensor has an answer"},
	}
}
