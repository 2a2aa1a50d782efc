package conformance

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// An expectation is one result as PyTorch gave it.
type expectation struct {
	t         *tensor.Tensor
	shape     []int
	shapeOnly bool // the values are not determined
	none      bool // None
	number    bool // a Python number, whose dtype does not count
	anyLayout bool // strides do not count
}

// uninitialized are ops whose memory nobody wrote: their values mean nothing.
var uninitialized = []string{"empty", "empty_like", "new_empty", "new_empty_strided", "resize_", "resize_as_"}

// tolerances are PyTorch's, of torch.testing.assert_close, as the corpus names
// them; integers and bool are exact.
var tolerances = map[tensor.DType][2]float64{
	tensor.Float64: {1e-7, 1e-7}, tensor.Float32: {1.3e-6, 1e-5}, tensor.Float16: {1e-3, 1e-5}, tensor.BFloat16: {1.6e-2, 1e-5},
}

func (c *Corpus) compare(got *tensor.Tensor, want expectation, values bool) error {
	if got == nil || want.none {
		if (got == nil) != want.none {
			return fmt.Errorf("nil is %v; want %v", got == nil, want.none)
		}
		return nil
	}
	shape := want.shape
	if want.t != nil {
		shape = want.t.Shape()
	}
	if !slices.Equal(got.Shape(), shape) {
		return fmt.Errorf("shape %v; want %v", got.Shape(), shape)
	}
	if want.shapeOnly {
		return nil
	}
	if !want.number && got.DType() != want.t.DType() {
		return fmt.Errorf("dtype %v; want %v", got.DType(), want.t.DType())
	}
	if values {
		if err := closeTo(got, want.t); err != nil {
			return err
		}
	}
	if !want.anyLayout && !sameLayout(got, want.t) {
		return fmt.Errorf("strides %v; want %v", got.Stride(), want.t.Stride())
	}
	return nil
}

// sameLayout compares strides, but not of dims where no step is taken.
func sameLayout(a, b *tensor.Tensor) bool {
	if a.Len() == 0 {
		return true
	}
	x, y := a.Stride(), b.Stride()
	for i, d := range a.Shape() {
		if d > 1 && x[i] != y[i] {
			return false
		}
	}
	return true
}

func closeTo(got, want *tensor.Tensor) error {
	tol := tolerances[want.DType()]
	if !want.DType().IsFloat() {
		return exactly(got, want)
	}
	g, w := tensor.Slice[float64](got), tensor.Slice[float64](want)
	worst, at, bad := 0.0, 0, 0
	for i := range w {
		if g[i] == w[i] || math.IsNaN(g[i]) && math.IsNaN(w[i]) {
			continue
		}
		diff := math.Abs(g[i] - w[i])
		if diff <= tol[1]+tol[0]*math.Abs(w[i]) && !math.IsInf(w[i], 0) {
			continue
		}
		if bad++; bad == 1 || diff > worst {
			worst, at = diff, i
		}
	}
	if bad > 0 {
		return &farError{bad, len(w), at, g[at], w[at]}
	}
	return nil
}

// A farError is floating-point values beyond the tolerance.
type farError struct {
	bad, of, at int
	got, want   float64
}

func (e *farError) Error() string {
	return fmt.Sprintf("%d of %d values differ, the worst %v; want %v (element %d)", e.bad, e.of, e.got, e.want, e.at)
}

func exactly(got, want *tensor.Tensor) error {
	g, w := tensor.Slice[int64](got.Cast(tensor.Int64)), tensor.Slice[int64](want.Cast(tensor.Int64))
	for i := range w {
		if g[i] != w[i] {
			return fmt.Errorf("element %d is %d; want %d", i, g[i], w[i])
		}
	}
	return nil
}
