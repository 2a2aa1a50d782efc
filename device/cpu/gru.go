package cpu

import "github.com/facula-ml/facula/device"

// gru is, for (r, z, q) = h·wᵀ + b and p = (r, z, n) of the input,
//
//	r' = σ(p_r + r), z' = σ(p_z + z), n' = tanh(p_n + r'·q), h' = (1-z')·n' + z'·h
func gru[T float](k *cells[T]) kernel {
	return func(call device.Call) error {
		s, n := sequencesOf(call.Attr.(*device.Recurrence)), call.In[1].Dim[1]
		p, b, h := elements[T](call.In[0]), elements[T](call.In[2]), elements[T](call.In[3])
		hs, gates := elements[T](call.Out[0]), elements[T](call.Out[1])
		w := k.weight(&s, n, 3*n, matrixOf(elements[T](call.In[1]), n).t())
		defer w.free(k)
		bias := matrixOf(b, 0) // the same for all rows
		s.share(s.rows*3*n*n, func(lo, hi, workers int) {
			copy(hs[(s.initial+lo)*n:], h[lo*n:hi*n])
			kept, done := k.kept(&s, gates, 4*n, lo, hi)
			s.walk(lo, hi, false, func(r stretch) {
				gates, row := kept(r)
				k.times(w, r.n, rowsFrom(hs, n, r.before), rowsFrom(gates, 4*n, row), bias, workers)
				for i := range r.n {
					g, x := gates[(row+i)*4*n:][:4*n], p[(r.row+i)*3*n:][:3*n]
					k.add(g[:2*n], g[:2*n], x[:2*n])
					k.sigmoid(g[:2*n], g[:2*n])
					k.addcmul(g[3*n:], x[2*n:], g[:n], g[2*n:3*n], 1)
					k.tanh(g[3*n:], g[3*n:])
					k.lerp(hs[(r.after+i)*n:][:n], g[3*n:], hs[(r.before+i)*n:][:n], g[n:2*n], 0)
				}
			})
			done()
		})
		return nil
	}
}

// gruGrad goes through the steps backward. The gradient of the state of each
// sequence waits in dh for the step before.
func gruGrad[T float](k *cells[T]) kernel {
	return func(call device.Call) error {
		s, n := sequencesOf(call.Attr.(*device.Recurrence)), call.In[2].Dim[1]
		dhs, gates, hs := elements[T](call.In[0]), elements[T](call.In[5]), elements[T](call.In[6])
		dp, dq, dh := elements[T](call.Out[0]), elements[T](call.Out[1]), elements[T](call.Out[2])
		w := k.weight(&s, 3*n, n, matrixOf(elements[T](call.In[2]), n))
		defer w.free(k)
		s.share(s.rows*3*n*n, func(lo, hi, workers int) {
			clear(dh[lo*n : hi*n])
			s.walk(lo, hi, true, func(r stretch) {
				for i := range r.n {
					g, x, u := gates[(r.row+i)*4*n:][:4*n], dp[(r.row+i)*3*n:][:3*n], dq[(r.row+i)*3*n:][:3*n]
					k.GRUState(dh[(r.seq+i)*n:][:n], x[n:], u[n:], x[2*n:], dhs[(r.after+i)*n:], hs[(r.before+i)*n:], g[n:], g[3*n:])
					k.GRUGates(x[:n], u, u[2*n:], x[2*n:], g[2*n:], g)
				}
				to := rowsFrom(dh, n, r.seq)
				k.times(w, r.n, rowsFrom(dq, 3*n, r.row), to, to, workers)
			})
			k.addInitial(&s, dh, dhs, n, lo, hi)
		})
		return nil
	}
}

// gruState and gruGates are those of simd.Cells.
func gruState[T float](dh, dz, dz2, dn, dhs, h, z, n []T) {
	m := len(dh)
	dz, dz2, dn, dhs, h, z, n = dz[:m], dz2[:m], dn[:m], dhs[:m], h[:m], z[:m], n[:m]
	for x := range dh {
		d := dh[x] + dhs[x]
		kept, open := d*z[x], 1-z[x]
		dz[x] = kept * (h[x] - n[x]) * open
		dz2[x] = dz[x]
		dn[x] = d * open * (1 - n[x]*n[x])
		dh[x] = kept
	}
}

func gruGates[T float](dr, dr2, dq, dn, q, r []T) {
	m := len(dr)
	dr2, dq, dn, q, r = dr2[:m], dq[:m], dn[:m], q[:m], r[:m]
	for x := range dr {
		dq[x] = dn[x] * r[x]
		dr[x] = dq[x] * q[x] * (1 - r[x])
		dr2[x] = dr[x]
	}
}
