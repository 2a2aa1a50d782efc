package tensor

import "github.com/facula-ml/facula/device"

// Sum returns the sum of all elements, or over Dims.
//
//	shape:  [] , or t's without the dims; KeepDim keeps them as 1
//	dtype:  t's; int64 for integers and bool. It adds in float64 or int64
//	panics: *Error if a dim is out of range or given twice
//	source: torch.sum
func (t *Tensor) Sum(opts ...ReduceOption) *Tensor {
	return Apply(sumOp{t.reduceOver("sum", opts)}, t)
}

type sumOp struct{ reduction }

func (sumOp) Name() string          { return "sum" }
func (sumOp) Kernel() device.Kernel { return device.Sum }
func (sumOp) Reads() Reads          { return Nothing }
func (o sumOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), OutSum(in[0].DType(), 0)), nil
}
func (o sumOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{o.spread(dy, c.spec(0))}
}

// sumTo undoes broadcasting: it sums t down to a spec that broadcasts to its
// shape, and gives it that dtype.
func (t *Tensor) sumTo(s *device.Spec) *Tensor {
	if t.b.view.Spec == *s {
		return t
	}
	o := sumOp{}
	pad := t.Dim() - int(s.Rank)
	for i, d := range t.shape() {
		if i < pad || s.Dim[i-pad] == 1 && d != 1 {
			o.dims |= 1 << i
		}
	}
	if o.dims != 0 {
		t = Apply(o, t)
	}
	if t.spec().Rank != s.Rank || t.spec().Dim != s.Dim {
		t = t.reshapeTo(s)
	}
	return t.Cast(s.DType)
}

func sumEntry() Entry {
	return Entry{
		Name: "sum", Sig: "sum(input, dim=None, keepdim=False, *, dtype=None)", At: Here(), Ops: []any{sumOp{}},
		Go: []string{"Sum"},
		Call: func(a *Args) []*Tensor {
			return one(inDType(a, func(x *Tensor) *Tensor { return x.Sum(a.reduceOptions()...) }))
		},
		Ref: refReduce(func(x []float64) float64 {
			s := 0.0
			for _, v := range x {
				s += v
			}
			return s
		}),
		Out:     OutSum,
		DTypes:  AllDTypes,
		Samples: reduceSamples(),
		Bad:     reduceBad("sum"),
	}
}

// inDType is f of the input, cast to the argument dtype before and after if it
// is given.
func inDType(a *Args, f func(x *Tensor) *Tensor) *Tensor {
	if d := a.DType("dtype"); d != 0 {
		return f(a.Tensor("input").Cast(d)).Cast(d)
	}
	return f(a.Tensor("input"))
}

// reduceOptions reads PyTorch's dim and keepdim.
func (a *Args) reduceOptions() []ReduceOption {
	var o []ReduceOption
	if a.Has("dim") {
		o = append(o, Dims(a.Ints("dim")...))
	}
	if a.Bool("keepdim") {
		o = append(o, KeepDim)
	}
	return o
}

// refReduce is the reference of a reduction, given on the list of the elements
// that make one result.
func refReduce(f func(x []float64) float64) func(*Args) []Array {
	return func(a *Args) []Array {
		in := a.Array("input")
		n := len(in.Shape)
		gone := make([]bool, n)
		dims := a.Ints("dim")
		for _, d := range dims {
			if n > 0 {
				gone[(d+n)%n] = true
			}
		}
		var shape, kept []int
		for i, d := range in.Shape {
			gone[i] = gone[i] || len(dims) == 0
			if !gone[i] {
				shape, kept = append(shape, d), append(kept, d)
			} else if a.Bool("keepdim") {
				shape = append(shape, 1)
			}
		}
		out := NewArray(shape...)
		lists := make([][]float64, len(out.V))
		k := NewArray(kept...)
		st := k.Strides()
		for i, v := range in.V {
			pos, j := 0, 0
			for d, x := range in.Index(i) {
				if !gone[d] {
					pos += x * st[j]
					j++
				}
			}
			lists[pos] = append(lists[pos], v)
		}
		for i, l := range lists {
			out.V[i] = f(l)
		}
		return []Array{out}
	}
}

// reduceSamples are shapes and dims every reduction is tried on; keep says
// that an empty list has no result.
func reduceSamples() []Sample {
	kw := func(dim any, keep bool) map[string]any { return map[string]any{"dim": dim, "keepdim": keep} }
	return append(reduceNonEmpty(),
		Sample{Args: []any{In(2, 0)}}, Sample{Args: []any{In(0, 3)}, Kw: kw([]int{0}, false)})
}

func reduceNonEmpty() []Sample {
	kw := func(dim any, keep bool) map[string]any { return map[string]any{"dim": dim, "keepdim": keep} }
	return []Sample{
		{Args: []any{In()}}, {Args: []any{In(1)}}, {Args: []any{In(7)}}, {Args: []any{In(3, 4)}},
		{Args: []any{In(3, 4)}, Kw: kw([]int{0}, false)}, {Args: []any{In(3, 4)}, Kw: kw([]int{-1}, true)},
		{Args: []any{In(2, 3, 4)}, Kw: kw([]int{0, 2}, false)}, {Args: []any{In(2, 3, 4)}, Kw: kw([]int{1}, true)},
		{Args: []any{In(2, 3, 4)}, Kw: kw([]int{2, 0, 1}, false)}, {Args: []any{In(3, 0, 2)}, Kw: kw([]int{0}, false)},
		{Args: []any{In(2, 1500)}, Kw: kw([]int{1}, false)}, {Args: []any{In(1500, 2)}, Kw: kw([]int{0}, false)},
	}
}

func reduceBad(op string) []Bad {
	return []Bad{
		{Args: []any{In(2, 3)}, Kw: map[string]any{"dim": []int{2}}, Want: "tensor: " + op + " [2 3]: dim 2 is out of range; want -2 to 1"},
		{Args: []any{In(2, 3)}, Kw: map[string]any{"dim": []int{0, -2}}, Want: "tensor: " + op + " [2 3]: dim -2 is given twice"},
	}
}
