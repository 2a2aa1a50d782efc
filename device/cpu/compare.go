package cpu

import (
	"bytes"
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/internal/half"
)

// comparisons is a kernel of two inputs of any dtype with a bool result. Half
// precision compares as float32, integers and bool as int64.
func comparisons(f32 func(dst []uint8, a, b []float32), f64 func(dst []uint8, a, b []float64),
	i64 func(dst []uint8, a, b []int64)) byDType {
	out, n32 := native[uint8](), native[float32]()
	t := byDType{
		device.Float32:  elementwise(row2(n32, out, f32)),
		device.Float64:  elementwise(row2(native[float64](), out, f64)),
		device.Float16:  elementwise(row2(f16as32, out, f32)),
		device.BFloat16: elementwise(row2(bf16as32, out, f32)),
	}
	for d := device.Int8; d < device.NumDTypes; d++ {
		t[d] = elementwise(row2(int64Codec(d), out, i64))
	}
	return t
}

// tests is comparisons for one input.
func tests(f32 func(dst []uint8, a []float32), f64 func(dst []uint8, a []float64),
	i64 func(dst []uint8, a []int64)) byDType {
	out, n32 := native[uint8](), native[float32]()
	t := byDType{
		device.Float32:  elementwise(row1(n32, out, f32)),
		device.Float64:  elementwise(row1(native[float64](), out, f64)),
		device.Float16:  elementwise(row1(f16as32, out, f32)),
		device.BFloat16: elementwise(row1(bf16as32, out, f32)),
	}
	for d := device.Int8; d < device.NumDTypes; d++ {
		t[d] = elementwise(row1(int64Codec(d), out, i64))
	}
	return t
}

func eq[T number](dst []uint8, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] == b[i])
	}
}

func ne[T number](dst []uint8, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] != b[i])
	}
}

func lt[T number](dst []uint8, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] < b[i])
	}
}

func le[T number](dst []uint8, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] <= b[i])
	}
}

func gt[T number](dst []uint8, a, b []T) { lt(dst, b, a) }
func ge[T number](dst []uint8, a, b []T) { le(dst, b, a) }

// swapped is f(b, a).
func swapped[D, A any](f func(dst []D, a, b []A)) func(dst []D, a, b []A) {
	return func(dst []D, a, b []A) { f(dst, b, a) }
}

func and[T number](dst []uint8, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] != 0) & b2u(b[i] != 0) // no branch
	}
}

func or[T number](dst []uint8, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] != 0) | b2u(b[i] != 0)
	}
}

func xor[T number](dst []uint8, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] != 0) ^ b2u(b[i] != 0)
	}
}

// isCloseKernels compute in the dtype, as the definition does; it has the other dtypes.
func isCloseKernels() byDType {
	return byDType{
		device.Float32: closeKernel(func(v device.Near) func(dst []uint8, a, b []float32) {
			if asm.F32.IsClose == nil {
				return isClose[float32](v)
			}
			return func(dst []uint8, a, b []float32) { asm.F32.IsClose(dst, a, b, float32(v.RTol), float32(v.ATol)) }
		}),
		device.Float64: closeKernel(isClose[float64]),
	}
}

func closeKernel[T float](f func(v device.Near) func(dst []uint8, a, b []T)) kernel {
	return func(c device.Call) error {
		v := c.Attr.(device.Near)
		near := f(v)
		iterate(&c, row2(native[T](), native[uint8](), func(dst []uint8, a, b []T) {
			near(dst, a, b)
			if v.NaN {
				for i := range dst {
					dst[i] |= b2u(a[i] != a[i]) & b2u(b[i] != b[i])
				}
			}
		}))
		return nil
	}
}

func isClose[T float](v device.Near) func(dst []uint8, a, b []T) {
	rtol, atol := T(v.RTol), T(v.ATol)
	return func(dst []uint8, a, b []T) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			off := T(math.Abs(float64(a[i] - b[i])))
			near := b2u(off <= T(T(math.Abs(float64(b[i])))*rtol)+atol) & b2u(off-off == 0)
			dst[i] = b2u(a[i] == b[i]) | near
		}
	}
}

func not[T number](dst []uint8, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] == 0)
	}
}

func isNaN[T number](dst []uint8, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] != a[i])
	}
}

// x-x is 0 for a finite x, and NaN for infinities and NaN.
func isFinite[T number](dst []uint8, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i]-a[i] == 0)
	}
}

func isInf[T number](dst []uint8, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i]-a[i] != 0) & b2u(a[i] == a[i])
	}
}

// equalKernels look no further than the first difference.
func equalKernels() byDType {
	t := byDType{
		device.Float32:  equalKernel(func(a, b float32) bool { return a == b }),
		device.Float64:  equalKernel(func(a, b float64) bool { return a == b }),
		device.Float16:  equalKernel(func(a, b half.F16) bool { return a.Float32() == b.Float32() }),
		device.BFloat16: equalKernel(func(a, b half.BF16) bool { return a.Float32() == b.Float32() }),
	}
	for _, d := range integers {
		t[d] = dense(func(c device.Call) error {
			a, b, n := c.In[0], c.In[1], c.In[0].Len()*d.Size()
			*(*uint8)(c.Out[0].Ptr()) = b2u(bytes.Equal(window[uint8](a.Ptr(), n), window[uint8](b.Ptr(), n)))
			return nil
		})
	}
	return t
}

func equalKernel[T any](same func(a, b T) bool) kernel {
	return dense(func(c device.Call) error {
		a, b := elements[T](c.In[0]), elements[T](c.In[1])
		i := 0
		for i < len(a) && same(a[i], b[i]) {
			i++
		}
		*(*uint8)(c.Out[0].Ptr()) = b2u(i == len(a))
		return nil
	})
}
