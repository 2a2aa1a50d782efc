package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// What the ops that read and write at index tensors share.

// at is embedded by ops whose kernels read a device.Index.
type at struct{ device.Index }

func (a at) Attr() any { return a.Index }

// atDim is an at for a dim, counted from either end, of a tensor that counts as
// having one if it is a scalar.
func atDim(op string, t *Tensor, dim int) at {
	if t == nil {
		misuse(op, errors.New("input 0 is nil"))
	}
	return at{device.Index{Dim: t.dim(op, dim)}}
}

// asIndex is idx as int64, for use in op on t.
func asIndex(op string, t, idx *Tensor) *Tensor {
	if idx == nil {
		misuse(op, errors.New("the index is nil"), t)
	}
	switch {
	case idx.DType() == Int64:
		return idx
	case idx.DType() == Int32, idx.Len() == 0 && idx.DType().IsInt(): // PyTorch does not look at an empty one
		return idx.Cast(Int64)
	}
	misuse(op, fmt.Errorf("the index is %v; want int64 or int32", idx.DType()), t, idx)
	return nil
}

// line gives a scalar a dim of size 1, as indexing ops see it.
func (t *Tensor) line() *Tensor {
	if t.Dim() == 0 {
		return t.Reshape(1)
	}
	return t
}

// zeroView is zeros of a shape that take no memory: one zero that repeats.
func zeroView(dev device.Device, d DType, shape []int) *Tensor {
	return scalarOf(dev, d, device.Number{}).Expand(shape...)
}

// sameDType refuses a source that differs from x in dtype.
func sameDType(x, src *Tensor) error {
	if x.DType() != src.DType() {
		return fmt.Errorf("the source is %v; want %v as the input", src.DType(), x.DType())
	}
	return nil
}

// sameShape refuses a source that has not the wanted shape.
func sameShape(src *Tensor, want *device.Spec) error {
	if src.spec().Rank != want.Rank || src.spec().Dim != want.Dim {
		return fmt.Errorf("the source has shape %v; want %v", src.shape(), want.Shape())
	}
	return nil
}
