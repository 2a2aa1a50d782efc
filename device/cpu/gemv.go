package cpu

import "github.com/facula-ml/facula/device/cpu/internal/simd"

// skinny are products with a matrix of one row, or few: they read each element
// of B once or few times, so it is read where it lies, along its rows.
type skinny[T number] struct {
	dot8, dot1   simd.Dot[T]
	axpy8, axpy1 simd.Axpy[T]
}

// fewRows is how many rows of A are multiplied one by one with rows of Bᵀ that
// stay in the cache meanwhile.
const fewRows = 4

// vector computes p if it is a matrix times a vector, or nearly, and these
// kernels can, and reports whether it did.
func (e *engine[T]) vector(p *product[T], workers int) bool {
	if e.skinny.dot8 == nil || p.m > fewRows && p.n > 1 || !p.a.inMemory() || !p.b.inMemory() {
		return false
	}
	q := *p
	if q.n == 1 && q.m > 1 { // the transposed product has one row
		if done := q.done; done != nil {
			q.done = func(i, j, m, n int) { done(j, i, n, m) }
		}
		q.m, q.n, q.a, q.b, q.c, q.add = q.n, q.m, q.b, q.a, q.c.t(), q.add.t()
	}
	switch {
	case q.a.row != 1:
	case q.b.row == 1 && q.k >= e.lanes && q.add.p != q.c.p:
		e.dots(&q, workers)
		return true
	case q.b.col == 1 && q.m == 1 && q.n >= e.lanes && q.c.col == 1:
		e.axpys(&q, workers)
		return true
	}
	return false
}

// dots computes c, an element at a time, from rows of A and of Bᵀ.
func (e *engine[T]) dots(q *product[T], workers int) {
	if workers == 1 || q.n*q.k < 2*grain {
		e.dotsOf(q, 0, q.n)
		return
	}
	s := *q
	parallel(pieces(q.n, 8), pieces(grain, 8*q.k), func(lo, hi int) { e.dotsOf(&s, 8*lo, min(8*hi, s.n)) })
}

// oneStream reports whether rows of Bᵀ are better read one after another: memory
// gives one stream of a thread a quarter more than eight at once, and the
// caches, in which the matrix has no room, a tenth less.
func (q *product[T]) oneStream() bool {
	return q.m == 1 && q.k >= 512 && q.n*q.k*bytesOf[T]() >= 2<<20
}

// dotsOf computes columns lo…hi.
func (e *engine[T]) dotsOf(q *product[T], lo, hi int) {
	size, one := bytesOf[T](), q.oneStream()
	for j := lo; j < hi; {
		n, dot := 8, e.skinny.dot8
		if hi-j < n || one {
			n, dot = 1, e.skinny.dot1
		}
		for i := range q.m {
			dot(q.k, (*T)(q.a.at(0, i)), (*T)(q.b.at(0, j)), q.b.col*size, (*T)(q.c.at(i, j)), q.c.col*size)
		}
		j += n
	}
	for i := range q.m {
		for j := lo; j < hi && q.add.p != nil; j++ {
			*(*T)(q.c.at(i, j)) += *(*T)(q.add.at(i, j))
		}
	}
	q.finished(lo, hi)
}

// axpys computes the one row of c as a sum of rows of B.
func (e *engine[T]) axpys(q *product[T], workers int) {
	if workers == 1 || q.n*q.k < 2*grain {
		e.axpysOf(q, 0, q.n)
		return
	}
	const unit = 512 // rows are read in pieces of this length
	s := *q
	parallel(pieces(q.n, unit), pieces(grain, unit*q.k), func(lo, hi int) { e.axpysOf(&s, unit*lo, min(unit*hi, s.n)) })
}

// axpysOf computes columns lo…hi, as many at a time as the cache keeps while
// all of B passes.
func (e *engine[T]) axpysOf(q *product[T], lo, hi int) {
	const most = 2048
	size := bytesOf[T]()
	for j := lo; j < hi; j += most {
		n := min(most, hi-j)
		c := window[T](q.c.at(0, j), n)
		if q.add.p == nil {
			clear(c)
		} else if q.add.p != q.c.p {
			for x := range c {
				c[x] = *(*T)(q.add.at(0, j+x))
			}
		}
		l := 0
		for ; l+8 <= q.k; l += 8 {
			e.skinny.axpy8(n, (*T)(q.a.at(l, 0)), (*T)(q.b.at(l, j)), q.b.row*size, &c[0])
		}
		for ; l < q.k; l++ {
			e.skinny.axpy1(n, (*T)(q.a.at(l, 0)), (*T)(q.b.at(l, j)), q.b.row*size, &c[0])
		}
	}
	q.finished(lo, hi)
}

// finished calls done for columns lo…hi of a product with few rows.
func (q *product[T]) finished(lo, hi int) {
	if q.done == nil {
		return
	}
	q.done(0, lo, q.m, hi-lo)
}
