package tensor_test

import (
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// The forms in place give the values and gradients of the plain ones.
func TestClampAndFillInPlace(t *testing.T) {
	x := tensor.Of([]float64{-2, 0.25, 3}).RequireGrad()
	y := x.MulScalar(2)
	y.ClampInPlace(-1, 1.5)
	if got := tensor.Slice[float64](y); !slices.Equal(got, []float64{-1, 0.5, 1.5}) {
		t.Errorf("clamp: %v; want -1 0.5 1.5", got)
	}
	y.MaskedFillInPlace(tensor.Of([]bool{true, false, false}), 9)
	if got := tensor.Slice[float64](y); !slices.Equal(got, []float64{9, 0.5, 1.5}) {
		t.Errorf("masked fill: %v; want 9 0.5 1.5", got)
	}
	y.Square().Sum().Backward()
	if got := tensor.Slice[float64](x.Grad()); !slices.Equal(got, []float64{0, 2, 0}) {
		t.Errorf("gradient %v; want 0 2 0", got)
	}
	err := tensor.Try(func() { tensor.Of([]int64{1, 2}).ClampInPlace(0.5, nil) })
	if want := "tensor: clamp [2]: a result of dtype float32 does not fit in place of int64"; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
}

// Only the elements of the view count, and nothing is divided where nothing is.
func TestDivisionByZeroOfIntegers(t *testing.T) {
	d := tensor.Of([]int32{3, 0, 2, 0}, 2, 2)
	ones := tensor.Ones(2).Cast(tensor.Int32)
	if got := tensor.Slice[int32](ones.FloorDivide(d.Select(1, 0))); !slices.Equal(got, []int32{0, 0}) {
		t.Errorf("by the column without zeros: %v; want 0 0", got)
	}
	err := tensor.Try(func() { ones.FloorDivide(d.Select(1, 1)) })
	if want := "tensor: floor_divide [2], [2]: an integer is divided by 0"; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
	empty := tensor.Make{DType: tensor.Int64}.Empty(0)
	if n := empty.RemainderScalar(0).Len(); n != 0 {
		t.Errorf("%d elements; want none", n)
	}
}
