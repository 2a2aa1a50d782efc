package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// convCase has several pieces of work in every kernel: windows, channels, filters and groups.
func convCase() (x, w, dy *tensor.Tensor, f func(x, w *tensor.Tensor) *tensor.Tensor) {
	m := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(1)}
	x, w = m.Randn(3, 140, 19, 23).RequireGrad(), m.Randn(10, 70, 3, 3).RequireGrad()
	f = func(x, w *tensor.Tensor) *tensor.Tensor {
		return x.Conv2d(w, nil, tensor.Padding(1, 2), tensor.Groups(2))
	}
	return x, w, m.Randn(3, 10, 19, 25), f
}

// The three convolution ops are one trilinear form seen from three sides:
// ⟨dy, conv(x, w)⟩ = ⟨x, dx⟩ = ⟨w, dw⟩, at sizes where kernels cut the work up.
func TestConvAdjoint(t *testing.T) {
	x, w, dy, f := convCase()
	y := f(x, w)
	y.Backward(tensor.Seed(dy))
	dot := func(a, b *tensor.Tensor) float64 { return a.Detach().Mul(b).Sum().Float() }
	want := dot(y, dy)
	for name, got := range map[string]float64{"x": dot(x, x.Grad()), "w": dot(w, w.Grad())} {
		if math.Abs(got-want) > 1e-10*math.Abs(want) {
			t.Errorf("⟨%s, gradient⟩ is %v; want %v", name, got, want)
		}
	}
}

// Results do not depend on the number of threads, to the bit.
func TestConvThreads(t *testing.T) {
	defer cpu.SetNumThreads(cpu.NumThreads())
	run := func(threads int) [][]float32 {
		cpu.SetNumThreads(threads)
		x, w, dy, f := convCase()
		x, w = x.Detach().Cast(tensor.Float32).RequireGrad(), w.Detach().Cast(tensor.Float32).RequireGrad()
		y := f(x, w)
		y.Backward(tensor.Seed(dy.Cast(tensor.Float32)))
		return [][]float32{tensor.Slice[float32](y), tensor.Slice[float32](x.Grad()), tensor.Slice[float32](w.Grad())}
	}
	want := run(1)
	for _, n := range []int{2, 7} {
		for i, got := range run(n) {
			if !slices.Equal(got, want[i]) {
				t.Errorf("result %d differs between 1 and %d threads", i, n)
			}
		}
	}
}

// A gradient that nobody asks for is not computed.
func TestConvNeeds(t *testing.T) {
	x, w := tensor.Randn(2, 1, 4, 4), tensor.Randn(3, 1, 2, 2).RequireGrad()
	x.Conv2d(w, nil).Sum().Backward()
	if x.Grad() != nil || w.Grad() == nil {
		t.Errorf("gradients %v and %v; want only the second", x.Grad(), w.Grad())
	}
}
