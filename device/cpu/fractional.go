package cpu

import "github.com/facula-ml/facula/device"

// fractionalMaxPool takes the first of equal maxima, and the last NaN, of
// windows whose starts each plane has for itself.
func fractionalMaxPool[T float](c device.Call) error {
	p := newPooling(&c, c.In[0], c.Out[0])
	x, starts := elements[T](c.In[0]), elements[int64](c.In[1])
	y, index := elements[T](c.Out[0]), elements[int64](c.Out[1])
	image, windows, count := volume(p.in), volume(p.out), p.out[0]+p.out[1]+p.out[2]
	planes(c.In[0], func(lo, hi int) {
		for i := lo; i < hi; i++ {
			p.fractionalPlane(starts[i*count:][:count], func(w int, at []int) {
				from, best := x[i*image:][:image], at[0]
				for _, k := range at[1:] {
					if v := from[k]; v > from[best] || v != v {
						best = k
					}
				}
				y[i*windows+w], index[i*windows+w] = from[best], int64(best)
			})
		}
	})
	return nil
}

// fractionalPlane calls f for every window in order with the elements that it sees.
func (p *pooling) fractionalPlane(starts []int64, f func(w int, at []int)) {
	at := make([]int, volume(p.Size))
	w := 0
	for _, d0 := range starts[:p.out[0]] {
		for _, h0 := range starts[p.out[0]:][:p.out[1]] {
			for _, x0 := range starts[p.out[0]+p.out[1]:] {
				k := 0
				for d := range p.Size[0] {
					for h := range p.Size[1] {
						row := ((int(d0)+d)*p.in[1]+int(h0)+h)*p.in[2] + int(x0)
						for j := range p.Size[2] {
							at[k] = row + j
							k++
						}
					}
				}
				f(w, at)
				w++
			}
		}
	}
}
