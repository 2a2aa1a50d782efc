package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Median returns the median of all elements: of an even number the lower of the
// two in the middle, NaN if there is one or if there are no elements. Equal
// elements share the gradient evenly. [Tensor.MedianDim] works along a dim.
//
//	source: torch.median without a dim
func (t *Tensor) Median() *Tensor {
	return Apply(medianOp{t.reduceOver("median", nil), device.AsMedian}, t)
}

// MedianDim returns the median of each line along dim, and its index: the first
// NaN's, or that of a stable sort.
//
//	shape:  t's without the dim; KeepDim keeps it as 1
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range or has no elements
//	source: torch.median with a dim
func (t *Tensor) MedianDim(dim int, opts ...ReduceOption) (values, indices *Tensor) {
	return t.medianOf("median", dim, opts, device.AsMedian)
}

// NaNMedian is [Tensor.Median] of the elements that are not NaN; NaN if there
// are none.
//
//	source: torch.nanmedian without a dim
func (t *Tensor) NaNMedian() *Tensor {
	return Apply(medianOp{t.reduceOver("nanmedian", nil), device.AsNaNMedian}, t)
}

// NaNMedianDim is [Tensor.MedianDim] of the elements that are not NaN.
//
//	panics: *Error if dim is out of range or has no elements
//	source: torch.nanmedian with a dim
func (t *Tensor) NaNMedianDim(dim int, opts ...ReduceOption) (values, indices *Tensor) {
	return t.medianOf("nanmedian", dim, opts, device.AsNaNMedian)
}

func (t *Tensor) medianOf(op string, dim int, opts []ReduceOption, ties device.Ties) (values, indices *Tensor) {
	o := t.reduceDim(op, dim, opts)
	if err := o.nonEmpty(t.known(op).spec()); err != nil {
		misuse(op, err, t)
	}
	values, indices = t.order(op, o.dim(), 0, 1, false, ties)
	if t.Dim() > 0 && !o.keep {
		values, indices = values.Squeeze(o.dim()), indices.Squeeze(o.dim())
	}
	return values, indices
}

// medianOp is the median of all elements.
type medianOp struct {
	reduction
	ties device.Ties
}

func (o medianOp) Name() string {
	if o.ties == device.AsNaNMedian {
		return "nanmedian"
	}
	return "median"
}
func (medianOp) Kernel() device.Kernel { return device.NoKernel }
func (medianOp) Reads() Reads          { return In0 | Out0 }
func (o medianOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), in[0].DType()), nil
}
func (o medianOp) Body(in []*Tensor) *Tensor {
	if in[0].Len() == 0 { // NaN; of integers the smallest, as PyTorch has it
		return scalarOf(in[0].b.dev, in[0].DType(), device.Number{F: math.NaN(), Float: true})
	}
	v, _ := in[0].Reshape(-1).medianOf(o.Name(), 0, nil, o.ties)
	return v
}
func (o medianOp) Grad(c *Ctx, dy *Tensor) Grads {
	x, y := c.In(0), c.Out(0)
	if o.ties == device.AsNaNMedian { // NaN has no share, unless there is nothing else
		other := y.LeScalar(0).Cast(y.DType()).MulScalar(2).SubScalar(1) // of the other sign: never y
		x = Where(x.IsNaN().LogicalAnd(y.IsNaN().LogicalNot()), other, x)
	}
	return Grads{o.shared(x, y, dy)}
}

// refMedian is the value and index of the element in the middle, or of the
// first NaN.
func refMedian(x []float64) [][]float64 {
	if len(x) == 0 {
		return [][]float64{{math.NaN()}, {0}}
	}
	for i, v := range x {
		if v != v {
			return [][]float64{{v}, {float64(i)}}
		}
	}
	k := (len(x) - 1) / 2
	r := refSorted(x, k+1, false)
	return [][]float64{r[0][k:], r[1][k:]}
}

// refNaNMedian is refMedian of what is not NaN.
func refNaNMedian(x []float64) [][]float64 {
	if len(x) == 0 {
		return refMedian(x)
	}
	k := max(len(notNaN(x))-1, 0) / 2
	r := refSorted(x, k+1, false)
	return [][]float64{r[0][k:], r[1][k:]}
}

func medianEntry() Entry {
	return medianEntryOf("median", (*Tensor).Median, (*Tensor).MedianDim, "MedianDim", refMedian)
}

func nanMedianEntry() Entry {
	return medianEntryOf("nanmedian", (*Tensor).NaNMedian, (*Tensor).NaNMedianDim, "NaNMedianDim", refNaNMedian)
}

func medianEntryOf(name string, all func(*Tensor) *Tensor, along func(*Tensor, int, ...ReduceOption) (v, i *Tensor), method string,
	ref func(x []float64) [][]float64) Entry {
	return Entry{
		Name: name, Sig: name + "(input, dim=None, keepdim=False)", At: Here(), Ops: []any{medianOp{}, orderOp{}},
		Go: []string{method[:len(method)-len("Dim")], method},
		Call: func(a *Args) []*Tensor {
			if !a.Has("dim") {
				return one(all(a.Tensor("input")))
			}
			v, i := along(a.Tensor("input"), a.Int("dim"), a.keepDim()...)
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			if !a.Has("dim") {
				return refReduce(func(x []float64) float64 { return ref(x)[0][0] })(a)
			}
			return refLines(a.Array("input"), a.Int("dim"), !a.Bool("keepdim"), ref)
		},
		Out:    OutIndexed,
		DTypes: Numbers,
		Samples: append(pickSamples(), Sample{Args: []any{In(3, 4).Distinct()}}, Sample{Args: []any{In(5).Distinct()}},
			Sample{Args: []any{In()}}, Sample{Args: []any{In(0)}, Only: Floats, NoGrad: true}),
		Bad: []Bad{
			{Args: []any{In(2, 3), -3}, Want: "tensor: " + name + " [2 3]: dim -3 is out of range; want -2 to 1"},
			{Args: []any{In(2, 0), 1}, Want: "tensor: " + name + " [2 0]: dim 1 has no elements; want at least one"},
		},
	}
}
