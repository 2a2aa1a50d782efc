package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// whereKernels pick a or b by a bool; only the size of the elements matters.
func whereKernels() byDType {
	bySize := map[int]kernel{1: elementwise(where[uint8]), 2: elementwise(where[uint16]), 4: elementwise(where[uint32]), 8: elementwise(where[uint64])}
	var t byDType
	for d := device.Float32; d < device.NumDTypes; d++ {
		t[d] = bySize[d.Size()]
	}
	return t
}

// where is a rowFunc of out, a, b, condition.
func where[T any](p [operands]unsafe.Pointer, s [operands]int, n int) {
	var z T
	size := int(unsafe.Sizeof(z))
	for i := range n {
		src, k := p[1], s[1]
		if *(*uint8)(unsafe.Add(p[3], i*s[3])) == 0 {
			src, k = p[2], s[2]
		}
		*(*T)(unsafe.Add(p[0], i*s[0]*size)) = *(*T)(unsafe.Add(src, i*k*size))
	}
}

// boolKernels reduce the truth of elements to a bool.
func boolKernels(join func(acc, x bool) bool, zero bool) byDType {
	var t byDType
	for d := device.Float32; d < device.NumDTypes; d++ {
		if d.IsFloat() {
			t[d] = reduced(float64Codec(d), native[uint8](), truth[float64](join, zero))
		} else {
			t[d] = reduced(int64Codec(d), native[uint8](), truth[int64](join, zero))
		}
	}
	return t
}

func truth[C number](join func(acc, x bool) bool, zero bool) reducer[C, uint8] {
	fold := func(acc uint8, x C) uint8 { return b2u(join(acc != 0, x != 0)) }
	return reducer[C, uint8]{
		zero: b2u(zero),
		row: func(acc uint8, x []C) uint8 {
			for _, v := range x {
				acc = fold(acc, v)
			}
			return acc
		},
		cols: func(acc []uint8, x []C) {
			for i := range acc {
				acc[i] = fold(acc[i], x[i])
			}
		},
		part: func(a, b uint8) uint8 { return b2u(join(a != 0, b != 0)) },
	}
}
