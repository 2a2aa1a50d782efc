package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// operands is how many views a driver walks at once: outputs, then inputs.
const operands = 4

// A rowFunc computes n elements. p are the addresses of the operands' first
// elements and s their strides in elements. It gets arrays by value, so that
// nothing escapes.
type rowFunc func(p [operands]unsafe.Pointer, s [operands]int, n int)

// A nest is a loop nest over the dims of several views at once.
type nest struct {
	rank, n int // dims; operands
	dim     [device.MaxRank]int
	stride  [operands][device.MaxRank]int // in elements
	size    [operands]int                 // bytes of an element
	ptr     [operands]unsafe.Pointer
}

// add gives the nest another operand. A dim of size 1 repeats, and dims that
// are missing on the left do too.
func (w *nest) add(v *device.View) {
	k := w.n
	w.n++
	w.ptr[k], w.size[k] = v.Ptr(), v.DType.Size()
	pad := w.rank - int(v.Rank)
	for i := range int(v.Rank) {
		if v.Dim[i] != 1 {
			w.stride[k][i+pad] = v.Stride[i]
		}
	}
}

// coalesce merges dims that every operand walks as one, except the last `keep`.
func (w *nest) coalesce(keep int) {
	out := 0
	end := w.rank - keep
	for i := range w.rank {
		if i < end && w.dim[i] == 1 {
			continue
		}
		if i < end && out > 0 && w.joins(out-1, i) {
			w.dim[out-1] *= w.dim[i]
			for k := range w.n {
				w.stride[k][out-1] = w.stride[k][i]
			}
			continue
		}
		w.dim[out] = w.dim[i]
		for k := range w.n {
			w.stride[k][out] = w.stride[k][i]
		}
		out++
	}
	w.rank = out
}

// joins reports whether dim a, just outside dim b, continues it.
func (w *nest) joins(a, b int) bool {
	for k := range w.n {
		if w.stride[k][a] != w.stride[k][b]*w.dim[b] {
			return false
		}
	}
	return true
}

// rows is the number of iterations of all loops but the last.
func (w *nest) rows() int {
	n := 1
	for i := 0; i < w.rank-1; i++ {
		n *= w.dim[i]
	}
	return n
}

// last is the length of the innermost loop.
func (w *nest) last() int {
	if w.rank == 0 {
		return 1
	}
	return w.dim[w.rank-1]
}

// len is the number of elements.
func (w *nest) len() int { return w.rows() * w.last() }

// at is the addresses of element i, counted row by row.
func (w *nest) at(i int) [operands]unsafe.Pointer {
	p := w.ptr
	for d := w.rank - 1; d >= 0; d-- {
		for k := range w.n {
			p[k] = unsafe.Add(p[k], i%w.dim[d]*w.stride[k][d]*w.size[k])
		}
		i /= w.dim[d]
	}
	return p
}

// part calls f for elements lo…hi of the nest, which may start and end within
// a row.
func (w *nest) part(lo, hi int, f rowFunc) {
	if lo >= hi {
		return
	}
	n := w.last()
	at := lo / n * n // the first element of the row
	w.walk(lo/n, (hi+n-1)/n, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		from, to := max(lo-at, 0), min(hi-at, n)
		at += n
		for k := range w.n {
			p[k] = unsafe.Add(p[k], from*s[k]*w.size[k])
		}
		f(p, s, to-from)
	})
}

// walk calls f for rows lo…hi of the nest.
func (w *nest) walk(lo, hi int, f rowFunc) {
	var p [operands]unsafe.Pointer
	var s [operands]int
	var idx [device.MaxRank]int
	n, outer := w.last(), w.rank-1
	if n == 0 || lo >= hi {
		return
	}
	for i, r := outer-1, lo; i >= 0; i-- {
		idx[i], r = r%w.dim[i], r/w.dim[i]
	}
	for k := range w.n {
		off := 0
		for i := range max(outer, 0) {
			off += idx[i] * w.stride[k][i]
		}
		p[k] = unsafe.Add(w.ptr[k], off*w.size[k])
		if outer >= 0 {
			s[k] = w.stride[k][outer]
		}
	}
	for {
		f(p, s, n)
		if lo++; lo >= hi {
			return
		}
		for i := outer - 1; ; i-- {
			idx[i]++
			if idx[i] < w.dim[i] {
				for k := range w.n {
					p[k] = unsafe.Add(p[k], w.stride[k][i]*w.size[k])
				}
				break
			}
			idx[i] = 0
			for k := range w.n {
				p[k] = unsafe.Add(p[k], -w.stride[k][i]*(w.dim[i]-1)*w.size[k])
			}
		}
	}
}

// run walks all rows, on several goroutines when there is enough to do. Rows are
// cut too, where there are few and cut allows it.
func (w *nest) run(cut bool, f rowFunc) {
	rows, n := w.rows(), w.last()
	if rows*n < 2*grain || NumThreads() == 1 {
		w.walk(0, rows, f)
		return
	}
	v := *w // the goroutines' copy; w itself stays on the stack
	if cut && rows < maxPieces {
		parallel(rows*n, grain, func(lo, hi int) { v.part(lo, hi, f) })
	} else {
		parallel(rows, max(1, grain/max(n, 1)), func(lo, hi int) { v.walk(lo, hi, f) })
	}
}

// iterate runs an elementwise kernel: the inputs broadcast to Out[0]'s shape.
func iterate(c *device.Call, f rowFunc) {
	out := c.Out[0]
	n := out.Len()
	if n == 0 {
		return
	}
	if n < 2*grain && out.Contig && sameLayout(c) {
		p, s := [operands]unsafe.Pointer{out.Ptr()}, [operands]int{1, 1, 1, 1}
		for i := 0; i < operands-1 && c.In[i] != nil; i++ {
			p[i+1] = c.In[i].Ptr()
		}
		f(p, s, n)
		return
	}
	var w nest
	w.rank, w.dim = int(out.Rank), out.Dim
	w.add(out)
	for i := 0; i < operands-1 && c.In[i] != nil; i++ {
		w.add(c.In[i])
	}
	w.coalesce(0)
	w.run(true, f)
}

// sameLayout reports whether every input is contiguous with Out[0]'s shape.
func sameLayout(c *device.Call) bool {
	for i := 0; i < operands-1 && c.In[i] != nil; i++ {
		if v := c.In[i]; !v.Contig || v.Rank != c.Out[0].Rank || v.Dim != c.Out[0].Dim {
			return false
		}
	}
	return true
}

// lanes calls f once for each line along dim of In[0], with the whole line.
// Outputs come first among the operands; one that lacks the dim, because the
// kernel reduces it, must have size 1 there: see withDim.
func lanes(c *device.Call, dim int, f rowFunc) {
	var w nest
	w.linesOf(c, dim)
	w.coalesce(1)
	w.run(false, f)
}

// linesOf is the loops of lanes.
func (w *nest) linesOf(c *device.Call, dim int) {
	in := c.In[0]
	w.rank, w.dim = int(in.Rank), in.Dim
	for i := 0; i < device.MaxOut && c.Out[i] != nil; i++ {
		v := withDim(c.Out[i], in, dim)
		w.add(&v)
	}
	for i := 0; i < device.MaxIn && c.In[i] != nil; i++ {
		w.add(c.In[i])
	}
	if w.rank == 0 { // a scalar is one line of one element
		w.rank, w.dim[0] = 1, 1
	} else {
		w.moveLast(dim)
	}
}

// withDim puts back a dim that a reduction removed, as size 1.
func withDim(out, in *device.View, dim int) device.View {
	v := *out
	if v.Rank == in.Rank {
		return v
	}
	for i := int(v.Rank); i > dim; i-- {
		v.Dim[i], v.Stride[i] = v.Dim[i-1], v.Stride[i-1]
	}
	v.Dim[dim], v.Stride[dim] = 1, 0
	v.Rank++
	return v
}

// moveLast makes dim the innermost loop.
func (w *nest) moveLast(dim int) {
	rotate := func(a *[device.MaxRank]int) {
		v := a[dim]
		copy(a[dim:w.rank], a[dim+1:w.rank])
		a[w.rank-1] = v
	}
	rotate(&w.dim)
	for k := range w.n {
		rotate(&w.stride[k])
	}
}

// across is for kernels along dim that take lines side by side: w is the loops
// over the lines, whose rows are contiguous in every operand, n the length of a
// line and step the distance of its elements. It is not ok where there is no
// such row, or one too short to be worth it.
func across(c *device.Call, dim int) (w nest, n int, step [operands]int, ok bool) {
	in := c.In[0]
	if in.Rank < 2 || in.Len() == 0 {
		return w, 0, step, false
	}
	w.linesOf(c, dim)
	last := w.rank - 1
	n = w.dim[last]
	for k := range w.n {
		step[k] = w.stride[k][last]
	}
	w.rank--
	w.coalesce(0)
	ok = w.rank > 0 && w.dim[w.rank-1] >= 8
	for k := range w.n {
		ok = ok && w.stride[k][w.rank-1] == 1
	}
	return w, n, step, ok
}
