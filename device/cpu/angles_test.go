package cpu

import (
	"math"
	"testing"
)

// TestAngles mixes angles that the kernels reduce with those that they do not.
func TestAngles(t *testing.T) {
	if asm.F32.Sin == nil {
		t.Skip("no kernels in this tier")
	}
	a := []float32{1e30, 1, float32(math.NaN()), -2, 131072, 131073, 3e5, float32(math.Inf(-1)), 0.5}
	for name, f := range map[string]struct {
		fast func(dst, a []float32) float32
		ref  func(float64) float64
	}{"sin": {asm.F32.Sin, math.Sin}, "cos": {asm.F32.Cos, math.Cos}, "tan": {asm.F32.Tan, math.Tan}} {
		for n := range a {
			got := make([]float32, n+1)
			ofAngles(f.fast, f.ref)(got, a)
			for i, g := range got {
				want := f.ref(float64(a[i]))
				if math.IsNaN(want) != (g != g) || math.Abs(float64(g)-want) > 3e-7*math.Abs(want) {
					t.Errorf("%s(%v) = %v, want %v", name, a[i], g, want)
				}
			}
		}
	}
}
