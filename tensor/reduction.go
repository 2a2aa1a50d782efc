package tensor

import "github.com/facula-ml/facula/device"

// A ReduceOption says what a reduction such as Sum works on.
type ReduceOption func(*reduceConfig)

type reduceConfig struct {
	dims []int
	keep bool
}

// Dims reduces the given dims only, not all; negative dims count from the end.
func Dims(dims ...int) ReduceOption { return func(c *reduceConfig) { c.dims = dims } }

// KeepDim keeps the reduced dims with size 1.
func KeepDim(c *reduceConfig) { c.keep = true }

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
	var c reduceConfig
	for _, o := range opts {
		o(&c)
	}
	return reduction{t.dims(op, c.dims), c.keep}
}

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

// count is how many elements of t make one of the result.
func (r reduction) count(t *Tensor) int {
	n := 1
	for i, d := range t.shape() {
		if r.dims.Has(i) {
			n *= d
		}
	}
	return n
}

// restore gives a result, or its gradient, the reduced dims back as size 1, so
// that it broadcasts with the input.
func (r reduction) restore(dy *Tensor, shape []int) *Tensor {
	if r.keep {
		return dy
	}
	full := append([]int(nil), shape...)
	for i := range full {
		if r.dims.Has(i) {
			full[i] = 1
		}
	}
	return dy.Reshape(full...)
}
