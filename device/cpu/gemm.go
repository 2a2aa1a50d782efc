package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A matrix is a strided window: element (i, j) is at i*row + j*col.
type matrix[T any] struct {
	p        unsafe.Pointer
	row, col int
}

func (m matrix[T]) at(i, j int) unsafe.Pointer {
	return unsafe.Add(m.p, (i*m.row+j*m.col)*bytesOf[T]())
}

// t is the transposed matrix.
func (m matrix[T]) t() matrix[T] { return matrix[T]{m.p, m.col, m.row} }

// matrixOf is a row-major matrix of the given width.
func matrixOf[T any](s []T, width int) matrix[T] {
	return matrix[T]{unsafe.Pointer(unsafe.SliceData(s)), width, 1}
}

// An operand is one side of a product with the inner dim as its rows: B as it
// is, A transposed. It lies in memory, or is made as it is packed, such as the
// windows of a convolution.
type operand[T number] struct {
	matrix[T]
	// pack, if there is one, stores rows×cols elements from (row, col) on in
	// dst, as panels of width columns, each row by row; columns that are
	// missing in the last panel may hold anything.
	pack func(dst []T, width, row, col, rows, cols int)
	// ready, if not nil, is the whole operand packed before; see readyAt.
	ready []T
}

func (o *operand[T]) inMemory() bool { return o.pack == nil && o.ready == nil }

// A product is c = a·b + add for an m×k matrix a and a k×n matrix b.
type product[T number] struct {
	m, n, k int
	a, b    operand[T]
	c       matrix[T] // its rows are contiguous
	// add has contiguous rows and may be c, or a bias with row stride 0; its
	// p is nil where there is nothing to add.
	add matrix[T]
	// done, if not nil, is called once for each finished part of c, still in
	// the cache, perhaps from several goroutines.
	done func(i, j, m, n int)
}

// productOf is the product c = a·b of matrices in memory.
func productOf[T number](m, n, k int, a, b, c matrix[T]) product[T] {
	return product[T]{m: m, n: n, k: k, a: operand[T]{matrix: a.t()}, b: operand[T]{matrix: b}, c: c}
}

// An engine multiplies matrices of one type with the kernels of one tier. Each
// element is the sum, in order, of sums over the blocks of the inner dim,
// which depend on its length alone: not on the tile, nor on the goroutine.
type engine[T number] struct {
	rows, vectors, lanes int // the largest tile; elements of a vector
	mc, kc, nc           int // a kc×width panel of B fits the first-level cache, mc×kc of A the second
	tiles                simd.Tiles[T]
	packedTiles          simd.PackedTiles[T]
	direct               int // up to this m·n·k, operands are read where they lie
	tiny                 int // up to this, no tile is worth its call
	packRows, packCols   simd.Pack[T]
	skinny               skinny[T]
	ws                   *scratch[T]
}

// width is the number of columns of a panel of B.
func (e *engine[T]) width() int { return e.vectors * e.lanes }

// cut is the length of pieces when n is cut evenly into as few as can be, of
// at most most, and each a multiple of unit but the last.
func cut(n, most, unit int) int {
	count := max(1, (n+most-1)/most)
	return roundUp((n+count-1)/count, unit)
}

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }

// A plan is how a product is cut into blocks.
type plan struct {
	height       int  // rows of a panel of A
	down, across int  // tasks, which get whole panels
	kb           int  // how much of the inner dim is summed at once
	packA, packB bool // packed A needs packed B
}

// parallelWork is how many multiplications make it worth to use another goroutine.
const parallelWork = 1 << 18

func (e *engine[T]) plan(p *product[T], workers int) plan {
	var s plan
	work := p.m * p.n * p.k
	workers = min(workers, max(1, work/parallelWork))
	s.kb, s.height = cut(p.k, e.kc, 1), cut(p.m, e.rows, 1)
	large := work > e.direct
	s.down, s.across = pieces(p.m, e.mc), 1
	if !large {
		s.down = pieces(p.m, e.mc/2)
	}
	if workers > 1 {
		if p.m >= p.n {
			s.down = roundUp(s.down, workers)
		} else {
			s.across = min(workers, pieces(min(p.n, e.nc), e.width()))
		}
	}
	s.down = min(s.down, pieces(p.m, s.height))
	s.packA = p.a.pack != nil || p.a.row != 1 && p.k > 1 || large && p.n > e.width() || e.crowded(p)
	s.packB = s.packA || p.b.pack != nil || p.b.col != 1 && p.n > 1 || large && p.m > e.rows || p.m > 2*e.rows && s.kb > e.fit(p.b.row)
	return s
}

// crowded reports whether the rows of a large A begin at the same place of their
// pages: reading a tile's rows side by side then evicts what was asked for.
func (e *engine[T]) crowded(p *product[T]) bool {
	stride := p.a.col * bytesOf[T]()
	return stride > 0 && stride%4096 == 0 && p.m*stride > 1<<20 && p.n >= 4*e.width()
}

// fit is how many rows, so many elements apart, stay in the second-level cache:
// those whose distance is a multiple of a large power of two share few places.
func (e *engine[T]) fit(stride int) int {
	bytes := stride * bytesOf[T]()
	return 1 << 20 / max(bytes&-bytes, 1)
}

// blocksAtOnce is how many blocks of the inner dim are packed at once: a task adds them
// up while its part of C stays in the second-level cache.
const blocksAtOnce = 8

// run computes a product on at most workers goroutines.
func (e *engine[T]) run(p *product[T], workers int) {
	if p.m == 0 || p.n == 0 {
		return
	}
	if p.k == 0 {
		e.nothing(p)
		return
	}
	if e.vector(p, workers) {
		return
	}
	if p.m*p.n*p.k <= e.tiny && p.a.inMemory() && p.b.inMemory() {
		p.oneByOne()
		return
	}
	s := e.plan(p, workers)
	for j := 0; j < p.n; j += e.nc {
		nb := min(e.nc, p.n-j)
		for l := 0; l < p.k; l += blocksAtOnce * s.kb {
			b := block[T]{p: p, s: &s, j: j, l: l, n: nb, k: min(blocksAtOnce*s.kb, p.k-l)}
			if p.b.ready != nil {
				e.blocks(&b, p.b.ready[e.readyAt(p.n, p.k, l, j):], workers)
				continue
			}
			if !s.packB {
				e.blocks(&b, nil, workers)
				continue
			}
			buf := e.ws.get(roundUp(nb, e.width())*b.k + e.lanes)
			e.packB(&b, *buf, workers)
			e.blocks(&b, *buf, workers)
			e.ws.put(buf)
		}
	}
}

// nothing is a product whose inner dim is empty.
func (e *engine[T]) nothing(p *product[T]) {
	for i := range p.m {
		row := window[T](p.c.at(i, 0), p.n)
		if p.add.p == nil {
			clear(row)
		} else {
			copy(row, window[T](p.add.at(i, 0), p.n))
		}
	}
	if p.done != nil {
		p.done(0, 0, p.m, p.n)
	}
}

// oneByOne computes the elements of c one after another.
func (p *product[T]) oneByOne() {
	for i := range p.m {
		row := window[T](p.c.at(i, 0), p.n)
		for j := range row {
			var sum T
			for l := range p.k {
				sum += T(*(*T)(p.a.at(l, i)) * *(*T)(p.b.at(l, j)))
			}
			if p.add.p != nil {
				sum += *(*T)(p.add.at(i, j))
			}
			row[j] = sum
		}
	}
	if p.done != nil {
		p.done(0, 0, p.m, p.n)
	}
}

// A block is k rows and n columns of B with all rows of A.
type block[T number] struct {
	p          *product[T]
	s          *plan
	j, l, n, k int
}

// shared is a copy for other goroutines, so that b may stay on the stack.
func (b *block[T]) shared() block[T] {
	p, s := *b.p, *b.s
	return block[T]{p: &p, s: &s, j: b.j, l: b.l, n: b.n, k: b.k}
}

// packB packs the block of B.
func (e *engine[T]) packB(b *block[T], dst []T, workers int) {
	w := e.width()
	if workers == 1 {
		e.packPanels(b, dst, 0, b.n)
		return
	}
	c := b.shared()
	parallel(pieces(c.n, w), pieces(parallelWork/8, w*c.k), func(lo, hi int) { e.packPanels(&c, dst, lo*w, min(hi*w, c.n)) })
}

// packPanels packs columns lo…hi.
func (e *engine[T]) packPanels(b *block[T], dst []T, lo, hi int) {
	w := e.width()
	for l := 0; l < b.k; l += b.s.kb {
		k := min(b.s.kb, b.k-l)
		e.pack(&b.p.b, dst[roundUp(b.n, w)*l+lo*k:], w, b.l+l, b.j+lo, k, hi-lo)
	}
}

// blocks multiplies all of A's blocks with one of B, packed or nil.
func (e *engine[T]) blocks(b *block[T], packed []T, workers int) {
	count := b.s.down * b.s.across
	if workers == 1 || count == 1 {
		for t := range count {
			e.multiply(b, packed, t)
		}
		return
	}
	c := b.shared()
	tasks(count, func(t int) { e.multiply(&c, packed, t) })
}

// multiply computes task t of a block: some rows and columns.
func (e *engine[T]) multiply(b *block[T], packed []T, t int) {
	p, r := b.p, region[T]{block: b}
	r.i, r.m = portion(t/b.s.across, b.s.down, p.m, b.s.height)
	r.j, r.n = portion(t%b.s.across, b.s.across, b.n, e.width())
	var buf *[]T
	if b.s.packA {
		buf = e.ws.get(r.m*min(b.s.kb, b.k) + e.lanes)
		defer e.ws.put(buf)
	}
	for l := 0; l < b.k; l += b.s.kb {
		r.l, r.k = b.l+l, min(b.s.kb, b.k-l)
		bp := packed
		if bp != nil {
			bp = bp[roundUp(b.n, e.width())*l:]
		}
		if buf == nil {
			e.panels(&r, nil, bp)
			continue
		}
		e.packA(&r, *buf)
		e.panels(&r, *buf, bp)
	}
	if p.done != nil && b.l+b.k == p.k {
		p.done(r.i, b.j+r.j, r.m, r.n)
	}
}

// portion is the start and the length of share t of so many of n, in whole units.
func portion(t, shares, n, unit int) (from, length int) {
	units := pieces(n, unit)
	from = units * t / shares * unit
	return from, min(units*(t+1)/shares*unit, n) - from
}

// A region is one task: m rows from i on, and n columns of the block from j on,
// and of the inner dim one block at a time.
type region[T number] struct {
	*block[T]
	i, m, j, n, l, k int
}

// packA packs panels as high as they can be and then what is left.
func (e *engine[T]) packA(r *region[T], dst []T) {
	h := r.s.height
	full := r.m / h * h
	if full > 0 {
		e.pack(&r.p.a, dst, h, r.l, r.i, r.k, full)
	}
	if full < r.m {
		e.pack(&r.p.a, dst[full*r.k:], r.m-full, r.l, r.i+full, r.k, r.m-full)
	}
}

// panels multiplies with each panel of B, which stays in the first-level cache,
// all of A, which stays in the second. a and packed are A and B, packed or nil.
func (e *engine[T]) panels(r *region[T], a, packed []T) {
	size := bytesOf[T]()
	p, h, add := r.p, r.s.height, r.p.add
	if r.l > 0 {
		add = p.c
	}
	for j := r.j; j < r.j+r.n; j += e.width() {
		cols := min(e.width(), r.j+r.n-j)
		v := (cols - 1) / e.lanes
		b, brs := (*T)(p.b.at(r.l, r.block.j+j)), p.b.row*size
		if packed != nil {
			b, brs = &packed[j*r.k], e.width()*size
		}
		for i := 0; i < r.m; i += h {
			rows := min(h, r.m-i)
			c := (*T)(p.c.at(r.i+i, r.block.j+j))
			var plus *T
			if add.p != nil {
				plus = (*T)(add.at(r.i+i, r.block.j+j))
			}
			if a != nil {
				e.packedTiles[v][rows-1](r.k, &a[i*r.k], b, c, p.c.row*size, cols, plus, add.row*size)
			} else {
				e.tiles[v][rows-1](r.k, (*T)(p.a.at(r.l, r.i+i)), p.a.col*size, b, brs, c, p.c.row*size, cols, plus, add.row*size)
			}
		}
	}
}
