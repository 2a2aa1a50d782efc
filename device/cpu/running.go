package cpu

import (
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// A logSum is most + log sum, the log of a sum of exponentials.
type logSum struct{ most, sum float64 }

// add adds exp(v): the largest exponent so far is taken out.
func (a *logSum) add(v float64) float64 {
	switch {
	case v == a.most && math.IsInf(v, 0):
		a.sum++
	case v <= a.most:
		a.sum += math.Exp(v - a.most)
	default: // NaN too, which stays in the sum
		a.sum = a.sum*math.Exp(a.most-v) + 1
		a.most = v
	}
	if math.IsInf(a.most, -1) && a.sum == a.sum {
		return a.most
	}
	return a.most + math.Log(a.sum)
}

// logCumSumExp writes the running log of the sum of exponentials.
func logCumSumExp[T float](dst, x []T) {
	acc := logSum{most: math.Inf(-1)}
	for i, v := range x {
		dst[i] = T(acc.add(float64(v)))
	}
}

func logCumSumExpBack[T float](dst, x []T) {
	acc := logSum{most: math.Inf(-1)}
	for i := len(x) - 1; i >= 0; i-- {
		dst[i] = T(acc.add(float64(x[i])))
	}
}

// logCumSumExpKernels take a device.Scan.
func logCumSumExpKernels() byDType {
	ahead := lane1Kernels(logCumSumExp[float32], logCumSumExp[float64])
	back := lane1Kernels(logCumSumExpBack[float32], logCumSumExpBack[float64])
	var t byDType
	for d, k := range ahead {
		if k == nil {
			continue
		}
		t[d] = func(c device.Call) error {
			a := c.Attr.(device.Scan)
			c.Attr = device.Dim{Dim: a.Dim}
			if a.Reverse {
				return back[d](c)
			}
			return k(c)
		}
	}
	return t
}

// runningMax and runningMin write the best element up to each and its place: of
// equal ones the last, and once there is a NaN the last NaN.
func runningMax[T number](y, x []T, at []int64) {
	best, k := x[0], 0
	for i, v := range x {
		if v >= best || v != v {
			best, k = v, i
		}
		y[i], at[i] = best, int64(k)
	}
}

func runningMin[T number](y, x []T, at []int64) {
	best, k := x[0], 0
	for i, v := range x {
		if v <= best || v != v {
			best, k = v, i
		}
		y[i], at[i] = best, int64(k)
	}
}

// running makes a kernel of In → values, indices.
func running[T number](f func(y, x []T, at []int64), c codec[T]) kernel {
	xs, ys, as := new(scratch[T]), new(scratch[T]), new(scratch[int64])
	return alongDim(func(q [operands]unsafe.Pointer, s [operands]int, n int) {
		if n == 0 {
			return
		}
		xb, yb, ab := xs.get(n), ys.get(n), as.get(n)
		x := c.line(q[2], s[2], *xb)
		if c.direct && s[0] == 1 && s[1] == 1 {
			f(window[T](q[0], n), x, window[int64](q[1], n))
		} else {
			f(*yb, x, *ab)
			c.store(q[0], s[0], *yb)
			spread(q[1], s[1], *ab)
		}
		xs.put(xb)
		ys.put(yb)
		as.put(ab)
	})
}

func runningKernels(f32 func(y, x []float32, at []int64), f64 func(y, x []float64, at []int64), i64 func(y, x, at []int64)) byDType {
	t := byDType{
		device.Float32:  running(f32, native[float32]()),
		device.Float64:  running(f64, native[float64]()),
		device.Float16:  running(f32, f16as32),
		device.BFloat16: running(f32, bf16as32),
	}
	for _, d := range integers {
		t[d] = running(i64, int64Codec(d))
	}
	return t
}

// runs reads which of n elements, but the first, begin a run, and writes the
// number of each one's run, and where the runs begin.
func runs(c device.Call) error {
	n := c.Out[0].Len()
	group, starts := window[int64](c.Out[0].Ptr(), n), window[int64](c.Out[1].Ptr(), n)
	group[0], starts[0] = 0, 0
	if n == 1 {
		return nil
	}
	first, g := window[uint8](c.In[0].Ptr(), n-1), 0
	for i, b := range first {
		starts[g+1] = int64(i + 1) // written in any case: no branch to guess
		g += int(b & 1)
		group[i+1] = int64(g)
	}
	return nil
}
