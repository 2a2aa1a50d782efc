package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// NaN and infinities become 0 and the ends of the dtype's range.
func TestNaNToNum(t *testing.T) {
	inf := math.Inf(1)
	for d, largest := range map[tensor.DType]float64{
		tensor.Float64: math.MaxFloat64, tensor.Float32: math.MaxFloat32, tensor.Float16: 65504, tensor.BFloat16: 0x1.fep127,
	} {
		x := tensor.Of([]float64{math.NaN(), inf, -inf, 1.5}).Cast(d)
		if got, want := tensor.Slice[float64](x.NaNToNum(nil, nil, nil)), []float64{0, largest, -largest, 1.5}; !slices.Equal(got, want) {
			t.Errorf("%v: got %v; want %v", d, got, want)
		}
	}
}

// The bits of a bool are one.
func TestBitwiseNotBool(t *testing.T) {
	x := tensor.Of([]bool{true, false}).BitwiseNot()
	if got := tensor.Slice[bool](x); !slices.Equal(got, []bool{false, true}) {
		t.Errorf("got %v", got)
	}
}

// Beyond the bits, a shift leaves nothing or the sign.
func TestShiftBeyond(t *testing.T) {
	x, by := tensor.Of([]int8{3, -3, 3, -3}), tensor.Of([]int8{8, 100, -1, -1})
	if got := tensor.Slice[int8](x.BitwiseLeftShift(by)); !slices.Equal(got, []int8{0, 0, 0, 0}) {
		t.Errorf("left: %v", got)
	}
	if got := tensor.Slice[int8](x.BitwiseRightShift(by)); !slices.Equal(got, []int8{0, -1, 0, -1}) {
		t.Errorf("right: %v", got)
	}
}

// The next number of half precision is next in half precision.
func TestNextAfterHalf(t *testing.T) {
	for d, bits := range map[tensor.DType]float64{tensor.Float16: 10, tensor.BFloat16: 7} {
		eps := math.Exp2(-bits)
		x := tensor.Of([]float64{1, 1, -1, 1, 2}).Cast(d)
		y := tensor.Of([]float64{2, 0, 0, 1, 5}).Cast(d)
		if got, want := tensor.Slice[float64](x.NextAfter(y)), []float64{1 + eps, 1 - eps/2, eps/2 - 1, 1, 2 + 2*eps}; !slices.Equal(got, want) {
			t.Errorf("%v: got %v; want %v", d, got, want)
		}
		least := tensor.Zeros(1).Cast(d).NextAfter(tensor.Ones(1).Cast(d).Neg())
		if v := least.Float(); !(v < 0 && v > -1e-7) {
			t.Errorf("%v: next to 0 is %v", d, v)
		}
	}
}
