package linalg_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/facula-ml/facula/linalg"
	"github.com/facula-ml/facula/tensor"
)

// Matrices that kernels cut in parts: the factors give what they are of. An
// error of n·ε of the largest element is what such sums allow for these.
func TestLarge(t *testing.T) {
	m := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(1)}
	near := func(what string, got, want *tensor.Tensor) {
		t.Helper()
		if diff := got.Sub(want).Abs().Max().Float(); !(diff <= 1e-10) {
			t.Errorf("%s differs by %v", what, diff)
		}
	}
	for _, n := range []int{9, 16, 23, 64, 131} {
		for _, size := range [][2]int{{n, n}, {n + 30, n}, {n, n + 30}} {
			a := m.Randn(2, size[0], size[1])
			p, l, u := linalg.LU(a)
			near(fmt.Sprint("P·L·U ", size), p.MatMul(l).MatMul(u), a)
			if most := l.Abs().Max().Float(); most > 1 {
				t.Errorf("%v: L has an element of size %v: the pivots are not the largest", size, most)
			}
		}
		a, b := m.Randn(3, n, n).Add(m.Eye(n, n).MulScalar(n)), m.Randn(3, n, 20)
		near(fmt.Sprint("A·X ", n), a.MatMul(linalg.Solve(a, b)), b)
		near(fmt.Sprint("A·A⁻¹ ", n), a.MatMul(linalg.Inv(a)), m.Eye(n, n).Expand(3, n, n))
		low, up := a.Tril(0), a.Triu(0)
		near(fmt.Sprint("lower ", n), low.MatMul(linalg.SolveTriangular(a, b)), b)
		near(fmt.Sprint("upper ", n), up.MatMul(linalg.SolveTriangular(a, b, linalg.Upper)), b)
		bt := b.Transpose(-1, -2)
		near(fmt.Sprint("upper, right ", n), linalg.SolveTriangular(a, bt, linalg.Upper, linalg.Right).MatMul(up), bt)
		unit := a.MulScalar(1 / float64(n*n)).Tril(-1).Add(m.Eye(n, n))
		near(fmt.Sprint("unit ", n), unit.MatMul(linalg.SolveTriangular(unit.Add(m.Eye(n, n)), b, linalg.UnitTriangular)), b)

		spd := a.MatMul(a.Transpose(-1, -2))
		f := linalg.Cholesky(spd)
		near(fmt.Sprint("L·Lᵀ ", n), f.MatMul(f.Transpose(-1, -2)).MulScalar(1/float64(n)), spd.MulScalar(1/float64(n)))
		f = linalg.Cholesky(spd, linalg.Upper)
		near(fmt.Sprint("Uᵀ·U ", n), f.Transpose(-1, -2).MatMul(f).MulScalar(1/float64(n)), spd.MulScalar(1/float64(n)))
		bad := spd.Clone()
		bad.Select(0, 1).Select(0, n-2).Select(0, n-2).Fill(-1)
		if _, info := linalg.CholeskyEx(bad); !slices.Equal(tensor.Slice[int](info), []int{0, n - 1, 0}) {
			t.Errorf("%d: info is %v; want %d for the second", n, info, n-1)
		}
		singular := a.Mul(m.Ones(n).Sub(m.Eye(n, n).Select(0, n-1))) // the last column is 0
		if _, _, info := linalg.LUFactorEx(singular); !slices.Equal(tensor.Slice[int](info), []int{n, n, n}) {
			t.Errorf("%d: info is %v; want %d", n, info, n)
		}

		tall := m.Randn(2, n+10, n)
		r := linalg.Lstsq(tall, m.Randn(2, n+10, 3), "gels", -1)
		s := linalg.Lstsq(tall, tall.MatMul(r.Solution), "gelsd", -1)
		near(fmt.Sprint("least squares ", n), r.Solution, s.Solution)
	}
}
