package cpu

import (
	"errors"
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// The float forms follow Python and PyTorch: q = (a - fmod(a, b)) / b is an
// integer but for its last rounding, and is moved down by one where the
// remainder has to change its sign.

// mod is C's fmod: a - q·b, with the sign of a. The quotient of two float32 in
// float64 has, cut below 2²⁸, the right q, and the product and the difference are
// exact. A quotient of float64 may be rounded up to the next integer, which the
// remainder's sign shows: it is taken back, and all of it is exact too.
func mod[T float](a, b T) T {
	x, y := float64(a), float64(b)
	q := math.Trunc(x / y)
	if q == 0 {
		return a
	}
	if unsafe.Sizeof(a) == 4 {
		if !(math.Abs(q) < 1<<28) {
			return T(math.Mod(x, y))
		}
		return T(math.Copysign(x-q*y, x))
	}
	if !(math.Abs(q) < 1<<52) {
		return T(math.Mod(x, y))
	}
	m := math.FMA(-q, y, x)
	if m != 0 && (m < 0) != (x < 0) {
		m += math.Copysign(y, x)
	}
	return T(math.Copysign(m, x))
}

func floorDiv[T float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := a[i], b[i]
		if y == 0 {
			dst[i] = x / y
			continue
		}
		m := mod(x, y)
		q := (x - m) / y
		if m != 0 && (m < 0) != (y < 0) {
			q--
		}
		if q == 0 {
			dst[i] = T(math.Copysign(0, float64(x/y)))
			continue
		}
		f := T(math.Floor(float64(q)))
		if q-f > 0.5 {
			f++
		}
		dst[i] = f
	}
}

func truncDiv[T float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Trunc(float64(a[i] / b[i])))
	}
}

func remainder[T float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		y := b[i]
		m := mod(a[i], y)
		if m != 0 && (m < 0) != (y < 0) {
			m += y
		}
		dst[i] = m
	}
}

func fmod[T float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = mod(a[i], b[i])
	}
}

func floorDivInt[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := a[i], b[i]
		q := x / y
		if m := x % y; m != 0 && (m < 0) != (y < 0) {
			q--
		}
		dst[i] = q
	}
}

func truncDivInt[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

func remainderInt[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		m, y := a[i]%b[i], b[i]
		if m != 0 && (m < 0) != (y < 0) {
			m += y
		}
		dst[i] = m
	}
}

func fmodInt[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] % b[i]
	}
}

// orExact is fast, and where that gives NaN, which it does beyond its range, exact.
func orExact[T float](fast, exact func(dst, a, b []T)) func(dst, a, b []T) {
	if fast == nil {
		return exact
	}
	return func(dst, a, b []T) {
		fast(dst, a, b)
		for i, v := range dst {
			if v != v {
				exact(dst[i:i+1], a[i:i+1], b[i:i+1])
			}
		}
	}
}

func floorDivKernels() byDType {
	return floats2(orExact(asm.F32.FloorDiv, floorDiv[float32]), orExact(asm.F64.FloorDiv, floorDiv[float64])).with(nonZero(ints2(
		floorDivInt[int8], floorDivInt[int16], floorDivInt[int32], floorDivInt[int64], floorDivInt[uint8])))
}

func truncDivKernels() byDType {
	return floats2(truncDiv[float32], truncDiv[float64]).with(nonZero(ints2(
		truncDivInt[int8], truncDivInt[int16], truncDivInt[int32], truncDivInt[int64], truncDivInt[uint8])))
}

func remainderKernels() byDType {
	return floats2(orExact(asm.F32.Remainder, remainder[float32]), orExact(asm.F64.Remainder, remainder[float64])).with(nonZero(ints2(
		remainderInt[int8], remainderInt[int16], remainderInt[int32], remainderInt[int64], remainderInt[uint8])))
}

func fmodKernels() byDType {
	return floats2(orExact(asm.F32.Fmod, fmod[float32]), orExact(asm.F64.Fmod, fmod[float64])).with(nonZero(ints2(
		fmodInt[int8], fmodInt[int16], fmodInt[int32], fmodInt[int64], fmodInt[uint8])))
}

var errDivideByZero = errors.New("an integer is divided by 0")

// nonZero makes kernels refuse a divisor with a zero before they write anything.
func nonZero(t byDType) byDType {
	for d, run := range t {
		if run == nil {
			continue
		}
		codec := int64Codec(device.DType(d))
		t[d] = func(c device.Call) error {
			if c.Out[0].Len() > 0 && hasZero(c.In[1], codec) {
				return errDivideByZero
			}
			return run(c)
		}
	}
	return t
}

func hasZero(v *device.View, codec codec[int64]) (found bool) {
	var w nest
	w.rank, w.dim = int(v.Rank), v.Dim
	w.add(v)
	w.coalesce(0)
	var buf [chunk]int64
	w.walk(0, w.rows(), func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		for i := 0; i < n && !found; i += chunk {
			x := buf[:min(chunk, n-i)]
			codec.load(x, unsafe.Add(p[0], i*s[0]*codec.size), s[0])
			for _, e := range x {
				found = found || e == 0
			}
		}
	})
	return found
}
