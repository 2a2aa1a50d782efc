package cpu

// What transforms long lines, one after the other.

// lines transforms inner lines of pairs that lie beside each other.
func (e *fourierEngine[T]) lines(p *fourierPlan[T], dst, src []T, inner int, scale T) {
	if inner == 1 {
		e.line(p, dst, src[:2*p.n], scale)
		return
	}
	b := e.room.get(4 * p.n)
	x, y := (*b)[:2*p.n], (*b)[2*p.n:]
	for i := range inner {
		for k := range p.n {
			at := 2 * (k*inner + i)
			x[2*k], x[2*k+1] = src[at], src[at+1]
		}
		e.line(p, y, x, scale)
		for k := range p.n {
			at := 2 * (k*inner + i)
			dst[at], dst[at+1] = y[2*k], y[2*k+1]
		}
	}
	e.room.put(b)
}

// realLine is FourierReal of a line.
func (e *fourierEngine[T]) realLine(p *fourierPlan[T], y, x []T, scale T) {
	n := len(x)
	if n%2 == 0 {
		e.line(p, y[:n], x, 1)
		y[n], y[n+1] = y[0], y[1]
		foldLine(y, p.fold, scale/2)
		y[1], y[n+1] = 0, 0
		return
	}
	b := e.room.get(4 * n)
	z, w := (*b)[:2*n], (*b)[2*n:]
	for i, v := range x {
		z[2*i], z[2*i+1] = v, 0
	}
	e.line(p, w, z, scale)
	copy(y, w)
	e.room.put(b)
}

// halfLine is FourierHalf of a line.
func (e *fourierEngine[T]) halfLine(p *fourierPlan[T], y, x []T, scale T) {
	n := len(y)
	b := e.room.get(4 * n)
	z, w := (*b)[:max(2*n, len(x))], (*b)[2*n:]
	copy(z, x)
	z[1] = 0
	if n%2 == 0 {
		z[n+1] = 0
		foldLine(z[:n+2], p.fold, 1)
		e.line(p, y, z[:n], scale)
	} else {
		for k := 1; k <= n/2; k++ {
			z[2*(n-k)], z[2*(n-k)+1] = x[2*k], -x[2*k+1]
		}
		e.line(p, w, z, scale)
		for i := range y {
			y[i] = w[2*i]
		}
	}
	e.room.put(b)
}

// line transforms one line of pairs.
func (e *fourierEngine[T]) line(p *fourierPlan[T], dst, src []T, scale T) {
	switch {
	case p.chirp != nil:
		c, size := p.chirp, 2*p.chirp.there.n
		b := e.room.get(2 * size)
		x, y := (*b)[:size], (*b)[size:]
		turnLine(x, src, c.chirp, 1)
		clear(x[2*p.n:])
		e.line(c.there, y, x, 1)
		turnLine(y, y, c.spectrum, 1)
		e.line(c.back, x, y, 1)
		turnLine(dst, x[:2*p.n], c.chirp, scale)
		e.room.put(b)
	case p.long != nil:
		e.long(p.long, dst, src, scale)
	default: // it cannot be cut
		e.blocks(1, p.room(), func(_ int, x, y []T) {
			e.loadLines(x, src, 2*p.n, 1, 2*p.n, 1)
			x, y = e.block(p, x, y)
			e.scaled(x[:2*p.n*e.lanes], scale)
			e.storeLines(dst, x, y, 2*p.n, 1, 2*p.n, 1)
		})
	}
}

// long is line of a matrix. In between row k1 lies where a vector's lane is that
// Join writes to place k1, and there may be rows that nobody reads in the end.
func (e *fourierEngine[T]) long(p *fourierLong[T], dst, src []T, scale T) {
	n1, n2, l := p.cols.n, p.rows.n, e.lanes
	b := e.room.get(2 * roundUp(n1, l) * n2)
	tmp := *b
	e.blocks(pieces(n2, l), p.cols.room(), func(i int, x, y []T) {
		lines := min(l, n2-i*l)
		e.loadPairs(x, y, src[2*l*i:], 2*n2, lines, n1)
		x, y = e.block(p.cols, x, y)
		e.Turn(&x[0], &p.turn[i*n1*2*l], n1)
		e.Join(&y[0], 2*l*e.size, &x[0], n1)
		for k := range n1 {
			copy(tmp[2*n2*(k/l*l+e.lane[k%l])+2*l*i:], y[2*l*k:2*l*k+2*lines])
		}
	})
	e.blocks(pieces(n1, l), p.rows.room(), func(i int, x, y []T) {
		e.loadLines(x, tmp[2*n2*l*i:], 2*n2, l, 2*n2, 1)
		x, y = e.block(p.rows, x, y)
		e.scaled(x[:2*n2*l], scale)
		e.storePairs(dst[2*l*i:], x, y, 2*n1, min(l, n1-i*l), n2)
	})
	e.room.put(b)
}

// turnLine writes scale·a·b to dst, all pairs.
func turnLine[T float](dst, a, b []T, scale T) {
	for k := 0; k+1 < len(a) && k+1 < len(b); k += 2 {
		ar, ai, br, bi := a[k], a[k+1], b[k], b[k+1]
		dst[k], dst[k+1] = (ar*br-ai*bi)*scale, (ar*bi+ai*br)*scale
	}
}

// foldLine is simd.Fourier's Fold of a line of pairs from both ends.
func foldLine[T float](x, w []T, scale T) {
	for k, j := 0, len(x)-2; k <= j; k, j = k+2, j-2 {
		ar, ai, br, bi := x[k], x[k+1], x[j], x[j+1]
		er, ei, dr, di := ar+br, ai-bi, ar-br, ai+bi
		wr, wi := w[k], w[k+1]
		or, oi := dr*wr-di*wi, dr*wi+di*wr
		x[k], x[k+1] = (er+or)*scale, (ei+oi)*scale
		x[j], x[j+1] = (er-or)*scale, (oi-ei)*scale
	}
}
