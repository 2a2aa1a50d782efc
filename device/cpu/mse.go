package cpu

import "github.com/facula-ml/facula/device"

// mse is Scale·Σ(x-t)². It adds in float64, block by block, so that the sum
// does not depend on the number of threads.
func mse[T float](c device.Call) error {
	scale := c.Attr.(*device.MSE).Scale
	x, t := elements[T](c.In[0]), elements[T](c.In[1])
	sum := 0.0
	if len(x) <= blockLen {
		sum = squares(x, t)
	} else {
		blocks := make([]float64, (len(x)+blockLen-1)/blockLen)
		parallel(len(blocks), 1, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				from, to := i*blockLen, min(len(x), (i+1)*blockLen)
				blocks[i] = squares(x[from:to], t[from:to])
			}
		})
		for _, s := range blocks {
			sum += s
		}
	}
	*(*T)(c.Out[0].Ptr()) = T(scale * sum)
	return nil
}

// squares is Σ(x-t)², in two sums, so that one addition need not wait for the last.
func squares[T float](x, t []T) float64 {
	t = t[:len(x)]
	a, b := 0.0, 0.0
	for ; len(x) >= 2; x, t = x[2:], t[2:] {
		d, e := float64(x[0])-float64(t[0]), float64(x[1])-float64(t[1])
		a += d * d
		b += e * e
	}
	for i := range x {
		d := float64(x[i]) - float64(t[i])
		a += d * d
	}
	return a + b
}

// mseGrad is Scale·(x-t)·dy for one dy.
func mseGrad[T float](c device.Call) error {
	k := c.Attr.(*device.MSE).Scale * float64(*(*T)(c.In[2].Ptr()))
	x, t, dx := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.Out[0])
	if len(x) < 2*grain {
		mseGradRow(dx, x, t, k)
	} else {
		parallel(len(x), grain, func(lo, hi int) { mseGradRow(dx[lo:hi], x[lo:hi], t[lo:hi], k) })
	}
	return nil
}

func mseGradRow[T float](dx, x, t []T, k float64) {
	x, t = x[:len(dx)], t[:len(dx)]
	for i := range dx {
		dx[i] = T((float64(x[i]) - float64(t[i])) * k)
	}
}
