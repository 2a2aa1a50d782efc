package cpu

import "github.com/facula-ml/facula/device"

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
		var w nest // over the batch
		w.rank, w.dim = r, out.Dim
		for _, v := range []*device.View{out, a, b} {
			u := *v
			u.Rank -= 2
			w.add(&u)
		}
		w.coalesce(0)
		e.batch(&w, p, NumThreads())
		return nil
	}
}

// batch computes one product for each element of w: few large ones in turn, on
// all goroutines, and else each on one.
func (e *engine[T]) batch(w *nest, p product[T], workers int) {
	n, work := w.len(), max(1, p.m*p.n*p.k)
	some := func(lo, hi, workers int) {
		q := p
		for i := lo; i < hi; i++ {
			at := w.at(i)
			q.c.p, q.a.p, q.b.p = at[0], at[1], at[2]
			e.run(&q, workers)
		}
	}
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
		device.BFloat16: widened(matmul(gemm32), bf16as32),
	}
}

// widened runs a float32 kernel on half-precision tensors: inputs of the first
// input's dtype are converted as a whole, outputs of that dtype narrowed.
func widened(k kernel, cd codec[float32]) kernel {
	load := elementwise(row1(cd, native[float32](), func(dst, a []float32) { copy(dst, a) }))
	store := elementwise(row1(native[float32](), cd, func(dst, a []float32) { copy(dst, a) }))
	return func(c device.Call) error {
		d := c.In[0].DType
		var tmp temporaries
		defer tmp.free()
		call := c
		for i, v := range c.In {
			if v == nil || v.DType != d {
				continue
			}
			u, err := tmp.like(v, device.Float32)
			if err != nil {
				return err
			}
			if err := load(device.Call{Out: [device.MaxOut]*device.View{u}, In: [device.MaxIn]*device.View{v}}); err != nil {
				return err
			}
			call.In[i] = u
		}
		for i, v := range c.Out {
			if v != nil && v.DType == d {
				u, err := tmp.like(v, device.Float32)
				if err != nil {
					return err
				}
				call.Out[i] = u
			}
		}
		if err := k(call); err != nil {
			return err
		}
		for i, v := range c.Out {
			if v != nil && v.DType == d {
				if err := store(device.Call{Out: [device.MaxOut]*device.View{v}, In: [device.MaxIn]*device.View{call.Out[i]}}); err != nil {
					return err
				}
			}
		}
		return nil
	}
}
