package cpu

import "math"

// powRow is pow by assembly, with powers of float32 in float64. What is 0, not
// finite or not a number is math.Pow's.
func powRow[T float](fast func(dst, a, b []float64)) func(dst, a, b []T) {
	if fast == nil {
		return pow[T]
	}
	return func(dst, a, b []T) {
		var x, y, z [chunk]float64
		for len(dst) > 0 {
			n := min(chunk, len(dst))
			toFloat64(x[:n], a)
			toFloat64(y[:n], b)
			fast(z[:n], x[:n], y[:n])
			for i, v := range z[:n] {
				if x[i]*0+y[i]*0 != 0 || x[i] == 0 {
					v = math.Pow(x[i], y[i])
				}
				dst[i] = T(v)
			}
			dst, a, b = dst[n:], a[n:], b[n:]
		}
	}
}

// toFloat64 is a row of numbers as float64.
func toFloat64[T float](dst []float64, a []T) {
	if f, ok := any(a).([]float32); ok && asm.F32.Widen != nil {
		asm.F32.Widen(dst, f)
	} else {
		convertRow(dst, a)
	}
}

func pow[T float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Pow(float64(a[i]), float64(b[i])))
	}
}

// powInt wraps around as multiplication does. A negative power is what is left
// of 1/x^n without its fraction, as in PyTorch: 0 unless x is 1 or -1.
func powInt[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, n, y := a[i], b[i], T(1)
		if n < 0 {
			switch {
			case x != 1 && x+1 != 0:
				y = 0
			case x != 1 && n%2 != 0:
				y = x
			}
			dst[i] = y
			continue
		}
		for ; n > 0; n /= 2 {
			if n%2 != 0 {
				y *= x
			}
			x *= x
		}
		dst[i] = y
	}
}

func powKernels() byDType {
	return floats2(powRow[float32](asm.F64.PowShort), powRow[float64](asm.F64.Pow)).with(ints2(
		powInt[int8], powInt[int16], powInt[int32], powInt[int64], powInt[uint8]))
}
