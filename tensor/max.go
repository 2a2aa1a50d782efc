package tensor

import "github.com/facula-ml/facula/device"

// Max returns the largest of all elements, or over Dims; NaN if there is one.
// Equal largest elements share the gradient evenly. [Tensor.MaxDim] gives the
// indices too.
//
//	shape:  [], or t's without the dims; KeepDim keeps them as 1
//	panics: *Error if there are no elements to choose from
//	source: torch.amax, and torch.max without a dim
func (t *Tensor) Max(opts ...ReduceOption) *Tensor {
	return Apply(extremeOp{t.reduceOver("max", opts), false}, t)
}

// Min returns the smallest of all elements, or over Dims, as Max does the largest.
//
//	source: torch.amin, and torch.min without a dim
func (t *Tensor) Min(opts ...ReduceOption) *Tensor {
	return Apply(extremeOp{t.reduceOver("min", opts), true}, t)
}

type extremeOp struct {
	reduction
	lowest bool
}

func (o extremeOp) Name() string {
	if o.lowest {
		return "min"
	}
	return "max"
}
func (o extremeOp) Kernel() device.Kernel {
	if o.lowest {
		return device.Min
	}
	return device.Max
}
func (o extremeOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), in[0].DType()), o.nonEmpty(in[0].spec())
}
func (extremeOp) Reads() Reads { return In0 | Out0 }

func (o extremeOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{o.shared(c.In(0), c.Out(0), dy)}
}

// shared gives dy in equal parts to the elements of x that are equal to the
// result y, or to the NaNs if it is one.
func (r reduction) shared(x, y, dy *Tensor) *Tensor {
	chosen := x.Eq(r.restore(y, x.shape())).Add(x.Ne(x))
	part := dy.Div(Apply(sumOp{r}, chosen.Cast(dy.DType())))
	return Where(chosen, r.restore(part, x.shape()), scalarOf(dy.b.dev, dy.DType(), device.Number{}))
}

// pickOf is the reference of all that choose: the first NaN, or else the first
// element that no other beats.
func pickOf(x []float64, beats func(v, m float64) bool) int {
	k := 0
	for i, v := range x {
		if v != v {
			return i
		}
		if beats(v, x[k]) {
			k = i
		}
	}
	return k
}

func maxOf(x []float64) float64 {
	return x[pickOf(x, greater)]
}

func minOf(x []float64) float64 {
	return x[pickOf(x, less)]
}

func amaxEntry() Entry {
	return extremeEntry("amax", "Max", extremeOp{}, (*Tensor).Max, maxOf)
}

func aminEntry() Entry {
	return extremeEntry("amin", "Min", extremeOp{lowest: true}, (*Tensor).Min, minOf)
}

func extremeEntry(name, method string, op extremeOp, f func(*Tensor, ...ReduceOption) *Tensor, ref func([]float64) float64) Entry {
	nothing := "dim 0 has no elements; want at least one"
	return Entry{
		Name: name, Sig: name + "(input, dim=None, keepdim=False)", At: Here(), Ops: []any{op}, Go: []string{method},
		Call:   func(a *Args) []*Tensor { return one(f(a.Tensor("input"), a.reduceOptions()...)) },
		Ref:    refReduce(ref),
		DTypes: AllDTypes,
		Samples: append(distinct(reduceNonEmpty()), // all elements equal: infinitely close to a kink
			Sample{Args: []any{In(2, 3).With(1, 3, 3, 2, 2, 2)}, Kw: map[string]any{"dim": []int{1}}, NoGrad: true}),
		Bad: append(reduceBad(op.Name()),
			Bad{Args: []any{In(0)}, Want: "tensor: " + op.Name() + " [0]: " + nothing},
			Bad{Args: []any{In(0, 3)}, Kw: map[string]any{"dim": []int{0}}, Want: "tensor: " + op.Name() + " [0 3]: " + nothing}),
	}
}

// distinct gives the tensors of samples elements that differ, so that the
// largest stays so within a finite difference.
func distinct(samples []Sample) []Sample {
	for _, s := range samples {
		for i, a := range s.Args {
			if x, ok := a.(Arg); ok {
				s.Args[i] = x.Distinct()
			}
		}
	}
	return samples
}
