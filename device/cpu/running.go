package cpu

import (
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// logAddExp is log(exp(a) + exp(b)) without overflow.
func logAddExp(a, b float64) float64 {
	lo, hi := a, b
	if a > b || a != a {
		lo, hi = b, a
	}
	if lo == hi && math.IsInf(lo, 0) || hi != hi {
		return hi
	}
	return math.Log1p(math.Exp(lo-hi)) + hi
}

// logCumSumExp writes the running log of the sum of exponentials.
func logCumSumExp[T float](dst, x []T) {
	acc := math.Inf(-1)
	for i, v := range x {
		acc = logAddExp(float64(v), acc)
		dst[i] = T(acc)
	}
}

func logCumSumExpBack[T float](dst, x []T) {
	acc := math.Inf(-1)
	for i := len(x) - 1; i >= 0; i-- {
		acc = logAddExp(float64(x[i]), acc)
		dst[i] = T(acc)
	}
}

// logCumSumExpKernels take a device.Scan.
func logCumSumExpKernels() byDType {
	ahead := lane1Kernels(logCumSumExp[float32], logCumSumExp[float64])
	back := lane1Kernels(logCumSumExpBack[float32], logCumSumExpBack[float64])
	var t byDType
	for d, k := range ahead {
		if k == nil {
			continue
		}
		t[d] = func(c device.Call) error {
			a := c.Attr.(device.Scan)
			c.Attr = device.Dim{Dim: a.Dim}
			if a.Reverse {
				return back[d](c)
			}
			return k(c)
		}
	}
	return t
}

// running makes a kernel of In → values, indices: the best element up to each
// and its place, of equal ones the last, and once there is a NaN the last NaN.
func running[T number](p picker[T], c codec[T]) kernel {
	xs, ys := new(scratch[T]), new(scratch[T])
	return alongDim(func(q [operands]unsafe.Pointer, s [operands]int, n int) {
		if n == 0 {
			return
		}
		xb, yb := xs.get(n), ys.get(n)
		x, y := c.line(q[2], s[2], *xb), *yb
		best, at := x[0], 0
		for i, v := range x {
			if v == best || v != v || p.beats(v, best) {
				best, at = v, i
			}
			y[i] = best
			*(*int64)(unsafe.Add(q[1], 8*i*s[1])) = int64(at)
		}
		c.store(q[0], s[0], y)
		xs.put(xb)
		ys.put(yb)
	})
}

func runningKernels(f32 picker[float32], f64 picker[float64], i64 picker[int64]) byDType {
	t := byDType{
		device.Float32:  running(f32, native[float32]()),
		device.Float64:  running(f64, native[float64]()),
		device.Float16:  running(f32, f16as32),
		device.BFloat16: running(f32, bf16as32),
	}
	for _, d := range integers {
		t[d] = running(i64, int64Codec(d))
	}
	return t
}
