package linalg

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// SVDLowRank returns an approximate SVD of A, or of A - M if m is not nil, of
// rank q: A ≈ U·diag(S)·Vᵀ. It is found from the product of A with random
// vectors, sharpened by niter rounds of subspace iteration.
//
//	shape:  [..., m, n] → [..., m, q], [..., q], [..., n, q]
//	panics: *Error for a q above min(m, n) or below 0
//	source: torch.svd_lowrank; Halko, Martinsson and Tropp 2009, algorithms 4.4
//	        and 5.1
func SVDLowRank(a *tensor.Tensor, q, niter int, m *tensor.Tensor) (u, s, v *tensor.Tensor) {
	const op = "svd_lowrank"
	present(op, a)
	wantLowRank(op, a, q, niter)
	if m != nil {
		a = a.Sub(m)
	}
	return svdLowRank(a, q, niter)
}

// PCALowRank returns the principal components of the rows of A: the
// approximate SVD of rank q ([SVDLowRank]) of A, less the mean of its rows if
// center says so. The columns of v are the directions.
//
//	shape:  [..., m, n] → [..., m, q], [..., q], [..., n, q]
//	panics: *Error for a q above min(m, n) or below 0
//	source: torch.pca_lowrank
func PCALowRank(a *tensor.Tensor, q int, center bool, niter int) (u, s, v *tensor.Tensor) {
	const op = "pca_lowrank"
	present(op, a)
	wantLowRank(op, a, q, niter)
	if center {
		a = a.Sub(a.Mean(tensor.Dims(-2), tensor.KeepDim))
	}
	return svdLowRank(a, q, niter)
}

func wantLowRank(op string, a *tensor.Tensor, q, niter int) {
	must(op, wantMatrix(a), a)
	if m, n := a.Size(-2), a.Size(-1); q < 0 || q > min(m, n) {
		tensor.Misuse(op, fmt.Errorf("q is %d; want 0 to %d", q, min(m, n)), a)
	}
	if niter < 0 {
		tensor.Misuse(op, fmt.Errorf("niter is %d; want at least 0", niter), a)
	}
}

func svdLowRank(a *tensor.Tensor, q, niter int) (u, s, v *tensor.Tensor) {
	if a.Size(-2) < a.Size(-1) || a.Size(-1) > q {
		basis := rangeOf(transposed(a), q, niter)
		u, s, vh := SVD(a.MatMul(basis), false)
		return u, s, basis.MatMul(transposed(vh))
	}
	basis := rangeOf(a, q, niter)
	u, s, vh := SVD(transposed(transposed(a).MatMul(basis)), false)
	return basis.MatMul(u), s, transposed(vh)
}

// rangeOf is an orthonormal basis of q vectors near which the columns of a are.
func rangeOf(a *tensor.Tensor, q, niter int) *tensor.Tensor {
	x := tensor.Make{DType: a.DType(), Device: a.Device()}.Randn(a.Size(-1), q)
	basis, _ := QR(a.MatMul(x), "reduced")
	for range niter {
		basis, _ = QR(transposed(a).MatMul(basis), "reduced")
		basis, _ = QR(a.MatMul(basis), "reduced")
	}
	return basis
}
