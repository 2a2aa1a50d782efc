package cpu

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
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

// maximum and minimum return NaN when either is.
func maximum[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = max(a[i], b[i])
	}
}

func minimum[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = min(a[i], b[i])
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

// lift2 is lift for a function of two.
func lift2[T float](f func(a, b float64) float64) func(dst, a, b []T) {
	return func(dst, a, b []T) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = T(f(float64(a[i]), float64(b[i])))
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
	return floatsOf(binary[float32, float32]{rows: f32}, binary[float64, float64]{rows: f64})
}

func floatsOf(f32 binary[float32, float32], f64 binary[float64, float64]) byDType {
	n32 := native[float32]()
	return byDType{
		device.Float32:  elementwise(rowOf(n32, n32, f32)),
		device.Float64:  elementwise(rowOf(native[float64](), native[float64](), f64)),
		device.Float16:  elementwise(rowOf(f16as32, f16as32, f32)),
		device.BFloat16: elementwise(rowOf(bf16as32, bf16as32, f32)),
	}
}

// fast1 is a kernel of one input: assembly where there is some, and else a
// function of one float64.
func fast1(f32 func(dst, a []float32), f64 func(dst, a []float64), f func(float64) float64) byDType {
	return floats1(or1(f32, lift[float32](f)), or1(f64, lift[float64](f)))
}

// ofAngles is a kernel of angles that package math helps out where they are too
// large for it; nil if there is none. dst must not be a, which is read again.
func ofAngles(fast func(dst, a []float32) float32, f func(float64) float64) func(dst, a []float32) {
	if fast == nil {
		return nil
	}
	return func(dst, a []float32) {
		if fast(dst, a) <= simd.MaxAngle {
			return
		}
		for i, x := range a[:len(dst)] {
			if !(max(x, -x) <= simd.MaxAngle) {
				dst[i] = float32(f(float64(x)))
			}
		}
	}
}

// fast2 is fast1 for a function of two.
func fast2(f32 func(dst, a, b []float32), f64 func(dst, a, b []float64), f func(a, b float64) float64) byDType {
	return floats2(or2(f32, lift2[float32](f)), or2(f64, lift2[float64](f)))
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
	f32, f64 := &asm.F32, &asm.F64
	return floatsOf(
		binary[float32, float32]{or2(f32.Add, add[float32]), f32.AddNumber, f32.AddNumber},
		binary[float64, float64]{or2(f64.Add, add[float64]), f64.AddNumber, f64.AddNumber}).
		with(ints2(add[int8], add[int16], add[int32], add[int64], add[uint8])).
		with(byDType{device.Bool: int2(orBool)})
}

func subKernels() byDType {
	f32, f64 := &asm.F32, &asm.F64
	return floatsOf(
		binary[float32, float32]{or2(f32.Sub, sub[float32]), f32.SubNumber, f32.NumberSub},
		binary[float64, float64]{or2(f64.Sub, sub[float64]), f64.SubNumber, f64.NumberSub}).
		with(ints2(sub[int8], sub[int16], sub[int32], sub[int64], sub[uint8]))
}

func mulKernels() byDType {
	f32, f64 := &asm.F32, &asm.F64
	return floatsOf(
		binary[float32, float32]{or2(f32.Mul, mul[float32]), f32.MulNumber, f32.MulNumber},
		binary[float64, float64]{or2(f64.Mul, mul[float64]), f64.MulNumber, f64.MulNumber}).
		with(ints2(mul[int8], mul[int16], mul[int32], mul[int64], mul[uint8])).
		with(byDType{device.Bool: int2(andBool)})
}

func divKernels() byDType {
	f32, f64 := &asm.F32, &asm.F64
	return floatsOf(
		binary[float32, float32]{or2(f32.Div, div[float32]), f32.DivNumber, f32.NumberDiv},
		binary[float64, float64]{or2(f64.Div, div[float64]), f64.DivNumber, f64.NumberDiv})
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

// ints1 is a kernel of one input for the integers.
func ints1(i8 func(dst, a []int8), i16 func(dst, a []int16), i32 func(dst, a []int32),
	i64 func(dst, a []int64), u8 func(dst, a []uint8)) byDType {
	return byDType{
		device.Int8: int1(i8), device.Int16: int1(i16), device.Int32: int1(i32),
		device.Int64: int1(i64), device.UInt8: int1(u8),
	}
}

// ints2 is ints1 for two inputs.
func ints2(i8 func(dst, a, b []int8), i16 func(dst, a, b []int16), i32 func(dst, a, b []int32),
	i64 func(dst, a, b []int64), u8 func(dst, a, b []uint8)) byDType {
	return byDType{
		device.Int8: int2(i8), device.Int16: int2(i16), device.Int32: int2(i32),
		device.Int64: int2(i64), device.UInt8: int2(u8),
	}
}

func maximumKernels() byDType {
	f32, f64 := &asm.F32, &asm.F64
	return floatsOf(
		binary[float32, float32]{or2(f32.Maximum, maximum[float32]), f32.MaxNumber, f32.MaxNumber},
		binary[float64, float64]{or2(f64.Maximum, maximum[float64]), f64.MaxNumber, f64.MaxNumber}).
		with(ints2(maximum[int8], maximum[int16], maximum[int32], maximum[int64], maximum[uint8])).
		with(byDType{device.Bool: int2(orBool)})
}

func minimumKernels() byDType {
	f32, f64 := &asm.F32, &asm.F64
	return floatsOf(
		binary[float32, float32]{or2(f32.Minimum, minimum[float32]), f32.MinNumber, f32.MinNumber},
		binary[float64, float64]{or2(f64.Minimum, minimum[float64]), f64.MinNumber, f64.MinNumber}).
		with(ints2(minimum[int8], minimum[int16], minimum[int32], minimum[int64], minimum[uint8])).
		with(byDType{device.Bool: int2(andBool)})
}

func negKernels() byDType {
	return floats1(or1(asm.F32.Neg, neg[float32]), or1(asm.F64.Neg, neg[float64])).with(ints1(neg[int8], neg[int16], neg[int32], neg[int64], neg[uint8]))
}
