package linalg

import (
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// LUFactor returns A = P·L·U in compact form: U is the upper triangle of lu and
// L its lower one, with ones on the diagonal. pivots, int32, holds for each row
// i the row that it was exchanged with, counted from 1.
//
//	shape:  [..., m, n] → [..., m, n], [..., min(m, n)]
//	source: torch.linalg.lu_factor; gradient: that of L and U by the product
//	        rule, as in de Hoog, Anderssen and Lukas 2011
func LUFactor(a *tensor.Tensor) (lu, pivots *tensor.Tensor) {
	lu, pivots, _ = LUFactorEx(a)
	return lu, pivots
}

// LUFactorEx is [LUFactor] with the place of the first zero on U's diagonal in
// info, counted from 1, 0 if there is none.
//
//	source: torch.linalg.lu_factor_ex
func LUFactorEx(a *tensor.Tensor) (lu, pivots, info *tensor.Tensor) {
	out := tensor.ApplyMulti(luOp{}, a)
	return out[0], out[1], out[2]
}

type luOp struct{ composed }

func (luOp) Name() string        { return "linalg.lu_factor_ex" }
func (luOp) Reads() tensor.Reads { return tensor.Out0 | tensor.Out1 }
func (luOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	if err := wantMatrix(a); err != nil {
		return nil, err
	}
	m, n, lead := a.Size(-2), a.Size(-1), a.Shape()[:a.Dim()-2]
	return []device.Spec{specOf(a.DType(), a.Shape()), specOf(tensor.Int32, lead, min(m, n)), specOf(tensor.Int32, lead)}, nil
}

func (luOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	lu, pivots, info := factored(in[0])
	return []*tensor.Tensor{columns(lu.Cast(in[0].DType())), pivots, info}
}

// With A' = Pᵀ·A, L = [L1; L2] and U = [U1, U2], where L1 and U1 are square:
//
//	gA'1     = L1⁻ᵀ·(tril(L1ᵀ·gL1 - gU2·U2ᵀ, -1) + triu(gU1·U1ᵀ - L2ᵀ·gL2))·U1⁻ᵀ
//	gA'right = L1⁻ᵀ·gU2, gA'below = gL2·U1⁻ᵀ
func (luOp) Grad(c *tensor.Ctx, _ *tensor.Tensor) tensor.Grads {
	lu, g := c.Out(0), c.Dy(0)
	if g == nil {
		return tensor.Grads{}
	}
	m, n := lu.Size(-2), lu.Size(-1)
	k := min(m, n)
	block := func(x *tensor.Tensor) *tensor.Tensor { return x.Narrow(-2, 0, k).Narrow(-1, 0, k) }
	core, g1 := block(lu), block(g)
	l1, u1 := core.Tril(-1).Add(eye(lu, k, k)), core.Triu(0)
	below, above := transposed(l1).MatMul(g1), g1.MatMul(transposed(u1))
	var ga *tensor.Tensor
	switch {
	case m < n:
		g2 := g.Narrow(-1, k, n-k)
		below = below.Sub(g2.MatMul(transposed(lu.Narrow(-1, k, n-k))))
		ga = tensor.Cat(-1, divideRight(u1, below.Tril(-1).Add(above.Triu(0))), g2)
		ga = SolveTriangular(transposed(l1), ga, Upper, UnitTriangular)
	default:
		g2 := g.Narrow(-2, k, m-k)
		above = above.Sub(transposed(lu.Narrow(-2, k, m-k)).MatMul(g2))
		ga = SolveTriangular(transposed(l1), below.Tril(-1).Add(above.Triu(0)), Upper, UnitTriangular)
		ga = divideRight(u1, tensor.Cat(-2, ga, g2))
	}
	_, back := permutations(c.Out(1), m)
	return tensor.Grads{permuted(ga, back)}
}

// divideRight is X·U⁻ᵀ.
func divideRight(u, x *tensor.Tensor) *tensor.Tensor {
	return SolveTriangular(transposed(u), x, Right)
}

// permutations are the row of A that row i of L·U is, and its inverse, for
// matrices of m rows.
func permutations(pivots *tensor.Tensor, m int) (to, back *tensor.Tensor) {
	k := pivots.Size(-1)
	p := tensor.Slice[int](pivots)
	lead := pivots.Shape()[:pivots.Dim()-1]
	n := size(lead)
	forth, inverse := make([]int64, n*m), make([]int64, n*m)
	for i := range n {
		perm, inv := forth[i*m:(i+1)*m], inverse[i*m:(i+1)*m]
		for j := range perm {
			perm[j] = int64(j)
		}
		for j, with := range p[i*k : (i+1)*k] {
			perm[j], perm[with-1] = perm[with-1], perm[j]
		}
		for j, r := range perm {
			inv[r] = int64(j)
		}
	}
	shape := append(lead, m, 1)
	return tensor.FromSlice(forth, shape).To(pivots.Device()), tensor.FromSlice(inverse, shape).To(pivots.Device())
}

// permuted takes the rows of x in the order of permutations.
func permuted(x, order *tensor.Tensor) *tensor.Tensor {
	return x.Gather(-2, order.Expand(x.Shape()...))
}

// wantPivots refuses pivots that do not go with lu.
func wantPivots(op string, lu, pivots *tensor.Tensor) {
	must(op, wantMatrix(lu), lu, pivots)
	m, n, k := lu.Size(-2), lu.Size(-1), lu.Dim()
	if pivots.DType() != tensor.Int32 {
		tensor.Misuse(op, fmt.Errorf("pivots are %v; want int32", pivots.DType()), lu, pivots)
	}
	want := append(lu.Shape()[:k-2], min(m, n))
	if fmt.Sprint(pivots.Shape()) != fmt.Sprint(want) {
		tensor.Misuse(op, fmt.Errorf("pivots have shape %v; want %v", pivots.Shape(), want), lu, pivots)
	}
	for _, p := range tensor.Slice[int](pivots) {
		if p < 1 || p > m {
			tensor.Misuse(op, fmt.Errorf("a pivot is %d; want 1 to %d", p, m), lu, pivots)
		}
	}
}

// LUUnpack returns the factors that [LUFactor] packs: A = P·L·U.
//
//	shape:  [..., m, n], [..., k] → [..., m, m], [..., m, k], [..., k, n] for k = min(m, n)
//	source: torch.lu_unpack
func LUUnpack(lu, pivots *tensor.Tensor) (p, l, u *tensor.Tensor) {
	const op = "lu_unpack"
	present(op, lu, pivots)
	wantPivots(op, lu, pivots)
	m, k := lu.Size(-2), pivots.Size(-1)
	_, back := permutations(pivots, m)
	shape := append(lu.Shape()[:lu.Dim()-2], m, m)
	p = permuted(eye(lu, m, m).Expand(shape...), back)
	l = lu.Narrow(-1, 0, k).Contiguous().Tril(-1).Add(eye(lu, m, k))
	u = lu.Narrow(-2, 0, k).Contiguous().Triu(0)
	return p, l, u
}

// LU returns A = P·L·U: P exchanges rows, L is lower triangular with ones on
// the diagonal, U is upper triangular.
//
//	shape:  [..., m, n] → [..., m, m], [..., m, k], [..., k, n] for k = min(m, n)
//	source: torch.linalg.lu
func LU(a *tensor.Tensor) (p, l, u *tensor.Tensor) {
	lu, pivots := LUFactor(a)
	return LUUnpack(lu, pivots)
}

// LUSolve returns the X of A·X = B from what [LUFactor] says of A. A zero on
// U's diagonal gives Inf or NaN.
//
//	shape:   lu [..., n, n], pivots [..., n], B [..., n, k] → [..., n, k]
//	options: Adjoint, for Aᵀ·X = B; Right, for X·A = B with B [..., k, n]
//	source:  torch.linalg.lu_solve
func LUSolve(lu, pivots, b *tensor.Tensor, opts ...Option) *tensor.Tensor {
	const op = "linalg.lu_solve"
	c := configure(op, adjoint|right, opts, lu, pivots, b)
	present(op, lu, pivots, b)
	must(op, wantSquare(lu), lu, pivots, b)
	wantPivots(op, lu, pivots)
	must(op, fits(lu, b, c.right), lu, pivots, b)
	if c.right {
		return transposed(columns(luSolve(lu, pivots, transposed(b), !c.adjoint)))
	}
	return columns(luSolve(lu, pivots, b, c.adjoint))
}

func luSolve(lu, pivots, b *tensor.Tensor, adjoint bool) *tensor.Tensor {
	lu, b = batches("linalg.lu_solve", lu, b)
	to, back := permutations(pivots, lu.Size(-1))
	if adjoint { // P·L⁻ᵀ·U⁻ᵀ·B
		x := SolveTriangular(transposed(lu), b)
		x = SolveTriangular(transposed(lu), x, Upper, UnitTriangular)
		return permuted(x, back)
	}
	x := SolveTriangular(lu, permuted(b, to), UnitTriangular)
	return SolveTriangular(lu, x, Upper)
}
