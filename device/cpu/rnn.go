package cpu

import "github.com/facula-ml/facula/device"

// rnn is h' = f(p + h·wᵀ) for f tanh or relu.
func rnn[T float](c *cells[T]) kernel {
	return func(call device.Call) error {
		a := call.Attr.(*device.Recurrence)
		s, n := sequencesOf(a), call.In[1].Dim[1]
		p, h, hs := elements[T](call.In[0]), elements[T](call.In[2]), elements[T](call.Out[0])
		w := c.weight(&s, n, n, matrixOf(elements[T](call.In[1]), n).t())
		defer w.free(c)
		f := c.tanh
		if a.ReLU {
			f = c.relu
		}
		s.share(s.rows*n*n, func(lo, hi, workers int) {
			copy(hs[(s.initial+lo)*n:], h[lo*n:hi*n])
			s.walk(lo, hi, false, func(r stretch) {
				c.times(w, r.n, rowsFrom(hs, n, r.before), rowsFrom(hs, n, r.after), rowsFrom(p, n, r.row), workers)
				y := hs[r.after*n:][:r.n*n]
				f(y, y)
			})
		})
		return nil
	}
}

// rnnGrad is dp = dh'·f'(h'), and dh = dp·w.
func rnnGrad[T float](c *cells[T]) kernel {
	return func(call device.Call) error {
		a := call.Attr.(*device.Recurrence)
		s, n := sequencesOf(a), call.In[2].Dim[1]
		dhs, hs := elements[T](call.In[0]), elements[T](call.In[4])
		dp, dh := elements[T](call.Out[0]), elements[T](call.Out[1])
		w := c.weight(&s, n, n, matrixOf(elements[T](call.In[2]), n))
		defer w.free(c)
		f := c.tanhGrad
		if a.ReLU {
			f = c.reluGrad
		}
		s.share(s.rows*n*n, func(lo, hi, workers int) {
			clear(dh[lo*n : hi*n])
			s.walk(lo, hi, true, func(r stretch) {
				d := dp[r.row*n:][:r.n*n]
				c.add(d, dhs[r.after*n:][:r.n*n], dh[r.seq*n:][:r.n*n])
				f(d, d, hs[r.after*n:][:r.n*n])
				c.times(w, r.n, rowsFrom(dp, n, r.row), rowsFrom(dh, n, r.seq), matrix[T]{}, workers)
			})
			c.addInitial(&s, dh, dhs, n, lo, hi)
		})
		return nil
	}
}
