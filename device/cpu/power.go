package cpu

import "math"

// pow32 is pow by assembly, in float64. Where that has no answer math.Pow has.
func pow32(fast func(dst, a, b []float64)) func(dst, a, b []float32) {
	if fast == nil {
		return pow[float32]
	}
	return func(dst, a, b []float32) {
		var x, y, z [chunk]float64
		for len(dst) > 0 {
			n := min(chunk, len(dst))
			asm.F32.Widen(x[:n], a)
			asm.F32.Widen(y[:n], b)
			fast(z[:n], x[:n], y[:n])
			for i, v := range z[:n] {
				if v != v {
					v = math.Pow(x[i], y[i])
				}
				dst[i] = float32(v)
			}
			dst, a, b = dst[n:], a[n:], b[n:]
		}
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
	return floats2(pow32(asm.F64.PowShort), orExact(asm.F64.Pow, pow[float64])).with(ints2(
		powInt[int8], powInt[int16], powInt[int32], powInt[int64], powInt[uint8]))
}
