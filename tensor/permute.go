package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Permute returns a view of t with its dims in another order: dim i of the
// result is dim dims[i] of t.
//
//	panics: *Error unless dims names every dim of t once
//	source: torch.permute
func (t *Tensor) Permute(dims ...int) *Tensor {
	if len(dims) != t.Dim() {
		misuse("permute", fmt.Errorf("%d dims are given; want all %d", len(dims), t.Dim()), t)
	}
	op := permuteOp{n: len(dims)}
	t.dims("permute", dims) // checks range and repetition
	for i, d := range dims {
		op.dims[i] = t.dim("permute", d)
	}
	return t.see(op)
}

// Transpose returns a view of t with two dims swapped.
//
//	panics: *Error if a dim is out of range
//	source: torch.transpose
func (t *Tensor) Transpose(a, b int) *Tensor {
	a, b = t.dim("transpose", a), t.dim("transpose", b)
	op := permuteOp{n: t.Dim()}
	for i := range op.n {
		op.dims[i] = i
	}
	if op.n > 0 {
		op.dims[a], op.dims[b] = b, a
	}
	return t.see(op)
}

// T returns a view of a matrix with its dims swapped; other ranks are refused.
//
//	shape:  [m, n] → [n, m]
//	panics: *Error unless t has two dims
func (t *Tensor) T() *Tensor {
	if t.Dim() != 2 {
		misuse("T", fmt.Errorf("want two dims; use Transpose"), t)
	}
	return t.Transpose(0, 1)
}

type permuteOp struct {
	dims [device.MaxRank]int
	n    int
}

func (permuteOp) Name() string { return "permute" }
func (o permuteOp) view(v *device.View) error {
	u := *v
	for i, d := range o.dims[:o.n] {
		v.Dim[i], v.Stride[i] = u.Dim[d], u.Stride[d]
	}
	return nil
}
func (o permuteOp) grad(dy *Tensor, in *device.Spec) *Tensor {
	back := permuteOp{n: o.n}
	for i, d := range o.dims[:o.n] {
		back.dims[d] = i
	}
	return dy.see(back)
}
