package cpu

import (
	"fmt"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/internal/half"
)

// fillKernels stores one number, rounded to the dtype.
func fillKernels() byDType {
	var t byDType
	for d := device.Float32; d < device.NumDTypes; d++ {
		t[d] = fill
	}
	return t
}

func fill(c device.Call) error {
	v := c.Attr.(device.Number)
	switch c.Out[0].DType {
	case device.Float32:
		return fillWith(&c, float32(v.Float64()))
	case device.Float64:
		return fillWith(&c, v.Float64())
	case device.Float16:
		return fillWith(&c, half.F16From64(v.Float64()))
	case device.BFloat16:
		return fillWith(&c, half.BF16From64(v.Float64()))
	case device.Int8:
		return fillWith(&c, int8(v.Int64()))
	case device.Int16:
		return fillWith(&c, int16(v.Int64()))
	case device.Int32:
		return fillWith(&c, int32(v.Int64()))
	case device.Int64:
		return fillWith(&c, v.Int64())
	case device.UInt8:
		return fillWith(&c, uint8(v.Int64()))
	case device.Bool:
		if v.Int64() != 0 || v.Float64() != 0 {
			return fillWith(&c, uint8(1))
		}
		return fillWith(&c, uint8(0))
	}
	return fmt.Errorf("cpu: fill of %v: %w", c.Out[0].DType, device.ErrUnsupported)
}

func fillWith[T any](c *device.Call, v T) error {
	var z T
	size := int(unsafe.Sizeof(z))
	if out := c.Out[0]; out.Contig && out.Len() < 2*grain { // no closure
		fillRow(elements[T](out), v)
		return nil
	}
	iterate(c, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		if s[0] == 1 {
			fillRow(window[T](p[0], n), v)
			return
		}
		for i := range n {
			*(*T)(unsafe.Add(p[0], i*s[0]*size)) = v
		}
	})
	return nil
}

// castKernels converts between any two dtypes; the input's picks the row of
// the table, the output's is looked up in the call.
func castKernels() byDType {
	var t byDType
	for from := device.Float32; from < device.NumDTypes; from++ {
		var to byDType
		for d := device.Float32; d < device.NumDTypes; d++ {
			to[d] = castKernel(from, d)
		}
		t[from] = func(c device.Call) error { return to[c.Out[0].DType](c) }
	}
	return t
}

// castKernel goes through float64 when a float is involved, which is exact for
// all but large int64, and through int64 otherwise.
func castKernel(from, to device.DType) kernel {
	switch {
	case from == to:
		return copyKernels()[from]
	case from == device.Int64 && to == device.Float32:
		return castPair[int64, float32]() // one rounding, as in C
	case from == device.Float64 && to == device.Float32:
		return elementwise(row1(native[float64](), native[float32](), vectorsFirst(asm.F32.Narrow64)))
	case from == device.Float32 && to == device.Float64:
		return elementwise(row1(native[float32](), native[float64](), vectorsFirst(asm.F32.Widen64)))
	case from == device.UInt8 && to == device.Float32:
		return castPair[uint8, float32]()
	case to == device.Bool && from.IsFloat():
		return elementwise(row1(float64Codec(from), native[uint8](), map1(func(x float64) uint8 { return b2u(x != 0) })))
	case to == device.Bool:
		return elementwise(row1(int64Codec(from), native[uint8](), map1(func(x int64) uint8 { return b2u(x != 0) })))
	case from.IsFloat() && to.IsFloat() && from != device.Float64 && to != device.Float64:
		return elementwise(moved(float32Codec(from), float32Codec(to)))
	case from.IsFloat() && to.IsFloat():
		return elementwise(row1(float64Codec(from), float64Codec(to), func(dst, a []float64) { copy(dst, a) }))
	case from.IsFloat():
		return elementwise(row1(float64Codec(from), int64Codec(to), map1(truncate)))
	case to.IsFloat():
		return elementwise(row1(int64Codec(from), float64Codec(to), map1(func(x int64) float64 { return float64(x) })))
	}
	return elementwise(row1(int64Codec(from), int64Codec(to), func(dst, a []int64) { copy(dst, a) }))
}

func castPair[A, D number]() kernel {
	return elementwise(row1(native[A](), native[D](), map1(func(x A) D { return D(x) })))
}

// vectorsFirst casts by a kernel that leaves what is not whole vectors; it may be nil.
func vectorsFirst[A, D float](f func(dst []D, a []A)) func(dst []D, a []A) {
	return func(dst []D, a []A) {
		done := 0
		if f != nil {
			f(dst, a)
			done = len(dst) / (asm.Bytes / 8) * (asm.Bytes / 8)
		}
		for i, v := range a[done:len(dst)] {
			dst[done+i] = D(v)
		}
	}
}

// truncate is float64 to int64 towards zero, with one answer on every
// processor for values out of range and NaN: the one x86 gives.
func truncate(x float64) int64 {
	if x >= -0x1p63 && x < 0x1p63 {
		return int64(x)
	}
	return -1 << 63
}

func b2u(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
