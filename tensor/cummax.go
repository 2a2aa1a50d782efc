package tensor

import "github.com/facula-ml/facula/device"

// CumMax returns the largest of the elements up to each along dim and its
// index: of equal ones the last so far. A NaN is larger than all, and so is the
// next one. The gradient goes to the elements at the indices.
//
//	shape:  any → same
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range
//	source: torch.cummax
func (t *Tensor) CumMax(dim int) (values, indices *Tensor) {
	out := ApplyMulti(runningOp{"cummax", device.CumMax, t.dim("cummax", dim)}, t)
	return out[0], out[1]
}

// CumMin returns the smallest of the elements up to each along dim and its
// index, as CumMax does the largest.
//
//	source: torch.cummin
func (t *Tensor) CumMin(dim int) (values, indices *Tensor) {
	out := ApplyMulti(runningOp{"cummin", device.CumMin, t.dim("cummin", dim)}, t)
	return out[0], out[1]
}

type runningOp struct {
	name   string
	kernel device.Kernel
	dim    int
}

func (o runningOp) Name() string          { return o.name }
func (o runningOp) Kernel() device.Kernel { return o.kernel }
func (o runningOp) Attr() any             { return device.Dim{Dim: o.dim} }
func (runningOp) Reads() Reads            { return Out1 }
func (o runningOp) Infer(in []*Tensor) ([]device.Spec, error) {
	v := *in[0].spec()
	i := v
	i.DType = Int64
	return []device.Spec{v, i}, nil
}
func (o runningOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{placed(c.Shape(0), o.dim, c.Out(1), dy)}
}

func cummaxEntry() Entry { return runningEntry("cummax", "CumMax", (*Tensor).CumMax, greater) }
func cumminEntry() Entry { return runningEntry("cummin", "CumMin", (*Tensor).CumMin, less) }

func runningEntry(name, method string, f func(*Tensor, int) (v, i *Tensor), beats func(v, m float64) bool) Entry {
	return Entry{
		Name: name, Sig: name + "(input, dim)", At: Here(), Go: []string{method}, Ops: []any{runningOp{name: name}},
		Call: func(a *Args) []*Tensor {
			v, i := f(a.Tensor("input"), a.Int("dim"))
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			return refLines(a.Array("input"), a.Int("dim"), false, func(x []float64) [][]float64 {
				v, at := make([]float64, len(x)), make([]float64, len(x))
				best := 0
				for i, e := range x {
					if e != e || x[best] == x[best] && !beats(x[best], e) {
						best = i
					}
					v[i], at[i] = x[best], float64(best)
				}
				return [][]float64{v, at}
			})
		},
		Out:     OutIndexed,
		DTypes:  AllDTypes,
		Samples: distinct(lineSamples()),
		Bad:     []Bad{{Args: []any{In(2, 3), 2}, Want: "tensor: " + name + " [2 3]: dim 2 is out of range; want -2 to 1"}},
	}
}
