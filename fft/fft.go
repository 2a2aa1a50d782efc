package fft

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// An Option changes a transform: its length, its dims, its scale.
type Option func(*config)

type config struct {
	sizes, dims []int
	norm        string
}

// N gives the length of the transform in each of its dims: the input is cut,
// or zeros are added at its end. -1 leaves the length as it is. Without Dims it
// means the last dims. For the transforms to real numbers the last length is
// that of the result, otherwise 2·(m-1) for m numbers.
func N(n ...int) Option { return func(c *config) { c.sizes = n } }

// Dims gives the dims of the transform, of which the last is the one that is
// halved between real and complex numbers. Otherwise it is the last dim, or the
// last two for functions that end in 2, or N's, or all, for those that end in N.
func Dims(d ...int) Option { return func(c *config) { c.dims = d } }

// Norm says where the factor 1/n goes: "backward", the default, to the inverse
// transform, "forward" to the other, "ortho" half to each.
func Norm(mode string) Option { return func(c *config) { c.norm = mode } }

// The directions: the signs of the exponent.
const (
	forward  = -1
	backward = 1
)

// scale is the factor of a transform of n numbers in a direction.
func (c *config) scale(op string, n int, direction float64, x *tensor.Tensor) float64 {
	switch c.norm {
	case "ortho":
		return 1 / math.Sqrt(float64(n))
	case "", "backward":
		if direction == backward {
			return 1 / float64(n)
		}
		return 1
	case "forward":
		if direction == forward {
			return 1 / float64(n)
		}
		return 1
	}
	tensor.Misuse(op, fmt.Errorf("norm is %q; want backward, forward or ortho", c.norm), x)
	return 0
}

// A task is a transform with its arguments in order.
type task struct {
	op    string
	x     *tensor.Tensor
	dims  []int // counted from the front
	sizes []int
	config
}

// newTask sorts out the arguments. rank is the number of dims without that of
// pairs; dims how many the function transforms, 0 for all; half says that the
// last size is that of a real result.
func newTask(op string, x *tensor.Tensor, rank, dims int, half bool, opts []Option) *task {
	t := &task{op: op, x: x}
	for _, o := range opts {
		o(&t.config)
	}
	refuse := func(format string, v ...any) { tensor.Misuse(op, fmt.Errorf(format, v...), x) }
	given := t.config.dims
	switch {
	case given == nil && (dims > 0 || t.config.sizes != nil):
		if dims == 0 {
			dims = len(t.config.sizes)
		}
		for i := range dims {
			given = append(given, i-dims)
		}
	case given == nil:
		for i := range rank {
			given = append(given, i)
		}
	}
	if dims == 1 && len(given) != 1 {
		refuse("%d dims; want one", len(given))
	}
	if t.config.sizes != nil && len(t.config.sizes) != len(given) {
		refuse("%d sizes for %d dims", len(t.config.sizes), len(given))
	}
	for i, d := range given {
		if d < -rank || d >= rank {
			refuse("dim %d is out of range; want %d to %d", d, -rank, rank-1)
		}
		if slices.Contains(t.dims, (d+rank)%rank) {
			refuse("dim %d is given twice", d)
		}
		d = (d + rank) % rank
		n := x.Size(d)
		if half && i == len(given)-1 {
			n = 2 * (n - 1)
		}
		if t.config.sizes != nil && t.config.sizes[i] != -1 {
			n = t.config.sizes[i]
		}
		if n < 1 {
			refuse("a transform of length %d; want at least 1", n)
		}
		t.dims, t.sizes = append(t.dims, d), append(t.sizes, n)
	}
	return t
}

// through runs the complex transform along the first k of the dims.
func (t *task) through(x *tensor.Tensor, k int, direction float64) *tensor.Tensor {
	for i := k - 1; i >= 0; i-- {
		d, n := t.dims[i], t.sizes[i]
		op := complexOp{name: t.op, dim: d, sign: direction, scale: t.scale(t.op, n, direction, t.x)}
		x = resized(x, d, n)
		if d < x.Dim()-2 && beside(x, d) < sideBySide {
			op.dim = x.Dim() - 2
			x = moved(tensor.Apply(op, moved(x, d, op.dim)), op.dim, d)
		} else {
			x = tensor.Apply(op, x)
		}
	}
	return x
}

// sideBySide is how many lines beside each other make it worth to transform
// them where they lie.
const sideBySide = 8

// beside is how many numbers are in the dims after d.
func beside(x *tensor.Tensor, d int) int {
	n := 1
	for i := d + 1; i < x.Dim()-1; i++ {
		n *= x.Size(i)
	}
	return n
}

// moved is x with a dim in another place, and contiguous.
func moved(x *tensor.Tensor, from, to int) *tensor.Tensor {
	if from == to {
		return x
	}
	return x.MoveDim(from, to).Contiguous()
}

func complexTransform(op string, x *tensor.Tensor, dims int, direction float64, opts []Option) *tensor.Tensor {
	x = complexInput(op, x)
	t := newTask(op, x, x.Dim()-1, dims, false, opts)
	return t.through(x, len(t.dims), direction)
}

// fromReal gives the half spectrum of real numbers.
func fromReal(op string, x *tensor.Tensor, dims int, direction float64, opts []Option) *tensor.Tensor {
	x = realInput(op, x)
	t := newTask(op, x, x.Dim(), dims, false, opts)
	k := len(t.dims) - 1
	if k < 0 {
		tensor.Misuse(op, errors.New("want at least one dim"), x)
	}
	for i, d := range t.dims { // before the others double their numbers
		x = resized(x, d, t.sizes[i])
	}
	d, n := t.dims[k], t.sizes[k]
	last := x.Dim() - 1
	y := tensor.Apply(forwardOp{name: op, sign: direction, scale: t.scale(op, n, direction, t.x)}, moved(x, d, last))
	return t.through(moved(y, last, d), k, direction)
}

// toReal gives the real numbers of a half spectrum.
func toReal(op string, x *tensor.Tensor, dims int, direction float64, opts []Option) *tensor.Tensor {
	x = complexInput(op, x)
	t := newTask(op, x, x.Dim()-1, dims, true, opts)
	k := len(t.dims) - 1
	if k < 0 {
		tensor.Misuse(op, errors.New("want at least one dim"), x)
	}
	d, n := t.dims[k], t.sizes[k]
	x = resized(t.through(resized(x, d, n/2+1), k, direction), d, n/2+1)
	last := x.Dim() - 2
	y := tensor.Apply(backwardOp{name: op, n: n, sign: direction, scale: t.scale(op, n, direction, t.x)}, moved(x, d, last))
	return moved(y, last, d)
}

// FFT returns the discrete Fourier transform of complex numbers:
//
//	X[k] = ∑ x[j]·exp(-2πi·j·k/n)
//
//	shape:   [..., n, 2] → same, but for N
//	options: N, Dims, Norm
//	dtype:   float32 or float64; float32 for integers and bool
//	panics:  *Error unless x holds pairs, for half precision, a length below 1, a dim
//	         out of range or given twice, and another norm; so do all others
//	source:  torch.fft.fft
func FFT(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return complexTransform("fft.fft", x, 1, forward, opts)
}

// IFFT returns the inverse of [FFT].
//
//	source: torch.fft.ifft
func IFFT(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return complexTransform("fft.ifft", x, 1, backward, opts)
}

// RFFT returns the transform of real numbers: its first n/2+1 numbers, of which
// the others are conjugates.
//
//	shape:  [..., n] → [..., n/2+1, 2]
//	source: torch.fft.rfft
func RFFT(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return fromReal("fft.rfft", x, 1, forward, opts)
}

// IRFFT returns the inverse of [RFFT]. N gives its length, which is even
// without. Imaginary parts that the transform of real numbers cannot have, of
// the first number and of the last for an even length, do not count.
//
//	shape:  [..., m, 2] → [..., 2·(m-1)]
//	source: torch.fft.irfft
func IRFFT(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return toReal("fft.irfft", x, 1, backward, opts)
}

// HFFT returns the transform of numbers that are the first half of a signal
// whose others are conjugates: it is real.
//
//	shape:  [..., m, 2] → [..., 2·(m-1)]
//	source: torch.fft.hfft
func HFFT(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return toReal("fft.hfft", x, 1, forward, opts)
}

// IHFFT returns the inverse of [HFFT].
//
//	shape:  [..., n] → [..., n/2+1, 2]
//	source: torch.fft.ihfft
func IHFFT(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return fromReal("fft.ihfft", x, 1, backward, opts)
}

// FFT2 is [FFT] over two dims.
//
//	source: torch.fft.fft2
func FFT2(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return complexTransform("fft.fft2", x, 2, forward, opts)
}

// IFFT2 is [IFFT] over two dims.
//
//	source: torch.fft.ifft2
func IFFT2(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return complexTransform("fft.ifft2", x, 2, backward, opts)
}

// RFFT2 is [RFFT] over two dims, of which the last is halved.
//
//	source: torch.fft.rfft2
func RFFT2(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return fromReal("fft.rfft2", x, 2, forward, opts)
}

// IRFFT2 is [IRFFT] over two dims, of which the last is doubled.
//
//	source: torch.fft.irfft2
func IRFFT2(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return toReal("fft.irfft2", x, 2, backward, opts)
}

// HFFT2 is [HFFT] over two dims, of which the last is doubled.
//
//	source: torch.fft.hfft2
func HFFT2(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return toReal("fft.hfft2", x, 2, forward, opts)
}

// IHFFT2 is [IHFFT] over two dims, of which the last is halved.
//
//	source: torch.fft.ihfft2
func IHFFT2(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return fromReal("fft.ihfft2", x, 2, backward, opts)
}

// FFTN is [FFT] over several dims.
//
//	source: torch.fft.fftn
func FFTN(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return complexTransform("fft.fftn", x, 0, forward, opts)
}

// IFFTN is [IFFT] over several dims.
//
//	source: torch.fft.ifftn
func IFFTN(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return complexTransform("fft.ifftn", x, 0, backward, opts)
}

// RFFTN is [RFFT] over several dims, of which the last is halved.
//
//	source: torch.fft.rfftn
func RFFTN(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return fromReal("fft.rfftn", x, 0, forward, opts)
}

// IRFFTN is [IRFFT] over several dims, of which the last is doubled.
//
//	source: torch.fft.irfftn
func IRFFTN(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return toReal("fft.irfftn", x, 0, backward, opts)
}

// HFFTN is [HFFT] over several dims, of which the last is doubled.
//
//	source: torch.fft.hfftn
func HFFTN(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return toReal("fft.hfftn", x, 0, forward, opts)
}

// IHFFTN is [IHFFT] over several dims, of which the last is halved.
//
//	source: torch.fft.ihfftn
func IHFFTN(x *tensor.Tensor, opts ...Option) *tensor.Tensor {
	return fromReal("fft.ihfftn", x, 0, backward, opts)
}
