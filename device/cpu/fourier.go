package cpu

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A fourierEngine transforms as many lines as a vector has lanes at once, which
// makes every step one of whole vectors; long lines are cut into short ones that
// lie side by side. Without assembly there is none, and ops run their definition.
type fourierEngine[T float] struct {
	simd.Fourier[T]
	pack  simd.Pack[T]
	mul   func(dst, a []T, b T)
	lanes int
	size  int   // of an element, in bytes
	lane  []int // which one Split reads a pair to
	room  scratch[T]
	plans fourierPlans[T]
}

var fourier32, fourier64 = newFourier(&asm.F32), newFourier(&asm.F64)

func newFourier[T float](k *simd.Kernels[T]) *fourierEngine[T] {
	size := bytesOf[T]()
	e := &fourierEngine[T]{Fourier: k.Fourier, pack: k.PackCols, mul: k.MulNumber, lanes: asm.Bytes / size, size: size}
	if e.Split == nil {
		return e
	}
	pairs, number := make([]T, 2*e.lanes), make([]T, 2*e.lanes)
	for i := range e.lanes {
		pairs[2*i] = T(i)
	}
	e.Split(&number[0], &pairs[0], 0, 1)
	e.lane = make([]int, e.lanes)
	for i, v := range number[:e.lanes] {
		e.lane[int(v)] = i
	}
	return e
}

// A fourierCall is a call on contiguous memory.
type fourierCall[T float] struct {
	device.Fourier
	y, x         []T
	yDims, xDims []int
}

func (e *fourierEngine[T]) kernel(f func(c fourierCall[T])) kernel {
	if e.Pass4 == nil {
		return nil
	}
	return dense(func(c device.Call) error {
		y, x := c.Out[0], c.In[0]
		if y.Len() > 0 {
			f(fourierCall[T]{c.Attr.(device.Fourier), elements[T](y), elements[T](x), y.Shape(), x.Shape()})
		}
		return nil
	})
}

// around is how many there are in the dims before d, and after it.
func around(dims []int, d int) (outer, inner int) {
	outer, inner = 1, 1
	for i, n := range dims {
		if i < d {
			outer *= n
		} else if i > d {
			inner *= n
		}
	}
	return outer, inner
}

// isLong reports whether lines are taken one by one.
func (e *fourierEngine[T]) isLong(n, lines int) bool {
	return n > fourierBlock || n >= fourierAlone && lines <= e.lanes/4
}

// blocks calls f with room for a block of n numbers, twice; a square of vectors
// fits at least.
func (e *fourierEngine[T]) blocks(count, n int, f func(i int, x, y []T)) {
	size := max(n, (e.lanes+1)/2) * 2 * e.lanes
	parallel(count, max(1, grain/max(1, size)), func(lo, hi int) {
		b := e.room.get(2 * size)
		for i := lo; i < hi; i++ {
			f(i, (*b)[:size], (*b)[size:])
		}
		e.room.put(b)
	})
}

// complex is FourierComplex.
func (e *fourierEngine[T]) complex(c fourierCall[T]) {
	n := c.xDims[c.Dim]
	outer, inner := around(c.xDims[:len(c.xDims)-1], c.Dim)
	long := e.isLong(n, outer*inner)
	p, l, scale := e.plan(fourierKey{n: n, back: c.Backward, long: long}), e.lanes, T(c.Scale)
	switch {
	case long:
		for i := range outer {
			e.lines(p, c.y[2*n*inner*i:2*n*inner*(i+1)], c.x[2*n*inner*i:], inner, scale)
		}
	case inner == 1:
		e.blocks(pieces(outer, l), p.room(), func(i int, x, y []T) {
			lines, at := min(l, outer-i*l), 2*n*l*i
			e.loadLines(x, c.x[at:], 2*n, lines, 2*n, 1)
			x, y = e.block(p, x, y)
			e.scaled(x[:2*n*l], scale)
			e.storeLines(c.y[at:], x, y, 2*n, lines, 2*n, 1)
		})
	default:
		across := pieces(inner, l)
		e.blocks(outer*across, p.room(), func(i int, x, y []T) {
			at := i%across*l + i/across*n*inner
			lines := min(l, inner-i%across*l)
			e.loadPairs(x, y, c.x[2*at:], 2*inner, lines, n)
			x, y = e.block(p, x, y)
			e.scaled(x[:2*n*l], scale)
			e.storePairs(c.y[2*at:], x, y, 2*inner, lines, n)
		})
	}
}

// real is FourierReal: an even number of real numbers is taken as half as many
// complex ones, and the spectra of those of even and odd place are joined.
func (e *fourierEngine[T]) real(c fourierCall[T]) {
	n := c.xDims[len(c.xDims)-1]
	lines, l, scale := len(c.x)/n, e.lanes, T(c.Scale)
	out := 2 * (n/2 + 1)
	numbers, step, real := n/2, 1, byte('f')
	if n%2 == 1 {
		numbers, step, real = n, 2, 0
	}
	long := e.isLong(numbers, lines)
	p := e.plan(fourierKey{numbers, c.Backward, long, real})
	for i := 0; long && i < lines; i++ {
		e.realLine(p, c.y[out*i:out*(i+1)], c.x[n*i:n*(i+1)], scale)
	}
	if long {
		return
	}
	e.blocks(pieces(lines, l), max(p.room(), numbers+1), func(i int, x, y []T) {
		k := min(l, lines-i*l)
		if step == 2 {
			clear(x[:2*n*l])
		}
		e.loadLines(x, c.x[n*l*i:], n, k, n, step)
		x, y = e.block(p, x, y)
		if step == 2 {
			e.scaled(x[:out*l], scale)
		} else {
			copy(x[n*l:], x[:2*l])
			e.Fold(&x[0], &x[n*l], &p.fold[0], n/4+1, scale/2)
			clear(x[l : 2*l]) // rounding leaves nothing there
			clear(x[(n+1)*l : (n+2)*l])
		}
		e.storeLines(c.y[out*l*i:], x, y, out, k, out, 1)
	})
}

// half is FourierHalf.
func (e *fourierEngine[T]) half(c fourierCall[T]) {
	n, l, scale := c.N, e.lanes, T(c.Scale)
	in := 2 * (n/2 + 1)
	lines := len(c.x) / in
	numbers, step, real := n/2, 1, byte('b')
	if n%2 == 1 {
		numbers, step, real = n, 2, 0
	}
	long := e.isLong(numbers, lines)
	p := e.plan(fourierKey{numbers, c.Backward, long, real})
	for i := 0; long && i < lines; i++ {
		e.halfLine(p, c.y[n*i:n*(i+1)], c.x[in*i:in*(i+1)], scale)
	}
	if long {
		return
	}
	e.blocks(pieces(lines, l), max(p.room(), numbers+1), func(i int, x, y []T) {
		k := min(l, lines-i*l)
		e.loadLines(x, c.x[in*l*i:], in, k, in, 1)
		clear(x[l : 2*l])
		if step == 2 {
			e.mirror(x, n)
		} else {
			clear(x[(n+1)*l : (n+2)*l])
			e.Fold(&x[0], &x[n*l], &p.fold[0], n/4+1, 1)
		}
		x, y = e.block(p, x, y)
		e.scaled(x[:n*l*step], scale)
		e.storeLines(c.y[n*l*i:], x, y, n, k, n, step)
	})
}

// mirror completes the half spectrum of n numbers, n odd, by its conjugate.
func (e *fourierEngine[T]) mirror(x []T, n int) {
	l := e.lanes
	for k := 1; k <= n/2; k++ {
		from, to := x[2*l*k:2*l*(k+1)], x[2*l*(n-k):2*l*(n-k+1)]
		copy(to, from[:l])
		for i, v := range from[l:] {
			to[l+i] = -v
		}
	}
}

func (e *fourierEngine[T]) scaled(x []T, scale T) {
	if scale != 1 {
		e.mul(x, x, scale)
	}
}
