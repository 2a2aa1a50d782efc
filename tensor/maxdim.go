package tensor

import "github.com/facula-ml/facula/device"

// MaxDim returns the largest element of each line along dim and its index. Of
// equal ones it is the first, and NaN counts as the largest. The gradient goes
// to the element at the index.
//
//	shape:  t's without the dim; KeepDim keeps it as 1
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range or has no elements
//	source: torch.max with a dim
func (t *Tensor) MaxDim(dim int, opts ...ReduceOption) (values, indices *Tensor) {
	out := ApplyMulti(pickOp{t.reduceDim("max", dim, opts), false}, t)
	return out[0], out[1]
}

// MinDim returns the smallest element of each line along dim and its index, as
// MaxDim does the largest.
//
//	source: torch.min with a dim
func (t *Tensor) MinDim(dim int, opts ...ReduceOption) (values, indices *Tensor) {
	out := ApplyMulti(pickOp{t.reduceDim("min", dim, opts), true}, t)
	return out[0], out[1]
}

type pickOp struct {
	reduction
	lowest bool
}

func (o pickOp) Name() string { return extremeOp{lowest: o.lowest}.Name() }
func (o pickOp) Kernel() device.Kernel {
	if o.lowest {
		return device.MinDim
	}
	return device.MaxDim
}
func (o pickOp) Attr() any { return device.Dim{Dim: o.dim()} }
func (o pickOp) Infer(in []*Tensor) ([]device.Spec, error) {
	s := in[0].spec()
	return []device.Spec{o.spec(s, s.DType), o.spec(s, Int64)}, o.nonEmpty(s)
}
func (pickOp) Reads() Reads { return Out1 }
func (o pickOp) Grad(c *Ctx, dy *Tensor) Grads {
	shape := c.Shape(0)
	return Grads{placed(shape, o.dim(), o.restore(c.Out(1), shape), o.restore(dy, shape))}
}

// placed is zeros of a shape, with dy where the indices along dim say.
func placed(shape []int, dim int, idx, dy *Tensor) *Tensor {
	return like(dy).Zeros(shape...).ScatterAdd(dim, idx, dy)
}

// firstOf is the value and index of the element that pickOf chooses.
func firstOf(beats func(v, m float64) bool) func(x []float64) [][]float64 {
	return func(x []float64) [][]float64 {
		i := pickOf(x, beats)
		return [][]float64{{x[i]}, {float64(i)}}
	}
}

func greater(v, m float64) bool { return v > m }
func less(v, m float64) bool    { return v < m }

// maxEntry has PyTorch's three forms: of all elements, along a dim, and the
// larger of two tensors.
func maxEntry() Entry {
	return pickEntry("max", pickOp{}, (*Tensor).Max, (*Tensor).MaxDim, (*Tensor).Maximum, greater)
}

func minEntry() Entry {
	return pickEntry("min", pickOp{lowest: true}, (*Tensor).Min, (*Tensor).MinDim, (*Tensor).Minimum, less)
}

func pickEntry(name string, op pickOp, all func(*Tensor, ...ReduceOption) *Tensor,
	along func(*Tensor, int, ...ReduceOption) (v, i *Tensor), both func(t, u *Tensor) *Tensor, beats func(v, m float64) bool) Entry {
	method := map[bool]string{false: "MaxDim", true: "MinDim"}[op.lowest]
	return Entry{
		Name: name, Sig: name + "(input, dim=None, keepdim=False, *, other=None)", At: Here(), Ops: []any{op}, Go: []string{method},
		Call: func(a *Args) []*Tensor {
			other, ok := a.Any("dim").(*Tensor)
			switch {
			case a.Has("other"):
				return one(both(a.Tensor("input"), a.Tensor("other")))
			case ok:
				return one(both(a.Tensor("input"), other))
			case !a.Has("dim"):
				return one(all(a.Tensor("input")))
			}
			v, i := along(a.Tensor("input"), a.Int("dim"), a.keepDim()...)
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			f := firstOf(beats)
			if !a.Has("dim") {
				return refReduce(func(x []float64) float64 { return f(x)[0][0] })(a)
			}
			return refLines(a.Array("input"), a.Int("dim"), !a.Bool("keepdim"), f)
		},
		Out:     OutIndexed,
		DTypes:  AllDTypes,
		Samples: append(pickSamples(), Sample{Args: []any{In(3, 4).Distinct()}}),
		Bad: []Bad{
			{Args: []any{In(2, 3), -3}, Want: "tensor: " + name + " [2 3]: dim -3 is out of range; want -2 to 1"},
			{Args: []any{In(2, 0), 1}, Want: "tensor: " + name + " [2 0]: dim 1 has no elements; want at least one"},
			{Args: []any{In(0)}, Want: "tensor: " + name + " [0]: dim 0 has no elements; want at least one"},
		},
	}
}

// keepDim reads PyTorch's keepdim.
func (a *Args) keepDim() []ReduceOption {
	if a.Bool("keepdim") {
		return []ReduceOption{KeepDim}
	}
	return nil
}

// pickSamples are lines to choose from, some with equal elements.
func pickSamples() []Sample {
	var s []Sample
	for _, p := range lineSamples() {
		a, dim := p.Args[0].(Arg), p.Args[1].(int)
		n := len(a.Shape)
		if n > 0 && a.Shape[(dim+n)%n] == 0 {
			continue
		}
		s = append(s, Sample{Args: []any{a.Distinct(), dim}}, Sample{Args: []any{a.Distinct(), dim, true}},
			Sample{Args: []any{a, dim}, NoGrad: true})
	}
	return s
}
