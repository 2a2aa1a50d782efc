package linalg

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Eigh returns the eigenvalues of symmetric matrices in ascending order, and
// their eigenvectors as columns: A = V·diag(λ)·Vᵀ. Only the lower triangle is
// read. The sign of an eigenvector is LAPACK's; a gradient should not depend on
// it, and is not finite where eigenvalues are equal.
//
//	shape:   [..., n, n] → [..., n], [..., n, n]
//	options: Upper, to read the upper triangle
//	panics:  *Error for elements that are not finite
//	source:  torch.linalg.eigh; gradient: Giles 2008, section 3.1
func Eigh(a *tensor.Tensor, opts ...Option) (values, vectors *tensor.Tensor) {
	c := configure("linalg.eigh", upper, opts, a)
	out := tensor.ApplyMulti(eighOp{name: "linalg.eigh", upper: c.upper, vectors: true}, a)
	return out[0], out[1]
}

// Eigvalsh returns the eigenvalues of [Eigh] alone.
//
//	source: torch.linalg.eigvalsh
func Eigvalsh(a *tensor.Tensor, opts ...Option) *tensor.Tensor {
	c := configure("linalg.eigvalsh", upper, opts, a)
	present("linalg.eigvalsh", a)
	return tensor.ApplyMulti(eighOp{name: "linalg.eigvalsh", upper: c.upper, vectors: a.RequiresGrad()}, a)[0]
}

type eighOp struct {
	composed
	name           string
	upper, vectors bool
}

func (o eighOp) Name() string      { return o.name }
func (eighOp) Reads() tensor.Reads { return tensor.Out0 | tensor.Out1 }
func (o eighOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantSquare(a); err != nil {
		return nil, err
	}
	lead := a.Shape()[:a.Dim()-2]
	return []device.Spec{specOf(a.DType(), lead, a.Size(-1)), specOf(a.DType(), a.Shape())}, nil
}

func (o eighOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	f := read(in[0])
	n := f.n
	values := newFactors(f.lead, n, 1)
	uplo := blas.Lower
	if o.upper {
		uplo = blas.Upper
	}
	wantFinite(o.name, in[0], f)
	failed := make([]bool, f.count())
	each(f.count(), 9*n*n*n, func(i int) {
		if n == 0 {
			return
		}
		if o.vectors {
			failed[i] = !eigen(uplo, f.at(i), values.at(i), n, precisionOf(in[0].DType()))
			return
		}
		withWork(func(work []float64, lwork int) {
			failed[i] = !impl.Dsyev(lapack.EVNone, uplo, n, f.at(i), n, values.at(i), work, lwork)
		})
	})
	wantConverged(o.name, in[0], failed)
	return []*tensor.Tensor{values.vectors(in[0]), f.like(in[0])}
}

// eigen overwrites a with its eigenvectors, as columns.
func eigen(uplo blas.Uplo, a, values []float64, n int, p precision) bool {
	scale := p.scaleOf(a)
	for i := range a {
		a[i] *= scale
	}
	e, tau := make([]float64, n-1), make([]float64, n-1)
	withWork(func(work []float64, lwork int) { impl.Dsytrd(uplo, n, a, n, values, e, tau, work, lwork) })
	withWork(func(work []float64, lwork int) { impl.Dorgtr(uplo, n, a, n, tau, work, lwork) })
	z := flip(a, n, n)
	t := tridiagonal{d: values, e: e, z: rowsOf(z, n, n), precision: p}
	ok := t.solve()
	for k, row := range t.z {
		values[k] /= scale
		for i, v := range row {
			a[i*n+k] = v
		}
	}
	return ok
}

// wantFinite panics where an iteration would not end.
func wantFinite(op string, x *tensor.Tensor, f factors) {
	for i, v := range f.v {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			tensor.Misuse(op, fmt.Errorf("%s has an element that is not finite", which(x, i/(f.m*f.n))), x)
		}
	}
}

func wantConverged(op string, x *tensor.Tensor, failed []bool) {
	for i, bad := range failed {
		if bad {
			tensor.Misuse(op, errors.New("the iteration did not converge for "+which(x, i)), x)
		}
	}
}

// gA = V·(diag(gλ) + skew(Vᵀ·gV) / E)·Vᵀ, where E[i, j] = λ[j] - λ[i].
func (o eighOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) tensor.Grads {
	l, v, gl, gv := c.Out(0), c.Out(1), c.Dy(0), c.Dy(1)
	if gv == nil {
		if gl == nil {
			return tensor.Grads{}
		}
		return tensor.Grads{v.Mul(gl.Unsqueeze(-2)).MatMul(transposed(v))}
	}
	e := l.Unsqueeze(-2).Sub(l.Unsqueeze(-1)).Add(eye(l, l.Size(-1), l.Size(-1)))
	m := skew(transposed(v).MatMul(gv)).MulScalar(0.5).Div(e)
	if gl != nil {
		m = m.Add(gl.DiagEmbed(0, -2, -1))
	}
	return tensor.Grads{v.MatMul(m.MatMul(transposed(v)))}
}

// skew is x - xᵀ.
func skew(x *tensor.Tensor) *tensor.Tensor { return x.Sub(transposed(x)) }
