package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// joinRow is setRow with f of what is there and what comes.
func joinRow[T number](f func(old, v T) T) func(w *pick) rowFunc {
	return func(w *pick) rowFunc {
		return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			for i := range n {
				at := (*T)(w.at(&p, &s, i))
				*at = f(*at, *(*T)(unsafe.Add(p[0], i*s[0]*w.size[0])))
			}
		}
	}
}

func multiplied[T number](a, b T) T { return a * b }

func larger[T number](a, b T) T {
	if b > a || b != b {
		return b
	}
	return a
}

func smaller[T number](a, b T) T {
	if b < a || b != b {
		return b
	}
	return a
}

// scatterReduce makes a kernel whose Attr is a device.IndexReduce.
func scatterReduce[T number]() kernel {
	by := [...]kernel{
		device.Product:  scatterKernel(true, joinRow(multiplied[T])),
		device.Largest:  scatterKernel(true, joinRow(larger[T])),
		device.Smallest: scatterKernel(true, joinRow(smaller[T])),
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
