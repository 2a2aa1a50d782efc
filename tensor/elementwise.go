package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Elementwise is embedded by ops whose inputs broadcast to one shape and share
// their dtype with the result.
type Elementwise struct{}

// Infer broadcasts the shapes; the dtypes must agree.
func (Elementwise) Infer(in []*Tensor) (device.Spec, error) {
	a := in[0].spec()
	var s device.Spec
	for _, t := range in[1:] {
		b := t.spec()
		if *a == *b {
			continue
		}
		if a.DType != b.DType {
			return s, fmt.Errorf("dtypes %v and %v differ", a.DType, b.DType)
		}
		var err error
		if s, err = broadcast(a, b); err != nil {
			return s, err
		}
		a = &s
	}
	return *a, nil
}

// broadcast is PyTorch's rule: dims are compared from the last; they must be
// equal, or one of them 1 or missing.
func broadcast(a, b *device.Spec) (device.Spec, error) {
	if b.Rank > a.Rank {
		a, b = b, a
	}
	out := *a
	pad := int(a.Rank) - int(b.Rank)
	for i, y := range b.Shape() {
		x := a.Dim[i+pad]
		if x != y && x != 1 && y != 1 {
			return out, fmt.Errorf("dim %d is %d and %d; want equal, or one of them 1", i-int(b.Rank), x, y)
		}
		if x == 1 {
			out.Dim[i+pad] = y
		}
	}
	return out, nil
}

// BroadcastShapes returns the shape that tensors of the given shapes broadcast
// to.
//
//	panics: *Error if they do not
//	source: torch.broadcast_shapes
func BroadcastShapes(shapes ...[]int) []int {
	var out device.Spec
	for _, sh := range shapes {
		s, err := shapeSpec(Float32, sh)
		if err == nil {
			out, err = broadcast(&out, &s)
		}
		if err != nil {
			misuse("broadcast_shapes", fmt.Errorf("%v: %w", shapes, err))
		}
	}
	return append([]int{}, out.Shape()...)
}

// Floatwise is Elementwise for floating-point dtypes only.
type Floatwise struct{ Elementwise }

// Infer is Elementwise's, and refuses dtypes that are not floating point.
func (f Floatwise) Infer(in []*Tensor) (device.Spec, error) {
	s, err := f.Elementwise.Infer(in)
	if err == nil {
		err = wantFloat(s.DType)
	}
	return s, err
}

// Predicate is embedded by elementwise ops with a bool result.
type Predicate struct{ NotDifferentiable }

// Infer is Elementwise's, with a bool result.
func (Predicate) Infer(in []*Tensor) (device.Spec, error) {
	s, err := Elementwise{}.Infer(in)
	s.DType = Bool
	return s, err
}

// wantFloat refuses a dtype that is not floating point.
func wantFloat(d DType) error {
	if !d.IsFloat() {
		return fmt.Errorf("dtype %v; want a floating-point dtype", d)
	}
	return nil
}
