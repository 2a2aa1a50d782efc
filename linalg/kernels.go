package linalg

import (
	"gonum.org/v1/gonum/blas"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// The ops below are steps of others. Their matrices are float64, for every dtype
// of the op they belong to, and they have no gradient: that is the whole op's.
// Where a device lacks the kernel, LAPACK runs.

// factored is A = P·L·U in float64, with its pivots and info.
func factored(a *tensor.Tensor) (lu, pivots, info *tensor.Tensor) {
	out := tensor.ApplyMulti(getrfOp{}, a.Cast(tensor.Float64))
	return out[0], out[1], out[2]
}

type getrfOp struct{ tensor.NotDifferentiable }

func (getrfOp) Name() string          { return "linalg.lu_factor_ex" }
func (getrfOp) Kernel() device.Kernel { return device.LUFactor }
func (getrfOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	m, n, lead := a.Size(-2), a.Size(-1), a.Shape()[:a.Dim()-2]
	return []device.Spec{specOf(a.DType(), a.Shape()), specOf(tensor.Int32, lead, min(m, n)), specOf(tensor.Int32, lead)}, nil
}

func (getrfOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	f := read(in[0])
	k := min(f.m, f.n)
	pivots, info := make([]int32, f.count()*k), make([]int32, f.count())
	each(f.count(), f.m*f.n*k, func(i int) {
		info[i] = factorize(f.at(i), f.m, f.n, pivots[i*k:(i+1)*k])
	})
	return []*tensor.Tensor{f.rows(in[0]), tensor.FromSlice(pivots, f.shape(k)).To(in[0].Device()), infos(in[0], f.lead, info)}
}

// factorize is LAPACK's getrf with its info.
func factorize(a []float64, m, n int, pivots []int32) int32 {
	ipiv := make([]int, len(pivots))
	impl.Dgetrf(m, n, a, max(n, 1), ipiv)
	info := int32(0)
	for j, p := range ipiv {
		pivots[j] = int32(p + 1)
		if info == 0 && a[j*n+j] == 0 {
			info = int32(j + 1)
		}
	}
	return info
}

// getrsOp solves A·X = B by what getrfOp gives.
type getrsOp struct{ tensor.NotDifferentiable }

func (getrsOp) Name() string          { return "linalg.lu_solve" }
func (getrsOp) Kernel() device.Kernel { return device.LUSolve }
func (getrsOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[2].DType(), in[2].Shape()), nil
}

func (getrsOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	lu, pivots, b := read(in[0]), tensor.Slice[int](in[1]), read(in[2])
	n := lu.n
	each(b.count(), n*n*b.n, func(i int) {
		if n == 0 || b.n == 0 {
			return
		}
		p := pivots[i*n : (i+1)*n]
		for j := range p {
			p[j]--
		}
		impl.Dgetrs(blas.NoTrans, n, b.n, lu.at(i), n, p, b.at(i), b.n)
	})
	return b.rows(in[2])
}

// trsmOp solves A·X = B for a triangular A.
type trsmOp struct {
	tensor.NotDifferentiable
	upper, unit bool
}

func (trsmOp) Name() string          { return "linalg.solve_triangular" }
func (trsmOp) Kernel() device.Kernel { return device.SolveTriangular }
func (o trsmOp) Attr() any           { return device.Triangular{Upper: o.upper, Unit: o.unit} }
func (trsmOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[1].DType(), in[1].Shape()), nil
}

func (o trsmOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	a, b := read(in[0]), read(in[1])
	uplo, diag := blas.Lower, blas.NonUnit
	if o.upper {
		uplo = blas.Upper
	}
	if o.unit {
		diag = blas.Unit
	}
	each(a.count(), b.m*b.n*a.n, func(i int) {
		blas64.Dtrsm(blas.Left, uplo, blas.NoTrans, diag, b.m, b.n, 1, a.at(i), max(a.n, 1), b.at(i), max(b.n, 1))
	})
	return b.rows(in[1])
}

// potrfOp gives L of A = L·Lᵀ, and info.
type potrfOp struct{ tensor.NotDifferentiable }

func (potrfOp) Name() string          { return "linalg.cholesky_ex" }
func (potrfOp) Kernel() device.Kernel { return device.Cholesky }
func (potrfOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	a := in[0]
	return []device.Spec{specOf(a.DType(), a.Shape()), specOf(tensor.Int32, a.Shape()[:a.Dim()-2])}, nil
}

func (potrfOp) Body(in []*tensor.Tensor) []*tensor.Tensor {
	f := read(in[0])
	n, info := f.n, make([]int32, f.count())
	each(f.count(), n*n*n/3, func(i int) {
		a := f.at(i)
		whole := append([]float64(nil), a...)
		if ok := impl.Dpotrf(blas.Lower, n, a, max(n, 1)); !ok {
			info[i] = firstMinor(whole, n)
		}
		for r := range n {
			clear(a[r*n+r+1 : (r+1)*n])
		}
	})
	return []*tensor.Tensor{f.rows(in[0]), infos(in[0], f.lead, info)}
}
