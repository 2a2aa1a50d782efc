package cpu

import (
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/internal/half"
)

// fmax is the larger of two, the other one where one is NaN. The largest of all
// is NaN where one is, which is rare: the branch is foreseen.
func fmax[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		v := max(a[i], b[i])
		if v != v {
			v = theOther(a[i], b[i])
		}
		dst[i] = v
	}
}

func fmin[T number](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		v := min(a[i], b[i])
		if v != v {
			v = theOther(a[i], b[i])
		}
		dst[i] = v
	}
}

// theOther is the one that is not NaN.
func theOther[T number](a, b T) T {
	if a != a {
		return b
	}
	return a
}

func fmaxKernels() byDType {
	return floats2(fmax[float32], fmax[float64]).
		with(ints2(maximum[int8], maximum[int16], maximum[int32], maximum[int64], maximum[uint8])).
		with(byDType{device.Bool: int2(orBool)})
}

func fminKernels() byDType {
	return floats2(fmin[float32], fmin[float64]).
		with(ints2(minimum[int8], minimum[int16], minimum[int32], minimum[int64], minimum[uint8])).
		with(byDType{device.Bool: int2(andBool)})
}

// signOf is the bit of the sign of a float of B's size.
func signOf[B bits]() B {
	var z B
	return 1 << (8*unsafe.Sizeof(z) - 1)
}

func copySign[T float, B bits](dst, a, b []T) {
	d, x, y, sign := words[B](dst), words[B](a), words[B](b), signOf[B]()
	x, y = x[:len(d)], y[:len(d)]
	for i := range d {
		d[i] = x[i]&^sign | y[i]&sign
	}
}

func signBit[T float, B bits](dst []uint8, a []T) {
	x, sign := words[B](a), signOf[B]()
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = b2u(x[i]&sign != 0)
	}
}

func negative(dst []uint8, a []int64) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] < 0)
	}
}

// hypot32 is √(a²+b²) in float64, where the squares of float32 cannot
// overflow; an infinite side counts more than NaN.
func hypot32(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := float64(a[i]), float64(b[i])
		v := math.Sqrt(x*x + y*y)
		if v != v && (math.IsInf(x, 0) || math.IsInf(y, 0)) {
			v = math.Inf(1)
		}
		dst[i] = float32(v)
	}
}

// nextAfter works on the bits: the words of numbers of one sign are in the order
// of their sizes.
func nextAfter[T float, B bits](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	d, u, v, sign := words[B](dst), words[B](a), words[B](b), signOf[B]()
	for i := range d {
		x, y := a[i], b[i]
		up := u[i] + 1
		if (x < y) != (x > 0) {
			up = u[i] - 1
		}
		if x == 0 {
			up = v[i]&sign | 1
		}
		if x == y || y != y {
			up = v[i]
		}
		if x != x {
			up = u[i]
		}
		d[i] = up
	}
}

// nextHalf is the same for half precision, on its bits: the words of positive
// numbers are in the order of the numbers.
func nextHalf[M ~uint16](number func(M) float32) func(dst, a, b []M) {
	return func(dst, a, b []M) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			x, y := number(a[i]), number(b[i])
			switch {
			case x != x || x == y: // PyTorch gives b where they are equal, as C does
				dst[i] = a[i]
				if x == y {
					dst[i] = b[i]
				}
			case y != y:
				dst[i] = b[i]
			case x == 0:
				dst[i] = b[i]&0x8000 | 1
			case (x < y) == (x > 0):
				dst[i] = a[i] + 1
			default:
				dst[i] = a[i] - 1
			}
		}
	}
}

func nextAfterKernels() byDType {
	f16, b16 := native[half.F16](), native[half.BF16]()
	return floats2(or2(asm.F32.NextAfter, nextAfter[float32, uint32]), or2(asm.F64.NextAfter, nextAfter[float64, uint64])).with(byDType{
		device.Float16:  elementwise(row2(f16, f16, nextHalf(half.F16.Float32))),
		device.BFloat16: elementwise(row2(b16, b16, nextHalf(half.BF16.Float32))),
	})
}

func mantissas[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		m, _ := math.Frexp(float64(a[i]))
		dst[i] = T(m)
	}
}

// mantissas32 and exponents32 work on the bits of a float64, where every float32
// but 0, Inf and NaN has a leading one.
func mantissas32(dst, a []float32) {
	a = a[:len(dst)]
	for i, x := range a {
		w := math.Float64bits(float64(x))
		if e := w >> 52 & 0x7ff; e != 0 && e != 0x7ff {
			x = float32(math.Float64frombits(w&^(0x7ff<<52) | 0x3fe<<52))
		}
		dst[i] = x
	}
}

func exponents32(dst []int32, a []float32) {
	a = a[:len(dst)]
	for i, x := range a {
		e := int32(math.Float64bits(float64(x)) >> 52 & 0x7ff)
		if e == 0 || e == 0x7ff {
			e = 0x3fe
		}
		dst[i] = e - 0x3fe
	}
}

// exponents are 0 for 0, Inf and NaN.
func exponents[T float](dst []int32, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		_, e := math.Frexp(float64(a[i]))
		dst[i] = int32(e)
	}
}

func exponentKernels() byDType {
	out := native[int32]()
	return byDType{
		device.Float32:  elementwise(row1(native[float32](), out, exponents32)),
		device.Float64:  elementwise(row1(native[float64](), out, exponents[float64])),
		device.Float16:  elementwise(row1(f16as32, out, exponents32)),
		device.BFloat16: elementwise(row1(bf16as32, out, exponents32)),
	}
}

// log10 is exact for the powers of ten: what math.Log10 makes of them is next
// to a whole number.
func log10(x float64) float64 {
	y := math.Log10(x)
	if n := math.Round(y); n != y && math.Abs(n-y) < 1e-12 && math.Pow10(int(n)) == x {
		return n
	}
	return y
}
