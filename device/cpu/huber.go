package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// huber is Scale·Σ h(x-t), where h(d) is d²/2 up to Delta and Delta·(|d| - Delta/2)
// beyond: c·(|d| - c/2) for c = min(|d|, Delta). It adds in float64, block by
// block, so that the sum does not depend on the number of threads.
func huber[T float](k *simd.Kernels[T]) kernel {
	return func(c device.Call) error {
		a := c.Attr.(*device.HuberLoss)
		x, t := elements[T](c.In[0]), elements[T](c.In[1])
		blocks := make([]float64, pieces(len(x), blockLen))
		tasks(len(blocks), func(i int) {
			from, to := i*blockLen, min(len(x), (i+1)*blockLen)
			blocks[i] = huberSum(k, x[from:to], t[from:to], T(a.Delta))
		})
		sum := 0.0
		for _, s := range blocks {
			sum += s
		}
		*(*T)(c.Out[0].Ptr()) = T(a.Scale * sum)
		return nil
	}
}

func huberSum[T float](k *simd.Kernels[T], x, t []T, delta T) (sum float64) {
	if k.Arith.Sub == nil || k.Reduce.Sum == nil {
		for i, v := range x {
			d := math.Abs(float64(v) - float64(t[i]))
			near := min(d, float64(delta))
			sum += near * (d - near/2)
		}
		return sum
	}
	var d, near, half [chunk]T
	for len(x) > 0 {
		n := min(chunk, len(x))
		d, near, half := d[:n], near[:n], half[:n]
		k.Arith.Sub(d, x[:n], t[:n])
		k.Abs(d, d)
		k.MinNumber(near, d, delta)
		k.MulNumber(half, near, 0.5)
		k.Arith.Sub(d, d, half)
		k.Arith.Mul(d, d, near)
		sum += k.Reduce.Sum(d)
		x, t = x[n:], t[n:]
	}
	return sum
}

// huberGrad is Scale·(x-t, cut to ±Delta)·dy for one dy.
func huberGrad[T float](k *simd.Kernels[T]) kernel {
	return func(c device.Call) error {
		a := c.Attr.(*device.HuberLoss)
		scale := T(a.Scale * float64(*(*T)(c.In[2].Ptr())))
		x, t, dx := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.Out[0])
		parallel(len(x), grain, func(lo, hi int) { huberGradRow(k, dx[lo:hi], x[lo:hi], t[lo:hi], T(a.Delta), scale) })
		return nil
	}
}

func huberGradRow[T float](k *simd.Kernels[T], dx, x, t []T, delta, scale T) {
	if k.Arith.Sub == nil {
		for i, v := range x {
			dx[i] = min(max(v-t[i], -delta), delta) * scale
		}
		return
	}
	for len(x) > 0 {
		n := min(chunk, len(x))
		k.Arith.Sub(dx[:n], x[:n], t[:n])
		k.MaxNumber(dx[:n], dx[:n], -delta)
		k.MinNumber(dx[:n], dx[:n], delta)
		k.MulNumber(dx[:n], dx[:n], scale)
		dx, x, t = dx[n:], x[n:], t[n:]
	}
}
