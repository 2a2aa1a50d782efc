package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// distances are the p-norms of the differences of all rows of a and b.
func distances[T float](k *simd.Kernels[T]) kernel {
	rows := rowsOf(k)
	return func(c device.Call) error {
		a, b, y := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.Out[0])
		p, r, m := c.In[0].Dim[1], c.In[1].Dim[1], c.In[0].Dim[2]
		norm := rows.normOf(k, c.Attr.(device.Distance).P, m)
		parallel(len(y), max(1, grain/4/max(1, m)), func(lo, hi int) {
			buf := rows.parts.get(m)
			defer rows.parts.put(buf)
			for i := lo; i < hi; i++ {
				row := i / r // of a
				x := a[row*m:][:m]
				y[i] = T(norm(*buf, x, b[(row/p*r+i%r)*m:][:m]))
			}
		})
		return nil
	}
}

// longRow is from where on it pays to take a row by vectors, in several calls.
const longRow = 16

// normOf is a function of two rows of m elements, which may write to buf.
func (k *rowKernels[T]) normOf(s *simd.Kernels[T], p float64, m int) func(buf, a, b []T) float64 {
	vectors := m >= longRow && s.Arith.Sub != nil && s.Abs != nil
	switch {
	case p == 1 && vectors:
		return func(buf, a, b []T) float64 {
			s.Arith.Sub(buf, a, b)
			s.Abs(buf, buf)
			return k.sum(buf)
		}
	case p == 2 && vectors:
		return func(buf, a, b []T) float64 {
			s.Arith.Sub(buf, a, b)
			return math.Sqrt(float64(k.Dot(buf, buf)))
		}
	case math.IsInf(p, 1) && vectors:
		return func(buf, a, b []T) float64 {
			s.Arith.Sub(buf, a, b)
			s.Abs(buf, buf)
			return float64(k.top(buf))
		}
	}
	term, end := normTerms(p)
	if math.IsInf(p, 1) {
		return func(_, a, b []T) float64 {
			largest := 0.0
			for i, v := range a {
				largest = max(largest, math.Abs(float64(v-b[i]))) // NaN stays
			}
			return largest
		}
	}
	return func(_, a, b []T) float64 {
		sum := 0.0
		for i, v := range a {
			sum += term(math.Abs(float64(v - b[i])))
		}
		return end(sum)
	}
}

// normTerms is what a finite p-norm adds up, and what it makes of the sum.
func normTerms(p float64) (term, end func(x float64) float64) {
	same := func(x float64) float64 { return x }
	switch p {
	case 0:
		return func(x float64) float64 {
			if x > 0 {
				return 1
			}
			return x // 0 or NaN
		}, same
	case 1:
		return same, same
	case 2:
		return func(x float64) float64 { return x * x }, math.Sqrt
	case 3:
		return func(x float64) float64 { return x * x * x }, math.Cbrt
	}
	return func(x float64) float64 { return math.Pow(x, p) }, func(x float64) float64 { return math.Pow(x, 1/p) }
}

// distancesGrad is Σ dy·d/da ‖a - b‖ over the rows of b. It is 0 where the norm is,
// and for the largest difference each element that has it gets all, as in PyTorch.
func distancesGrad[T float](c device.Call) error {
	dy, a, b, y, da := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.In[2]), elements[T](c.In[3]), elements[T](c.Out[0])
	p, r, m := c.In[1].Dim[1], c.In[2].Dim[1], c.In[1].Dim[2]
	add := normGradTerms[T](c.Attr.(device.Distance).P)
	parallel(len(da)/max(1, m), max(1, grain/4/max(1, m*r)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			to, x := da[i*m:][:m], a[i*m:][:m]
			clear(to)
			for j := range r {
				if g := dy[i*r+j]; g != 0 {
					add(to, x, b[(i/p*r+j)*m:][:m], g, y[i*r+j])
				}
			}
		}
	})
	return nil
}

// normGradTerms is what one row of b adds to da.
func normGradTerms[T float](p float64) func(da, a, b []T, dy, y T) {
	each := func(f func(d, dy, y float64) float64) func(da, a, b []T, dy, y T) {
		return func(da, a, b []T, dy, y T) {
			for i, v := range a {
				if d := float64(v - b[i]); d != 0 {
					da[i] += T(f(d, float64(dy), float64(y)))
				}
			}
		}
	}
	switch {
	case p == 0:
		return func(_, _, _ []T, _, _ T) {}
	case p == 1:
		return each(func(d, dy, _ float64) float64 { return math.Copysign(dy, d*dy) })
	case math.IsInf(p, 1):
		return each(func(d, dy, y float64) float64 {
			if T(math.Abs(d)) != T(y) {
				return 0
			}
			return math.Copysign(dy, d*dy)
		})
	case p == 2:
		return func(da, a, b []T, dy, y T) {
			if y == 0 {
				return
			}
			scale := dy / y
			for i, v := range a {
				da[i] += (v - b[i]) * scale
			}
		}
	}
	return func(da, a, b []T, dy, y T) {
		if y == 0 {
			return
		}
		scale := float64(dy) * math.Pow(float64(y), 1-p)
		for i, v := range a {
			if d := float64(v - b[i]); d != 0 {
				da[i] += T(math.Copysign(math.Pow(math.Abs(d), p-1), d) * scale)
			}
		}
	}
}
