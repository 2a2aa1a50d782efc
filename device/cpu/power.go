package cpu

import "math"

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
	return floats2(pow[float32], pow[float64]).with(ints2(
		powInt[int8], powInt[int16], powInt[int32], powInt[int64], powInt[uint8]))
}
