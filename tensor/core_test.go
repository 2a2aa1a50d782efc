package tensor_test

import (
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// A chain of a million ops goes backward without deep recursion.
func TestLongChain(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	x := tensor.Scalar(1.0).RequireGrad()
	y := x
	for range n {
		y = y.AddScalar(1.0)
	}
	y.Backward()
	if g := x.Grad().Float(); g != 1 {
		t.Fatalf("gradient is %v; want 1", g)
	}
}

// y[:, 0] = v is differentiable, for the base, the view and the value.
func TestOverwriteView(t *testing.T) {
	x := tensor.Of([]float64{1, 2, 3, 4}, 2, 2).RequireGrad()
	v := tensor.Of([]float64{10, 20}).RequireGrad()
	y := x.MulScalar(2.0)
	col := y.Select(1, 0)
	col.CopyFrom(v)
	y.Mul(y).Sum().Add(col.Sum()).Backward()
	check := func(name string, got *tensor.Tensor, want ...float64) {
		t.Helper()
		for i, g := range tensor.Slice[float64](got) {
			if g != want[i] {
				t.Errorf("%s gradient %v; want %v", name, tensor.Slice[float64](got), want)
				return
			}
		}
	}
	check("x", x.Grad(), 0, 16, 0, 32)
	check("v", v.Grad(), 21, 41)
}
