package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/internal/half"
)

type float interface{ float32 | float64 }
type integer interface {
	int8 | int16 | int32 | int64 | uint8
}
type number interface{ float | integer }

// bits are the words of the size of a float, for choices without a branch.
type bits interface{ uint32 | uint64 }

// words is s as the bits of its elements; B has their size.
func words[B bits, T float](s []T) []B {
	return unsafe.Slice((*B)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// A codec moves n elements between memory and a contiguous slice of the type
// that a kernel computes with. Where both are the same type, direct is set and
// a kernel works on memory itself.
type codec[C any] struct {
	direct bool
	size   int // bytes of an element in memory
	load   func(dst []C, p unsafe.Pointer, stride int)
	store  func(p unsafe.Pointer, stride int, src []C)
}

// native is the codec of a type that computes as it is stored.
func native[T any]() codec[T] {
	var z T
	return codec[T]{direct: true, size: int(unsafe.Sizeof(z)), load: gather[T], store: spread[T]}
}

func gather[T any](dst []T, p unsafe.Pointer, stride int) {
	switch stride {
	case 1:
		copy(dst, unsafe.Slice((*T)(p), len(dst)))
	case 0:
		v := *(*T)(p)
		for i := range dst {
			dst[i] = v
		}
	default:
		var z T
		step := stride * int(unsafe.Sizeof(z))
		for i := range dst {
			dst[i] = *(*T)(p)
			if i+1 < len(dst) { // never form an address beyond the buffer
				p = unsafe.Add(p, step)
			}
		}
	}
}

func spread[T any](p unsafe.Pointer, stride int, src []T) {
	if stride == 1 {
		copy(unsafe.Slice((*T)(p), len(src)), src)
		return
	}
	var z T
	step := stride * int(unsafe.Sizeof(z))
	for i, v := range src {
		*(*T)(p) = v
		if i+1 < len(src) {
			p = unsafe.Add(p, step)
		}
	}
}

// converted is the codec of memory of type M for kernels that compute in C.
func converted[M, C any](widen func(M) C, narrow func(C) M) codec[C] {
	var z M
	size := int(unsafe.Sizeof(z))
	return codec[C]{
		size: size,
		load: func(dst []C, p unsafe.Pointer, stride int) {
			for i := range dst {
				dst[i] = widen(*(*M)(unsafe.Add(p, i*stride*size)))
			}
		},
		store: func(p unsafe.Pointer, stride int, src []C) {
			for i, v := range src {
				*(*M)(unsafe.Add(p, i*stride*size)) = narrow(v)
			}
		},
	}
}

// castCodec is converted by Go's own conversion, without a call an element.
func castCodec[M, C number]() codec[C] {
	var z M
	size := int(unsafe.Sizeof(z))
	return codec[C]{
		size: size,
		load: func(dst []C, p unsafe.Pointer, stride int) {
			if stride == 1 {
				convertRow(dst, window[M](p, len(dst)))
				return
			}
			for i := range dst {
				dst[i] = C(*(*M)(unsafe.Add(p, i*stride*size)))
			}
		},
		store: func(p unsafe.Pointer, stride int, src []C) {
			if stride == 1 {
				convertRow(window[M](p, len(src)), src)
				return
			}
			for i, v := range src {
				*(*M)(unsafe.Add(p, i*stride*size)) = M(v)
			}
		},
	}
}

func convertRow[D, A number](dst []D, a []A) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = D(a[i])
	}
}

// halves is the codec of half-precision memory for kernels that compute in
// float32. Rows go through assembly, if there is some.
func halves[M ~uint16](widen func(M) float32, narrow func(float32) M, widenRow func([]float32, []uint16), narrowRow func([]uint16, []float32)) codec[float32] {
	c := converted(widen, narrow)
	load, store := c.load, c.store
	c.load = func(dst []float32, p unsafe.Pointer, stride int) {
		switch {
		case stride == 0:
			fillRow(dst, widen(*(*M)(p)))
		case stride == 1 && widenRow != nil:
			widenRow(dst, window[uint16](p, len(dst)))
		default:
			load(dst, p, stride)
		}
	}
	c.store = func(p unsafe.Pointer, stride int, src []float32) {
		if stride == 1 && narrowRow != nil {
			narrowRow(window[uint16](p, len(src)), src)
		} else {
			store(p, stride, src)
		}
	}
	return c
}

// float32Codec reads and writes a floating dtype but float64 as float32.
func float32Codec(d device.DType) codec[float32] {
	switch d {
	case device.Float32:
		return native[float32]()
	case device.Float16:
		return f16as32
	case device.BFloat16:
		return bf16as32
	}
	panic("cpu: no float32 codec for " + d.String())
}

// moved copies rows from one codec to another, without a stop between where
// one of them is memory itself.
func moved(from, to codec[float32]) rowFunc {
	both := row1(from, to, func(dst, a []float32) { copy(dst, a) })
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		switch {
		case to.direct && s[0] == 1:
			from.load(window[float32](p[0], n), p[1], s[1])
		case from.direct && s[1] == 1:
			to.store(p[0], s[0], window[float32](p[1], n))
		default:
			both(p, s, n)
		}
	}
}

// Half-precision memory under float32 and float64 arithmetic.
var (
	f16as32  = halves(half.F16.Float32, half.F16From, asm.F32.WidenF16, asm.F32.NarrowF16)
	bf16as32 = halves(half.BF16.Float32, half.BF16From, asm.F32.WidenBF16, asm.F32.NarrowBF16)
	f16as64  = converted(func(h half.F16) float64 { return float64(h.Float32()) }, half.F16From64)
	bf16as64 = converted(func(h half.BF16) float64 { return float64(h.Float32()) }, half.BF16From64)
)

// float64Codec reads and writes any floating dtype as float64.
func float64Codec(d device.DType) codec[float64] {
	switch d {
	case device.Float32:
		return castCodec[float32, float64]()
	case device.Float64:
		return native[float64]()
	case device.Float16:
		return f16as64
	case device.BFloat16:
		return bf16as64
	}
	panic("cpu: no float64 codec for " + d.String())
}

// int64Codec reads and writes any integer dtype, and bool, as int64.
func int64Codec(d device.DType) codec[int64] {
	switch d {
	case device.Int8:
		return castCodec[int8, int64]()
	case device.Int16:
		return castCodec[int16, int64]()
	case device.Int32:
		return castCodec[int32, int64]()
	case device.Int64:
		return native[int64]()
	case device.UInt8:
		return castCodec[uint8, int64]()
	case device.Bool:
		return castCodec[uint8, int64]()
	}
	panic("cpu: no int64 codec for " + d.String())
}
