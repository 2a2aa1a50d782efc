package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// pairSum is Scale·Σ of what row makes of two rows. It adds in float64, block by
// block, so that the sum does not depend on the number of threads.
func pairSum[T float](row func(x, t []T) float64) kernel {
	return func(c device.Call) error {
		scale := c.Attr.(*device.MSE).Scale
		x, t := elements[T](c.In[0]), elements[T](c.In[1])
		sum := 0.0
		if len(x) <= blockLen {
			sum = row(x, t)
		} else {
			blocks := make([]float64, pieces(len(x), blockLen))
			tasks(len(blocks), func(i int) {
				from, to := i*blockLen, min(len(x), (i+1)*blockLen)
				blocks[i] = row(x[from:to], t[from:to])
			})
			for _, s := range blocks {
				sum += s
			}
		}
		*(*T)(c.Out[0].Ptr()) = T(scale * sum)
		return nil
	}
}

// squaresRow is Σ(x-t)², and l1Row Σ|x-t|. By assembly they round x-t to the
// dtype, as PyTorch does.
func squaresRow[T float](k *simd.Kernels[T]) func(x, t []T) float64 {
	if k.Arith.Sub == nil || k.Squares == nil {
		return squares[T]
	}
	return differences(k, squares[T], func(d []T) float64 { return k.Squares(d, 0) })
}

func l1Row[T float](k *simd.Kernels[T]) func(x, t []T) float64 {
	if k.Arith.Sub == nil || k.Reduce.Sum == nil {
		return gaps[T]
	}
	return differences(k, gaps[T], func(d []T) float64 {
		k.Abs(d, d)
		return k.Reduce.Sum(d)
	})
}

// gaps is Σ|x-t|.
func gaps[T float](x, t []T) (sum float64) {
	for i, v := range x {
		sum += math.Abs(float64(v) - float64(t[i]))
	}
	return sum
}

// differences adds what f makes of x-t, a part that stays in the cache at a time.
func differences[T float](k *simd.Kernels[T], few func(x, t []T) float64, f func(d []T) float64) func(x, t []T) float64 {
	return func(x, t []T) (sum float64) {
		if len(x) <= 64 { // few are not worth memory of their own
			return few(x, t)
		}
		var d [chunk]T
		for len(x) > 0 {
			n := min(chunk, len(x))
			k.Arith.Sub(d[:n], x[:n], t[:n])
			sum += f(d[:n])
			x, t = x[n:], t[n:]
		}
		return sum
	}
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
