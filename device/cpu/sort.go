package cpu

import (
	"fmt"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// A keyed is a key and the place of its element in the line.
type keyed struct {
	key uint64
	i   int
}

// before orders equal keys by their place: every sort is stable, and top-k
// takes the first of equals.
func (a keyed) before(b keyed) bool { return a.key < b.key || a.key == b.key && a.i < b.i }

// smallestKeys returns the len(h) smallest keys in order.
func smallestKeys(h []keyed, keys []uint64) {
	k := len(h)
	if k == 0 {
		return
	}
	for i := range h {
		h[i] = keyed{keys[i], i}
	}
	for i := k/2 - 1; i >= 0; i-- { // a heap with the last of the k on top
		sift(h, i)
	}
	for i := k; i < len(keys); i++ {
		if keys[i] < h[0].key {
			h[0] = keyed{keys[i], i}
			sift(h, 0)
		}
	}
	for n := k - 1; n > 0; n-- {
		h[0], h[n] = h[n], h[0]
		sift(h[:n], 0)
	}
}

// sift lets element i sink to its place in a heap whose top is the last.
func sift(h []keyed, i int) {
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && h[c].before(h[c+1]) {
			c++
		}
		if !h[i].before(h[c]) {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}

// A sorter puts elements From…K of a line in the order of a device.Order.
type sorter[T number] struct {
	codec[T]
	xs scratch[T]
	ws scratch[uint64]
	hs scratch[keyed]
}

// sorted makes a kernel of In → values, indices; Attr is a device.Order.
func sorted[T number](c codec[T]) kernel {
	d := &sorter[T]{codec: c}
	return func(call device.Call) error {
		a := call.Attr.(device.Order)
		if v := call.In[0]; v.Rank > 0 && int64(v.Dim[a.Dim]-1) > placeBits {
			return fmt.Errorf("cpu: a line of %d elements cannot be sorted: %w", v.Dim[a.Dim], device.ErrUnsupported)
		}
		lanes(&call, a.Dim, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			if a.From == a.K {
				return
			}
			xb, wb := d.xs.get(n), d.ws.get(3*n)
			x, keys := d.line(p[2], s[2], *xb), (*wb)[:n]
			keysOf(keys, x, a.Descending)
			o := a
			if o.Ties >= device.AsMedian {
				o.From = medianPlace(keys, x, o.Ties)
				o.K, o.Ties = o.From+1, device.FirstFirst
			}
			d.pick(p, s, x, *wb, o)
			d.xs.put(xb)
			d.ws.put(wb)
		})
		return nil
	}
}

// pick writes what a asks for. The first third of w is x's keys.
func (d *sorter[T]) pick(p [operands]unsafe.Pointer, s [operands]int, x []T, w []uint64, a device.Order) {
	n, free := len(x), a.Ties == device.FirstFirst
	keys := w[:n]
	put := func(i, place int) {
		*(*int64)(unsafe.Add(p[1], 8*i*s[1])) = int64(place)
		d.store(unsafe.Add(p[0], i*s[0]*d.size), 1, x[place:place+1])
	}
	// untied calls f with what PyTorch's algorithm picks.
	untied := func(f func(i, place int)) {
		h := d.hs.get(n)
		for i, e := range untie(*h, keys, a) {
			f(i, e.i)
		}
		d.hs.put(h)
	}
	switch {
	case a.From == 0 && a.K <= n/8:
		h := d.hs.get(a.K)
		smallestKeys(*h, keys)
		if !free && tiedHeap(*h, keys) {
			untied(put)
		} else {
			for i, e := range *h {
				put(i, e.i)
			}
		}
		d.hs.put(h)
	case a.K == a.From+1:
		if place := nthPlace(keys, w[n:2*n], a.From); !free && tiedKey(keys, keys[place]) {
			untied(put)
		} else {
			put(0, place)
		}
	default:
		words := sortPlaces(keys, w[n:2*n], w[2*n:])
		if !free && tiedPlaces(words, keys, a.K) {
			untied(func(i, place int) { words[a.From+i] = uint64(place) })
		}
		d.putSorted(p, s, x, words[a.From:a.K])
	}
}

// putSorted writes the elements at the places that are the lower halves of w,
// and the places.
func (c *codec[T]) putSorted(p [operands]unsafe.Pointer, s [operands]int, x []T, w []uint64) {
	if len(w) < 2*sortPart { // no closure on the heap
		c.putPart(p, s, x, w, 0)
	} else {
		parallel(len(w), sortPart, func(lo, hi int) { c.putPart(p, s, x, w[lo:hi], lo) })
	}
}

// putPart is putSorted from element lo of the line on.
func (c *codec[T]) putPart(p [operands]unsafe.Pointer, s [operands]int, x []T, w []uint64, lo int) {
	to := unsafe.Add(p[1], 8*lo*s[1])
	for i, word := range w {
		place := word & placeBits
		*(*int64)(unsafe.Add(to, 8*i*s[1])) = int64(place)
		if c.direct {
			*(*T)(unsafe.Add(p[0], (lo+i)*s[0]*c.size)) = x[place]
		} else {
			c.store(unsafe.Add(p[0], (lo+i)*s[0]*c.size), 1, x[place:place+1])
		}
	}
}

func sortKernels() byDType {
	t := byDType{
		device.Float32:  sorted(native[float32]()),
		device.Float64:  sorted(native[float64]()),
		device.Float16:  sorted(f16as32),
		device.BFloat16: sorted(bf16as32),
	}
	for _, d := range integers {
		t[d] = sorted(int64Codec(d))
	}
	return t
}
