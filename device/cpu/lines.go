package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// lane2 is lane1 for two inputs.
func lane2[T any](c codec[T], f func(dst, a, b []T)) rowFunc {
	pool := new(scratch[T])
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		b := pool.get(3 * n)
		line := func(k int) []T { return c.line(p[k], s[k], (*b)[k*n:(k+1)*n]) }
		if c.direct && (s[0] == 1 || n == 1) {
			f(window[T](p[0], n), line(1), line(2))
		} else {
			d := (*b)[:n]
			f(d, line(1), line(2))
			c.store(p[0], s[0], d)
		}
		pool.put(b)
	}
}

// line is len(b) elements from p on: memory itself where that is possible, or
// else a copy in b.
func (c codec[T]) line(p unsafe.Pointer, stride int, b []T) []T {
	if c.direct && (stride == 1 || len(b) == 1) {
		return window[T](p, len(b))
	}
	c.load(b, p, stride)
	return b
}

// floatLanes is a kernel along a dim for the floating dtypes.
func floatLanes(f32 func(codec[float32]) rowFunc, f64 func(codec[float64]) rowFunc) byDType {
	return byDType{
		device.Float32:  alongDim(f32(native[float32]())),
		device.Float64:  alongDim(f64(native[float64]())),
		device.Float16:  alongDim(f32(f16as32)),
		device.BFloat16: alongDim(f32(bf16as32)),
	}
}

func lane1Kernels(f32 func(dst, x []float32), f64 func(dst, x []float64)) byDType {
	return floatLanes(
		func(c codec[float32]) rowFunc { return lane1(c, c, f32) },
		func(c codec[float64]) rowFunc { return lane1(c, c, f64) })
}

func lane2Kernels(f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) byDType {
	return floatLanes(
		func(c codec[float32]) rowFunc { return lane2(c, f32) },
		func(c codec[float64]) rowFunc { return lane2(c, f64) })
}
