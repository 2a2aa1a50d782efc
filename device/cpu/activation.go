package cpu

import "math"

// relu keeps NaN and -0, as PyTorch does.
func relu[T number](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		if x := a[i]; x < 0 {
			dst[i] = 0
		} else {
			dst[i] = x
		}
	}
}

// reluGrad is dy, but 0 where y <= 0: PyTorch's gradient at 0 is 0, at NaN 1.
func reluGrad[T float](dst, dy, y []T) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		if y[i] <= 0 {
			dst[i] = 0
		} else {
			dst[i] = dy[i]
		}
	}
}

func reluKernels() byDType {
	return floats1(relu[float32], relu[float64]).with(ints1(relu[int8], relu[int16], relu[int32], relu[int64], relu[uint8]))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func sigmoidGrad[T float](dst, dy, y []T) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = dy[i] * y[i] * (1 - y[i])
	}
}

func tanhGrad[T float](dst, dy, y []T) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = dy[i] * (1 - y[i]*y[i])
	}
}

// gelu is x·Φ(x), where erfc keeps the digits of the left tail.
func gelu(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) }

// geluGrad is dy·(Φ(x) + x·φ(x)).
func geluGrad(dy, x float64) float64 {
	cdf := math.Erfc(-x/math.Sqrt2) / 2
	pdf := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
	return dy * (cdf + x*pdf)
}

// The tanh form: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2.
const (
	geluScale = 2 / (math.Sqrt2 * math.SqrtPi) // √(2/π)
	geluCubic = 0.044715
)

func geluTanh(x float64) float64 {
	return x / 2 * (1 + math.Tanh(geluScale*(x+geluCubic*x*x*x)))
}

// geluTanhGrad is dy·d/dx x/2·(1 + tanh u(x)).
func geluTanhGrad(dy, x float64) float64 {
	t := math.Tanh(geluScale * (x + geluCubic*x*x*x))
	return dy / 2 * (1 + t + x*(1-t*t)*geluScale*(1+3*geluCubic*x*x))
}

func silu(x float64) float64 { return x / (1 + math.Exp(-x)) }

// siluGrad is dy·s·(1 + x·(1-s)) for s = sigmoid(x).
func siluGrad(dy, x float64) float64 {
	s := sigmoid(x)
	return dy * s * (1 + x*(1-s))
}
