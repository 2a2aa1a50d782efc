package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// joinRow is setRow that joins what comes to what is there: many to the elements
// of a row, or each to its own.
func joinRow[T number](row func(dst, src []T), each func(base unsafe.Pointer, off []int, src unsafe.Pointer, by int)) func(w *pick) rowFunc {
	return func(w *pick) rowFunc {
		return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			if s[0] == 1 && s[1] == 1 && s[2] == 0 {
				row(window[T](w.at(&p, &s, 0), n), window[T](p[0], n))
				return
			}
			w.eachOf(&p, &s, n, func(off []int, other unsafe.Pointer) { each(p[1], off, other, s[0]*w.size[0]) })
		}
	}
}

func multiplyRow[T number](dst, src []T) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] *= v
	}
}

func multiplyEach[T number](base unsafe.Pointer, off []int, src unsafe.Pointer, by int) {
	for i, o := range off {
		*(*T)(unsafe.Add(base, o)) *= *(*T)(unsafe.Add(src, i*by))
	}
}

func largerRow[T number](dst, src []T) {
	src = src[:len(dst)]
	for i, v := range src {
		if v > dst[i] || v != v {
			dst[i] = v
		}
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

func smallerRow[T number](dst, src []T) {
	src = src[:len(dst)]
	for i, v := range src {
		if v < dst[i] || v != v {
			dst[i] = v
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

// scatterReduce makes a kernel whose Attr is a device.IndexReduce.
func scatterReduce[T number]() kernel {
	by := [...]kernel{
		device.Product:  scatterKernel(true, joinRow(multiplyRow[T], multiplyEach[T])),
		device.Largest:  scatterKernel(true, joinRow(largerRow[T], largerEach[T])),
		device.Smallest: scatterKernel(true, joinRow(smallerRow[T], smallerEach[T])),
	}
	return func(c device.Call) error {
		a := c.Attr.(device.IndexReduce)
		c.Attr = a.Index
		return by[a.How](c)
	}
}

func scatterReduceKernels() byDType {
	f32 := scatterReduce[float32]()
	return byDType{
		device.Float32: f32, device.Float64: scatterReduce[float64](),
		device.Float16: widened(f32, f16as32), device.BFloat16: widened(f32, bf16as32),
		device.Int8: scatterReduce[int8](), device.Int16: scatterReduce[int16](),
		device.Int32: scatterReduce[int32](), device.Int64: scatterReduce[int64](),
		device.UInt8: scatterReduce[uint8](), device.Bool: scatterReduce[uint8](),
	}
}
