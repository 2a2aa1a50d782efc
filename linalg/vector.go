package linalg

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Cross returns the cross product of vectors of three elements along dim. The
// other dims broadcast.
//
//	panics: *Error unless dim has size 3 in both, which have as many dims
//	source: torch.linalg.cross
func Cross(a, b *tensor.Tensor, dim int) *tensor.Tensor {
	const op = "linalg.cross"
	present(op, a, b)
	if a.Dim() != b.Dim() || a.Dim() == 0 {
		tensor.Misuse(op, errors.New("want as many dims in both, at least one"), a, b)
	}
	d := wrap(op, a, dim)
	if a.Size(d) != 3 || b.Size(d) != 3 {
		tensor.Misuse(op, fmt.Errorf("dim %d has sizes %d and %d; want 3", dim, a.Size(d), b.Size(d)), a, b)
	}
	x, y := a.Transpose(0, d).Contiguous(), b.Transpose(0, d).Contiguous() // rows of components
	part := func(i, j int) *tensor.Tensor {
		return x.Select(0, i).Mul(y.Select(0, j)).Sub(x.Select(0, j).Mul(y.Select(0, i)))
	}
	return tensor.Stack(0, part(1, 2), part(2, 0), part(0, 1)).Transpose(0, d).Contiguous()
}

// VecDot returns the dot products of vectors along dim. All dims broadcast.
//
//	dtype:  floating point
//	panics: *Error for another dtype, and if dim is out of range
//	source: torch.linalg.vecdot
func VecDot(a, b *tensor.Tensor, dim int) *tensor.Tensor {
	const op = "linalg.vecdot"
	present(op, a, b)
	must(op, wantFloat(a), a, b)
	must(op, wantFloat(b), a, b)
	if a.Dim() == 1 && b.Dim() == 1 && a.Len() == b.Len() && a.DType() == b.DType() {
		wrap(op, a, dim)
		return a.Dot(b)
	}
	y := a.Mul(b)
	return y.Sum(tensor.Dims(wrap(op, y, dim)))
}

// Vander returns the powers of each element, from 0 to n-1: Vandermonde's
// matrices. A scalar counts as a vector of one element.
//
//	shape:  [..., k] → [..., k, n]
//	dtype:  x's; int64 for integers and bool
//	panics: *Error for n below 2
//	source: torch.linalg.vander
func Vander(x *tensor.Tensor, n int) *tensor.Tensor {
	const op = "linalg.vander"
	present(op, x)
	if n < 2 {
		tensor.Misuse(op, fmt.Errorf("n is %d; want at least 2", n), x)
	}
	if x.Dim() == 0 {
		x = x.Unsqueeze(0)
	}
	x = x.Unsqueeze(-1)
	powers := x.Expand(append(x.Shape()[:x.Dim()-1], n-1)...).CumProd(-1)
	return tensor.Cat(-1, tensor.OnesLike(powers.Detach().Narrow(-1, 0, 1)), powers)
}
