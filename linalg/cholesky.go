package linalg

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Cholesky returns the lower triangular L with L·Lᵀ = A, for symmetric positive
// definite A; of A only the lower triangle is read. With Upper it is the U with
// Uᵀ·U = A, from the upper triangle.
//
//	shape:   [..., n, n] → same
//	options: Upper
//	panics:  *Error if a matrix is not positive definite
//	source:  torch.linalg.cholesky; gradient: Murray 2016, "Differentiation of
//	         the Cholesky decomposition", section 3
func Cholesky(a *tensor.Tensor, opts ...Option) *tensor.Tensor {
	l, info := choleskyEx("linalg.cholesky", a, opts)
	wantDefinite("linalg.cholesky", a, info)
	return l
}

// CholeskyEx is [Cholesky] with the order of the first leading minor that is
// not positive in info, 0 if there is none; the factor is of no use then.
//
//	source: torch.linalg.cholesky_ex
func CholeskyEx(a *tensor.Tensor, opts ...Option) (l, info *tensor.Tensor) {
	return choleskyEx("linalg.cholesky_ex", a, opts)
}

func choleskyEx(name string, a *tensor.Tensor, opts []Option) (l, info *tensor.Tensor) {
	c := configure(name, upper, opts, a)
	out := tensor.ApplyMulti(choleskyOp{name: name, upper: c.upper}, a)
	return out[0], out[1]
}

func wantDefinite(op string, a, info *tensor.Tensor) {
	if i, k := firstBad(info); i >= 0 {
		tensor.Misuse(op, fmt.Errorf("%s is not positive definite (the leading minor of order %d is not positive)", which(a, i), k), a)
	}
}

type choleskyOp struct {
	composed
	name  string
	upper bool
}

func (o choleskyOp) Name() string      { return o.name }
func (choleskyOp) Reads() tensor.Reads { return tensor.Out0 }
func (choleskyOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantSquare(a); err != nil {
		return nil, err
	}
	lead := a.Shape()[:a.Dim()-2]
	return []device.Spec{specOf(a.DType(), lead, a.Size(-2), a.Size(-1)), specOf(tensor.Int32, lead)}, nil
}

func (o choleskyOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	a := in[0].Cast(tensor.Float64)
	if o.upper {
		a = transposed(a)
	}
	out := tensor.ApplyMulti(potrfOp{}, a)
	l := out[0].Cast(in[0].DType())
	if o.upper {
		l = transposed(l)
	}
	return []*tensor.Tensor{columns(l), out[1]}
}

// firstMinor is the order of the first leading minor that is not positive:
// gonum says only that there is one.
func firstMinor(a []float64, n int) int32 {
	at := func(r, c int) *float64 { return &a[r*n+c] }
	for j := range n {
		for k := range j {
			*at(j, j) -= *at(j, k) * *at(j, k)
		}
		if d := *at(j, j); !(d > 0) {
			return int32(j + 1)
		}
		for r := j + 1; r < n; r++ {
			for k := range j {
				*at(r, j) -= *at(r, k) * *at(j, k)
			}
			*at(r, j) /= math.Sqrt(*at(j, j))
		}
		*at(j, j) = math.Sqrt(*at(j, j))
	}
	return int32(n)
}

// gA is the symmetric part of L⁻ᵀ·Φ(Lᵀ·gL)·L⁻¹, where Φ takes the lower
// triangle and half of the diagonal.
func (o choleskyOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) tensor.Grads {
	l, g := c.Out(0), c.Dy(0)
	if g == nil {
		return tensor.Grads{}
	}
	if o.upper {
		l, g = transposed(l), transposed(g)
	}
	phi := transposed(l).MatMul(g)
	phi = phi.Tril(0).Add(phi.Tril(-1)).MulScalar(0.5)
	x := SolveTriangular(transposed(l), phi, Upper)
	x = SolveTriangular(l, x, Right)
	return tensor.Grads{x.Add(transposed(x)).MulScalar(0.5)}
}

// CholeskyInverse returns the inverse of A from its factor of [Cholesky], of
// which only the triangle is read. As PyTorch's, the gradient is that of
// (L·Lᵀ)⁻¹ for all elements of L, also those that are not read.
//
//	shape:   [..., n, n] → same
//	options: Upper, for the factor of the same option
//	source:  torch.cholesky_inverse
func CholeskyInverse(l *tensor.Tensor, opts ...Option) *tensor.Tensor {
	c := configure("cholesky_inverse", upper, opts, l)
	return tensor.Apply(choleskyInverseOp{upper: c.upper}, l)
}

type choleskyInverseOp struct {
	composed
	upper bool
}

func (choleskyInverseOp) Name() string        { return "cholesky_inverse" }
func (choleskyInverseOp) Reads() tensor.Reads { return tensor.In0 | tensor.Out0 }
func (choleskyInverseOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	if err := wantSquare(in[0]); err != nil {
		return device.Spec{}, err
	}
	return specOf(in[0].DType(), in[0].Shape()), nil
}
func (o choleskyInverseOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	n := in[0].Size(-1)
	return substitute(eye(in[0], n, n).Expand(in[0].Shape()...), in[0], o.upper)
}

// With X = A⁻¹: gL = -X·(g + gᵀ)·X·L
func (o choleskyInverseOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	x := c.Out(0)
	return tensor.Grads{factorGrad(x.MatMul(dy.Add(transposed(dy))).MatMul(x), c.In(0), o.upper)}
}

// factorGrad is -g·L, or -U·g.
func factorGrad(g, l *tensor.Tensor, up bool) *tensor.Tensor {
	if up {
		return l.MatMul(g).Neg()
	}
	return g.MatMul(l).Neg()
}

// CholeskySolve returns the X of A·X = B from the factor of A of [Cholesky],
// of which only the triangle is read; for its gradient see [CholeskyInverse].
//
//	shape:   B [..., n, k], L [..., n, n] → [..., n, k]
//	options: Upper, for the factor of the same option
//	source:  torch.cholesky_solve
func CholeskySolve(b, l *tensor.Tensor, opts ...Option) *tensor.Tensor {
	const op = "cholesky_solve"
	c := configure(op, upper, opts, b, l)
	present(op, b, l)
	must(op, wantSquare(l), b, l)
	must(op, fits(l, b, false), b, l)
	l, b = batches(op, l, b)
	return tensor.Apply(choleskySolveOp{upper: c.upper}, b, l)
}

type choleskySolveOp struct {
	composed
	upper bool
}

func (choleskySolveOp) Name() string        { return "cholesky_solve" }
func (choleskySolveOp) Reads() tensor.Reads { return tensor.In1 | tensor.Out0 }
func (choleskySolveOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[0].DType(), in[0].Shape()), nil
}
func (o choleskySolveOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	return substitute(in[0], in[1], o.upper)
}

// gB = A⁻¹·gX, gL = -(gB·Xᵀ + X·gBᵀ)·L
func (o choleskySolveOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	g[0] = tensor.Apply(o, dy, c.In(1))
	if c.Needs(1) {
		m := g[0].MatMul(transposed(c.Out(0)))
		g[1] = factorGrad(m.Add(transposed(m)), c.In(1), o.upper)
	}
	return g
}

// substitute solves by both triangles.
func substitute(b, l *tensor.Tensor, up bool) *tensor.Tensor {
	if up {
		l = transposed(l)
	}
	return SolveTriangular(transposed(l), SolveTriangular(l, b), Upper)
}
