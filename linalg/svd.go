package linalg

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// SVD returns the singular values of matrices in descending order, and the
// vectors to them: A = U·diag(S)·Vh. With full, U and Vh are square: the columns
// of U and rows of Vh beyond min(m, n) complete a basis, and no gradient goes
// through them. Signs are LAPACK's; a gradient should not depend on them, and
// is not finite where singular values are equal.
//
//	shape:  [..., m, n] → [..., m, k], [..., k], [..., k, n] for k = min(m, n);
//	        full: [..., m, m], [..., k], [..., n, n]
//	panics: *Error for elements that are not finite
//	source: torch.linalg.svd; gradient: Townsend 2016, "Differentiating the
//	        singular value decomposition"
func SVD(a *tensor.Tensor, full bool) (u, s, vh *tensor.Tensor) {
	out := tensor.ApplyMulti(svdOp{name: "linalg.svd", full: full, vectors: true}, a)
	return out[0], out[1], out[2]
}

// SVDVals returns the singular values of [SVD] alone.
//
//	source: torch.linalg.svdvals
func SVDVals(a *tensor.Tensor) *tensor.Tensor {
	present("linalg.svdvals", a)
	return tensor.ApplyMulti(svdOp{name: "linalg.svdvals", vectors: a.RequiresGrad()}, a)[1]
}

type svdOp struct {
	composed
	name          string
	full, vectors bool
}

func (o svdOp) Name() string      { return o.name }
func (svdOp) Reads() tensor.Reads { return tensor.AllOut }
func (o svdOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantMatrix(a); err != nil {
		return nil, err
	}
	m, n, lead := a.Size(-2), a.Size(-1), a.Shape()[:a.Dim()-2]
	ucols, vrows := o.sizes(m, n)
	return []device.Spec{specOf(a.DType(), lead, m, ucols), specOf(a.DType(), lead, min(m, n)), specOf(a.DType(), lead, vrows, n)}, nil
}

func (o svdOp) sizes(m, n int) (ucols, vrows int) {
	if o.full {
		return m, n
	}
	return min(m, n), min(m, n)
}

func (o svdOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	f := read(in[0])
	wantFinite(o.name, in[0], f)
	ucols, vrows := o.sizes(f.m, f.n)
	u, s, vh := newFactors(f.lead, f.m, ucols), newFactors(f.lead, min(f.m, f.n), 1), newFactors(f.lead, vrows, f.n)
	failed := make([]bool, f.count())
	each(f.count(), 12*f.m*f.n*s.m, func(i int) {
		d := decomposition{vectors: o.vectors, precision: precisionOf(in[0].DType())}
		failed[i] = !d.whole(f.at(i), u.at(i), s.at(i), vh.at(i), f.m, f.n, ucols, vrows)
	})
	wantConverged(o.name, in[0], failed)
	return []*tensor.Tensor{u.like(in[0]), s.vectors(in[0]), vh.like(in[0])}
}

// A decomposition says what is computed of a matrix.
type decomposition struct {
	vectors bool
	precision
}

// whole reduces a to bidiagonal form, of R alone for a matrix that is much
// taller than wide, and iterates. The order of the steps, which decides the
// signs, is that of LAPACK's gesdd.
func (d decomposition) whole(a, u, s, vh []float64, m, n, ucols, vrows int) bool {
	k := min(m, n)
	switch {
	case k == 0:
		for i := range min(ucols, m) {
			u[i*ucols+i] = 1
		}
		for i := range min(vrows, n) {
			vh[i*n+i] = 1
		}
		return true
	case m >= n*11/6 && m > n:
		return d.tall(a, u, s, vh, m, n, ucols)
	case m < n && n >= m*11/6:
		return d.wide(a, u, s, vh, m, n, vrows)
	}
	return d.bidiagonal(a, u, s, vh, m, n, ucols, vrows)
}

// flip is the transpose of an m×n matrix.
func flip(a []float64, m, n int) []float64 {
	out := make([]float64, m*n)
	for i := range m {
		for j := range n {
			out[j*m+i] = a[i*n+j]
		}
	}
	return out
}

// tall is A = Q·R first, and the SVD of R.
func (d decomposition) tall(a, u, s, vh []float64, m, n, ucols int) bool {
	tau := make([]float64, n)
	reflectors(a, tau, m, n)
	r, ur := make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		copy(r[i*n+i:(i+1)*n], a[i*n+i:(i+1)*n])
	}
	ok := d.bidiagonal(r, ur, s, vh, n, n, n, n)
	if d.vectors {
		q := make([]float64, m*ucols)
		expandQ(q, a, tau, m, n, ucols)
		copy(u, q)
		blas64.Dgemm(blas.NoTrans, blas.NoTrans, m, n, n, 1, q, ucols, ur, n, 0, u, ucols)
	}
	return ok
}

// wide is A = L·Q first, and the SVD of L.
func (d decomposition) wide(a, u, s, vh []float64, m, n, vrows int) bool {
	at, tau := flip(a, m, n), make([]float64, m)
	reflectors(at, tau, n, m)
	l, vl := make([]float64, m*m), make([]float64, m*m)
	for i := range m {
		for j := i; j < m; j++ {
			l[j*m+i] = at[i*m+j]
		}
	}
	ok := d.bidiagonal(l, u, s, vl, m, m, m, m)
	if d.vectors {
		q := make([]float64, n*vrows)
		expandQ(q, at, tau, n, m, vrows)
		q = flip(q, n, vrows)
		copy(vh, q)
		blas64.Dgemm(blas.NoTrans, blas.NoTrans, m, n, m, 1, vl, m, q, n, 0, vh, n)
	}
	return ok
}

// bidiagonal is A = Q·B·Pᵀ and the SVD of B.
func (d decomposition) bidiagonal(a, u, s, vh []float64, m, n, ucols, vrows int) bool {
	scale := d.scaleOf(a)
	for i := range a {
		a[i] *= scale
	}
	k := min(m, n)
	e, tauq, taup := make([]float64, k-1), make([]float64, k), make([]float64, k)
	withWork(func(work []float64, lwork int) { impl.Dgebrd(m, n, a, n, s, e, tauq, taup, work, lwork) })
	b := upperBidiagonal{d: s, e: e, precision: d.precision, u: rowsOf(nil, k, 0), v: rowsOf(nil, k, 0)}
	var ut []float64
	if d.vectors {
		for i := range m {
			copy(u[i*ucols:i*ucols+min(n, ucols)], a[i*n:])
		}
		copy(vh[:min(k, vrows)*n], a)
		withWork(func(work []float64, lwork int) {
			impl.Dorgbr(lapack.GenerateQ, m, ucols, n, u, ucols, tauq, work, lwork)
		})
		withWork(func(work []float64, lwork int) { impl.Dorgbr(lapack.GeneratePT, vrows, n, m, vh, n, taup, work, lwork) })
		ut = flip(u, m, ucols)
		b.u, b.v = rowsOf(ut, k, m), rowsOf(vh, k, n)
	}
	if m < n {
		b.toUpper()
	}
	if k == 1 && s[0] < 0 { // LAPACK's bdsdc turns the left vector then
		s[0] = -s[0]
		for i := range b.u[0] {
			b.u[0][i] = -b.u[0][i]
		}
	}
	ok := b.solve()
	for i := range s {
		s[i] /= scale
	}
	if d.vectors {
		joined(ut, b.u)
		joined(vh, b.v)
		copy(u, flip(ut, ucols, m))
	}
	return ok
}

// With k = min(m, n), E[i, j] = s[j]² - s[i]² and skew(x) = x - xᵀ:
//
//	gA = U·((skew(Uᵀ·gU)·S + S·skew(Vh·gVhᵀ)) / E + diag(gS))·Vh
//	   + (1 - U·Uᵀ)·gU·S⁻¹·Vh + U·S⁻¹·gVh·(1 - V·Vᵀ)
func (o svdOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) tensor.Grads {
	u, s, vh, gu, gs, gv := c.Out(0), c.Out(1), c.Out(2), c.Dy(0), c.Dy(1), c.Dy(2)
	m, n, k := u.Size(-2), vh.Size(-1), s.Size(-1)
	cut := func(x *tensor.Tensor, dim int) *tensor.Tensor {
		if x == nil || x.Size(dim) == k {
			return x
		}
		return x.Narrow(dim, 0, k)
	}
	u, gu, vh, gv = cut(u, -1), cut(gu, -1), cut(vh, -2), cut(gv, -2)
	row, col := s.Unsqueeze(-2), s.Unsqueeze(-1)
	switch {
	case gu == nil && gv == nil && gs == nil:
		return tensor.Grads{}
	case gu == nil && gv == nil:
		return tensor.Grads{u.Mul(gs.Unsqueeze(-2)).MatMul(vh)}
	}
	e := row.Sub(col).Mul(row.Add(col)).Add(eye(s, k, k))
	var inner, ga *tensor.Tensor
	if gu != nil {
		inner = skew(transposed(u).MatMul(gu)).Mul(row)
	}
	if gv != nil {
		inner = plus(inner, skew(vh.MatMul(transposed(gv))).Mul(col))
	}
	inner = inner.Div(e)
	if gs != nil {
		inner = inner.Add(gs.DiagEmbed(0, -2, -1))
	}
	ga = u.MatMul(inner).MatMul(vh)
	if gu != nil && m > k {
		x := gu.Div(row)
		ga = ga.Add(x.Sub(u.MatMul(transposed(u).MatMul(x))).MatMul(vh))
	}
	if gv != nil && n > k {
		x := gv.Div(col)
		ga = ga.Add(u.MatMul(x.Sub(x.MatMul(transposed(vh)).MatMul(vh))))
	}
	return tensor.Grads{ga}
}

// plus is a + b, where a may be missing.
func plus(a, b *tensor.Tensor) *tensor.Tensor {
	if a == nil {
		return b
	}
	return a.Add(b)
}
