package cpu

import "github.com/facula-ml/facula/device"

// planes calls f for every channel of every image, with its number.
func planes(v *device.View, f func(i int)) {
	n, size := v.Dim[0]*v.Dim[1], volume(spatial(v))
	parallel(n, max(1, grain/max(1, size)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f(i)
		}
	})
}

// maxPool takes the first of equal maxima, and the last NaN, as PyTorch does.
func maxPool[T number]() kernel {
	pool := new(scratch[int32])
	return func(c device.Call) error {
		p := c.Attr.(device.Pool)
		g := newGrid(&p.Window, spatial(c.In[0]), spatial(c.Out[0]), pool)
		defer pool.put(g.buf)
		x, y, index := elements[T](c.In[0]), elements[T](c.Out[0]), elements[int64](c.Out[1])
		planes(c.In[0], func(i int) {
			from := x[i*g.image:][:g.image]
			to, at := y[i*g.windows:][:g.windows], index[i*g.windows:][:g.windows]
			for w := range to {
				best := int32(-1)
				var top T
				for _, k := range g.cellsOf(w) {
					if k < 0 {
						continue
					}
					if v := from[k]; best < 0 || v > top || v != v {
						best, top = k, v
					}
				}
				to[w], at[w] = top, int64(best)
			}
		})
		return nil
	}
}

// divisors are what each window's sum is divided by. The part of a window
// beyond the padding never counts.
func divisors(p *device.Pool, in, out [3]int) []int {
	d := make([]int, 0, volume(out))
	count := func(i, k int) int {
		lo := k*p.Stride[i] - p.Padding[i]
		hi := min(lo+p.Size[i], in[i]+p.Padding[i])
		if !p.IncludePad {
			lo, hi = max(lo, 0), min(hi, in[i])
		}
		return hi - lo
	}
	for a := range out[0] {
		for b := range out[1] {
			for c := range out[2] {
				n := p.Divisor
				if n == 0 {
					n = count(0, a) * count(1, b) * count(2, c)
				}
				d = append(d, n)
			}
		}
	}
	return d
}

func avgPool[T number]() kernel {
	pool := new(scratch[int32])
	return func(c device.Call) error {
		p := c.Attr.(device.Pool)
		in, out := spatial(c.In[0]), spatial(c.Out[0])
		g, div := newGrid(&p.Window, in, out, pool), divisors(&p, in, out)
		defer pool.put(g.buf)
		x, y := elements[T](c.In[0]), elements[T](c.Out[0])
		planes(c.In[0], func(i int) {
			from, to := x[i*g.image:][:g.image], y[i*g.windows:][:g.windows]
			for w := range to {
				var sum T
				for _, k := range g.cellsOf(w) {
					if k >= 0 {
						sum += from[k]
					}
				}
				to[w] = sum / T(div[w])
			}
		})
		return nil
	}
}

// avgPoolGrad is the transpose of avgPool.
func avgPoolGrad[T float]() kernel {
	pool := new(scratch[int32])
	return func(c device.Call) error {
		p := c.Attr.(device.Pool)
		in, out := spatial(c.Out[0]), spatial(c.In[0])
		g, div := newGrid(&p.Window, in, out, pool), divisors(&p, in, out)
		defer pool.put(g.buf)
		dy, dx := elements[T](c.In[0]), elements[T](c.Out[0])
		planes(c.Out[0], func(i int) {
			from, to := dy[i*g.windows:][:g.windows], dx[i*g.image:][:g.image]
			clear(to)
			for w, v := range from {
				v /= T(div[w])
				for _, k := range g.cellsOf(w) {
					if k >= 0 {
						to[k] += v
					}
				}
			}
		})
		return nil
	}
}

func maxPoolKernels() byDType {
	return denseFloats(maxPool[float32](), maxPool[float64]()).with(byDType{
		device.Int8: dense(maxPool[int8]()), device.Int16: dense(maxPool[int16]()), device.Int32: dense(maxPool[int32]()),
		device.Int64: dense(maxPool[int64]()), device.UInt8: dense(maxPool[uint8]()),
	})
}

func avgPoolKernels() byDType {
	return denseFloats(avgPool[float32](), avgPool[float64]()).with(byDType{device.Int64: dense(avgPool[int64]())})
}
