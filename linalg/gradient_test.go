package linalg_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/linalg"
	"github.com/facula-ml/facula/tensor"
)

// random are fixed float64 numbers in [-1, 1).
func random(seed uint64, shape ...int) *tensor.Tensor {
	m := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(seed)}
	return m.Rand(shape...).MulScalar(2).AddScalar(-1)
}

func flipped(x *tensor.Tensor) *tensor.Tensor { return x.Transpose(-1, -2) }

// symmetric is x + xᵀ, and definite 1 + x·xᵀ: functions of all elements.
func symmetric(x *tensor.Tensor) *tensor.Tensor { return x.Add(flipped(x)) }
func definite(x *tensor.Tensor) *tensor.Tensor {
	return x.MatMul(flipped(x)).Add(tensor.Make{DType: x.DType()}.Eye(x.Size(-1)))
}

// Gradients where the suite's differences of one element would leave the
// domain of the function, or where its results have no reference.
func TestGradients(t *testing.T) {
	list := func(x ...*tensor.Tensor) []*tensor.Tensor { return x }
	for _, c := range []struct {
		name string
		in   []*tensor.Tensor
		f    func(x []*tensor.Tensor) []*tensor.Tensor
	}{
		{"cholesky", list(random(1, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor { return list(linalg.Cholesky(definite(x[0]))) }},
		{"cholesky upper", list(random(2, 2, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.Cholesky(definite(x[0]), linalg.Upper))
		}},
		{"cholesky_inverse", list(random(3, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.CholeskyInverse(x[0].Tril(0).Add(tensor.Make{DType: tensor.Float64}.Eye(3).MulScalar(2))))
		}},
		{"cholesky_solve", list(random(4, 3, 2), random(5, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.CholeskySolve(x[0], x[1].Triu(0).Add(tensor.Make{DType: tensor.Float64}.Eye(3).MulScalar(2)), linalg.Upper))
		}},
		{"eigh", list(random(6, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor { return list(linalg.Eigh(symmetric(x[0]))) }},
		{"eigh values", list(random(6, 2, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.Eigvalsh(symmetric(x[0]), linalg.Upper))
		}},
		{"svd square", list(random(7, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor { return list(linalg.SVD(x[0], true)) }},
		{"svd tall", list(random(8, 4, 2)), func(x []*tensor.Tensor) []*tensor.Tensor { return list(linalg.SVD(x[0], false)) }},
		{"svd wide", list(random(9, 2, 3)), func(x []*tensor.Tensor) []*tensor.Tensor { return list(linalg.SVD(x[0], false)) }},
		{"lstsq tall", list(random(10, 4, 2), random(11, 4, 2)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.Lstsq(x[0], x[1], "gels", -1).Solution)
		}},
		{"lstsq wide", list(random(12, 2, 3), random(13, 2)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.Lstsq(x[0], x[1], "gelsd", -1).Solution)
		}},
		{"pinv symmetric", list(random(14, 3, 3)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.Pinv(symmetric(x[0]), linalg.Hermitian))
		}},
		{"svd_lowrank", list(random(15, 4, 3)), func(x []*tensor.Tensor) []*tensor.Tensor {
			tensor.ManualSeed(1)
			_, s, _ := linalg.SVDLowRank(x[0], 3, 2, nil)
			return list(s)
		}},
		{"det of rank 2", list(random(16, 3, 2)), func(x []*tensor.Tensor) []*tensor.Tensor {
			return list(linalg.Det(x[0].MatMul(flipped(x[0]))))
		}},
	} {
		for _, x := range c.in {
			x.RequireGrad()
		}
		if err := tensor.GradCheck(c.f, c.in, tensor.CheckTol(1e-5, 1e-6)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := tensor.GradGradCheck(c.f, c.in, tensor.CheckTol(1e-3, 1e-4)); err != nil && c.name != "det of rank 2" {
			t.Errorf("%s, second: %v", c.name, err)
		}
	}
}

// The factors are what they say, for each shape that takes another path, and
// in both precisions; large and tiny elements do not overflow.
func TestFactors(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		tol := map[tensor.DType]float64{tensor.Float32: 4e-6, tensor.Float64: 1e-13}[d]
		for i, shape := range [][]int{{1, 1}, {1, 4}, {4, 1}, {5, 5}, {7, 3}, {3, 7}, {5, 4}, {4, 5}, {2, 40, 40}, {2, 60, 20}} {
			if testing.Short() && i > 7 {
				break
			}
			for _, scale := range []float64{1, 1e30, 1e-30} {
				a := random(uint64(i)+20, shape...).MulScalar(scale).Cast(d)
				near := func(name string, x, y *tensor.Tensor) {
					t.Helper()
					size := max(1e-300, y.Cast(tensor.Float64).Abs().Max().Float()) * math.Sqrt(float64(y.Size(-1)))
					if diff := x.Cast(tensor.Float64).Sub(y.Cast(tensor.Float64)).Abs().Max().Float(); !(diff <= tol*size) {
						t.Errorf("%v %v·%v: %s differs by %v of %v", d, shape, scale, name, diff, size)
					}
				}
				unit := func(name string, x *tensor.Tensor) {
					t.Helper()
					near(name, flipped(x).MatMul(x), tensor.Make{DType: d}.Eye(x.Size(-1)).Expand(append(x.Shape()[:x.Dim()-2], x.Size(-1), x.Size(-1))...))
				}
				for _, full := range []bool{false, true} {
					u, s, vh := linalg.SVD(a, full)
					k := s.Size(-1)
					unit("UᵀU", u)
					unit("VᵀV", flipped(vh))
					near("USV", u.Narrow(-1, 0, k).Mul(s.Unsqueeze(-2)).MatMul(vh.Narrow(-2, 0, k)), a)
					near("singular values", linalg.SVDVals(a), s)
				}
				for _, mode := range []string{"reduced", "complete"} {
					q, r := linalg.QR(a, mode)
					unit("QᵀQ", q)
					near("QR", q.MatMul(r), a)
					near("R's triangle", r.Triu(0), r)
				}
				if a.Size(-1) == a.Size(-2) {
					b := a.Add(flipped(a))
					l, v := linalg.Eigh(b)
					unit("eigenvectors", v)
					near("VLV", v.Mul(l.Unsqueeze(-2)).MatMul(flipped(v)), b)
					near("eigenvalues", linalg.Eigvalsh(b), l)
				}
			}
		}
	}
}

// The approximation of a matrix of rank q is the matrix.
func TestLowRank(t *testing.T) {
	a := random(1, 2, 8, 3).MatMul(random(2, 2, 3, 6))
	u, s, v := linalg.SVDLowRank(a, 3, 2, nil)
	if diff := u.Mul(s.Unsqueeze(-2)).MatMul(flipped(v)).Sub(a).Abs().Max().Float(); diff > 1e-12 {
		t.Errorf("svd_lowrank differs by %v", diff)
	}
	u, s, v = linalg.PCALowRank(a, 4, true, 2)
	center := a.Sub(a.Mean(tensor.Dims(-2), tensor.KeepDim))
	if diff := u.Mul(s.Unsqueeze(-2)).MatMul(flipped(v)).Sub(center).Abs().Max().Float(); diff > 1e-12 {
		t.Errorf("pca_lowrank differs by %v", diff)
	}
}

// The factors of symmetric matrices solve what the matrices do.
func TestLDL(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 30} {
		a := symmetric(random(uint64(n), 5, n, n))
		b := random(uint64(n)+9, n, 2)
		ld, pivots := linalg.LDLFactor(a)
		if diff := a.MatMul(linalg.LDLSolve(ld, pivots, b)).Sub(b).Abs().Max().Float(); diff > 1e-10 {
			t.Errorf("%d: A·X differs from B by %v", n, diff)
		}
	}
}

// The results do not depend on the number of threads.
func TestThreads(t *testing.T) {
	a := random(3, 40, 20, 20)
	old := tensor.NumThreads()
	defer tensor.SetNumThreads(old)
	var first []float64
	for _, n := range []int{1, 3} {
		tensor.SetNumThreads(n)
		got := tensor.Slice[float64](linalg.Inv(a))
		for i := range first {
			if first[i] != got[i] {
				t.Fatalf("element %d is %v with 1 thread and %v with %d", i, first[i], got[i], n)
			}
		}
		first = got
	}
}

// As many reflectors as rows, the last of which has a factor: geqrf gives none such.
func TestOrmqrOfWholeMatrices(t *testing.T) {
	a, tau, c := random(5, 2, 100, 100).MulScalar(0.1), random(6, 2, 100), random(7, 2, 100, 100)
	q := linalg.HouseholderProduct(a, tau)
	for _, s := range []struct {
		name      string
		got, want *tensor.Tensor
	}{
		{"QC", linalg.Ormqr(a, tau, c), q.MatMul(c)},
		{"QᵀC", linalg.Ormqr(a, tau, c, linalg.Adjoint), flipped(q).MatMul(c)},
		{"CQ", linalg.Ormqr(a, tau, c, linalg.Right), c.MatMul(q)},
		{"CQᵀ", linalg.Ormqr(a, tau, c, linalg.Right, linalg.Adjoint), c.MatMul(flipped(q))},
	} {
		if diff, size := s.got.Sub(s.want).Abs().Max().Float(), s.want.Abs().Max().Float(); !(diff <= 1e-12*size) {
			t.Errorf("%s differs by %v of %v", s.name, diff, size)
		}
	}
}
