package cpu

import (
	"sync"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// chunk is how many elements a strided or half-precision row is copied at a
// time: three scratch rows of float64 stay in the first-level cache.
const chunk = 512

// window is memory as a slice.
func window[T any](p unsafe.Pointer, n int) []T { return unsafe.Slice((*T)(p), n) }

// row1 lifts a function of contiguous rows to any strides and codecs.
func row1[A, D any](ca codec[A], cd codec[D], f func(dst []D, a []A)) rowFunc {
	type rows struct {
		a [chunk]A
		d [chunk]D
	}
	pool := sync.Pool{New: func() any { return new(rows) }}
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		if ca.direct && cd.direct && s[0] == 1 && s[1] == 1 {
			f(window[D](p[0], n), window[A](p[1], n))
			return
		}
		r := pool.Get().(*rows)
		for i := 0; i < n; i += chunk {
			m := min(chunk, n-i)
			a, d := r.a[:m], r.d[:m]
			if ca.direct && s[1] == 1 {
				a = window[A](unsafe.Add(p[1], i*ca.size), m)
			} else {
				ca.load(a, unsafe.Add(p[1], i*s[1]*ca.size), s[1])
			}
			if cd.direct && s[0] == 1 {
				f(window[D](unsafe.Add(p[0], i*cd.size), m), a)
			} else {
				f(d, a)
				cd.store(unsafe.Add(p[0], i*s[0]*cd.size), s[0], d)
			}
		}
		pool.Put(r)
	}
}

// A binary is a kernel of two rows. right and left take one number in the place
// of b or of a; nil means none.
type binary[A, D any] struct {
	rows        func(dst []D, a, b []A)
	right, left func(dst []D, a []A, number A)
}

// row2 is row1 for two inputs.
func row2[A, D any](ca codec[A], cd codec[D], f func(dst []D, a, b []A)) rowFunc {
	return rowOf(ca, cd, binary[A, D]{rows: f})
}

func rowOf[A, D any](ca codec[A], cd codec[D], k binary[A, D]) rowFunc {
	type rows struct {
		a, b [chunk]A
		d    [chunk]D
	}
	pool := sync.Pool{New: func() any { return new(rows) }}
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		if ca.direct && cd.direct && s[0] == 1 {
			switch d := window[D](p[0], n); {
			case s[1] == 1 && s[2] == 1:
				k.rows(d, window[A](p[1], n), window[A](p[2], n))
				return
			case s[1] == 1 && s[2] == 0 && k.right != nil:
				k.right(d, window[A](p[1], n), *(*A)(p[2]))
				return
			case s[1] == 0 && s[2] == 1 && k.left != nil:
				k.left(d, window[A](p[2], n), *(*A)(p[1]))
				return
			}
		}
		r := pool.Get().(*rows)
		for i := 0; i < n; i += chunk {
			m := min(chunk, n-i)
			a, b, d := r.a[:m], r.b[:m], r.d[:m]
			if ca.direct && s[1] == 1 {
				a = window[A](unsafe.Add(p[1], i*ca.size), m)
			} else if i == 0 || s[1] != 0 {
				ca.load(a, unsafe.Add(p[1], i*s[1]*ca.size), s[1])
			}
			if ca.direct && s[2] == 1 {
				b = window[A](unsafe.Add(p[2], i*ca.size), m)
			} else if i == 0 || s[2] != 0 {
				ca.load(b, unsafe.Add(p[2], i*s[2]*ca.size), s[2])
			}
			if cd.direct && s[0] == 1 {
				k.rows(window[D](unsafe.Add(p[0], i*cd.size), m), a, b)
			} else {
				k.rows(d, a, b)
				cd.store(unsafe.Add(p[0], i*s[0]*cd.size), s[0], d)
			}
		}
		pool.Put(r)
	}
}

// lane1 is row1 for kernels that need a whole line at once.
func lane1[A, D any](ca codec[A], cd codec[D], f func(dst []D, a []A)) rowFunc {
	as, ds := new(scratch[A]), new(scratch[D])
	return func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		var a []A
		var d []D
		if ca.direct && (s[1] == 1 || n == 1) {
			a = window[A](p[1], n)
		} else {
			b := as.get(n)
			defer as.put(b)
			a = *b
			ca.load(a, p[1], s[1])
		}
		if cd.direct && (s[0] == 1 || n == 1) {
			f(window[D](p[0], n), a)
			return
		}
		b := ds.get(n)
		defer ds.put(b)
		d = *b
		f(d, a)
		cd.store(p[0], s[0], d)
	}
}

// elementwise makes a kernel of a row function.
func elementwise(f rowFunc) kernel {
	return func(c device.Call) error {
		iterate(&c, f)
		return nil
	}
}

// alongDim makes a kernel of a line function; Attr is a device.Dim.
func alongDim(f rowFunc) kernel {
	return func(c device.Call) error {
		lanes(&c, c.Attr.(device.Dim).Dim, f)
		return nil
	}
}
