package nninit

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// Orthogonal fills t, as a matrix of t.Size(0) rows, with gain times a random
// matrix whose rows, or columns if they are fewer, are orthonormal.
//
//	shape:  at least 2 dims
//	source: torch.nn.init.orthogonal_; Saxe et al. 2013, arXiv:1312.6120. The
//	numbers are PyTorch's up to rounding
func Orthogonal(t *tensor.Tensor, opts ...GainOption) *tensor.Tensor {
	wantDims("orthogonal", t, 2, anyDims)
	c := config{gain: Linear}
	for _, o := range opts {
		o.gainOption(&c)
	}
	if t.Len() == 0 {
		return t
	}
	rows, cols := t.Size(0), t.Len()/t.Size(0)
	a := tensor.Make{DType: t.DType(), Gen: c.gen}.Normal(0, 1, rows, cols)
	if rows < cols {
		a = a.T()
	}
	q := tensor.Of(orthonormal(tensor.Slice[float64](a), max(rows, cols), min(rows, cols)), max(rows, cols), min(rows, cols))
	if rows < cols {
		q = q.T()
	}
	return write(t, q.MulScalar(float64(c.gain)).Reshape(t.Shape()...).To(t.Device()))
}

// orthonormal is the Q of a's QR decomposition in which R has a positive
// diagonal, by modified Gram-Schmidt, done twice for orthogonality to rounding.
// a is m×n with n <= m, row-major.
func orthonormal(a []float64, m, n int) []float64 {
	for j := range n {
		for range 2 {
			for k := range j {
				dot := 0.0
				for i := range m {
					dot += a[i*n+k] * a[i*n+j]
				}
				for i := range m {
					a[i*n+j] -= dot * a[i*n+k]
				}
			}
		}
		norm := 0.0
		for i := range m {
			norm += a[i*n+j] * a[i*n+j]
		}
		for i := range m {
			a[i*n+j] /= math.Sqrt(norm)
		}
	}
	return a
}

// Eye fills the matrix t with ones on its diagonal and zeros elsewhere.
//
//	source: torch.nn.init.eye_
func Eye(t *tensor.Tensor) *tensor.Tensor {
	wantDims("eye", t, 2, 2)
	return write(t, tensor.Make{DType: t.DType(), Device: t.Device()}.Eye(t.Size(0), t.Size(1)))
}

// Dirac fills the weight t of a convolution with as many groups so that it
// passes its first input channels on unchanged.
//
//	shape:  [out, in, ...] with 1 to 3 dims of the kernel
//	panics: *tensor.Error if groups does not divide out
//	source: torch.nn.init.dirac_
func Dirac(t *tensor.Tensor, groups int) *tensor.Tensor {
	wantDims("dirac", t, 3, 5)
	shape := t.Shape()
	if groups < 1 || shape[0]%groups != 0 {
		tensor.Misuse("dirac", fmt.Errorf("%d groups do not divide %d output channels", groups, shape[0]), t)
	}
	v := make([]float64, t.Len())
	perGroup, kernel, centre := shape[0]/groups, 1, 0
	for _, d := range shape[2:] {
		kernel *= d
		centre = centre*d + d/2
	}
	for out := range shape[0] {
		if in := out % perGroup; in < shape[1] && kernel > 0 {
			v[(out*shape[1]+in)*kernel+centre] = 1
		}
	}
	return write(t, tensor.Of(v, shape...).To(t.Device()))
}

// Sparse fills the matrix t with normal numbers of mean 0, but for a share of
// each column's elements, which are zero.
//
//	panics: *tensor.Error unless 0 <= sparsity <= 1
//	source: torch.nn.init.sparse_, whose default std is 0.01
func Sparse(t *tensor.Tensor, sparsity, std float64, opts ...Option) *tensor.Tensor {
	wantDims("sparse", t, 2, 2)
	if !(sparsity >= 0 && sparsity <= 1) {
		tensor.Misuse("sparse", fmt.Errorf("sparsity is %v; want 0 to 1", sparsity), t)
	}
	c := new(config).apply(opts)
	rows, cols := t.Size(0), t.Size(1)
	v := tensor.Slice[float64](tensor.Make{DType: t.DType(), Gen: c.gen}.Normal(0, std, rows, cols))
	zeros := int(math.Ceil(sparsity * float64(rows)))
	for j := range cols {
		for _, i := range tensor.Slice[int64](tensor.Make{Gen: c.gen}.RandPerm(rows))[:zeros] {
			v[int(i)*cols+j] = 0
		}
	}
	return write(t, tensor.Of(v, rows, cols).To(t.Device()))
}
