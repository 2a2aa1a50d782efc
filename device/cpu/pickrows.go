package cpu

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// The rows of indexing kernels: operand 1 is where its index, operand 2, says,
// and operand 0, the other, in its own place; see pick.

// A whereabouts is where the indexed elements of a row lie: element i, with index j,
// along·i + step·j bytes from base on.
type whereabouts struct {
	base                unsafe.Pointer
	along, step, length int
	line                bool // one line of neighbours, and no index is negative
}

// wrapped counts a negative index from the end.
func wrapped(j int64, length int) int { return int(j) + length&int(j>>63) }

// A pairing is what a kernel does with the indexed and the other elements of a
// row: all at one index, or each at its own. Either changes the indexed ones,
// unless it reads, and changes the others.
type pairing[T any] struct {
	whole func(indexed, other []T)
	each  func(at whereabouts, idx []int64, other []T)
	reads bool
}

// row is the pairing for any strides.
func (k pairing[T]) row(w *pick) rowFunc {
	type rows struct {
		idx   [chunk]int64
		other [chunk]T
	}
	pool := sync.Pool{New: func() any { return new(rows) }}
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		if s[0] == 1 && s[1] == 1 && s[2] == 0 {
			k.whole(window[T](w.at(&p, &s, 0), n), window[T](p[0], n))
			return
		}
		at := whereabouts{p[1], s[1] * w.size[1], w.step, w.length, false}
		at.line = at.along == 0 && at.step == w.size[1] && !w.allowed.Wrap
		if s[0] == 1 && s[2] == 1 {
			k.each(at, window[int64](p[2], n), window[T](p[0], n))
			return
		}
		r := pool.Get().(*rows)
		for i := 0; i < n; i += chunk {
			idx, other := r.idx[:min(chunk, n-i)], r.other[:min(chunk, n-i)]
			from := unsafe.Add(p[0], i*s[0]*w.size[0])
			at.base = unsafe.Add(p[1], i*at.along)
			gather(idx, unsafe.Add(p[2], i*s[2]*8), s[2])
			if !k.reads {
				gather(other, from, s[0])
			}
			k.each(at, idx, other)
			if k.reads {
				spread(from, s[0], other)
			}
		}
		pool.Put(r)
	}
}

// gatherKernel reads indexed elements. Each row looks at its indices first.
func gatherKernel[T any](lines bool) kernel {
	read := pairing[T]{func(indexed, other []T) { copy(other, indexed) }, readEach[T], true}
	return func(c device.Call) error {
		w := newPick(c.Out[0], c.In[0], c.In[1], c.Attr.(device.Index), lines)
		if c.Out[0].Len() == 0 || w.rank == 0 || w.stride[2][w.rank-1] == 0 {
			if err := inRange(c.In[1], w.allowed); err != nil || c.Out[0].Len() == 0 {
				return err
			}
			if !copyRows[T](w) {
				w.run(true, read.row(w))
			}
			return nil
		}
		row := read.row(w)
		var bad atomic.Bool
		w.run(true, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			if rowInRange(p[2], s[2], n, &w.allowed) {
				row(p, s, n)
			} else {
				bad.Store(true)
			}
		})
		if bad.Load() {
			return firstOutOfRange(c.In[1], w.allowed)
		}
		return nil
	}
}

// copyRows is for whole rows one after the other, as an embedding has them. It
// reports whether w is of that kind.
func copyRows[T any](w *pick) bool {
	if w.rank != 2 || w.stride[0][1] != 1 || w.stride[1][1] != 1 {
		return false
	}
	n, at := w.dim[1], *w
	parallel(w.dim[0], max(1, grain/n), func(lo, hi int) {
		to, along, by := at.stride[0][0]*at.size[0], at.stride[1][0]*at.size[1], at.stride[2][0]*8
		for i := lo; i < hi; i++ {
			j := wrapped(*(*int64)(unsafe.Add(at.ptr[2], i*by)), at.length)
			copy(window[T](unsafe.Add(at.ptr[0], i*to), n), window[T](unsafe.Add(at.ptr[1], i*along+j*at.step), n))
		}
	})
	return true
}

func readEach[T any](at whereabouts, idx []int64, other []T) {
	other = other[:len(idx)]
	if at.line {
		line := window[T](at.base, at.length)
		for i, j := range idx {
			other[i] = line[j]
		}
		return
	}
	base, step, length, k := at.base, at.step, at.length, 0
	for i, j := range idx {
		other[i] = *(*T)(unsafe.Add(base, k+wrapped(j, length)*step))
		k += at.along
	}
}

func setEach[T any](at whereabouts, idx []int64, other []T) {
	other = other[:len(idx)]
	if at.line {
		line := window[T](at.base, at.length)
		for i, j := range idx {
			line[j] = other[i]
		}
		return
	}
	base, step, length, k := at.base, at.step, at.length, 0
	for i, j := range idx {
		*(*T)(unsafe.Add(base, k+wrapped(j, length)*step)) = other[i]
		k += at.along
	}
}

func addEach[T number](at whereabouts, idx []int64, other []T) {
	other = other[:len(idx)]
	if at.line {
		line := window[T](at.base, at.length)
		for i, j := range idx {
			line[j] += other[i]
		}
		return
	}
	base, step, length, k := at.base, at.step, at.length, 0
	for i, j := range idx {
		*(*T)(unsafe.Add(base, k+wrapped(j, length)*step)) += other[i]
		k += at.along
	}
}

func orEach(at whereabouts, idx []int64, other []uint8) {
	for i, j := range idx {
		*(*uint8)(unsafe.Add(at.base, i*at.along+wrapped(j, at.length)*at.step)) |= other[i]
	}
}

func multiplyEach[T number](at whereabouts, idx []int64, other []T) {
	other = other[:len(idx)]
	base, step, length, k := at.base, at.step, at.length, 0
	for i, j := range idx {
		*(*T)(unsafe.Add(base, k+wrapped(j, length)*step)) *= other[i]
		k += at.along
	}
}

func largerEach[T number](at whereabouts, idx []int64, other []T) {
	other = other[:len(idx)]
	base, step, length, k := at.base, at.step, at.length, 0
	for i, j := range idx {
		to := (*T)(unsafe.Add(base, k+wrapped(j, length)*step))
		*to = max(*to, other[i])
		k += at.along
	}
}

func smallerEach[T number](at whereabouts, idx []int64, other []T) {
	other = other[:len(idx)]
	base, step, length, k := at.base, at.step, at.length, 0
	for i, j := range idx {
		to := (*T)(unsafe.Add(base, k+wrapped(j, length)*step))
		*to = min(*to, other[i])
		k += at.along
	}
}

func setPairing[T any]() pairing[T] {
	return pairing[T]{whole: func(indexed, other []T) { copy(indexed, other) }, each: setEach[T]}
}

// joining is the pairing of a function of rows that also works in place.
func joining[T number](row func(dst, a, b []T), each func(at whereabouts, idx []int64, other []T)) pairing[T] {
	return pairing[T]{whole: func(indexed, other []T) { row(indexed, indexed, other) }, each: each}
}

func adding[T number](row func(dst, a, b []T)) func(w *pick) rowFunc {
	return joining(row, addEach[T]).row
}
