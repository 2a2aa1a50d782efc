package linalg

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

// An Option changes what a function does; each says which ones it takes, and
// refuses all others.
type Option func(*config)

type config struct {
	given                                        uint
	upper, right, adjoint, unit, hermitian, keep bool
	atol, rtol                                   *tensor.Tensor
	dims                                         []int
}

// The bits of config.given, one for each option.
const (
	upper uint = 1 << iota
	right
	adjoint
	unit
	hermitian
	keepDim
	atol
	rtol
	dims
)

// Upper takes, or gives, the upper triangle instead of the lower one.
func Upper(c *config) { c.upper, c.given = true, c.given|upper }

// Right puts the unknown on the left of the matrix: X·A = B.
func Right(c *config) { c.right, c.given = true, c.given|right }

// Adjoint takes the transpose of the matrix.
func Adjoint(c *config) { c.adjoint, c.given = true, c.given|adjoint }

// UnitTriangular takes the diagonal of a triangular matrix as ones, whatever
// stands there.
func UnitTriangular(c *config) { c.unit, c.given = true, c.given|unit }

// Hermitian says that the matrix is symmetric; only its lower triangle is read.
func Hermitian(c *config) { c.hermitian, c.given = true, c.given|hermitian }

// KeepDim keeps the dims of the matrix in the result, with size 1.
func KeepDim(c *config) { c.keep, c.given = true, c.given|keepDim }

// ATol is the size of a singular value below which it counts as 0: a number,
// or a tensor that broadcasts to the batch.
func ATol(v any) Option {
	return func(c *config) { c.atol, c.given = asTensor(v), c.given|atol }
}

// RTol is [ATol] relative to the largest singular value. Without either it is
// the number of rows or columns, whichever is more, times the dtype's epsilon.
func RTol(v any) Option {
	return func(c *config) { c.rtol, c.given = asTensor(v), c.given|rtol }
}

// Dims are the dims of the norm: one for that of vectors, two for that of matrices.
func Dims(d ...int) Option {
	return func(c *config) { c.dims, c.given = d, c.given|dims }
}

func asTensor(v any) *tensor.Tensor {
	if t, ok := v.(*tensor.Tensor); ok {
		return t
	}
	return tensor.Make{DType: tensor.Float64}.Scalar(v)
}

// configure applies opts; may are those that the function takes.
func configure(op string, may uint, opts []Option, in ...*tensor.Tensor) config {
	var c config
	for _, o := range opts {
		o(&c)
	}
	if c.given&^may != 0 {
		tensor.Misuse(op, errors.New("an option that it does not take"), in...)
	}
	return c
}
