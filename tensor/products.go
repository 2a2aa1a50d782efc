package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Products of matrices and vectors whose numbers of dims are fixed; MatMul
// takes any.

// Dot returns the sum of the products of two vectors.
//
//	shape:  [n] × [n] → []
//	dtype:  the same number type for both
//	panics: *Error for other shapes or dtypes
//	source: torch.dot
func (t *Tensor) Dot(u *Tensor) *Tensor { return t.product("dot", u, 1, 1) }

// MV returns the product of a matrix and a vector.
//
//	shape:  [m, n] × [n] → [m]
//	dtype:  the same number type for both
//	panics: *Error for other shapes or dtypes
//	source: torch.mv
func (t *Tensor) MV(u *Tensor) *Tensor { return t.product("mv", u, 2, 1) }

// MM returns the product of two matrices.
//
//	shape:  [m, k] × [k, n] → [m, n]
//	dtype:  the same number type for both
//	panics: *Error for other shapes or dtypes
//	source: torch.mm
func (t *Tensor) MM(u *Tensor) *Tensor { return t.product("mm", u, 2, 2) }

// BMM returns the products of two batches of matrices, which must be of the
// same size.
//
//	shape:  [b, m, k] × [b, k, n] → [b, m, n]
//	dtype:  the same number type for both
//	panics: *Error for other shapes or dtypes
//	source: torch.bmm
func (t *Tensor) BMM(u *Tensor) *Tensor { return t.product("bmm", u, 3, 3) }

// product is MatMul of tensors with m and n dims, in the name of op.
func (t *Tensor) product(op string, u *Tensor, m, n int) *Tensor {
	switch {
	case t.known(op).Dim() != m || u.known(op).Dim() != n:
		misuse(op, fmt.Errorf("%d and %d dims; want %d and %d", t.Dim(), u.Dim(), m, n), t, u)
	case t.DType() != u.DType() && merge(t.mode, u.mode).casting() == 0:
		misuse(op, fmt.Errorf("dtypes %v and %v differ; cast one", t.DType(), u.DType()), t, u)
	case t.Size(-1) != u.Size(max(n-2, 0)):
		misuse(op, fmt.Errorf("inner dims are %d and %d, want equal", t.Size(-1), u.Size(max(n-2, 0))), t, u)
	case m == 3 && t.Size(0) != u.Size(0):
		misuse(op, fmt.Errorf("%d and %d matrices; want as many", t.Size(0), u.Size(0)), t, u)
	}
	return t.MatMul(u)
}

// Outer returns the products of each element of one vector with each of
// another.
//
//	shape:  [m] × [n] → [m, n]
//	dtype:  promoted
//	panics: *Error unless both have one dim
//	source: torch.outer
func (t *Tensor) Outer(u *Tensor) *Tensor {
	if t.known("outer").Dim() != 1 || u.known("outer").Dim() != 1 {
		misuse("outer", errors.New("want two vectors"), t, u)
	}
	return t.Unsqueeze(1).Mul(u)
}

// Inner returns the sums of products along the last dim of both; one with a
// scalar is Mul.
//
//	shape:  [..., k] × [....., k] → [..., .....]
//	dtype:  the same number type for both
//	panics: *Error if the last dims or the dtypes differ
//	source: torch.inner
func (t *Tensor) Inner(u *Tensor) *Tensor {
	if t.known("inner").Dim() == 0 || u.known("inner").Dim() == 0 {
		return t.Mul(u)
	}
	if t.Size(-1) != u.Size(-1) {
		misuse("inner", fmt.Errorf("the last dims are %d and %d, want equal", t.Size(-1), u.Size(-1)), t, u)
	}
	return Tensordot(t, u, []int{-1}, []int{-1})
}

// Tensordot returns the sums of products of t and u along pairs of dims: dimsT
// of t with dimsU of u. The other dims follow each other, t's first. A dim of
// size 1 repeats.
//
//	dtype:  the same number type for both
//	panics: *Error if a dim is out of range or given twice, the lists differ in
//	length, a pair in size, or the dtypes
//	source: torch.tensordot
func Tensordot(t, u *Tensor, dimsT, dimsU []int) *Tensor {
	const op = "tensordot"
	if len(dimsT) != len(dimsU) {
		misuse(op, fmt.Errorf("dims %v and %v; want as many", dimsT, dimsU), t, u)
	}
	if t.DType() != u.DType() {
		misuse(op, fmt.Errorf("dtypes %v and %v differ; cast one", t.DType(), u.DType()), t, u)
	}
	var inT, inU device.Dims
	if len(dimsT) > 0 { // no dims would be all
		inT, inU = t.dims(op, dimsT), u.dims(op, dimsU)
	}
	var sumT, sumU []int
	for i := range dimsT {
		a, b := t.dim(op, dimsT[i]), u.dim(op, dimsU[i])
		switch x, y := t.Size(a), u.Size(b); {
		case x == y:
		case x == 1:
			u = u.Sum(Dims(b), KeepDim).Cast(t.DType())
		case y == 1:
			t = t.Sum(Dims(a), KeepDim).Cast(u.DType())
		default:
			misuse(op, fmt.Errorf("dim %d is %d and dim %d is %d; want equal", dimsT[i], x, dimsU[i], y), t, u)
		}
		sumT, sumU = append(sumT, a), append(sumU, b)
	}
	var freeT, freeU, shape []int
	inner := 1
	for i, n := range t.Shape() {
		if inT.Has(i) {
			inner *= n
		} else {
			freeT, shape = append(freeT, i), append(shape, n)
		}
	}
	rows := product(shape)
	for i, n := range u.Shape() {
		if !inU.Has(i) {
			freeU, shape = append(freeU, i), append(shape, n)
		}
	}
	cols := product(shape[len(freeT):])
	a := t.Permute(append(freeT, sumT...)...).Reshape(rows, inner)
	b := u.Permute(append(sumU, freeU...)...).Reshape(inner, cols)
	return a.MatMul(b).Reshape(shape...)
}
