package cpu

import "github.com/facula-ml/facula/device"

// maxUnpool puts elements at their index into zeros; of two with one index the
// later wins.
func maxUnpool[T float](c device.Call) error {
	image, windows := volume(spatial(c.Out[0])), volume(spatial(c.In[0]))
	if err := inRange(c.In[1], device.IndexRange{Size: image}); err != nil {
		return err
	}
	x, index, y := elements[T](c.In[0]), elements[int64](c.In[1]), elements[T](c.Out[0])
	planes(c.Out[0], func(lo, hi int) {
		for i := lo; i < hi; i++ {
			to, from := y[i*image:][:image], x[i*windows:][:windows]
			clear(to)
			for w, at := range index[i*windows:][:windows] {
				to[at] = from[w]
			}
		}
	})
	return nil
}

// maxUnpoolGrad takes each element's gradient from where it was put.
func maxUnpoolGrad[T float](c device.Call) error {
	image, windows := volume(spatial(c.In[0])), volume(spatial(c.Out[0]))
	dy, index, dx := elements[T](c.In[0]), elements[int64](c.In[1]), elements[T](c.Out[0])
	planes(c.In[0], func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from, to := dy[i*image:][:image], dx[i*windows:][:windows]
			for w, at := range index[i*windows:][:windows] {
				to[w] = from[at]
			}
		}
	})
	return nil
}
