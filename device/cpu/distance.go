package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A metric is the p-norm of differences of two rows. Long rows go by vectors, in
// several calls.
type metric[T float] struct {
	*rowKernels[T]
	s *simd.Kernels[T]
	p float64
}

// longRow is from where on vectors pay.
const longRow = 16

func (m *metric[T]) vectors(n int) bool { return n >= longRow && m.s.Arith.Sub != nil }

// distances are the p-norms of the differences of all rows of a and b.
func distances[T float](s *simd.Kernels[T]) kernel {
	k := rowsOf(s)
	return func(c device.Call) error {
		a, b, y := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.Out[0])
		p, r, n := c.In[0].Dim[1], c.In[1].Dim[1], c.In[0].Dim[2]
		of := c.Attr.(device.Distance)
		m := &metric[T]{k, s, of.P}
		parallel(len(y), max(1, grain/4/max(1, n)), func(lo, hi int) {
			buf, wide := k.parts.get(n), k.perRow.get(n)
			defer k.parts.put(buf)
			defer k.perRow.put(wide)
			for i := lo; i < hi; i++ {
				row := i / r // of a
				if of.Pairs && i%r <= row%p {
					y[i] = 0
					continue
				}
				y[i] = T(m.norm((*buf)[:n], (*wide)[:n], a[row*n:][:n], b[(row/p*r+i%r)*n:][:n]))
			}
		})
		return nil
	}
}

// norm is that of a - b; it writes to buf and wide.
func (m *metric[T]) norm(buf []T, wide []float64, a, b []T) float64 {
	inf := math.IsInf(m.p, 1)
	if m.vectors(len(a)) && (m.p == 1 || m.p == 2 || inf) {
		m.s.Arith.Sub(buf, a, b)
		if m.p == 2 {
			return math.Sqrt(float64(m.Dot(buf, buf)))
		}
		m.s.Abs(buf, buf)
		if m.p == 1 {
			return m.sum(buf)
		}
		return float64(m.top(buf))
	}
	sum := 0.0
	for i, v := range a {
		d := math.Abs(float64(v - b[i]))
		switch {
		case inf:
			sum = max(sum, d) // NaN stays
		case m.p == 2:
			sum += d * d
		case m.p == 0 && d > 0:
			sum++
		default:
			sum += d // 0 and NaN too
		}
		wide[i] = d
	}
	switch {
	case m.p == 2:
		return math.Sqrt(sum)
	case m.p == 0 || m.p == 1 || inf:
		return sum
	}
	powers(wide, m.p)
	sum = 0
	for _, v := range wide {
		sum += v
	}
	return math.Pow(sum, 1/m.p)
}

// powers are xᵖ for x >= 0, as exp(p·log x).
func powers(x []float64, p float64) {
	if asm.F64.Log == nil || asm.F64.Exp == nil {
		for i, v := range x {
			x[i] = math.Pow(v, p)
		}
		return
	}
	asm.F64.Log(x, x)
	asm.F64.MulNumber(x, x, p)
	asm.F64.Exp(x, x)
}

// distancesGrad is Σ dy·d/da ‖a - b‖ over the rows of b. It is 0 where the norm is,
// and for the largest difference each element that has it gets all, as in PyTorch.
func distancesGrad[T float](s *simd.Kernels[T]) kernel {
	k := rowsOf(s)
	return func(c device.Call) error {
		dy, a, b, y, da := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.In[2]), elements[T](c.In[3]), elements[T](c.Out[0])
		p, r, n := c.In[1].Dim[1], c.In[2].Dim[1], c.In[1].Dim[2]
		m := &metric[T]{k, s, c.Attr.(device.Distance).P}
		parallel(len(da)/max(1, n), max(1, grain/4/max(1, n*r)), func(lo, hi int) {
			buf, wide := k.parts.get(n), k.perRow.get(n)
			defer k.parts.put(buf)
			defer k.perRow.put(wide)
			for i := lo; i < hi; i++ {
				to, x := da[i*n:][:n], a[i*n:][:n]
				clear(to)
				for j := range r {
					if at := i*r + j; dy[at] != 0 && y[at] != 0 && m.p != 0 {
						m.addGrad(to, (*buf)[:n], (*wide)[:n], x, b[(i/p*r+j)*n:][:n], dy[at], y[at])
					}
				}
			}
		})
		return nil
	}
}

// addGrad adds what one row of b gives to da: d ‖d‖ = sign(d)·|d|^(p-1)·‖d‖^(1-p).
func (m *metric[T]) addGrad(da, buf []T, wide []float64, a, b []T, dy, y T) {
	scale := dy
	if m.p == 2 {
		scale = dy / y
	}
	switch {
	case m.vectors(len(a)) && (m.p == 1 || m.p == 2):
		m.s.Arith.Sub(buf, a, b)
		if m.p == 1 {
			m.s.Sign(buf, buf)
		}
		m.s.MulNumber(buf, buf, scale)
		m.s.Arith.Add(da, da, buf)
		return
	case m.p == 2:
		for i, v := range a {
			da[i] += (v - b[i]) * scale
		}
		return
	}
	for i, v := range a {
		wide[i] = math.Abs(float64(v - b[i]))
	}
	if m.p != 1 && !math.IsInf(m.p, 1) {
		powers(wide, m.p-1)
		scale = T(float64(dy) * math.Pow(float64(y), 1-m.p))
	}
	for i, v := range a {
		d := v - b[i]
		switch {
		case d == 0:
		case m.p == 1:
			da[i] += T(math.Copysign(1, float64(d))) * dy
		case math.IsInf(m.p, 1):
			if T(wide[i]) == y {
				da[i] += T(math.Copysign(1, float64(d))) * dy
			}
		default:
			da[i] += T(math.Copysign(wide[i], float64(d))) * scale
		}
	}
}
