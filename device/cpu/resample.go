package cpu

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A resampling is weighted sums along one dim: x is [outer, in, inner].
type resampling[T float] struct {
	*device.Taps
	weight           []T
	outer, in, inner int
	out, taps        int // taps is how many each element has, 0 if they differ
	at               []int32
	k                *simd.Kernels[T]
}

func resample[T float](k *simd.Kernels[T]) kernel {
	return func(c device.Call) error { return newResampling(k, &c).run(&c) }
}

func newResampling[T float](k *simd.Kernels[T], c *device.Call) *resampling[T] {
	r := &resampling[T]{Taps: c.Attr.(*device.Taps), outer: 1, inner: 1, k: k}
	v := c.In[0]
	for i, d := range v.Shape() {
		switch {
		case i < r.Dim:
			r.outer *= d
		case i > r.Dim:
			r.inner *= d
		}
	}
	r.in, r.out = v.Dim[r.Dim], len(r.Start)-1
	r.weight = make([]T, len(r.Weight))
	for i, w := range r.Weight {
		r.weight[i] = T(w)
	}
	r.at = make([]int32, len(r.At))
	for i, at := range r.At {
		r.at[i] = int32(at)
	}
	r.taps = r.regular()
	return r
}

func (r *resampling[T]) run(c *device.Call) error {
	x, y := elements[T](c.In[0]), elements[T](c.Out[0])
	if len(y) == 0 {
		return nil
	}
	if r.inner == 1 {
		parallel(r.outer, max(1, grain/r.out), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				r.line(y[i*r.out:][:r.out], x[i*r.in:][:r.in])
			}
		})
		return nil
	}
	parallel(r.outer*r.out, max(1, grain/r.inner), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			r.row(y[i*r.inner:][:r.inner], x[i/r.out*r.in*r.inner:], i%r.out)
		}
	})
	return nil
}

// regular is the number of taps of every element, or 0 if they differ.
func (r *resampling[T]) regular() int {
	n := r.Start[min(1, r.out)] - r.Start[0]
	for i := range r.out {
		if r.Start[i+1]-r.Start[i] != n {
			return 0
		}
	}
	return n
}

// line is all elements where the dim is the last.
func (r *resampling[T]) line(y, x []T) {
	at, w := r.at, r.weight
	switch r.taps {
	case 1:
		for i := range y {
			y[i] = w[i] * x[at[i]]
		}
	case 2:
		at, w = at[:2*len(y)], w[:2*len(y)]
		for i := range y {
			y[i] = w[2*i]*x[at[2*i]] + w[2*i+1]*x[at[2*i+1]]
		}
	case 4:
		at, w = at[:4*len(y)], w[:4*len(y)]
		for i := range y {
			y[i] = w[4*i]*x[at[4*i]] + w[4*i+1]*x[at[4*i+1]] + w[4*i+2]*x[at[4*i+2]] + w[4*i+3]*x[at[4*i+3]]
		}
	default:
		for i := range y {
			var sum T
			for k := r.Start[i]; k < r.Start[i+1]; k++ {
				sum += w[k] * x[at[k]]
			}
			y[i] = sum
		}
	}
}

// row is element i of the dim, for all inner ones.
func (r *resampling[T]) row(y, x []T, i int) {
	k, end := r.Start[i], r.Start[i+1]
	from := func(k int) []T { return x[r.At[k]*r.inner:][:len(y)] }
	if k == end {
		clear(y)
		return
	}
	switch a, w := from(k), r.weight[k]; {
	case end-k == 1 && w == 1:
		copy(y, a)
		return
	case r.k.MulNumber != nil && r.k.Axpy1 != nil:
		r.k.MulNumber(y, a, w)
		for k++; k < end; k++ {
			r.k.Axpy1(len(y), &r.weight[k], &from(k)[0], 0, &y[0])
		}
		return
	case end-k == 1:
		for j, v := range a {
			y[j] = w * v
		}
		return
	default:
		b, u := from(k+1), r.weight[k+1]
		for j, v := range a {
			y[j] = w*v + u*b[j]
		}
	}
	for k += 2; k+1 < end; k += 2 {
		a, w, b, u := from(k), r.weight[k], from(k+1), r.weight[k+1]
		for j, v := range a {
			y[j] = y[j] + w*v + u*b[j]
		}
	}
	if k < end {
		a, w := from(k), r.weight[k]
		for j, v := range a {
			y[j] += w * v
		}
	}
}
