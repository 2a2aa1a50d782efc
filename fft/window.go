package fft

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// HannWindow returns (1 - cos(2πi/N))/2 for i < n: N is n, or n-1 unless
// periodic. A periodic window is one for transforms; the other is symmetric.
//
//	dtype:  float32
//	panics: *Error for n below 0
//	source: torch.hann_window
func HannWindow(n int, periodic bool) *tensor.Tensor {
	return window("hann_window", n, periodic, cosines(0.5, 0.5))
}

// HammingWindow is [HannWindow] with 0.54 - 0.46·cos(2πi/N).
//
//	source: torch.hamming_window
func HammingWindow(n int, periodic bool) *tensor.Tensor {
	return window("hamming_window", n, periodic, cosines(0.54, 0.46))
}

// BlackmanWindow is [HannWindow] with 0.42 - 0.5·cos(2πi/N) + 0.08·cos(4πi/N).
//
//	source: torch.blackman_window
func BlackmanWindow(n int, periodic bool) *tensor.Tensor {
	return window("blackman_window", n, periodic, cosines(0.42, 0.5, 0.08))
}

// BartlettWindow is [HannWindow] with 1 - |2i/N - 1|.
//
//	source: torch.bartlett_window
func BartlettWindow(n int, periodic bool) *tensor.Tensor {
	return window("bartlett_window", n, periodic, func(x float64) float64 { return 1 - math.Abs(2*x-1) })
}

// cosines is ∑ (-1)ᵏ·a[k]·cos(2πk·x).
func cosines(a ...float64) func(x float64) float64 {
	return func(x float64) float64 {
		sum, sign := 0.0, 1.0
		for k, v := range a {
			sum += sign * v * math.Cos(2*math.Pi*float64(k)*x)
			sign = -sign
		}
		return sum
	}
}

// window is f at i/N.
func window(op string, n int, periodic bool, f func(x float64) float64) *tensor.Tensor {
	if n < 0 {
		tensor.Misuse(op, fmt.Errorf("n is %d; want at least 0", n))
	}
	w, length := make([]float32, n), n
	if !periodic {
		length--
	}
	for i := range w {
		if w[i] = 1; n > 1 {
			w[i] = float32(f(float64(i) / float64(length)))
		}
	}
	return tensor.FromSlice(w, []int{n})
}
