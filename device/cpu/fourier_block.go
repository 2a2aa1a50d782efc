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
// fill one goes through y.
func (e *fourierEngine[T]) storeLines(dst, x, y []T, stride, lines, rows, step int) {
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
	e.pack(&y[0], l*e.size, &x[full*row], row*e.size, lines, rest)
	for i := range lines {
		copy(dst[i*stride+full:i*stride+rows], y[i*l:])
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
