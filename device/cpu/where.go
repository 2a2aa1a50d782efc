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

// where is a rowFunc of out, a, b, condition. It loads both, so that the choice
// is a conditional move: a branch on random conditions costs ten times more.
func where[T uint8 | uint16 | uint32 | uint64](p [operands]unsafe.Pointer, s [operands]int, n int) {
	var z T
	size := int(unsafe.Sizeof(z))
	if s == [operands]int{1, 1, 1, 1} {
		whereRow(window[T](p[0], n), window[T](p[1], n), window[T](p[2], n), window[uint8](p[3], n))
		return
	}
	for i := range n {
		v := *(*T)(unsafe.Add(p[1], i*s[1]*size))
		w := *(*T)(unsafe.Add(p[2], i*s[2]*size))
		if *(*uint8)(unsafe.Add(p[3], i*s[3])) == 0 {
			v = w
		}
		*(*T)(unsafe.Add(p[0], i*s[0]*size)) = v
	}
}

func whereRow[T any](dst, a, b []T, c []uint8) {
	a, b, c = a[:len(dst)], b[:len(dst)], c[:len(dst)]
	for i := range dst {
		v, w := a[i], b[i]
		if c[i] == 0 {
			v = w
		}
		dst[i] = v
	}
}
