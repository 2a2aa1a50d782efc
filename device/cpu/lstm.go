package cpu

import "github.com/facula-ml/facula/device"

// lstm is, for p + h·wᵀ = (i, f, g, o) before their functions,
//
//	c' = σ(f)·c + σ(i)·tanh(g), h' = σ(o)·tanh(c')
func lstm[T float](k *cells[T]) kernel {
	return func(call device.Call) error {
		s, n := sequencesOf(call.Attr.(*device.Recurrence)), call.In[1].Dim[1]
		p, h, c := elements[T](call.In[0]), elements[T](call.In[2]), elements[T](call.In[3])
		hs, cs, gates := elements[T](call.Out[0]), elements[T](call.Out[1]), elements[T](call.Out[2])
		w := k.weight(&s, n, 4*n, matrixOf(elements[T](call.In[1]), n).t())
		defer w.free(k)
		s.share(s.rows*4*n*n, func(lo, hi, workers int) {
			copy(hs[(s.initial+lo)*n:], h[lo*n:hi*n])
			copy(cs[(s.initial+lo)*n:], c[lo*n:hi*n])
			s.walk(lo, hi, false, func(r stretch) {
				k.times(w, r.n, rowsFrom(hs, n, r.before), rowsFrom(gates, 4*n, r.row), rowsFrom(p, 4*n, r.row), workers)
				for i := range r.n {
					g, y := gates[(r.row+i)*4*n:][:4*n], hs[(r.after+i)*n:][:n]
					k.sigmoid(g[:2*n], g[:2*n])
					k.tanh(g[2*n:3*n], g[2*n:3*n])
					k.sigmoid(g[3*n:], g[3*n:])
					to := cs[(r.after+i)*n:][:n]
					lstmCell(to, cs[(r.before+i)*n:][:n], g[:n], g[n:2*n], g[2*n:3*n])
					k.tanh(y, to)
					k.mul(y, y, g[3*n:])
				}
			})
		})
		return nil
	}
}

// lstmCell is to = f·c + i·g.
func lstmCell[T float](to, c, i, f, g []T) {
	c, i, f, g = c[:len(to)], i[:len(to)], f[:len(to)], g[:len(to)]
	for x := range to {
		to[x] = T(f[x]*c[x]) + T(i[x]*g[x])
	}
}

// lstmGrad goes through the steps backward. The gradients of the states, of
// each sequence, wait in dh and dc for the step before.
func lstmGrad[T float](k *cells[T]) kernel {
	return func(call device.Call) error {
		s, n := sequencesOf(call.Attr.(*device.Recurrence)), call.In[3].Dim[1]
		dhs, dcs := elements[T](call.In[0]), elements[T](call.In[1])
		gates, cs := elements[T](call.In[6]), elements[T](call.In[7])
		dp, dh, dc := elements[T](call.Out[0]), elements[T](call.Out[1]), elements[T](call.Out[2])
		w := k.weight(&s, 4*n, n, matrixOf(elements[T](call.In[3]), n))
		defer w.free(k)
		s.share(s.rows*4*n*n, func(lo, hi, workers int) {
			clear(dh[lo*n : hi*n])
			clear(dc[lo*n : hi*n])
			buf := k.ws.get(2 * n)
			dy, tc := (*buf)[:n], (*buf)[n:]
			s.walk(lo, hi, true, func(r stretch) {
				for i := range r.n {
					q := r.seq + i
					k.add(dy, dhs[(r.after+i)*n:][:n], dh[q*n:][:n])
					k.tanh(tc, cs[(r.after+i)*n:][:n])
					d := dc[q*n:][:n]
					k.add(d, d, dcs[(r.after+i)*n:][:n])
					lstmCellGrad(dp[(r.row+i)*4*n:][:4*n], d, dy, tc, gates[(r.row+i)*4*n:][:4*n], cs[(r.before+i)*n:][:n])
				}
				k.times(w, r.n, rowsFrom(dp, 4*n, r.row), rowsFrom(dh, n, r.seq), matrix[T]{}, workers)
			})
			k.ws.put(buf)
			k.addInitial(&s, dh, dhs, n, lo, hi)
			k.addInitial(&s, dc, dcs, n, lo, hi)
		})
		return nil
	}
}

// lstmCellGrad maps dc' and dh', and tc = tanh(c'), to the gradients of the
// gates before their functions, and dc' to dc.
func lstmCellGrad[T float](dp, dc, dh, tc, gates, c []T) {
	n := len(dc)
	dh, tc, c = dh[:n], tc[:n], c[:n]
	i, f, g, o := gates[:n], gates[n:][:n], gates[2*n:][:n], gates[3*n:][:n]
	di, df, dg, do := dp[:n], dp[n:][:n], dp[2*n:][:n], dp[3*n:][:n]
	for x := range dc {
		i, f, g, o, h, t := i[x], f[x], g[x], o[x], dh[x], tc[x]
		d := dc[x] + h*o*(1-t*t)
		di[x] = d * g * i * (1 - i)
		df[x] = d * c[x] * f * (1 - f)
		dg[x] = d * i * (1 - g*g)
		do[x] = h * t * o * (1 - o)
		dc[x] = d * f
	}
}
