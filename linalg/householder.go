package linalg

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// HouseholderProduct returns the first n columns of H1·H2·…·Hk, where
// Hi = I - tau[i]·v·vᵀ and v is column i of a below the diagonal, with a 1 on it.
//
//	shape:  [..., m, n], [..., k] → [..., m, n] for m ≥ n ≥ k
//	source: torch.linalg.householder_product
func HouseholderProduct(a, tau *tensor.Tensor) *tensor.Tensor {
	return tensor.Apply(householderOp{}, a, tau)
}

type householderOp struct{ composed }

func (householderOp) Name() string        { return "linalg.householder_product" }
func (householderOp) Reads() tensor.Reads { return tensor.In0 | tensor.In1 }
func (householderOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	a, tau := in[0], in[1]
	if err := wantReflectors(a, tau); err != nil {
		return device.Spec{}, err
	}
	if m, n := a.Size(-2), a.Size(-1); m < n || n < tau.Size(-1) {
		return device.Spec{}, fmt.Errorf("the matrix is %d×%d with %d reflectors; want no more columns than rows, nor reflectors than columns",
			m, n, tau.Size(-1))
	}
	return specOf(a.DType(), a.Shape()), nil
}

// wantReflectors refuses what geqrf cannot have given.
func wantReflectors(a, tau *tensor.Tensor) error {
	if err := wantMatrix(a); err != nil {
		return err
	}
	lead := a.Shape()[:a.Dim()-2]
	switch {
	case tau.DType() != a.DType():
		return fmt.Errorf("dtypes %v and %v differ; cast one", a.DType(), tau.DType())
	case tau.Dim() != a.Dim()-1 || !slices.Equal(tau.Shape()[:len(lead)], lead):
		return fmt.Errorf("want tau of one dim less, with the batch %v", lead)
	case tau.Size(-1) > min(a.Size(-2), a.Size(-1)):
		return fmt.Errorf("%d reflectors; want at most %d", tau.Size(-1), min(a.Size(-2), a.Size(-1)))
	}
	return nil
}

func (householderOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	f, tau := read(in[0]), tensor.Slice[float64](in[1])
	k := in[1].Size(-1)
	q := newFactors(f.lead, f.m, f.n)
	each(f.count(), 2*f.m*f.n*k, func(i int) {
		expandQ(q.at(i), f.at(i), tau[i*k:(i+1)*k], f.m, f.n, f.n)
	})
	return q.like(in[0])
}

// Q = H1·(H2·(…·I)): the product is taken apart from the left, where the
// gradient of Hi·X is G ↦ Hi·G for X, and -tau·(v·(Xᵀ·(…)))  for v and tau.
func (householderOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	a, tau := c.In(0), c.In(1)
	m, n, k := a.Size(-2), a.Size(-1), tau.Size(-1)
	v := a.Tril(-1).Add(eye(a, m, n)) // column i is v of Hi
	right := make([]*tensor.Tensor, k+1)
	right[k] = eye(a, m, n).Expand(a.Shape()...)
	column := func(i int) (u, t *tensor.Tensor) {
		return v.Narrow(-1, i, 1), tau.Narrow(-1, i, 1).Unsqueeze(-1)
	}
	for i := k - 1; i >= 0; i-- {
		u, t := column(i)
		right[i] = reflected(right[i+1], u, t)
	}
	gv, gt := make([]*tensor.Tensor, k), make([]*tensor.Tensor, k)
	for i := range k {
		u, t := column(i)
		// d<G, X - t·u·uᵀX> for X = right[i+1], with p = Xᵀu and r = Gᵀu
		p, r := transposed(right[i+1]).MatMul(u), transposed(dy).MatMul(u)
		gt[i] = p.Mul(r).Sum(tensor.Dims(-2)).Neg()
		gv[i] = dy.MatMul(p).Add(right[i+1].MatMul(r)).Mul(t).Neg()
		dy = reflected(dy, u, t)
	}
	if c.Needs(0) {
		cols := append(gv, tensor.ZerosLike(a.Narrow(-1, k, n-k)))
		g[0] = tensor.Cat(-1, cols...).Tril(-1)
	}
	if c.Needs(1) {
		if g[1] = tensor.ZerosLike(tau); k > 0 {
			g[1] = tensor.Cat(-1, gt...)
		}
	}
	return g
}

// reflected is H·x for H = I - t·u·uᵀ.
func reflected(x, u, t *tensor.Tensor) *tensor.Tensor {
	return x.Sub(u.Mul(t).MatMul(transposed(u).MatMul(x)))
}

// Geqrf returns R of A = Q·R in the upper triangle, and below it the vectors of
// the reflectors whose product is Q, with their factors tau. [QR] has a gradient;
// this has none.
//
//	shape:  [..., m, n] → [..., m, n], [..., min(m, n)]
//	source: torch.geqrf
func Geqrf(a *tensor.Tensor) (reflectors, tau *tensor.Tensor) {
	out := tensor.ApplyMulti(geqrfOp{}, a)
	return out[0], out[1]
}

type geqrfOp struct {
	composed
	tensor.NotDifferentiable
}

func (geqrfOp) Name() string { return "geqrf" }
func (geqrfOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantMatrix(a); err != nil {
		return nil, err
	}
	lead := a.Shape()[:a.Dim()-2]
	return []device.Spec{specOf(a.DType(), a.Shape()), specOf(a.DType(), lead, min(a.Size(-2), a.Size(-1)))}, nil
}

func (geqrfOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	f := read(in[0])
	tau := newFactors(f.lead, min(f.m, f.n), 1)
	each(f.count(), f.m*f.n*tau.m, func(i int) { reflectors(f.at(i), tau.at(i), f.m, f.n) })
	return []*tensor.Tensor{f.like(in[0]), tau.vectors(in[0])}
}

// Ormqr returns Q·C for the m×m matrix Q that [Geqrf] describes, without
// computing Q. It has no gradient.
//
//	shape:   a [..., m, n], tau [..., k], C [..., m, p] → that of C
//	options: Right, for C·Q with C [..., p, m]; Adjoint, for Qᵀ
//	source:  torch.ormqr
func Ormqr(a, tau, c *tensor.Tensor, opts ...Option) *tensor.Tensor {
	o := configure("ormqr", right|adjoint, opts, a, tau, c)
	return tensor.Apply(ormqrOp{right: o.right, adjoint: o.adjoint}, a, tau, c)
}

type ormqrOp struct {
	composed
	tensor.NotDifferentiable
	right, adjoint bool
}

func (ormqrOp) Name() string { return "ormqr" }
func (o ormqrOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	a, tau, c := in[0], in[1], in[2]
	if err := wantReflectors(a, tau); err != nil {
		return device.Spec{}, err
	}
	if c.DType() != a.DType() {
		return device.Spec{}, fmt.Errorf("dtypes %v and %v differ; cast one", a.DType(), c.DType())
	}
	lead := a.Shape()[:a.Dim()-2]
	if c.Dim() != a.Dim() || !slices.Equal(c.Shape()[:len(lead)], lead) {
		return device.Spec{}, fmt.Errorf("want a C with the batch %v", lead)
	}
	side := c.Size(-2)
	if o.right {
		side = c.Size(-1)
	}
	if side != a.Size(-2) {
		return device.Spec{}, fmt.Errorf("the matrix has %d on the side of Q; want %d", side, a.Size(-2))
	}
	return specOf(c.DType(), c.Shape()), nil
}

func (o ormqrOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	f, tau, x := read(in[0]), tensor.Slice[float64](in[1]), read(in[2])
	k := in[1].Size(-1)
	side, trans := blas.Left, blas.NoTrans
	if o.right {
		side = blas.Right
	}
	if o.adjoint {
		trans = blas.Trans
	}
	v := append(f.v, make([]float64, f.n)...) // gonum's Dlarft slices beyond a last reflector of one element
	each(f.count(), 2*x.m*x.n*k, func(i int) {
		if x.m == 0 || x.n == 0 || k == 0 {
			return
		}
		withWork(func(work []float64, lwork int) {
			impl.Dormqr(side, trans, x.m, x.n, k, v[i*f.m*f.n:], f.n, tau[i*k:(i+1)*k], x.at(i), x.n, work, lwork)
		})
	})
	return x.like(in[2])
}
