package linalg

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// TensorInv returns the inverse of the linear map that a is from its dims
// beyond ind to its first ind ones: TensorDot of both over ind dims is the
// identity.
//
//	shape:  [d1, …, dn] → [d(ind+1), …, dn, d1, …, d(ind)], where the product of
//	        the first ind dims is that of the others
//	panics: *Error if it is not, or the map has no inverse
//	source: torch.linalg.tensorinv
func TensorInv(a *tensor.Tensor, ind int) *tensor.Tensor {
	const op = "linalg.tensorinv"
	present(op, a)
	if ind <= 0 || ind > a.Dim() {
		tensor.Misuse(op, fmt.Errorf("ind is %d; want 1 to %d", ind, a.Dim()), a)
	}
	shape := a.Shape()
	m, n := size(shape[:ind]), size(shape[ind:])
	if m != n {
		tensor.Misuse(op, fmt.Errorf("the first %d dims have %d elements and the others %d; want equal", ind, m, n), a)
	}
	return Inv(a.Reshape(m, n)).Reshape(append(shape[ind:len(shape):len(shape)], shape[:ind]...)...)
}

// TensorSolve returns the X of which the product with a over all dims of X is
// b. The dims given, if any, are moved to the end of a first.
//
//	shape:  a [b's shape..., X's shape...], whose products are equal
//	panics: *Error if they are not, or the map has no inverse
//	source: torch.linalg.tensorsolve
func TensorSolve(a, b *tensor.Tensor, dims ...int) *tensor.Tensor {
	const op = "linalg.tensorsolve"
	present(op, a, b)
	if len(dims) > 0 {
		var rest, last []int
		moved := map[int]bool{}
		for _, d := range dims {
			last = append(last, wrap(op, a, d))
			moved[last[len(last)-1]] = true
		}
		for d := range a.Dim() {
			if !moved[d] {
				rest = append(rest, d)
			}
		}
		a = a.Permute(append(rest, last...)...)
	}
	if b.Dim() > a.Dim() || size(a.Shape()[b.Dim():]) != b.Len() {
		tensor.Misuse(op, fmt.Errorf("the dims of a beyond %d do not have b's %d elements", b.Dim(), b.Len()), a, b)
	}
	shape, n := a.Shape()[b.Dim():], b.Len()
	if a.Len() != n*n {
		tensor.Misuse(op, fmt.Errorf("a has %d elements; want %d", a.Len(), n*n), a, b)
	}
	return Solve(a.Reshape(n, n), b.Flatten(0, -1)).Reshape(shape...)
}
