package cpu

// block transforms the lines of the block x, with y for room; one of them then
// holds the result, which comes first.
func (e *fourierEngine[T]) block(p *fourierPlan[T], x, y []T) (result, other []T) {
	number := 2 * e.lanes
	if c := p.chirp; c != nil {
		size := c.there.n
		e.TurnRows(&x[0], &x[0], &c.chirp[0], p.n)
		clear(x[p.n*number : size*number])
		x, y = e.block(c.there, x, y)
		e.TurnRows(&x[0], &x[0], &c.spectrum[0], size)
		x, y = e.block(c.back, x, y)
		e.TurnRows(&x[0], &x[0], &c.chirp[0], p.n)
		return x, y
	}
	bytes := number * e.size
	for i := range p.passes {
		q := &p.passes[i]
		gap, step := q.m*q.s*bytes, q.s*bytes
		switch {
		case q.run == nil:
			for k := range q.m {
				e.PassN(&y[k*q.radix*q.s*number], step, &x[k*q.s*number], gap, &q.roots[0], &q.w[2*k*q.radix], q.radix, q.s)
			}
		case q.back:
			q.run(&y[0], &y[(q.radix-1)*q.s*number], -step, &x[0], gap, &q.w[0], q.m, q.s, (q.radix-1)*step)
		default:
			q.run(&y[0], &y[q.s*number], step, &x[0], gap, &q.w[0], q.m, q.s, (q.radix-1)*step)
		}
		x, y = y, x
	}
	return x, y
}

// loadLines reads rows elements of lines, stride elements apart, to every step
// rows of the block x.
func (e *fourierEngine[T]) loadLines(x, src []T, stride, lines, rows, step int) {
	e.pack(&x[0], step*e.lanes*e.size, &src[0], stride*e.size, rows, lines)
}

// storeLines undoes loadLines. The kernel writes whole vectors, so what does not
// fill one goes through a small buffer.
func (e *fourierEngine[T]) storeLines(dst, x []T, stride, lines, rows, step int) {
	l := e.lanes
	row := step * l
	full := rows / l * l
	for k := 0; k < full; k += l {
		e.pack(&dst[k], stride*e.size, &x[k*row], row*e.size, lines, l)
	}
	rest := rows - full
	if rest == 0 {
		return
	}
	var buf [64 * 64]T // 64 lanes would be those of a byte
	e.pack(&buf[0], l*e.size, &x[full*row], row*e.size, lines, rest)
	for i := range lines {
		copy(dst[i*stride+full:i*stride+rows], buf[i*l:])
	}
}

// loadPairs reads rows of pairs, stride elements apart, to the block x; y is room.
func (e *fourierEngine[T]) loadPairs(x, y, src []T, stride, lines, rows int) {
	number := 2 * e.lanes
	if lines == e.lanes {
		e.Split(&x[0], &src[0], stride*e.size, rows)
		return
	}
	for k := range rows {
		copy(y[k*number:], src[k*stride:k*stride+2*lines])
		clear(y[k*number+2*lines : (k+1)*number])
	}
	e.Split(&x[0], &y[0], number*e.size, rows)
}

// storePairs undoes loadPairs.
func (e *fourierEngine[T]) storePairs(dst, x, y []T, stride, lines, rows int) {
	number := 2 * e.lanes
	if lines == e.lanes {
		e.Join(&dst[0], stride*e.size, &x[0], rows)
		return
	}
	e.Join(&y[0], number*e.size, &x[0], rows)
	for k := range rows {
		copy(dst[k*stride:k*stride+2*lines], y[k*number:])
	}
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
			x, _ = e.block(p, x, y)
			e.scaled(x, scale)
			e.storeLines(dst, x, 2*p.n, 1, 2*p.n, 1)
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
