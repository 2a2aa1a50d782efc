package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

func add[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)] // one bounds check each
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func sub[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

func mul[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func div[T float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

// The order of the operands decides what NaN does: PyTorch's maximum and
// minimum return NaN when either is.
func maximum[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		if x, y := a[i], b[i]; x > y || x != x {
			dst[i] = x
		} else {
			dst[i] = y
		}
	}
}

func minimum[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		if x, y := a[i], b[i]; x < y || x != x {
			dst[i] = x
		} else {
			dst[i] = y
		}
	}
}

func neg[T number](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = -a[i]
	}
}

// lift makes a row function of a function of one float64, for the functions
// that package math has in that type only.
func lift[T float](f func(float64) float64) func(dst, a []T) {
	return func(dst, a []T) {
		a = a[:len(dst)]
		for i := range dst {
			dst[i] = T(f(float64(a[i])))
		}
	}
}

// map1 is lift for any function of one element.
func map1[A, D any](f func(A) D) func(dst []D, a []A) {
	return func(dst []D, a []A) {
		a = a[:len(dst)]
		for i := range dst {
			dst[i] = f(a[i])
		}
	}
}

// map2 makes a row function of a function of two elements.
func map2[A, D any](f func(a, b A) D) func(dst []D, a, b []A) {
	return func(dst []D, a, b []A) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = f(a[i], b[i])
		}
	}
}

// floats1 is a kernel of one input for the floating dtypes; half precision
// computes in float32.
func floats1(f32 func(dst, a []float32), f64 func(dst, a []float64)) byDType {
	n32 := native[float32]()
	return byDType{
		device.Float32:  elementwise(row1(n32, n32, f32)),
		device.Float64:  elementwise(row1(native[float64](), native[float64](), f64)),
		device.Float16:  elementwise(row1(f16as32, f16as32, f32)),
		device.BFloat16: elementwise(row1(bf16as32, bf16as32, f32)),
	}
}

// floats2 is floats1 for two inputs.
func floats2(f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) byDType {
	n32 := native[float32]()
	return byDType{
		device.Float32:  elementwise(row2(n32, n32, f32)),
		device.Float64:  elementwise(row2(native[float64](), native[float64](), f64)),
		device.Float16:  elementwise(row2(f16as32, f16as32, f32)),
		device.BFloat16: elementwise(row2(bf16as32, bf16as32, f32)),
	}
}

// liftAll is a kernel of one input given as a function of one float64.
func liftAll(f func(float64) float64) byDType {
	return floats1(lift[float32](f), lift[float64](f))
}

func int1[T integer](f func(dst, a []T)) kernel {
	return elementwise(row1(native[T](), native[T](), f))
}

func int2[T integer](f func(dst, a, b []T)) kernel {
	return elementwise(row2(native[T](), native[T](), f))
}

// with adds kernels of other dtypes to a row of the table.
func (t byDType) with(u byDType) byDType {
	for d, k := range u {
		if k != nil {
			t[d] = k
		}
	}
	return t
}

func addKernels() byDType {
	return floats2(add[float32], add[float64]).with(byDType{
		device.Int8: int2(add[int8]), device.Int16: int2(add[int16]), device.Int32: int2(add[int32]),
		device.Int64: int2(add[int64]), device.UInt8: int2(add[uint8]), device.Bool: int2(orBool),
	})
}

func subKernels() byDType {
	return floats2(sub[float32], sub[float64]).with(byDType{
		device.Int8: int2(sub[int8]), device.Int16: int2(sub[int16]), device.Int32: int2(sub[int32]),
		device.Int64: int2(sub[int64]), device.UInt8: int2(sub[uint8]),
	})
}

func mulKernels() byDType {
	return floats2(mul[float32], mul[float64]).with(byDType{
		device.Int8: int2(mul[int8]), device.Int16: int2(mul[int16]), device.Int32: int2(mul[int32]),
		device.Int64: int2(mul[int64]), device.UInt8: int2(mul[uint8]), device.Bool: int2(andBool),
	})
}

// Booleans are bytes of 0 or 1.
func orBool(dst, a, b []uint8) {
	for i := range dst {
		dst[i] = a[i] | b[i]
	}
}

func andBool(dst, a, b []uint8) {
	for i := range dst {
		dst[i] = a[i] & b[i]
	}
}

func extremumKernels(f32 func(dst, a, b []float32), f64 func(dst, a, b []float64),
	i8 func(dst, a, b []int8), i16 func(dst, a, b []int16), i32 func(dst, a, b []int32),
	i64 func(dst, a, b []int64), u8 func(dst, a, b []uint8)) byDType {
	return floats2(f32, f64).with(byDType{
		device.Int8: int2(i8), device.Int16: int2(i16), device.Int32: int2(i32),
		device.Int64: int2(i64), device.UInt8: int2(u8), device.Bool: int2(u8),
	})
}

func negKernels() byDType {
	return floats1(neg[float32], neg[float64]).with(byDType{
		device.Int8: int1(neg[int8]), device.Int16: int1(neg[int16]), device.Int32: int1(neg[int32]),
		device.Int64: int1(neg[int64]), device.UInt8: int1(neg[uint8]),
	})
}

// relu keeps NaN, as PyTorch does.
func relu[T number](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		if x := a[i]; x > 0 || x != x {
			dst[i] = x
		} else {
			dst[i] = 0
		}
	}
}

// reluGrad is dy where y > 0 and 0 elsewhere: PyTorch's gradient at 0 is 0.
func reluGrad[T float](dst, dy, y []T) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		if y[i] > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = 0
		}
	}
}

func reluKernels() byDType {
	return floats1(relu[float32], relu[float64]).with(byDType{
		device.Int8: int1(relu[int8]), device.Int16: int1(relu[int16]), device.Int32: int1(relu[int32]),
		device.Int64: int1(relu[int64]), device.UInt8: int1(relu[uint8]),
	})
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
