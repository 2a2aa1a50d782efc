package cpu

import (
	mathbits "math/bits"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

func bitAnd[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] & b[i]
	}
}

func bitOr[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] | b[i]
	}
}

func bitXor[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] ^ b[i]
	}
}

func bitNot[T integer](dst, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = ^a[i]
	}
}

func notBool(dst, a []uint8) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = a[i] ^ 1
	}
}

func bitAndKernels() byDType {
	return ints2(bitAnd[int8], bitAnd[int16], bitAnd[int32], bitAnd[int64], bitAnd[uint8]).with(byDType{device.Bool: int2(andBool)})
}

func bitOrKernels() byDType {
	return ints2(bitOr[int8], bitOr[int16], bitOr[int32], bitOr[int64], bitOr[uint8]).with(byDType{device.Bool: int2(orBool)})
}

func bitXorKernels() byDType {
	return ints2(bitXor[int8], bitXor[int16], bitXor[int32], bitXor[int64], bitXor[uint8]).with(byDType{device.Bool: int2(bitXor[uint8])})
}

func bitNotKernels() byDType {
	return ints1(bitNot[int8], bitNot[int16], bitNot[int32], bitNot[int64], bitNot[uint8]).with(byDType{device.Bool: int1(notBool)})
}

// width is the number of T's bits.
func width[T integer]() int {
	var z T
	return 8 * int(unsafe.Sizeof(z))
}

// shiftLeft gives 0 where the shift is not one of 0 … width-1; so Go has it
// once the shift is not negative.
func shiftLeft[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	n := uint(width[T]())
	for i := range dst {
		dst[i] = a[i] << min(uint(b[i]), n)
	}
}

// shiftRight gives 0, or -1 where a is negative, for such a shift.
func shiftRight[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	n := uint(width[T]())
	for i := range dst {
		dst[i] = a[i] >> min(uint(b[i]), n)
	}
}

// gcd is Stein's (1967): it divides by powers of two only.
func gcd(a, b uint64) uint64 {
	if a == 0 || b == 0 {
		return a | b
	}
	shift := mathbits.TrailingZeros64(a | b)
	a >>= mathbits.TrailingZeros64(a)
	for b != 0 {
		b >>= mathbits.TrailingZeros64(b)
		if a > b {
			a, b = b, a
		}
		b -= a
	}
	return a << shift
}

// magnitude is |x|, which every integer has in 64 bits without a sign.
func magnitude[T integer](x T) uint64 {
	if x < 0 {
		return -uint64(int64(x))
	}
	return uint64(x)
}

func gcds[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = T(gcd(magnitude(a[i]), magnitude(b[i])))
	}
}

// lcms wraps around as multiplication does, and then takes the magnitude again.
func lcms[T integer](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := magnitude(a[i]), magnitude(b[i])
		if g := gcd(x, y); g > 0 {
			dst[i] = T(magnitude(T(x / g * y)))
		} else {
			dst[i] = 0
		}
	}
}
