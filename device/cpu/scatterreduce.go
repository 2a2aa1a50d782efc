package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// joinRow is setRow that joins what comes to what is there: many to the elements
// of a row, or each to its own.
func joinRow[T number](row func(dst, a, b []T), each func(base unsafe.Pointer, off []int, src unsafe.Pointer, by int)) func(w *pick) rowFunc {
	return func(w *pick) rowFunc {
		return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			if s[0] == 1 && s[1] == 1 && s[2] == 0 {
				at := window[T](w.at(&p, &s, 0), n)
				row(at, at, window[T](p[0], n))
				return
			}
			w.eachOf(&p, &s, n, func(off []int, other unsafe.Pointer) { each(p[1], off, other, s[0]*w.size[0]) })
		}
	}
}

func multiplyEach[T number](base unsafe.Pointer, off []int, src unsafe.Pointer, by int) {
	for i, o := range off {
		*(*T)(unsafe.Add(base, o)) *= *(*T)(unsafe.Add(src, i*by))
	}
}

func largerEach[T number](base unsafe.Pointer, off []int, src unsafe.Pointer, by int) {
	for i, o := range off {
		at, v := (*T)(unsafe.Add(base, o)), *(*T)(unsafe.Add(src, i*by))
		if v > *at || v != v {
			*at = v
		}
	}
}

func smallerEach[T number](base unsafe.Pointer, off []int, src unsafe.Pointer, by int) {
	for i, o := range off {
		at, v := (*T)(unsafe.Add(base, o)), *(*T)(unsafe.Add(src, i*by))
		if v < *at || v != v {
			*at = v
		}
	}
}

// scatterReduce makes a kernel whose Attr is a device.IndexReduce; a row is
// joined by times, most or least.
func scatterReduce[T number](times, most, least func(dst, a, b []T)) kernel {
	by := [...]kernel{
		device.Product:  scatterKernel(true, joinRow(times, multiplyEach[T])),
		device.Largest:  scatterKernel(true, joinRow(most, largerEach[T])),
		device.Smallest: scatterKernel(true, joinRow(least, smallerEach[T])),
	}
	return func(c device.Call) error {
		a := c.Attr.(device.IndexReduce)
		c.Attr = a.Index
		return by[a.How](c)
	}
}

// joined is scatterReduce with plain rows.
func joined[T number]() kernel { return scatterReduce(mul[T], maximum[T], minimum[T]) }

func scatterReduceKernels() byDType {
	a, b := &asm.F32, &asm.F64
	f32 := scatterReduce(or2(a.Mul, mul[float32]), or2(a.Maximum, maximum[float32]), or2(a.Minimum, minimum[float32]))
	return byDType{
		device.Float32: f32, device.Float64: scatterReduce(or2(b.Mul, mul[float64]), or2(b.Maximum, maximum[float64]), or2(b.Minimum, minimum[float64])),
		device.Float16: widened(f32, f16as32), device.BFloat16: widened(f32, bf16as32),
		device.Int8: joined[int8](), device.Int16: joined[int16](), device.Int32: joined[int32](), device.Int64: joined[int64](),
		device.UInt8: joined[uint8](), device.Bool: joined[uint8](),
	}
}
