package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// Recurrent layers run all steps in one kernel. Sequences do not depend on each
// other, so each goroutine takes some of them through all steps and waits for
// nobody; the weights are packed once for all.

// cells are the row functions of recurrent layers.
type cells[T float] struct {
	simd.Cells[T]
	gemm                *engine[T]
	sigmoid, tanh, relu func(dst, a []T)
	add, mul            func(dst, a, b []T)
	addcmul             func(dst, a, b, c []T, v T)
	lerp                func(dst, a, b, w []T, _ T)
	tanhGrad, reluGrad  func(dst, dy, y []T)
	ws                  scratch[T]
}

var (
	cells32 = cellsOf(gemm32, &asm.F32, relu32, reluGrad[float32, uint32])
	cells64 = cellsOf(gemm64, &asm.F64, relu64, reluGrad[float64, uint64])
)

func cellsOf[T float](e *engine[T], k *simd.Kernels[T], relu func(dst, a []T), reluGrad func(dst, dy, y []T)) *cells[T] {
	c := &cells[T]{
		Cells: k.Cells, gemm: e, relu: relu,
		sigmoid: or1(k.Sigmoid, lift[T](sigmoid)), tanh: or1(k.Tanh, lift[T](math.Tanh)),
		add: or2(k.Add, add[T]), mul: or2(k.Mul, mul[T]), addcmul: or3(k.Addcmul, addcmul[T]), lerp: lerpRows(k),
		tanhGrad: or2(k.TanhGrad, tanhGrad[T]), reluGrad: or2(k.ReLUGrad, reluGrad),
	}
	if c.LSTMState == nil {
		c.Cells = simd.Cells[T]{LSTMState: lstmState[T], LSTMGates: lstmGates[T], GRUState: gruState[T], GRUGates: gruGates[T]}
	}
	return c
}

// sequences says where the rows of each step lie.
type sequences struct {
	sizes, start   []int // of each step: how many rows, and the first of them
	reverse        bool
	batch, rows    int
	initial, after int // rows of the states: the first before all steps, and that after row 0
}

func sequencesOf(a *device.Recurrence) sequences {
	s := sequences{sizes: a.Sizes, start: make([]int, len(a.Sizes)), reverse: a.Reverse, batch: a.Sizes[0]}
	for t, n := range a.Sizes {
		s.start[t] = s.rows
		s.rows += n
	}
	if a.Reverse {
		s.initial = s.rows
	} else {
		s.after = s.batch
	}
	return s
}

// A stretch is n rows of one step, those of sequences from seq on. Their states lie
// from row before on, and after the step from row after on.
type stretch struct{ row, before, after, n, seq int }

// walk calls f for the rows of sequences lo…hi, step by step, or backward.
func (s *sequences) walk(lo, hi int, backward bool, f func(stretch)) {
	for k := range s.sizes {
		t := k
		if s.reverse != backward {
			t = len(s.sizes) - 1 - k
		}
		end := min(hi, s.sizes[t])
		known, last := s.batch, s.initial // how many sequences have a state, and where
		switch {
		case !s.reverse && t > 0:
			last = s.after + s.start[t-1]
		case s.reverse && t+1 < len(s.sizes):
			known, last = s.sizes[t+1], s.start[t+1]
		case s.reverse:
			known = 0
		}
		s.part(t, lo, min(end, known), last, f)
		s.part(t, max(lo, known), end, s.initial, f)
	}
}

// part calls f for sequences from…to of step t, whose states lie at before.
func (s *sequences) part(t, from, to, before int, f func(stretch)) {
	if from < to {
		row := s.start[t] + from
		f(stretch{row, before + from, s.after + row, to - from, from})
	}
}

// A weight is the second operand of the product of every step.
type weight[T float] struct {
	operand[T]
	k, n int
	buf  *[]T
}

// weight packs a k×n operand if many rows are multiplied with it many times.
// What it does must not depend on the number of threads.
func (c *cells[T]) weight(s *sequences, k, n int, m matrix[T]) *weight[T] {
	w := &weight[T]{operand: operand[T]{matrix: m}, k: k, n: n}
	if s.few() || k*n == 0 {
		return w
	}
	e := c.gemm
	w.buf = e.ws.get(e.readySize(n, k) + e.lanes)
	p := product[T]{n: n, k: k, b: w.operand}
	for j := 0; j < n; j += e.nc {
		b := block[T]{p: &p, s: &plan{kb: cut(k, e.kc, 1)}, j: j, n: min(e.nc, n-j), k: k}
		e.packB(&b, (*w.buf)[e.readyAt(n, k, 0, j):], NumThreads())
	}
	w.ready = *w.buf
	return w
}

// few reports whether products read the weights where they lie: there is but
// one step, or it has so few rows that they are read once.
func (s *sequences) few() bool { return len(s.sizes) == 1 || s.batch <= fewRows }

// share calls f for all sequences, in ranges on several goroutines or, if they
// are few, at once: then each product may have several.
func (s *sequences) share(work int, f func(lo, hi, workers int)) {
	workers := NumThreads()
	if workers == 1 || s.few() || work < 2*parallelWork {
		f(0, s.batch, workers)
		return
	}
	each := pieces(s.batch, workers)
	if s.sizes[len(s.sizes)-1] < s.batch { // the first ones are longer than the last
		each = max(pieces(each, 4), min(each, 8))
	}
	parallel(s.batch, each, func(lo, hi int) { f(lo, hi, 1) })
}

// times is to = add + from·w for n rows of from.
func (c *cells[T]) times(w *weight[T], n int, from, to, add matrix[T], workers int) {
	p := product[T]{m: n, n: w.n, k: w.k, a: operand[T]{matrix: from.t()}, b: w.operand, c: to, add: add}
	c.gemm.run(&p, workers)
}

// kept says where the gates of a stretch go: to their rows, or, where they are
// not kept, to scratch for one step of sequences lo…hi.
func (c *cells[T]) kept(s *sequences, gates []T, width, lo, hi int) (at func(stretch) ([]T, int), done func()) {
	if len(gates) > 0 {
		return func(r stretch) ([]T, int) { return gates, r.row }, func() {}
	}
	buf := c.ws.get((hi - lo) * width)
	return func(r stretch) ([]T, int) { return *buf, r.seq - lo }, func() { c.ws.put(buf) }
}

// rowsFrom is x, rows of the given width, from row i on.
func rowsFrom[T any](x []T, width, i int) matrix[T] { return matrixOf(x[i*width:], width) }

func (w *weight[T]) free(c *cells[T]) {
	if w.buf != nil {
		c.gemm.ws.put(w.buf)
	}
}

// addInitial adds to d, of sequences lo…hi, what all has for the states before
// the first step.
func (c *cells[T]) addInitial(s *sequences, d, all []T, n, lo, hi int) {
	c.add(d[lo*n:hi*n], d[lo*n:hi*n], all[(s.initial+lo)*n:(s.initial+hi)*n])
}
