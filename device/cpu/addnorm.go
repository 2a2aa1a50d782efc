package cpu

import "github.com/facula-ml/facula/device"

// addNormalize is normalizeTrain of the sum of two tensors: each line of the
// sum is normalised while it is in the cache.
func addNormalize[T float](k *rowKernels[T]) kernel {
	return func(c device.Call) error {
		d, a := normedOf(c.In[0]), c.Attr.(device.Normalization)
		t, u, w, b := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.In[2]), elements[T](c.In[3])
		x, mean, variance, y := elements[T](c.Out[0]), elements[T](c.Out[1]), elements[T](c.Out[2]), elements[T](c.Out[3])
		channels(d, func(ch int, sums []T) {
			for i := range d.n {
				k.plus(row(d, x, i, ch), row(d, t, i, ch), row(d, u, i, ch))
			}
			m, v := k.spread(d, x, ch, sums)
			mean[ch], variance[ch] = T(m), T(v)
			k.scale(d, &a, y, x, w, b, ch, T(m), T(v))
		})
		return nil
	}
}
