package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// The steps of optimizers, one pass over memory each. The formulas are in
// package optim, whose definitions they are tested against.

// flat is view i of the inputs as one contiguous slice.
func flat[T any](c *device.Call, i int) []T { return window[T](c.In[i].Ptr(), c.In[i].Len()) }

func sgdStep[T float](k *simd.Kernels[T]) kernel {
	row := k.SGD
	if row == nil {
		row = sgdRow[T]
	}
	return func(c device.Call) error {
		a := c.Attr.(*device.SGD)
		lr, decay, s := T(a.LR), T(a.WeightDecay), towards[T](a.Maximize)
		p := flat[T](&c, 0)
		if c.Out[1] == nil {
			g := flat[T](&c, 1)
			if len(p) < 2*grain { // no closure for small parameters
				row(p, g, lr, decay, s)
			} else {
				parallel(len(p), grain, func(lo, hi int) { row(p[lo:hi], g[lo:hi], lr, decay, s) })
			}
			return nil
		}
		buf, g := flat[T](&c, 1), flat[T](&c, 2)
		mu, part := T(a.Momentum), T(1-a.Dampening)
		parallel(len(p), grain, func(lo, hi int) {
			if p, buf, g := p[lo:hi], buf[lo:hi], g[lo:hi]; k.Momentum == nil || a.First || a.Nesterov {
				momentumRow(p, buf, g, lr, decay, s, mu, part, a)
			} else {
				k.Momentum(p, buf, g, lr, decay, s, mu, part)
			}
		})
		return nil
	}
}

// towards is -1 where the objective is to grow.
func towards[T float](maximize bool) T {
	if maximize {
		return -1
	}
	return 1
}

func sgdRow[T float](p, g []T, lr, decay, s T) {
	g = g[:len(p)]
	for i := range p {
		d := s * g[i]
		if decay != 0 {
			d += decay * p[i]
		}
		p[i] -= lr * d
	}
}

func momentumRow[T float](p, buf, g []T, lr, decay, s, mu, part T, a *device.SGD) {
	buf, g = buf[:len(p)], g[:len(p)]
	for i := range p {
		d := s * g[i]
		if decay != 0 {
			d += decay * p[i]
		}
		b := d
		if !a.First {
			b = mu*buf[i] + part*d
		}
		buf[i] = b
		if a.Nesterov {
			b = d + mu*b
		}
		p[i] -= lr * b
	}
}

func adamStep[T float](k *simd.Kernels[T]) kernel {
	return func(c device.Call) error {
		a := c.Attr.(*device.Adam)
		p, m, v := flat[T](&c, 0), flat[T](&c, 1), flat[T](&c, 2)
		top, g := v, flat[T](&c, 3)
		if a.AMSGrad {
			top, g = g, flat[T](&c, 4)
		}
		parallel(len(p), grain, func(lo, hi int) {
			if p, m, v, g := p[lo:hi], m[lo:hi], v[lo:hi], g[lo:hi]; k.Adam == nil || a.AMSGrad {
				adamRow(p, m, v, top[lo:hi], g, a)
			} else {
				k.Adam(p, m, v, g, T(a.Rate), T(a.Eps), T(a.WeightDecay), T(a.Decay), towards[T](a.Maximize),
					T(a.Beta1), T(1-a.Beta1), T(a.Beta2), T(1-a.Beta2))
			}
		})
		return nil
	}
}

// adamRow is Adam on one row; top is the largest v so far, or v itself.
func adamRow[T float](p, m, v, top, g []T, a *device.Adam) {
	rate, eps := T(a.Rate), T(a.Eps)
	decay, keep, s := T(a.WeightDecay), T(a.Decay), towards[T](a.Maximize)
	b1, c1, b2, c2 := T(a.Beta1), T(1-a.Beta1), T(a.Beta2), T(1-a.Beta2)
	m, v, top, g = m[:len(p)], v[:len(p)], top[:len(p)], g[:len(p)]
	for i := range p {
		w, d := p[i]*keep, s*g[i]
		if decay != 0 {
			d += decay * w
		}
		m[i] = b1*m[i] + c1*d
		v[i] = b2*v[i] + c2*d*d
		t := v[i]
		if a.AMSGrad {
			t = max(t, top[i])
			top[i] = t
		}
		p[i] = w - rate*m[i]/(T(math.Sqrt(float64(t)))+eps)
	}
}

// rowStep runs a step that is written in Go.
func rowStep[T float](of func(*device.Rows) func([][]T)) kernel {
	return func(c device.Call) error {
		f := of(c.Attr.(*device.Rows))
		var all [len(c.In)][]T
		n := 0
		for ; n < len(c.In) && c.In[n] != nil; n++ {
			all[n] = flat[T](&c, n)
		}
		parallel(len(all[0]), grain, func(lo, hi int) {
			var rows [len(c.In)][]T
			for i := range n {
				rows[i] = all[i][lo:hi]
			}
			f(rows[:n])
		})
		return nil
	}
}
