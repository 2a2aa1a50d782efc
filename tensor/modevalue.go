package tensor

import "github.com/facula-ml/facula/device"

// ModeDim returns the most frequent element of each line along dim, of several
// the smallest, and the index of one such: the one that PyTorch's sort on the
// CPU puts last. The gradient goes to the element at the index.
//
//	shape:  t's without the dim; KeepDim keeps it as 1
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range or has no elements
//	source: torch.mode
func (t *Tensor) ModeDim(dim int, opts ...ReduceOption) (values, indices *Tensor) {
	out := ApplyMulti(modeOp{t.reduceDim("mode", dim, opts)}, t)
	return out[0], out[1]
}

type modeOp struct{ reduction }

func (modeOp) Name() string          { return "mode" }
func (modeOp) Kernel() device.Kernel { return device.Mode }
func (o modeOp) Attr() any           { return device.Dim{Dim: o.dim()} }
func (o modeOp) Infer(in []*Tensor) ([]device.Spec, error) {
	s := in[0].spec()
	return []device.Spec{o.spec(s, s.DType), o.spec(s, Int64)}, o.nonEmpty(s)
}
func (modeOp) Reads() Reads { return Out1 }
func (o modeOp) Grad(c *Ctx, dy *Tensor) Grads {
	shape := c.Shape(0)
	return Grads{placed(shape, o.dim(), o.restore(c.Out(1), shape), o.restore(dy, shape))}
}

func modeEntry() Entry {
	tie := In(2, 5).With(1, 3, 1, 3, 2, 4, 4, 0, 2, 0)
	e := Entry{
		Name: "mode", Sig: "mode(input, dim=-1, keepdim=False)", At: Here(), Ops: []any{modeOp{}}, Go: []string{"ModeDim"},
		Call: func(a *Args) []*Tensor {
			v, i := a.Tensor("input").ModeDim(a.Int("dim"), a.keepDim()...)
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			return refLines(a.Array("input"), a.Int("dim"), !a.Bool("keepdim"), func(x []float64) [][]float64 {
				s := newRefPlaces(x, less).sorted()
				best, most := 0, 0
				for i, n := range s.at {
					run := 1
					for j := i; j > 0 && x[s.at[j-1]] == x[n]; j-- {
						run++
					}
					if (i+1 == len(s.at) || x[s.at[i+1]] != x[n]) && run > most {
						best, most = n, run
					}
				}
				return [][]float64{{x[best]}, {float64(best)}}
			})
		},
		Out:     OutIndexed,
		DTypes:  AllDTypes,
		Samples: append(pickSamples(), Sample{Args: []any{tie}, NoGrad: true}, Sample{Args: []any{tie, 0, true}, NoGrad: true}),
		Bad: []Bad{
			{Args: []any{In(2, 3), -3}, Want: "tensor: mode [2 3]: dim -3 is out of range; want -2 to 1"},
			{Args: []any{In(2, 0), 1}, Want: "tensor: mode [2 0]: dim 1 has no elements; want at least one"},
		},
	}
	return e
}
