package cpu

import "github.com/facula-ml/facula/device"

// rotary turns pairs of elements of [batch, heads, rows, size] by the angles of
// each row: (x, y) becomes (x·cos - y·sin, y·cos + x·sin).
func rotary[T float](c device.Call) error {
	a, in := c.Attr.(device.Rotation), c.In[0]
	heads, rows, half := in.Dim[1], in.Dim[2], in.Dim[3]/2
	cos, sin, out := elements[T](c.In[1]), elements[T](c.In[2]), elements[T](c.Out[0])
	turn := turnHalves[T]
	if a.Interleaved {
		turn = turnPairs[T]
	}
	sign := T(1)
	if a.Back {
		sign = -1
	}
	parallel(in.Dim[0]*heads*rows, pieces(grain/4, max(1, half)), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			r, h := t%rows, t/rows
			x := window[T](head[T](in, h/heads, h%heads, r).p, 2*half)
			turn(out[2*half*t:][:2*half], x, cos[r*half:][:half], sin[r*half:][:half], sign)
		}
	})
	return nil
}

func turnHalves[T float](dst, x, cos, sin []T, sign T) {
	half := len(cos)
	u, v, du, dv, sin := x[:half], x[half:][:half], dst[:half], dst[half:][:half], sin[:half]
	for i, c := range cos {
		s := sign * sin[i]
		p, q := u[i], v[i]
		du[i], dv[i] = T(p*c)-T(q*s), T(q*c)+T(p*s)
	}
}

func turnPairs[T float](dst, x, cos, sin []T, sign T) {
	sin = sin[:len(cos)]
	for i, c := range cos {
		s := sign * sin[i]
		u, v := x[2*i:][:2], dst[2*i:][:2]
		v[0], v[1] = T(u[0]*c)-T(u[1]*s), T(u[1]*c)+T(u[0]*s)
	}
}
