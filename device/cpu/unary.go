package cpu

import "math"

// Functions that math has as one instruction are loops of their own; the
// compiler puts the instruction into the loop.

func sqrt[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Sqrt(float64(a[i])))
	}
}

func rsqrt[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(1 / math.Sqrt(float64(a[i])))
	}
}

func reciprocal[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = 1 / a[i]
	}
}

func floor[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Floor(float64(a[i])))
	}
}

func ceil[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Ceil(float64(a[i])))
	}
}

func round[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(math.RoundToEven(float64(a[i])))
	}
}

func trunc[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Trunc(float64(a[i])))
	}
}

func abs[T float](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Abs(float64(a[i])))
	}
}

func absSigned[T integer](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = max(a[i], -a[i])
	}
}

func absUnsigned(dst, a []uint8) { copy(dst, a) }

func absKernels() byDType {
	return floats1(or1(asm.F32.Abs, abs[float32]), or1(asm.F64.Abs, abs[float64])).with(ints1(absSigned[int8], absSigned[int16], absSigned[int32], absSigned[int64], absUnsigned))
}

// sign is 0 for NaN, as in PyTorch.
func sign[T number](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = T(b2u(a[i] > 0)) - T(b2u(a[i] < 0))
	}
}

func signKernels() byDType {
	return floats1(or1(asm.F32.Sign, sign[float32]), or1(asm.F64.Sign, sign[float64])).with(ints1(sign[int8], sign[int16], sign[int32], sign[int64], sign[uint8]))
}
