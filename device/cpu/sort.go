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

// sorted makes a kernel of In → values, indices: elements From…K of a line in
// the order of Attr, a device.Order.
func sorted[T number](c codec[T]) kernel {
	xs, ws, hs := new(scratch[T]), new(scratch[uint64]), new(scratch[keyed])
	return func(call device.Call) error {
		a := call.Attr.(device.Order)
		if v := call.In[0]; v.Rank > 0 && int64(v.Dim[a.Dim]-1) > placeBits {
			return fmt.Errorf("cpu: a line of %d elements cannot be sorted: %w", v.Dim[a.Dim], device.ErrUnsupported)
		}
		lanes(&call, a.Dim, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			if a.From == a.K {
				return
			}
			xb, wb := xs.get(n), ws.get(3*n)
			x, w := c.line(p[2], s[2], *xb), *wb
			keys := w[:n]
			keysOf(keys, x, a.Descending)
			a := a
			if a.Ties == device.AsMedian || a.Ties == device.AsNaNMedian {
				a.From = medianPlace(keys, x, a.Ties)
				a.K = a.From + 1
			}
			put := func(i, place int) {
				*(*int64)(unsafe.Add(p[1], 8*i*s[1])) = int64(place)
				c.store(unsafe.Add(p[0], i*s[0]*c.size), 1, x[place:place+1])
			}
			switch free := a.Ties == device.FirstFirst || a.Ties >= device.AsMedian; {
			case a.From == 0 && a.K <= n/8:
				h := hs.get(a.K)
				smallestKeys(*h, keys)
				if !free && tiedHeap(*h, keys) {
					hs.put(h)
					h = hs.get(n)
					*h = untie(*h, keys, a)
				}
				for i, e := range *h {
					put(i, e.i)
				}
				hs.put(h)
			case a.K == a.From+1:
				place := nthPlace(keys, w[n:2*n], a.From)
				if !free && tiedKey(keys, keys[place]) {
					h := hs.get(n)
					place = untie(*h, keys, a)[0].i
					hs.put(h)
				}
				put(0, place)
			default:
				sorted := sortPlaces(keys, w[n:2*n], w[2*n:])
				if !free && tiedPlaces(sorted, keys, a.K) {
					h := hs.get(n)
					for i, e := range untie(*h, keys, a) {
						sorted[a.From+i] = uint64(e.i)
					}
					hs.put(h)
				}
				c.putSorted(p, s, x, sorted[a.From:a.K])
			}
			xs.put(xb)
			ws.put(wb)
		})
		return nil
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
