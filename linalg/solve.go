package linalg

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Solve returns the X of A·X = B. A right-hand side of the shape of A without
// its last dim is a batch of vectors, and so is one of a single dim.
//
//	shape:   A [..., n, n], B [..., n, k] → [..., n, k]; B [..., n] → [..., n]
//	options: Right, for X·A = B with B [..., k, n]
//	panics:  *Error if a matrix has no inverse
//	source:  torch.linalg.solve; gradient: Giles 2008, section 2.3.1
func Solve(a, b *tensor.Tensor, opts ...Option) *tensor.Tensor {
	x, info := solveEx("linalg.solve", a, b, opts)
	wantRegular("linalg.solve", a, info, b)
	return x
}

// SolveEx is [Solve] with the place of the first zero on the diagonal of A's
// factor U in info, counted from 1, 0 if there is none.
//
//	source: torch.linalg.solve_ex
func SolveEx(a, b *tensor.Tensor, opts ...Option) (x, info *tensor.Tensor) {
	return solveEx("linalg.solve_ex", a, b, opts)
}

func wantRegular(op string, a, info *tensor.Tensor, more ...*tensor.Tensor) {
	if i, k := firstBad(info); i >= 0 {
		tensor.Misuse(op, fmt.Errorf("%s is singular (the diagonal element %d of its factor U is 0)", which(a, i), k),
			append([]*tensor.Tensor{a}, more...)...)
	}
}

func solveEx(op string, a, b *tensor.Tensor, opts []Option) (x, info *tensor.Tensor) {
	c := configure(op, right, opts, a, b)
	present(op, a, b)
	must(op, wantSquare(a), a, b)
	vector := isVector(a, b)
	if vector && c.right {
		tensor.Misuse(op, errors.New("a vector has no right side; want a matrix"), a, b)
	}
	if vector {
		b = b.Unsqueeze(-1)
	}
	must(op, fits(a, b, c.right), a, b)
	if c.right {
		a, b = transposed(a), transposed(b)
	}
	a, b = batches(op, a, b)
	out := tensor.ApplyMulti(solveOp{}, a, b)
	switch x = out[0]; {
	case c.right:
		x = transposed(x)
	case vector:
		if x = x.Squeeze(-1); x.Dim() > 1 { // PyTorch lays out the vectors as columns
			x = columns(x)
		}
	}
	return x, out[1]
}

// isVector reports whether a right-hand side is a vector for each matrix.
func isVector(a, b *tensor.Tensor) bool {
	return b.Dim() == 1 || slices.Equal(b.Shape(), a.Shape()[:a.Dim()-1])
}

type solveOp struct{ composed }

func (solveOp) Name() string        { return "linalg.solve_ex" }
func (solveOp) Reads() tensor.Reads { return tensor.In0 | tensor.Out0 }
func (solveOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	b := in[1]
	return []device.Spec{specOf(b.DType(), b.Shape()), specOf(tensor.Int32, b.Shape()[:b.Dim()-2])}, nil
}

func (solveOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	lu, pivots, info := factored(in[0])
	x := tensor.Apply(getrsOp{}, lu, pivots, in[1].Cast(tensor.Float64))
	return []*tensor.Tensor{columns(x.Cast(in[1].DType())), info}
}

// gB = A⁻ᵀ·gX, gA = -gB·Xᵀ
func (solveOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) (g tensor.Grads) {
	dx := c.Dy(0)
	if dx == nil {
		return g
	}
	gb := tensor.ApplyMulti(solveOp{}, transposed(c.In(0)), dx)[0]
	if c.Needs(1) {
		g[1] = gb
	}
	if c.Needs(0) {
		g[0] = gb.MatMul(transposed(c.Out(0))).Neg()
	}
	return g
}

// Inv returns the inverse of square matrices.
//
//	shape:  [..., n, n] → same
//	panics: *Error if a matrix has none
//	source: torch.linalg.inv; gradient: Giles 2008, section 2.2.3
func Inv(a *tensor.Tensor) *tensor.Tensor {
	out := tensor.ApplyMulti(invOp{name: "linalg.inv"}, a)
	wantRegular("linalg.inv", a, out[1])
	return out[0]
}

// InvEx is [Inv] with the place of the first zero on the diagonal of A's factor
// U in info, counted from 1, 0 if there is none.
//
//	source: torch.linalg.inv_ex
func InvEx(a *tensor.Tensor) (inverse, info *tensor.Tensor) {
	out := tensor.ApplyMulti(invOp{name: "linalg.inv_ex"}, a)
	return out[0], out[1]
}

type invOp struct {
	composed
	name string
}

func (o invOp) Name() string      { return o.name }
func (invOp) Reads() tensor.Reads { return tensor.Out0 }
func (invOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantSquare(a); err != nil {
		return nil, err
	}
	return []device.Spec{specOf(a.DType(), a.Shape()), specOf(tensor.Int32, a.Shape()[:a.Dim()-2])}, nil
}

func (invOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	lu, pivots, info := factored(in[0])
	n := lu.Size(-1)
	x := tensor.Apply(getrsOp{}, lu, pivots, eye(lu, n, n).Expand(lu.Shape()...))
	return []*tensor.Tensor{columns(x.Cast(in[0].DType())), info}
}

// gA = -A⁻ᵀ·g·A⁻ᵀ
func (invOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) tensor.Grads {
	g := c.Dy(0)
	if g == nil {
		return tensor.Grads{}
	}
	x := transposed(c.Out(0))
	return tensor.Grads{x.MatMul(g).MatMul(x).Neg()}
}
