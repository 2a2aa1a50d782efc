package linalg

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// MatrixNorm returns the norm of matrices. The order is "fro", the root of the
// sum of squares; "nuc", the sum of the singular values; 2 or -2, the largest
// or smallest of those; 1 or -1, the largest or smallest sum of a column's
// absolute values; +Inf or -Inf, that of a row.
//
//	shape:   [..., m, n] → [...]
//	dtype:   floating point; float32 or float64 for the orders of singular values
//	options: Dims, the two dims of the matrices, -2 and -1 without it; KeepDim
//	panics:  *Error for another order, and for one but "fro" and "nuc" of no elements
//	source:  torch.linalg.matrix_norm
func MatrixNorm(a *tensor.Tensor, ord any, opts ...Option) *tensor.Tensor {
	const op = "linalg.matrix_norm"
	c := configure(op, dims|keepDim, opts, a)
	present(op, a)
	if c.dims == nil {
		c.dims = []int{-2, -1}
	}
	return matrixNorm(op, a, ord, c)
}

func matrixNorm(op string, a *tensor.Tensor, ord any, c config) *tensor.Tensor {
	must(op, wantFloat(a), a)
	if len(c.dims) != 2 {
		tensor.Misuse(op, fmt.Errorf("dims %v; want two", c.dims), a)
	}
	row, col := wrap(op, a, c.dims[0]), wrap(op, a, c.dims[1])
	if row == col {
		tensor.Misuse(op, fmt.Errorf("dims %d and %d are the same", c.dims[0], c.dims[1]), a)
	}
	if ord == "fro" {
		return a.Norm(2, reduced(c.keep, row, col)...)
	}
	rank := a.Dim()
	x := a.MoveDim(row, rank-1)
	if col > row {
		col--
	}
	x = x.MoveDim(col, rank-1) // the matrices are the last two dims
	var y *tensor.Tensor
	switch p := order(ord); {
	case ord == "nuc":
		y = SVDVals(x).Sum(tensor.Dims(-1))
	case p == 2:
		y = SVDVals(x).Max(tensor.Dims(-1))
	case p == -2:
		y = SVDVals(x).Min(tensor.Dims(-1))
	case p == 1:
		y = x.Abs().Sum(tensor.Dims(-2)).Max(tensor.Dims(-1))
	case p == -1:
		y = x.Abs().Sum(tensor.Dims(-2)).Min(tensor.Dims(-1))
	case math.IsInf(p, 1):
		y = x.Abs().Sum(tensor.Dims(-1)).Max(tensor.Dims(-1))
	case math.IsInf(p, -1):
		y = x.Abs().Sum(tensor.Dims(-1)).Min(tensor.Dims(-1))
	default:
		tensor.Misuse(op, fmt.Errorf("order %v is none of fro, nuc, 1, 2, Inf and the negatives of numbers", ord), a)
	}
	if c.keep {
		row, col = wrap(op, a, c.dims[0]), wrap(op, a, c.dims[1])
		y = y.Unsqueeze(min(row, col)).Unsqueeze(max(row, col))
	}
	return y
}

// order is a numeric order, NaN for anything else.
func order(ord any) float64 {
	switch p := ord.(type) {
	case float64:
		return p
	case int:
		return float64(p)
	}
	return math.NaN()
}

// reduced are the options of a reduction; no dims stand for all.
func reduced(keep bool, dims ...int) []tensor.ReduceOption {
	var opts []tensor.ReduceOption
	if dims != nil {
		opts = append(opts, tensor.Dims(dims...))
	}
	if keep {
		opts = append(opts, tensor.KeepDim)
	}
	return opts
}

// wrap counts a negative dim from the end.
func wrap(op string, a *tensor.Tensor, d int) int {
	n := a.Dim()
	if d < -n || d >= n {
		tensor.Misuse(op, fmt.Errorf("dim %d is out of range; want %d to %d", d, -n, n-1), a)
	}
	return (d + n) % n
}

// Norm returns a norm of vectors or of matrices. Without an order (nil) it is
// the root of the sum of squares over Dims, or of all elements. With one, two
// Dims, or a tensor of two dims without Dims, mean matrices ([MatrixNorm]); one
// Dim, or a tensor of one dim, means vectors ([tensor.Tensor.Norm]).
//
//	options: Dims, KeepDim
//	panics:  *Error for an order that the norm does not have
//	source:  torch.linalg.norm
func Norm(a *tensor.Tensor, ord any, opts ...Option) *tensor.Tensor {
	const op = "linalg.norm"
	c := configure(op, dims|keepDim, opts, a)
	present(op, a)
	if ord == nil {
		return a.Norm(2, reduced(c.keep, c.dims...)...)
	}
	if c.dims == nil && a.Dim() == 2 {
		c.dims = []int{0, 1}
	}
	_, named := ord.(string)
	switch {
	case len(c.dims) == 2:
		return matrixNorm(op, a, ord, c)
	case c.dims == nil && a.Dim() != 1, len(c.dims) > 2:
		tensor.Misuse(op, errors.New("want one or two dims for a norm with an order"), a)
	case named || math.IsNaN(order(ord)):
		tensor.Misuse(op, fmt.Errorf("order %v of a vector; want a number", ord), a)
	}
	return a.Norm(order(ord), reduced(c.keep, c.dims...)...)
}

// Cond returns the condition number of matrices: the norm of A times that of
// its inverse, by the order of [MatrixNorm]; for nil and 2 the largest singular
// value over the smallest, of any matrix, and for -2 its reciprocal. A matrix
// without an inverse has Inf.
//
//	shape:  [..., m, n] → [...], m = n but for the orders nil, 2 and -2
//	source: torch.linalg.cond
func Cond(a *tensor.Tensor, ord any) *tensor.Tensor {
	const op = "linalg.cond"
	present(op, a)
	must(op, wantMatrix(a), a)
	p := order(ord)
	if ord == nil {
		p = 2
	}
	if p != 2 && p != -2 {
		must(op, wantSquare(a), a)
	}
	if a.Size(-2)*a.Size(-1) == 0 {
		return a.Sum(tensor.Dims(-2, -1))
	}
	if p == 2 || p == -2 {
		s := SVDVals(a)
		first, last := s.Select(-1, 0), s.Select(-1, -1)
		if p == 2 {
			return first.Div(last)
		}
		return last.Div(first)
	}
	inverse, info := InvEx(a)
	bad := info.Unsqueeze(-1).Unsqueeze(-1).NeScalar(0)
	inverse = inverse.MaskedFill(bad, math.Inf(1))
	norm := func(x *tensor.Tensor) *tensor.Tensor { return matrixNorm(op, x, ord, config{dims: []int{-2, -1}}) }
	return norm(a).Mul(norm(inverse))
}
