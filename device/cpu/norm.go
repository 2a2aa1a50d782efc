package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// normed is a contiguous tensor [n, c, l] that is normalised by channel.
type normed struct{ n, c, l int }

func normedOf(v *device.View) normed { return normed{v.Dim[0], v.Dim[1], v.Dim[2]} }

// row is line (i, ch) of x.
func row[T any](d normed, x []T, i, ch int) []T { return x[(i*d.c+ch)*d.l:][:d.l] }

// channels calls f for every channel; each is summed by one goroutine.
func (d normed) channels(f func(ch int)) {
	parallel(d.c, max(1, grain/4/max(1, d.n*d.l)), func(lo, hi int) {
		for ch := lo; ch < hi; ch++ {
			f(ch)
		}
	})
}

// normStats are mean and biased variance, in two passes and float64.
func normStats[T float]() kernel {
	return func(c device.Call) error {
		d := normedOf(c.In[0])
		x, mean, variance := elements[T](c.In[0]), elements[T](c.Out[0]), elements[T](c.Out[1])
		count := float64(d.n * d.l)
		d.channels(func(ch int) {
			sum := 0.0
			for i := range d.n {
				for _, v := range row(d, x, i, ch) {
					sum += float64(v)
				}
			}
			m, squares := sum/count, 0.0
			for i := range d.n {
				for _, v := range row(d, x, i, ch) {
					squares += (float64(v) - m) * (float64(v) - m)
				}
			}
			mean[ch], variance[ch] = T(m), T(squares/count)
		})
		return nil
	}
}

// normalize is (x - mean) / √(variance + eps) · w + b.
func normalize[T float]() kernel {
	return func(c device.Call) error {
		d, a := normedOf(c.In[0]), c.Attr.(device.Normalization)
		x, mean, variance := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.In[2])
		w, b, y := elements[T](c.In[3]), elements[T](c.In[4]), elements[T](c.Out[0])
		d.channels(func(ch int) {
			m, r := mean[ch], T(1/math.Sqrt(float64(variance[ch])+a.Eps))
			for i := range d.n {
				from, to := row(d, x, i, ch), row(d, y, i, ch)
				if a.Inner {
					w, b := w[:len(to)], b[:len(to)]
					for l, v := range from[:len(to)] {
						to[l] = (v-m)*r*w[l] + b[l]
					}
					continue
				}
				scale, shift := r*w[ch], b[ch]
				for l, v := range from[:len(to)] {
					to[l] = (v-m)*scale + shift
				}
			}
		})
		return nil
	}
}

// normalizeGrad is the gradient through y, with mean and variance as functions
// of x: for x̂ = (x - mean)·r and g = w·dy,
//
//	dx = r·(g - mean(g) - x̂·mean(g·x̂)), dw = Σ dy·x̂, db = Σ dy
func normalizeGrad[T float]() kernel {
	return func(c device.Call) error {
		d, a := normedOf(c.In[1]), c.Attr.(device.Normalization)
		dy, x := elements[T](c.In[0]), elements[T](c.In[1])
		mean, variance, w := elements[T](c.In[2]), elements[T](c.In[3]), elements[T](c.In[4])
		dx, dw, db := elements[T](c.Out[0]), elements[T](c.Out[1]), elements[T](c.Out[2])
		count := float64(d.n * d.l)
		rstd := func(ch int) float64 { return 1 / math.Sqrt(float64(variance[ch])+a.Eps) }
		d.channels(func(ch int) {
			m, r := float64(mean[ch]), rstd(ch)
			s1, s2 := 0.0, 0.0 // of g and g·(x - mean)
			for i := range d.n {
				g, v := row(d, dy, i, ch), row(d, x, i, ch)
				if a.Inner {
					for l := range g {
						k := float64(g[l]) * float64(w[l])
						s1 += k
						s2 += k * (float64(v[l]) - m)
					}
					continue
				}
				for l := range g {
					s1 += float64(g[l])
					s2 += float64(g[l]) * (float64(v[l]) - m)
				}
			}
			scale := r
			if !a.Inner {
				dw[ch], db[ch] = T(s2*r), T(s1)
				scale *= float64(w[ch])
			}
			s1, s2 = s1/count, s2/count*r*r
			for i := range d.n {
				g, v, to := row(d, dy, i, ch), row(d, x, i, ch), row(d, dx, i, ch)
				for l := range to {
					k := float64(g[l])
					if a.Inner {
						k *= float64(w[l])
					}
					to[l] = T(scale * (k - s1 - (float64(v[l])-m)*s2))
				}
			}
		})
		if a.Inner {
			innerGrads(d, dy, x, mean, dw, db, rstd)
		}
		return nil
	}
}

// innerGrads sums dw and db over the channels, in their order, some columns at a time.
func innerGrads[T float](d normed, dy, x, mean, dw, db []T, rstd func(ch int) float64) {
	const width = 64
	tasks(pieces(d.l, width), func(i int) {
		var sw, sb [width]float64
		lo := i * width
		n := min(width, d.l-lo)
		for ch := range d.n * d.c {
			m, r := float64(mean[ch]), rstd(ch)
			g, v := dy[ch*d.l+lo:][:n], x[ch*d.l+lo:][:n]
			for l := range g {
				sw[l] += float64(g[l]) * (float64(v[l]) - m) * r
				sb[l] += float64(g[l])
			}
		}
		for l := range n {
			dw[lo+l], db[lo+l] = T(sw[l]), T(sb[l])
		}
	})
}
