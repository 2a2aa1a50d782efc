package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// acos keeps the digits near 1 that math.Acos, π/2 - arcsin x, loses.
func acos(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }

// cosh and sinh go on to where the half of an exponential overflows, and math's
// to where the whole does.
func cosh(x float64) float64 {
	if math.Abs(x) > 700 {
		h := math.Exp(math.Abs(x) / 2)
		return h / 2 * h
	}
	return math.Cosh(x)
}

func sinh(x float64) float64 {
	if math.Abs(x) > 700 {
		return math.Copysign(cosh(x), x)
	}
	return math.Sinh(x)
}

func frac(x float64) float64        { return x - math.Trunc(x) }
func hardsigmoid(x float64) float64 { return min(max(x+3, 0), 6) / 6 }
func hardswish(x float64) float64   { return min(max(x+3, 0), 6) * x / 6 }

func angle(x float64) float64 {
	if x < 0 {
		return math.Pi
	}
	if x != x {
		return x
	}
	return 0
}

func heaviside(x, v float64) float64 {
	switch {
	case x == 0:
		return v
	case x > 0:
		return 1
	}
	return 0
}

func hardshrink(x, l float64) float64 {
	if math.Abs(x) <= l {
		return 0
	}
	return x
}

func softshrink(x, l float64) float64 { return x - min(max(x, -l), l) }

func prelu(x, w float64) float64 {
	if x > 0 {
		return x
	}
	return x * w
}

func expUnit(x, a, r float64) float64 {
	if x > 0 {
		return x
	}
	return a * math.Expm1(r*x)
}

func softsign(x float64) float64 { return x / (1 + math.Abs(x)) }

// logAddExp is ln(e^a + e^b); equal infinities have no distance.
func logAddExp(a, b float64) float64 {
	if a == b {
		return a + math.Ln2
	}
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}

func softplus(x, beta, threshold float64) float64 {
	z := x * beta
	if z > threshold {
		return x
	}
	return (max(z, 0) + math.Log1p(math.Exp(-math.Abs(z)))) / beta
}

func nanToNum(x, nan, top, bottom float64) float64 {
	switch {
	case x != x:
		return nan
	case math.IsInf(x, 1):
		return top
	case math.IsInf(x, -1):
		return bottom
	}
	return x
}

// numbered is a kernel of one input whose row function the call's numbers make.
func numbered(f32 func(attr any) func(dst, a []float32), f64 func(attr any) func(dst, a []float64)) byDType {
	var t byDType
	for _, d := range []device.DType{device.Float32, device.Float64, device.Float16, device.BFloat16} {
		t[d] = func(c device.Call) error {
			if d == device.Float64 {
				iterate(&c, row1(native[float64](), native[float64](), f64(c.Attr)))
			} else {
				iterate(&c, row1(float32Codec(d), float32Codec(d), f32(c.Attr)))
			}
			return nil
		}
	}
	return t
}

func softplusKernels() byDType { return numbered(softplusRow(&asm.F32), softplusRow(&asm.F64)) }

func softplusRow[T float](k *simd.Kernels[T]) func(attr any) func(dst, a []T) {
	return func(attr any) func(dst, a []T) {
		v := attr.(device.Bend)
		if k.Softplus != nil {
			return func(dst, a []T) { k.Softplus(dst, a, T(v.Beta), T(v.Threshold)) }
		}
		return lift[T](func(x float64) float64 { return softplus(x, v.Beta, v.Threshold) })
	}
}

func nanToNumKernels() byDType { return numbered(nanToNumRow(&asm.F32), nanToNumRow(&asm.F64)) }

func nanToNumRow[T float](k *simd.Kernels[T]) func(attr any) func(dst, a []T) {
	return func(attr any) func(dst, a []T) {
		v := attr.(device.Stand)
		if k.NaNToNum != nil {
			return func(dst, a []T) { k.NaNToNum(dst, a, T(v.NaN), T(v.Top), T(v.Bottom)) }
		}
		return lift[T](func(x float64) float64 { return nanToNum(x, v.NaN, v.Top, v.Bottom) })
	}
}

// shrinkKernels is a kernel of a tensor with a number, or one a channel.
func shrinkKernels(f32 func(dst, a, b []float32), n32 func(dst, a []float32, b float32), f64 func(dst, a, b []float64), n64 func(dst, a []float64, b float64), f func(x, l float64) float64) byDType {
	return floatsOf(
		binary[float32, float32]{rows: or2(f32, lift2[float32](f)), right: n32},
		binary[float64, float64]{rows: or2(f64, lift2[float64](f)), right: n64})
}

// plainRow3 is a kernel of three inputs without a number.
func plainRow3(f32 func(dst, a, b, c []float32), f64 func(dst, a, b, c []float64), f func(a, b, c float64) float64) byDType {
	r32, r64 := lift3(f32, f), lift3(f64, f)
	return byDType{
		device.Float32:  elementwise(row3(native[float32](), r32)(0)),
		device.Float64:  elementwise(row3(native[float64](), r64)(0)),
		device.Float16:  elementwise(row3(f16as32, r32)(0)),
		device.BFloat16: elementwise(row3(bf16as32, r32)(0)),
	}
}

// lift3 is the fast function, or one of float64 where there is none.
func lift3[T float](fast func(dst, a, b, c []T), f func(a, b, c float64) float64) func(dst, a, b, c []T, _ T) {
	if fast != nil {
		return func(dst, a, b, c []T, _ T) { fast(dst, a, b, c) }
	}
	return func(dst, a, b, c []T, _ T) {
		a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
		for i := range dst {
			dst[i] = T(f(float64(a[i]), float64(b[i]), float64(c[i])))
		}
	}
}

// threshold is c where a <= b, else a.
func threshold[T number](dst, a, b, c []T, _ T) {
	a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
	for i := range dst {
		if dst[i] = a[i]; a[i] <= b[i] {
			dst[i] = c[i]
		}
	}
}

func thresholdKernels() byDType {
	t := plainRow3(asm.F32.Threshold, asm.F64.Threshold, func(x, l, v float64) float64 {
		if x <= l {
			return v
		}
		return x
	})
	return t.with(byDType{
		device.Int8:  elementwise(row3(native[int8](), threshold[int8])(0)),
		device.Int16: elementwise(row3(native[int16](), threshold[int16])(0)),
		device.Int32: elementwise(row3(native[int32](), threshold[int32])(0)),
		device.Int64: elementwise(row3(native[int64](), threshold[int64])(0)),
		device.UInt8: elementwise(row3(native[uint8](), threshold[uint8])(0)),
	})
}
