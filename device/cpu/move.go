package cpu

import (
	"fmt"
	"math"
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
	case from == device.Float32 && fromFloat32[to] != nil:
		return fromFloat32[to]
	case from == device.UInt8 && to == device.Float32:
		return castPair[uint8, float32]()
	case to == device.Bool && from.IsFloat():
		return elementwise(row1(float64Codec(from), native[uint8](), truthOf[float64]))
	case to == device.Bool:
		return elementwise(row1(int64Codec(from), native[uint8](), truthOf[int64]))
	case from.IsFloat() && to.IsFloat() && from != device.Float64 && to != device.Float64:
		return elementwise(moved(float32Codec(from), float32Codec(to)))
	case from.IsFloat() && to.IsFloat():
		return elementwise(row1(float64Codec(from), float64Codec(to), func(dst, a []float64) { copy(dst, a) }))
	case from.IsFloat():
		return elementwise(row1(float64Codec(from), int64Codec(to), truncateRow[float64]))
	case to.IsFloat():
		return elementwise(row1(int64Codec(from), float64Codec(to), convertRow[float64, int64]))
	}
	return elementwise(row1(int64Codec(from), int64Codec(to), func(dst, a []int64) { copy(dst, a) }))
}

func castPair[A, D number]() kernel {
	return elementwise(row1(native[A](), native[D](), convertRow[D, A]))
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

func truncateRow[T float](dst []int64, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = truncate(float64(a[i]))
	}
}

// truncate32 is float32 to an integer of 32 bits or fewer, by way of int32: out
// of range that is the least one, as on x86.
func truncate32[D int32 | uint8 | uint16](dst []D, a []float32) {
	a = a[:len(dst)]
	for i, x := range a {
		v := int32(math.MinInt32)
		if x >= -1<<31 && x < 1<<31 {
			v = int32(x)
		}
		dst[i] = D(v)
	}
}

// truthOf is 1 for what is not 0.
func truthOf[T number](dst []uint8, a []T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = b2u(a[i] != 0)
	}
}

// fromFloat32 are the conversions of float32 that go straight to their dtype.
var fromFloat32 = byDType{
	device.Float64: fromSingle(or1(asm.F32.Widen, convertRow[float64, float32])),
	device.Int8:    fromSingle(or1(asm.F32.ToInt8, truncate32[uint8])),
	device.UInt8:   fromSingle(or1(asm.F32.ToInt8, truncate32[uint8])),
	device.Int16:   fromSingle(or1(asm.F32.ToInt16, truncate32[uint16])),
	device.Int32:   fromSingle(or1(asm.F32.ToInt32, truncate32[int32])),
	device.Int64:   fromSingle(or1(asm.F32.ToInt64, truncateRow[float32])),
	device.Bool:    fromSingle(or1(asm.F32.ToBool, truthOf[float32])),
}

func fromSingle[D any](f func(dst []D, a []float32)) kernel {
	return elementwise(row1(native[float32](), native[D](), f))
}

func b2u(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
