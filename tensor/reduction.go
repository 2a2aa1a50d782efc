package tensor

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/facula-ml/facula/device"
)

// A ReduceOption says what a reduction such as Sum works on.
type ReduceOption func(*reduceConfig)

type reduceConfig struct {
	dims       []int
	keep       bool
	correction *float64
}

// Dims reduces the given dims only, not all; negative dims count from the end.
func Dims(dims ...int) ReduceOption { return func(c *reduceConfig) { c.dims = dims } }

// KeepDim keeps the reduced dims with size 1.
func KeepDim(c *reduceConfig) { c.keep = true }

// Correction makes Var and Std divide by the number of elements less c, 1
// without it: 0 gives the variance of the elements themselves.
func Correction(c float64) ReduceOption { return func(r *reduceConfig) { r.correction = &c } }

// reduction is embedded by ops that remove dims.
type reduction struct {
	dims device.Dims
	keep bool
}

// reduceOver reads the options in the name of op.
func (t *Tensor) reduceOver(op string, opts []ReduceOption) reduction {
	if t == nil {
		return reduction{} // Apply reports it
	}
	c := readReduce(opts)
	if c.correction != nil {
		misuse(op, errors.New("the option Correction is for Var and Std"), t)
	}
	return reduction{t.dims(op, c.dims), c.keep}
}

func readReduce(opts []ReduceOption) (c reduceConfig) {
	for _, o := range opts {
		o(&c)
	}
	return c
}

// reduceDim is reduceOver for ops along one dim, which is an argument.
func (t *Tensor) reduceDim(op string, dim int, opts []ReduceOption) reduction {
	if t == nil {
		return reduction{}
	}
	if readReduce(opts).dims != nil {
		misuse(op, errors.New("the option Dims is not for an op along one dim"), t)
	}
	return t.reduceOver(op, append([]ReduceOption{Dims(dim)}, opts...))
}

// dim is the first dim that is reduced, 0 for a scalar.
func (r reduction) dim() int { return bits.TrailingZeros8(uint8(r.dims)) & 7 }

// Attr is what kernels read.
func (r reduction) Attr() any { return device.Reduce{Dims: r.dims} }

// spec is the result's shape for an input's.
func (r reduction) spec(in *device.Spec, d DType) device.Spec {
	out := device.Spec{DType: d}
	for i, n := range in.Shape() {
		switch {
		case !r.dims.Has(i):
			out.Dim[out.Rank] = n
			out.Rank++
		case r.keep:
			out.Dim[out.Rank] = 1
			out.Rank++
		}
	}
	return out
}

// count is how many elements of an input of a shape make one of the result.
func (r reduction) count(shape []int) int {
	n := 1
	for i, d := range shape {
		if r.dims.Has(i) {
			n *= d
		}
	}
	return n
}

// nonEmpty is an error if there is nothing to choose from.
func (r reduction) nonEmpty(in *device.Spec) error {
	for i, n := range in.Shape() {
		if n == 0 && r.dims.Has(i) {
			return fmt.Errorf("dim %d has no elements; want at least one", i)
		}
	}
	return nil
}

// restore gives a result, or its gradient, the reduced dims back as size 1, so
// that it broadcasts with the input.
func (r reduction) restore(dy *Tensor, shape []int) *Tensor {
	if r.keep {
		return dy
	}
	full := device.Spec{DType: dy.DType(), Rank: uint8(len(shape))}
	for i, n := range shape {
		if full.Dim[i] = n; r.dims.Has(i) {
			full.Dim[i] = 1
		}
	}
	return dy.reshapeTo(&full)
}

// spread is the gradient of an input of which each result takes all elements alike.
func (r reduction) spread(dy *Tensor, in *device.Spec) *Tensor {
	if dy.Dim() > 0 { // a scalar expands to any shape
		dy = r.restore(dy, in.Shape())
	}
	return dy.expandTo(in)
}
