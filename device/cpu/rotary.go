package cpu

import "github.com/facula-ml/facula/device"

// rotary turns pairs of elements of [n, rows, size] by the angles of each row:
// (x, y) becomes (x·cos - y·sin, y·cos + x·sin).
func rotary[T float](c device.Call) error {
	a := c.Attr.(device.Rotation)
	rows, half := c.In[0].Dim[1], c.In[0].Dim[2]/2
	x, cos, sin, out := elements[T](c.In[0]), elements[T](c.In[1]), elements[T](c.In[2]), elements[T](c.Out[0])
	turn := turnHalves[T]
	if a.Interleaved {
		turn = turnPairs[T]
	}
	sign := T(1)
	if a.Back {
		sign = -1
	}
	parallel(c.In[0].Dim[0]*rows, pieces(grain/4, max(1, half)), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			at := t % rows * half
			turn(out[2*half*t:][:2*half], x[2*half*t:][:2*half], cos[at:][:half], sin[at:][:half], sign)
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
