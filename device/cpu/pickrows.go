package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// The rows of indexing kernels: operand 1 is where its index, operand 2, says,
// and operand 0 in its own place; see pick. Offsets grow along a row, so that
// no address is made beyond the end of a tensor.

// wrapped counts a negative index from the end.
func wrapped(j int64, length int) int { return int(j) + length&int(j>>63) }

// gatherKernel reads indexed elements.
func gatherKernel[T any](lines bool) kernel {
	return func(c device.Call) error {
		w, err := newPick(c.Out[0], c.In[0], c.In[1], c.Attr.(device.Index), lines)
		if err != nil || c.Out[0].Len() == 0 {
			return err
		}
		w.run(true, gatherRow[T](w))
		return nil
	}
}

func gatherRow[T any](w *pick) rowFunc {
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		if s[0] == 1 && s[1] == 1 && s[2] == 0 {
			copy(window[T](p[0], n), window[T](w.at(&p, &s, 0), n))
			return
		}
		step, length := w.step, w.length
		by, along, size := s[2]*8, s[1]*w.size[1], w.size[0]
		if s[0] == 1 {
			k, at := 0, 0
			for i, to := 0, window[T](p[0], n); i < len(to); i++ {
				to[i] = *(*T)(unsafe.Add(p[1], at+wrapped(*(*int64)(unsafe.Add(p[2], k)), length)*step))
				k += by
				at += along
			}
			return
		}
		for i := range n {
			j := wrapped(*(*int64)(unsafe.Add(p[2], i*by)), length)
			*(*T)(unsafe.Add(p[0], i*s[0]*size)) = *(*T)(unsafe.Add(p[1], i*along+j*step))
		}
	}
}

func setRow[T any](w *pick) rowFunc {
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		if s[0] == 1 && s[1] == 1 && s[2] == 0 {
			copy(window[T](w.at(&p, &s, 0), n), window[T](p[0], n))
			return
		}
		step, length := w.step, w.length
		from, by, along := s[0]*w.size[0], s[2]*8, s[1]*w.size[1]
		o, k, at := 0, 0, 0
		for range n {
			j := wrapped(*(*int64)(unsafe.Add(p[2], k)), length)
			*(*T)(unsafe.Add(p[1], at+j*step)) = *(*T)(unsafe.Add(p[0], o))
			o, k, at = o+from, k+by, at+along
		}
	}
}

// addRow is setRow that adds, with row where all go to one place of the dim.
func addRow[T number](row func(dst, a, b []T)) func(w *pick) rowFunc {
	return func(w *pick) rowFunc {
		return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			if s[0] == 1 && s[1] == 1 && s[2] == 0 {
				dst := window[T](w.at(&p, &s, 0), n)
				row(dst, dst, window[T](p[0], n))
				return
			}
			step, length := w.step, w.length
			from, by, along := s[0]*w.size[0], s[2]*8, s[1]*w.size[1]
			o, k, at := 0, 0, 0
			for range n {
				j := wrapped(*(*int64)(unsafe.Add(p[2], k)), length)
				*(*T)(unsafe.Add(p[1], at+j*step)) += *(*T)(unsafe.Add(p[0], o))
				o, k, at = o+from, k+by, at+along
			}
		}
	}
}

// orRow is addRow for bool.
func orRow(w *pick) rowFunc {
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		for i := range n {
			*(*uint8)(w.at(&p, &s, i)) |= *(*uint8)(unsafe.Add(p[0], i*s[0]))
		}
	}
}

// offsets are how many bytes from p[1] on the indexed elements lo … of a row lie.
func (w *pick) offsets(dst []int, p *[operands]unsafe.Pointer, s *[operands]int, lo int) {
	idx, by := unsafe.Add(p[2], lo*s[2]*8), s[2]*8
	at, along, step, length := lo*s[1]*w.size[1], s[1]*w.size[1], w.step, w.length
	for i := range dst {
		dst[i] = at + wrapped(*(*int64)(unsafe.Add(idx, i*by)), length)*step
		at += along
	}
}

// eachOf calls f for parts of a row: the offsets of the indexed elements, and
// where the others begin.
func (w *pick) eachOf(p *[operands]unsafe.Pointer, s *[operands]int, n int, f func(off []int, other unsafe.Pointer)) {
	buf := offsetsOf.get(min(n, chunk))
	defer offsetsOf.put(buf)
	for i := 0; i < n; i += chunk {
		part := (*buf)[:min(chunk, n-i)]
		w.offsets(part, p, s, i)
		f(part, unsafe.Add(p[0], i*s[0]*w.size[0]))
	}
}

// offsetsOf is the memory of eachOf.
var offsetsOf scratch[int]
