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
			s.walk(lo, hi, false, func(r stretch) {
				k.times(w, r.n, rowsFrom(hs, n, r.before), rowsFrom(gates, 4*n, r.row), bias, workers)
				for i := range r.n {
					g, x := gates[(r.row+i)*4*n:][:4*n], p[(r.row+i)*3*n:][:3*n]
					k.add(g[:2*n], g[:2*n], x[:2*n])
					k.sigmoid(g[:2*n], g[:2*n])
					gruCandidate(g[3*n:], x[2*n:], g[:n], g[2*n:3*n])
					k.tanh(g[3*n:], g[3*n:])
					gruCell(hs[(r.after+i)*n:][:n], hs[(r.before+i)*n:][:n], g[n:2*n], g[3*n:])
				}
			})
		})
		return nil
	}
}

// gruCandidate is to = p + r·q.
func gruCandidate[T float](to, p, r, q []T) {
	p, r, q = p[:len(to)], r[:len(to)], q[:len(to)]
	for x := range to {
		to[x] = p[x] + T(r[x]*q[x])
	}
}

// gruCell is to = n + z·(h - n).
func gruCell[T float](to, h, z, n []T) {
	h, z, n = h[:len(to)], z[:len(to)], n[:len(to)]
	for x := range to {
		to[x] = n[x] + T(z[x]*(h[x]-n[x]))
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
					row, d := r.row+i, dh[(r.seq+i)*n:][:n]
					k.add(d, d, dhs[(r.after+i)*n:][:n])
					gruCellGrad(dp[row*3*n:][:3*n], dq[row*3*n:][:3*n], d, gates[row*4*n:][:4*n], hs[(r.before+i)*n:][:n])
				}
				to := rowsFrom(dh, n, r.seq)
				k.times(w, r.n, rowsFrom(dq, 3*n, r.row), to, to, workers)
			})
			k.addInitial(&s, dh, dhs, n, lo, hi)
		})
		return nil
	}
}

// gruCellGrad maps dh' to the gradients of the gates before their functions,
// as p and as h·wᵀ + b have them, and to z·dh', a part of dh.
func gruCellGrad[T float](dp, dq, dh, gates, h []T) {
	m := len(dh)
	h = h[:m]
	r, z, q, n := gates[:m], gates[m:][:m], gates[2*m:][:m], gates[3*m:][:m]
	pr, pz, pn := dp[:m], dp[m:][:m], dp[2*m:][:m]
	qr, qz, qn := dq[:m], dq[m:][:m], dq[2*m:][:m]
	for x := range dh {
		r, z, n, d := r[x], z[x], n[x], dh[x]
		dn := d * (1 - z) * (1 - n*n)
		dz := d * (h[x] - n) * z * (1 - z)
		dr := dn * q[x] * r * (1 - r)
		pr[x], pz[x], pn[x] = dr, dz, dn
		qr[x], qz[x], qn[x] = dr, dz, dn*r
		dh[x] = d * z
	}
}
