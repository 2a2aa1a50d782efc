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
func (t *Tensor) Median() *Tensor { return Apply(medianOp{t.reduceOver("median", nil)}, t) }

// MedianDim returns the median of each line along dim, and its index.
//
//	shape:  t's without the dim; KeepDim keeps it as 1
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range or has no elements
//	source: torch.median with a dim
func (t *Tensor) MedianDim(dim int, opts ...ReduceOption) (values, indices *Tensor) {
	o := t.reduceDim("median", dim, opts)
	if err := o.nonEmpty(t.known("median").spec()); err != nil {
		misuse("median", err, t)
	}
	if t.Dim() == 0 {
		return t.order("median", 0, 0, 1, false)
	}
	d, n := o.dim(), t.shape()[o.dim()]
	values, indices = t.order("median", d, (n-1)/2, (n-1)/2+1, false)
	if t.DType().IsFloat() { // the first NaN goes before the middle
		first := t.Detach().ArgMax(Dims(d), KeepDim)
		found := t.Detach().Gather(d, first)
		indices = Where(found.Ne(found), first, indices)
		values = t.Gather(d, indices)
	}
	if !o.keep {
		values, indices = values.Squeeze(d), indices.Squeeze(d)
	}
	return values, indices
}

// medianOp is the median of all elements.
type medianOp struct{ reduction }

func (medianOp) Name() string          { return "median" }
func (medianOp) Kernel() device.Kernel { return device.NoKernel }
func (medianOp) Reads() Reads          { return In0 | Out0 }
func (o medianOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), in[0].DType()), nil
}
func (o medianOp) Body(in []*Tensor) *Tensor {
	if in[0].Len() == 0 { // NaN; of integers the smallest, as PyTorch has it
		return scalarOf(in[0].b.dev, in[0].DType(), device.Number{F: math.NaN(), Float: true})
	}
	v, _ := in[0].Reshape(-1).MedianDim(0)
	return v
}
func (o medianOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{o.shared(c.In(0), c.Out(0), dy)}
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

func medianEntry() Entry {
	return Entry{
		Name: "median", Sig: "median(input, dim=None, keepdim=False)", At: Here(), Ops: []any{medianOp{}, orderOp{}},
		Go: []string{"Median", "MedianDim"},
		Call: func(a *Args) []*Tensor {
			if !a.Has("dim") {
				return one(a.Tensor("input").Median())
			}
			v, i := a.Tensor("input").MedianDim(a.Int("dim"), a.keepDim()...)
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			if !a.Has("dim") {
				return refReduce(func(x []float64) float64 { return refMedian(x)[0][0] })(a)
			}
			return refLines(a.Array("input"), a.Int("dim"), !a.Bool("keepdim"), refMedian)
		},
		Out:    OutIndexed,
		DTypes: Numbers,
		Samples: append(pickSamples(), Sample{Args: []any{In(3, 4).Distinct()}}, Sample{Args: []any{In(5).Distinct()}},
			Sample{Args: []any{In()}}, Sample{Args: []any{In(0)}, Only: Floats, NoGrad: true}),
		Bad: []Bad{
			{Args: []any{In(2, 3), -3}, Want: "tensor: median [2 3]: dim -3 is out of range; want -2 to 1"},
			{Args: []any{In(2, 0), 1}, Want: "tensor: median [2 0]: dim 1 has no elements; want at least one"},
		},
	}
}
