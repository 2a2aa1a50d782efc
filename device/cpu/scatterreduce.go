package cpu

import "github.com/facula-ml/facula/device"

// scatterReduce makes a kernel whose Attr is a device.IndexReduce; a row is
// joined by times, most or least.
func scatterReduce[T number](times, most, least func(dst, a, b []T)) kernel {
	by := [...]kernel{
		device.Product:  scatterKernel(true, joining(times, multiplyEach[T]).row),
		device.Largest:  scatterKernel(true, joining(most, largerEach[T]).row),
		device.Smallest: scatterKernel(true, joining(least, smallerEach[T]).row),
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
