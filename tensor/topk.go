package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// A TopKOption changes TopK.
type TopKOption int

// Smallest takes the smallest elements.
const Smallest TopKOption = 1

// TopK returns the k largest elements of each line along dim, from the largest
// on, and their indices. Of equal ones it takes those that PyTorch's selection
// takes on the CPU. NaN counts as the largest.
//
//	shape:  t's with k for the dim
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range, or k not within 0 … its size
//	source: torch.topk
func (t *Tensor) TopK(k, dim int, opts ...TopKOption) (values, indices *Tensor) {
	t.wantRank("topk", dim, k, 0)
	return t.order("topk", dim, 0, k, len(opts) == 0 || opts[0] != Smallest, device.AsTopK)
}

// KthValue returns the k-th smallest element of each line along dim, counted
// from 1, and its index, of equal ones PyTorch's on the CPU. NaN counts as the
// largest.
//
//	shape:  t's without the dim; KeepDim keeps it as 1
//	dtype:  values as t, indices int64
//	panics: *Error if dim is out of range, or k not within 1 … its size
//	source: torch.kthvalue
func (t *Tensor) KthValue(k, dim int, opts ...ReduceOption) (values, indices *Tensor) {
	t.wantRank("kthvalue", dim, k, 1)
	o := t.reduceDim("kthvalue", dim, opts)
	values, indices = t.order("kthvalue", dim, k-1, k, false, device.AsKthValue)
	if t.Dim() > 0 && !o.keep {
		values, indices = values.Squeeze(dim), indices.Squeeze(dim)
	}
	return values, indices
}

// wantRank refuses a k that is not within least … the size of dim.
func (t *Tensor) wantRank(op string, dim, k, least int) {
	n := 1
	if d := t.dim(op, dim); t.Dim() > 0 {
		n = t.shape()[d]
	}
	if k < least || k > n {
		misuse(op, fmt.Errorf("k is %d; want %d to %d, the size of dim %d", k, least, n, dim), t)
	}
}

func topkEntry() Entry {
	return Entry{
		Name: "topk", Sig: "topk(input, k, dim=-1, largest=True, sorted=True)", At: Here(), Ops: []any{orderOp{}}, Go: []string{"TopK"},
		Call: func(a *Args) []*Tensor {
			var opts []TopKOption
			if !a.Bool("largest") {
				opts = append(opts, Smallest)
			}
			v, i := a.Tensor("input").TopK(a.Int("k"), a.Int("dim"), opts...)
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			return refLines(a.Array("input"), a.Int("dim"), false, func(x []float64) [][]float64 {
				return refTopK(x, min(a.Int("k"), len(x)), a.Bool("largest"))
			})
		},
		Out:    OutIndexed,
		DTypes: Numbers,
		Samples: []Sample{
			{Args: []any{In(), 1}}, {Args: []any{In(1), 1, 0}}, {Args: []any{In(5).Distinct(), 2}}, {Args: []any{In(5), 3, 0, false}, NoGrad: true},
			{Args: []any{In(5), 0}}, {Args: []any{In(3, 4).Distinct(), 4, 1, true, false}}, {Args: []any{In(4, 3).Distinct(), 2, 0, false}},
			{Args: []any{In(2, 5, 3).Distinct(), 3, -2}}, {Args: []any{In(2, 0), 0}}, {Args: []any{In(0, 3), 2}},
			{Args: []any{In(2, 900), 5}, NoGrad: true}, {Args: []any{In(900, 2), 100, 0, false}, NoGrad: true}, {Args: []any{In(2, 900), 400}, NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), 4}, Want: "tensor: topk [2 3]: k is 4; want 0 to 3, the size of dim -1"},
			{Args: []any{In(2, 3), -1, 0}, Want: "tensor: topk [2 3]: k is -1; want 0 to 2, the size of dim 0"},
			{Args: []any{In(2, 3), 1, 2}, Want: "tensor: topk [2 3]: dim 2 is out of range; want -2 to 1"},
		},
	}
}

func kthvalueEntry() Entry {
	return Entry{
		Name: "kthvalue", Sig: "kthvalue(input, k, dim=-1, keepdim=False)", At: Here(), Ops: []any{orderOp{}}, Go: []string{"KthValue"},
		Call: func(a *Args) []*Tensor {
			v, i := a.Tensor("input").KthValue(a.Int("k"), a.Int("dim"), a.keepDim()...)
			return []*Tensor{v, i}
		},
		Ref: func(a *Args) []Array {
			k := a.Int("k")
			return refLines(a.Array("input"), a.Int("dim"), !a.Bool("keepdim"), func(x []float64) [][]float64 { return refKth(x, k) })
		},
		Out:    OutIndexed,
		DTypes: Numbers,
		Samples: []Sample{
			{Args: []any{In(), 1}}, {Args: []any{In(1), 1, 0}}, {Args: []any{In(5).Distinct(), 2}}, {Args: []any{In(5), 3, 0}, NoGrad: true},
			{Args: []any{In(3, 4).Distinct(), 4, 1, true}}, {Args: []any{In(4, 3).Distinct(), 2, 0}}, {Args: []any{In(0, 3), 2}},
			{Args: []any{In(2, 900), 5}, NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), 4}, Want: "tensor: kthvalue [2 3]: k is 4; want 1 to 3, the size of dim -1"},
			{Args: []any{In(2, 3), 0}, Want: "tensor: kthvalue [2 3]: k is 0; want 1 to 3, the size of dim -1"},
			{Args: []any{In(2, 3), 1, 2}, Want: "tensor: kthvalue [2 3]: dim 2 is out of range; want -2 to 1"},
		},
	}
}
