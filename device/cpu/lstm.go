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
			kept, done := k.kept(&s, gates, 4*n, lo, hi)
			s.walk(lo, hi, false, func(r stretch) {
				gates, row := kept(r)
				k.times(w, r.n, rowsFrom(hs, n, r.before), rowsFrom(gates, 4*n, row), rowsFrom(p, 4*n, r.row), workers)
				for i := range r.n {
					g, y := gates[(row+i)*4*n:][:4*n], hs[(r.after+i)*n:][:n]
					k.sigmoid(g[:2*n], g[:2*n])
					k.tanh(g[2*n:3*n], g[2*n:3*n])
					k.sigmoid(g[3*n:], g[3*n:])
					to := cs[(r.after+i)*n:][:n]
					k.mul(to, cs[(r.before+i)*n:][:n], g[n:2*n])
					k.addcmul(to, to, g[:n], g[2*n:3*n], 1)
					k.tanh(y, to)
					k.mul(y, y, g[3*n:])
				}
			})
			done()
		})
		return nil
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
			buf := k.ws.get(n)
			tc := *buf
			s.walk(lo, hi, true, func(r stretch) {
				for i := range r.n {
					g, d, e := gates[(r.row+i)*4*n:][:4*n], dp[(r.row+i)*4*n:][:4*n], dc[(r.seq+i)*n:][:n]
					k.tanh(tc, cs[(r.after+i)*n:][:n])
					k.LSTMState(e, d[3*n:], dcs[(r.after+i)*n:], dh[(r.seq+i)*n:], dhs[(r.after+i)*n:], tc, g[3*n:])
					k.LSTMGates(e, d[:n], d[n:], d[2*n:], cs[(r.before+i)*n:], g, g[n:], g[2*n:])
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

// lstmState and lstmGates are those of simd.Cells.
func lstmState[T float](dc, do, dcs, dh, dhs, tc, o []T) {
	n := len(dc)
	do, dcs, dh, dhs, tc, o = do[:n], dcs[:n], dh[:n], dhs[:n], tc[:n], o[:n]
	for x := range dc {
		d := (dh[x] + dhs[x]) * o[x]
		do[x] = d * tc[x] * (1 - o[x])
		dc[x] += dcs[x] + d*(1-tc[x]*tc[x])
	}
}

func lstmGates[T float](dc, di, df, dg, c, i, f, g []T) {
	n := len(dc)
	di, df, dg, c, i, f, g = di[:n], df[:n], dg[:n], c[:n], i[:n], f[:n], g[:n]
	for x, d := range dc {
		kept := d * f[x]
		di[x] = d * i[x] * g[x] * (1 - i[x])
		df[x] = kept * c[x] * (1 - f[x])
		dg[x] = d * i[x] * (1 - g[x]*g[x])
		dc[x] = kept
	}
}
