package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// copyKernels copies between any strides.
func copyKernels() byDType {
	return bySize(
		copies[uint8](turner[uint8, float32]{}), copies[uint16](turner[uint16, float32]{}),
		copies[uint32](turner[uint32, float32]{&asm.F32.Move, asm.Bytes}), copies[uint64](turner[uint64, float64]{&asm.F64.Move, asm.Bytes}))
}

// copies is a kernel for elements of T's size.
func copies[T any, F float](t turner[T, F]) kernel {
	return func(c device.Call) error {
		out, in := c.Out[0], c.In[0]
		if out.Len() < 2*grain && out.Contig && sameLayout(&c) {
			copy(elements[T](out), elements[T](in))
			return nil
		}
		var w nest
		w.rank, w.dim = int(out.Rank), out.Dim
		w.add(out)
		w.add(in)
		w.orderByOutput()
		w.coalesce(0)
		if d := w.crossed(); d >= 0 && w.len() > 0 {
			t.run(&w, d)
		} else {
			w.run(true, copyRow[T])
		}
		return nil
	}
}

// orderByOutput sorts the loops so that the output is written in the order of memory.
func (w *nest) orderByOutput() {
	for i := 1; i < w.rank; i++ {
		for j := i; j > 0 && absInt(w.stride[0][j-1]) < absInt(w.stride[0][j]); j-- {
			w.dim[j-1], w.dim[j] = w.dim[j], w.dim[j-1]
			for k := range w.n {
				s := &w.stride[k]
				s[j-1], s[j] = s[j], s[j-1]
			}
		}
	}
}

// crossed returns the dim along which the input is contiguous, where that is
// not the last, along which the output is; or -1.
func (w *nest) crossed() int {
	if last := w.rank - 1; last > 0 && w.stride[0][last] == 1 && w.stride[1][last] != 1 && w.dim[last] > 1 {
		for d := range last {
			if w.stride[1][d] == 1 && w.dim[d] > 1 {
				return d
			}
		}
	}
	return -1
}

func copyRow[T any](p [operands]unsafe.Pointer, s [operands]int, n int) {
	var z T
	size := int(unsafe.Sizeof(z))
	switch {
	case s[0] == 1:
		gather(window[T](p[0], n), p[1], s[1])
	case s[1] == 1:
		spread(p[0], s[0], window[T](p[1], n))
	default:
		for i := range n {
			*(*T)(unsafe.Add(p[0], i*s[0]*size)) = *(*T)(unsafe.Add(p[1], i*s[1]*size))
		}
	}
}

// A turner copies planes whose rows are the other side's columns. T and F have
// one size; move, of vectors of so many bytes, may be nil.
type turner[T any, F float] struct {
	move  *simd.Move[F]
	bytes int
}

// A plane is rows of src that become columns of dst. Strides are in bytes.
type plane struct {
	dst, src   unsafe.Pointer
	ds, ss     int
	rows, cols int
}

// A block of a plane is that many rows and columns: both sides stay in the
// cache, and in few enough pages.
const turnRows, turnCols = 64, 256

// streamed is the size from which a copy is written past the caches: whoever
// reads it next will find nothing of it there anyway.
const streamed = 32 << 20

// run copies the nest, whose last dim is contiguous in the output, and dim d in
// the input.
func (t *turner[T, F]) run(w *nest, d int) {
	last, size := w.rank-1, w.size[0]
	a := plane{ds: w.stride[0][d] * size, ss: w.stride[1][last] * size, rows: w.dim[last], cols: w.dim[d]}
	total, area := w.len(), a.rows*a.cols
	outer := *w
	copy(outer.dim[d:last], w.dim[d+1:last])
	for k := range w.n {
		copy(outer.stride[k][d:last], w.stride[k][d+1:last])
	}
	outer.rank -= 2
	move := t.choose(&outer, &a, total*size)
	down, across := pieces(a.rows, turnRows), pieces(a.cols, turnCols)
	some := func(lo, hi int) {
		for i := lo; i < hi; i++ {
			b := a
			b.dst, b.src = outer.element(i / (down * across))
			b.part(i/across%down*turnRows, i%across*turnCols, size)
			turn[T](&b, t.bytes/size, move)
		}
	}
	n := total / area * down * across
	if total < 2*grain {
		some(0, n)
	} else {
		parallel(n, max(1, grain*n/total), some)
	}
}

// element is the address of element i of the loops, of both operands.
func (w *nest) element(i int) (dst, src unsafe.Pointer) {
	dst, src = w.ptr[0], w.ptr[1]
	for d := w.rank - 1; d >= 0; d-- {
		k := i % w.dim[d]
		i /= w.dim[d]
		dst, src = unsafe.Add(dst, k*w.stride[0][d]*w.size[0]), unsafe.Add(src, k*w.stride[1][d]*w.size[1])
	}
	return dst, src
}

// choose is the assembly to use for a copy of so many bytes.
func (t *turner[T, F]) choose(outer *nest, a *plane, bytes int) func(dst *F, ds int, src *F, ss, groups int) {
	if t.move == nil {
		return nil
	}
	at := uintptr(outer.ptr[0]) | uintptr(a.ds)
	for d := range outer.rank {
		at |= uintptr(outer.stride[0][d] * outer.size[0])
	}
	if t.move.TransposeNT != nil && bytes >= streamed && at%uintptr(t.bytes) == 0 {
		return t.move.TransposeNT
	}
	return t.move.Transpose
}

// part makes a the block that starts at that row and column.
func (a *plane) part(row, col, size int) {
	a.dst = unsafe.Add(a.dst, col*a.ds+row*size)
	a.src = unsafe.Add(a.src, row*a.ss+col*size)
	a.rows, a.cols = min(turnRows, a.rows-row), min(turnCols, a.cols-col)
}

// turn copies a block: whole vectors of rows with move, the rest one by one.
func turn[T any, F float](a *plane, lanes int, move func(dst *F, ds int, src *F, ss, groups int)) {
	var z T
	size := int(unsafe.Sizeof(z))
	rows, cols := 0, 0
	if move != nil {
		group := 16 / size
		rows, cols = a.rows/lanes*lanes, a.cols/group*group
		for r := 0; r < rows; r += lanes {
			move((*F)(unsafe.Add(a.dst, r*size)), a.ds, (*F)(unsafe.Add(a.src, r*a.ss)), a.ss, cols/group)
		}
	}
	for c := range a.cols {
		r := rows
		if c >= cols {
			r = 0
		}
		for d, s := unsafe.Add(a.dst, c*a.ds), unsafe.Add(a.src, c*size); r < a.rows; r++ {
			*(*T)(unsafe.Add(d, r*size)) = *(*T)(unsafe.Add(s, r*a.ss))
		}
	}
}
