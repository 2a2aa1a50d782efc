package linalg

import (
	"errors"
	"fmt"
	"slices"

	blas "gonum.org/v1/gonum/blas/gonum"
	lapack "gonum.org/v1/gonum/lapack/gonum"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/internal/share"
	"github.com/facula-ml/facula/tensor"
)

// impl is LAPACK in Go, and blas64 BLAS. Their matrices are row-major.
var (
	impl   lapack.Implementation
	blas64 blas.Implementation
)

// composed is embedded by ops without a kernel: their Body calls LAPACK.
type composed struct{}

func (composed) Kernel() device.Kernel { return device.NoKernel }

// factors is a batch of matrices (or vectors: n = 1) in float64, row-major.
type factors struct {
	lead []int
	m, n int
	v    []float64
}

func newFactors(lead []int, m, n int) factors {
	return factors{lead, m, n, make([]float64, size(lead)*m*n)}
}

// read is a copy of the matrices of x.
func read(x *tensor.Tensor) factors {
	k := x.Dim()
	return factors{x.Shape()[:k-2], x.Size(-2), x.Size(-1), tensor.Slice[float64](x)}
}

func (f factors) count() int           { return size(f.lead) }
func (f factors) at(i int) []float64   { return f.v[i*f.m*f.n : (i+1)*f.m*f.n] }
func (f factors) shape(d ...int) []int { return append(slices.Clone(f.lead), d...) }

// like makes a tensor of x's dtype and device that holds f, column by column.
func (f factors) like(x *tensor.Tensor) *tensor.Tensor {
	return columns(f.rows(x))
}

// rows is like with the elements row by row.
func (f factors) rows(x *tensor.Tensor) *tensor.Tensor {
	return tensor.FromSlice(f.v, f.shape(f.m, f.n)).Cast(x.DType()).To(x.Device())
}

// vectors is rows of matrices with one column, without that dim.
func (f factors) vectors(x *tensor.Tensor) *tensor.Tensor {
	return tensor.FromSlice(f.v, f.shape(f.m)).Cast(x.DType()).To(x.Device())
}

// columns is x with the elements of its matrices lying column by column.
func columns(x *tensor.Tensor) *tensor.Tensor {
	return transposed(transposed(x).Contiguous())
}

func transposed(x *tensor.Tensor) *tensor.Tensor { return x.Transpose(-1, -2) }

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// parallelWork is how many multiplications are worth a second goroutine.
const parallelWork = 1 << 16

// each calls f for all matrices of a batch, each of which takes about work
// multiplications. Every one is computed alone, so the order does not matter.
func each(n, work int, f func(i int)) {
	share.Loop(n, min(tensor.NumThreads(), n*work/parallelWork+1), func() func(int) { return f })
}

// withWork calls a LAPACK routine once for the size of its workspace, and once
// to compute.
func withWork(f func(work []float64, lwork int)) {
	var best [1]float64
	f(best[:], -1)
	n := max(int(best[0]), 1)
	f(make([]float64, n), n)
}

// specOf is the spec of a result.
func specOf(d tensor.DType, lead []int, dims ...int) device.Spec {
	s := device.Spec{DType: d, Rank: uint8(len(lead) + len(dims))}
	copy(s.Dim[:], lead)
	copy(s.Dim[len(lead):], dims)
	return s
}

// wantMatrix refuses what is not a batch of matrices of float32 or float64.
func wantMatrix(x *tensor.Tensor) error {
	if x.Dim() < 2 {
		return errors.New("want a matrix: at least two dims")
	}
	return wantReal(x)
}

func wantReal(x *tensor.Tensor) error {
	if d := x.DType(); d != tensor.Float32 && d != tensor.Float64 {
		return fmt.Errorf("dtype %v; want float32 or float64", d)
	}
	return nil
}

// wantFloat refuses integers and bool.
func wantFloat(x *tensor.Tensor) error {
	if d := x.DType(); !d.IsFloat() {
		return fmt.Errorf("dtype %v; want a floating-point dtype", d)
	}
	return nil
}

// wantSquare refuses what is not a batch of square matrices.
func wantSquare(x *tensor.Tensor) error {
	if err := wantMatrix(x); err != nil {
		return err
	}
	if m, n := x.Size(-2), x.Size(-1); m != n {
		return fmt.Errorf("the matrix is %d×%d; want a square one", m, n)
	}
	return nil
}

// must is the door of arguments that are looked into before an op is applied.
func must(op string, err error, in ...*tensor.Tensor) {
	if err != nil {
		tensor.Misuse(op, err, in...)
	}
}

// present panics for a tensor that is not there.
func present(op string, in ...*tensor.Tensor) {
	for i, t := range in {
		if t == nil {
			tensor.Misuse(op, fmt.Errorf("input %d is nil", i))
		}
	}
}

// batches expands the batch dims of a and b to their common shape.
func batches(op string, a, b *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) {
	la, lb := a.Shape()[:a.Dim()-2], b.Shape()[:b.Dim()-2]
	if slices.Equal(la, lb) {
		return a, b
	}
	var lead []int
	if err := tensor.Try(func() { lead = tensor.BroadcastShapes(la, lb) }); err != nil {
		tensor.Misuse(op, fmt.Errorf("batches %v and %v do not broadcast", la, lb), a, b)
	}
	grow := func(x *tensor.Tensor) *tensor.Tensor {
		return x.Expand(append(slices.Clone(lead), x.Size(-2), x.Size(-1))...)
	}
	return grow(a), grow(b)
}

// firstBad is the first matrix whose info is not 0, -1 if there is none.
func firstBad(info *tensor.Tensor) (at, value int) {
	for i, v := range tensor.Slice[int](info) {
		if v != 0 {
			return i, v
		}
	}
	return -1, 0
}

// which names matrix i of a batch.
func which(x *tensor.Tensor, i int) string {
	if x.Dim() == 2 {
		return "the matrix"
	}
	return fmt.Sprintf("matrix %d of the batch", i)
}

// infos makes the int32 tensor of what LAPACK says of each matrix.
func infos(x *tensor.Tensor, lead []int, info []int32) *tensor.Tensor {
	return tensor.FromSlice(info, lead).To(x.Device())
}

// eye is identity matrices of x's dtype, m×n.
func eye(x *tensor.Tensor, m, n int) *tensor.Tensor {
	return tensor.Make{DType: x.DType(), Device: x.Device()}.Eye(m, n)
}
