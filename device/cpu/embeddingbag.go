package cpu

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// embeddingBag adds up the rows of a weight that the indices of each bag name,
// each times its sample's weight.
func embeddingBag[T float](k *simd.Kernels[T]) kernel {
	plus := or2(k.Arith.Add, add[T])
	return func(c device.Call) error {
		w, idx, starts := elements[T](c.In[0]), elements[int64](c.In[1]), elements[int64](c.In[2])
		a, d, y := c.Attr.(device.Bag), c.In[0].Dim[1], elements[T](c.Out[0])
		if err := inRange(c.In[1], device.IndexRange{Size: c.In[0].Dim[0]}); err != nil {
			return err
		}
		var each []T
		if c.In[3] != nil {
			each = elements[T](c.In[3])
		}
		bags := len(starts) - 1
		parallel(bags, max(1, grain/max(1, d*len(idx)/max(1, bags))), func(lo, hi int) {
			for b := lo; b < hi; b++ {
				to, count := y[b*d:(b+1)*d], 0
				clear(to)
				for i := starts[b]; i < starts[b+1]; i++ {
					r := int(idx[i])
					if r == a.Padding {
						continue
					}
					count++
					from := w[r*d : (r+1)*d]
					if each != nil {
						for e, v := range from {
							to[e] += v * each[i]
						}
					} else {
						plus(to, to, from)
					}
				}
				if a.Mean && count > 1 {
					for e := range to {
						to[e] /= T(count)
					}
				}
			}
		})
		return nil
	}
}
