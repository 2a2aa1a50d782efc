package cpu

import (
	"sync"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
	"github.com/facula-ml/facula/internal/half"
)

// Kernels that are several others in one pass over memory. Their results are
// those of the others one after another: products and sums are rounded apart.

// row3 is row1 for three inputs, and a number that each call brings.
func row3[T any](cd codec[T], f func(dst, a, b, c []T, v T)) func(v T) rowFunc {
	type rows [operands][chunk]T
	pool := sync.Pool{New: func() any { return new(rows) }}
	return func(v T) rowFunc {
		return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			if cd.direct && s == [operands]int{1, 1, 1, 1} {
				f(window[T](p[0], n), window[T](p[1], n), window[T](p[2], n), window[T](p[3], n), v)
				return
			}
			r := pool.Get().(*rows)
			var x [operands][]T
			for i := 0; i < n; i += chunk {
				m := min(chunk, n-i)
				for k := range x {
					at := unsafe.Add(p[k], i*s[k]*cd.size)
					switch {
					case cd.direct && s[k] == 1:
						x[k] = window[T](at, m)
					case k > 0 && s[k] == 0 && i > 0:
						x[k] = x[k][:m] // it repeats
					default:
						x[k] = r[k][:m]
						if k > 0 {
							cd.load(x[k], at, s[k])
						}
					}
				}
				f(x[0], x[1], x[2], x[3], v)
				if !cd.direct || s[0] != 1 {
					cd.store(unsafe.Add(p[0], i*s[0]*cd.size), s[0], x[0])
				}
			}
			pool.Put(r)
		}
	}
}

// scaledKernels are Addcmul and Addcdiv, whose number is cut to the dtype.
func scaledKernels(f32 func(dst, a, b, c []float32, v float32), f64 func(dst, a, b, c []float64, v float64)) byDType {
	return byDType{
		device.Float32:  scaled(row3(native[float32](), f32), func(v float64) float32 { return float32(v) }),
		device.Float64:  scaled(row3(native[float64](), f64), func(v float64) float64 { return v }),
		device.Float16:  scaled(row3(f16as32, f32), func(v float64) float32 { return half.F16From64(v).Float32() }),
		device.BFloat16: scaled(row3(bf16as32, f32), func(v float64) float32 { return half.BF16From64(v).Float32() }),
	}
}

func scaled[T float](row func(v T) rowFunc, cut func(float64) T) kernel {
	return func(c device.Call) error {
		iterate(&c, row(cut(c.Attr.(device.Number).Float64())))
		return nil
	}
}

// or3 is or1 for kernels of three inputs and a number.
func or3[T any](fast, plain func(dst, a, b, c []T, v T)) func(dst, a, b, c []T, v T) {
	if fast != nil {
		return fast
	}
	return plain
}

func addcmulKernels() byDType {
	return scaledKernels(or3(asm.F32.Addcmul, addcmul[float32]), or3(asm.F64.Addcmul, addcmul[float64]))
}

func addcdivKernels() byDType {
	return scaledKernels(or3(asm.F32.Addcdiv, addcdiv[float32]), or3(asm.F64.Addcdiv, addcdiv[float64]))
}

// The conversions keep the compiler from rounding a product and a sum at once.
func addcmul[T float](dst, a, b, c []T, v T) {
	a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + T(v*T(b[i]*c[i]))
	}
}

func addcdiv[T float](dst, a, b, c []T, v T) {
	a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + T(v*T(b[i]/c[i]))
	}
}

func lerpKernels() byDType {
	f32, f64 := lerpRows(&asm.F32), lerpRows(&asm.F64)
	return byDType{
		device.Float32:  elementwise(row3(native[float32](), f32)(0)),
		device.Float64:  elementwise(row3(native[float64](), f64)(0)),
		device.Float16:  elementwise(row3(f16as32, f32)(0)),
		device.BFloat16: elementwise(row3(bf16as32, f32)(0)),
	}
}

func lerpRows[T float](k *simd.Kernels[T]) func(dst, a, b, w []T, _ T) {
	f := k.Lerp
	if f == nil {
		f = lerp[T]
	}
	return func(dst, a, b, w []T, _ T) { f(dst, a, b, w) }
}

func lerp[T float](dst, a, b, w []T) {
	a, b, w = a[:len(dst)], b[:len(dst)], w[:len(dst)]
	for i := range dst {
		d := b[i] - a[i]
		if w[i] < 0.5 {
			dst[i] = a[i] + T(w[i]*d)
		} else {
			dst[i] = b[i] - T(d*(1-w[i]))
		}
	}
}

func addReLUKernels() byDType {
	return floatsOf(addReLU(&asm.F32, relu32), addReLU(&asm.F64, relu64))
}

func addReLU[T float](k *simd.Kernels[T], relu func(dst, a []T)) binary[T, T] {
	if k.AddReLU != nil {
		return binary[T, T]{k.AddReLU, k.AddNumberReLU, k.AddNumberReLU}
	}
	return binary[T, T]{rows: func(dst, a, b []T) {
		add(dst, a, b)
		relu(dst, dst)
	}}
}
