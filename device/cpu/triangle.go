package cpu

import "github.com/facula-ml/facula/device"

// triangle copies the part of each row that stays and clears the rest.
func triangle[T any](c device.Call) error {
	x, y, d := elements[T](c.In[0]), elements[T](c.Out[0]), c.Attr.(device.Diagonal)
	v := c.In[0]
	if len(x) == 0 {
		return nil
	}
	rows, n := v.Dim[v.Rank-2], v.Dim[v.Rank-1]
	parallel(len(x)/n, max(1, grain/n), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			from, to := x[r*n:][:n], y[r*n:][:n]
			at := r%rows + d.Offset // the column of the diagonal
			if d.Upper {
				k := min(max(at, 0), n)
				clear(to[:k])
				copy(to[k:], from[k:])
			} else {
				k := min(max(at+1, 0), n)
				copy(to, from[:k])
				clear(to[k:])
			}
		}
	})
	return nil
}
