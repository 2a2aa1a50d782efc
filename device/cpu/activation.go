package cpu

import "math"

// relu keeps NaN and -0, as PyTorch does. It works on the bits, as a choice
// between floats is a branch and costs five times more on random data.
func relu[T float, B bits](dst, a []T) {
	d, x := words[B](dst), words[B](a)
	a, x = a[:len(d)], x[:len(d)]
	for i := range d {
		v := x[i]
		if a[i] < 0 {
			v = 0
		}
		d[i] = v
	}
}

// relu32 and relu64 are this machine's.
var (
	relu32 = or1(asm.F32.ReLU, relu[float32, uint32])
	relu64 = or1(asm.F64.ReLU, relu[float64, uint64])
)

// reluOf is the one of T.
func reluOf[T float]() func(dst, a []T) {
	if f, ok := any(relu32).(func(dst, a []T)); ok {
		return f
	}
	return any(relu64).(func(dst, a []T))
}

func reluInt[T integer](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = max(a[i], 0)
	}
}

// reluGrad is dy, but 0 where y <= 0: PyTorch's gradient at 0 is 0, at NaN 1.
func reluGrad[T float, B bits](dst, dy, y []T) {
	d, g := words[B](dst), words[B](dy)
	y, g = y[:len(d)], g[:len(d)]
	for i := range d {
		v := g[i]
		if y[i] <= 0 {
			v = 0
		}
		d[i] = v
	}
}

func reluKernels() byDType {
	return floats1(relu32, relu64).
		with(ints1(reluInt[int8], reluInt[int16], reluInt[int32], reluInt[int64], reluInt[uint8]))
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

// geluTanh has 1/(1 + e^-2u) in the place of (1 + tanh u)/2, which cancels on the left.
func geluTanh(x float64) float64 {
	return x / (1 + math.Exp(-2*geluScale*(x+geluCubic*x*x*x)))
}

// geluTanhGrad is dy·d/dx x·σ(2u(x)); NaN at infinity, as in PyTorch.
func geluTanhGrad(dy, x float64) float64 {
	y := min(max(x, -40), 40) // σ is 0 or 1 beyond, and its derivative 0
	s := sigmoid(2 * geluScale * (y + geluCubic*y*y*y))
	return dy * (s + y*s*(1-s)*2*geluScale*(1+3*geluCubic*y*y) + (x - x))
}

func silu(x float64) float64 { return x / (1 + math.Exp(-x)) }

// siluGrad is dy·s·(1 + x·(1-s)) for s = sigmoid(x).
func siluGrad(dy, x float64) float64 {
	s := sigmoid(x)
	return dy * s * (1 + x*(1-s))
}
