package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// matmul multiplies the last two dims of In[0] and In[1]; the others are a
// batch, with stride 0 where an input repeats.
func matmul[T number](e *engine[T]) kernel {
	return func(c device.Call) error {
		a, b, out := c.In[0], c.In[1], c.Out[0]
		r := int(out.Rank) - 2
		p := productOf(out.Dim[r], out.Dim[r+1], a.Dim[a.Rank-1], matrixOfView[T](a), matrixOfView[T](b), matrixOfView[T](out))
		if r == 0 {
			e.run(&p, NumThreads())
			return nil
		}
		e.batch(&c, p)
		return nil
	}
}

// batch computes the product of each pair of matrices.
func (e *engine[T]) batch(c *device.Call, p product[T]) {
	eachProduct(c, p.m*p.n*p.k, func(out, a, b unsafe.Pointer, workers int) {
		q := p
		q.c.p, q.a.p, q.b.p = out, a, b
		e.run(&q, workers)
	})
}

// eachProduct calls one with the addresses of each product of a batch: of few
// large ones in turn, with all goroutines, and else of each on one. Each is
// work multiplications.
func eachProduct(c *device.Call, work int, one func(out, a, b unsafe.Pointer, workers int)) {
	var w nest
	w.rank, w.dim = int(c.Out[0].Rank)-2, c.Out[0].Dim
	for _, v := range []*device.View{c.Out[0], c.In[0], c.In[1]} {
		u := *v
		u.Rank -= 2
		w.add(&u)
	}
	w.coalesce(0)
	some := func(lo, hi, workers int) {
		for i := lo; i < hi; i++ {
			at := w.at(i)
			one(at[0], at[1], at[2], workers)
		}
	}
	n, workers := w.len(), NumThreads()
	work = max(1, work)
	if workers == 1 || n < 4*workers && work > workers*parallelWork {
		some(0, n, workers)
		return
	}
	parallel(n, pieces(parallelWork, work), func(lo, hi int) { some(lo, hi, 1) })
}

// matrixOfView is the last two dims of a view.
func matrixOfView[T any](v *device.View) matrix[T] {
	r := int(v.Rank) - 2
	return matrix[T]{v.Ptr(), v.Stride[r], v.Stride[r+1]}
}

func matmulKernels() byDType {
	return byDType{
		device.Float32: matmul(gemm32), device.Float64: matmul(gemm64),
		device.Int8: matmul(plainEngine[int8]()), device.Int16: matmul(plainEngine[int16]()), device.Int32: matmul(plainEngine[int32]()),
		device.Int64: matmul(plainEngine[int64]()), device.UInt8: matmul(plainEngine[uint8]()),
		device.Float16:  widened(matmul(gemm32), f16as32),
		device.BFloat16: matmulBF16(gemmBF16),
	}
}
