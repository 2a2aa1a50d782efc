package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// medianPlace is how many elements go before the median of a line whose keys
// are given: none before the first NaN, which is made the smallest.
func medianPlace[T number](keys []uint64, x []T, ties device.Ties) int {
	n := len(x)
	for i, v := range x {
		if v == v {
			continue
		}
		if ties == device.AsMedian {
			keys[i] = 0
			return 0
		}
		n--
	}
	return max(n-1, 0) / 2
}

// tiedHeap reports whether of the elements in h, the first in order, two are
// equal, or one is equal to one that is not in h.
func tiedHeap(h []keyed, keys []uint64) bool {
	for i := 1; i < len(h); i++ {
		if h[i].key == h[i-1].key {
			return true
		}
	}
	return len(h) > 0 && tiedKey(keys, h[len(h)-1].key)
}

// tiedKey reports whether a key comes twice.
func tiedKey(keys []uint64, key uint64) bool {
	n := 0
	for _, k := range keys {
		if k == key {
			n++
		}
	}
	return n > 1
}

// tiedPlaces reports whether one of the first k places in order has a key that
// the next one has too.
func tiedPlaces(words, keys []uint64, k int) bool {
	for i := 1; i < min(k+1, len(words)); i++ {
		if keys[words[i]&placeBits] == keys[words[i-1]&placeBits] {
			return true
		}
	}
	return false
}

// topHeap is the part of a line, as a divisor, from which on torch.topk does not
// keep a heap.
const topHeap = 64

// untie finds the elements that a asks for as PyTorch does. It uses h.
func untie(h []keyed, keys []uint64, a device.Order) []keyed {
	for i, k := range keys {
		h[i] = keyed{k, i}
	}
	s := unstable(h)
	switch {
	case a.Ties == device.AsSort:
		s.sort()
	case a.Ties == device.AsKthValue:
		s.quickSelect(a.From)
	case a.K*topHeap <= len(s):
		s.partialSort(a.K)
	default:
		s.nth(a.K - 1)
		s[:a.K-1].sort()
	}
	return h[a.From:a.K]
}

// mode makes a kernel of In → values, indices: the first of the longest runs of
// equal elements in order. The index is that of the last in the run, in the
// order in which torch.mode's sort leaves it.
func mode[T number](c codec[T]) kernel {
	xs, ks, hs := new(scratch[T]), new(scratch[uint64]), new(scratch[keyed])
	return alongDim(func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		xb, kb, hb := xs.get(n), ks.get(n), hs.get(n)
		x, keys, h := c.line(p[2], s[2], *xb), *kb, unstable(*hb)
		keysOf(keys, x, false)
		for i, k := range keys {
			h[i] = keyed{k, i}
		}
		h.sort()
		best, longest, run := 0, 0, 0
		for i := range h {
			run++
			if i+1 < n && h[i].key == h[i+1].key && x[h[i].i] == x[h[i].i] {
				continue
			}
			if run > longest {
				best, longest = h[i].i, run
			}
			run = 0
		}
		c.store(p[0], 1, x[best:best+1])
		*(*int64)(p[1]) = int64(best)
		xs.put(xb)
		ks.put(kb)
		hs.put(hb)
	})
}

func modeKernels() byDType {
	t := byDType{
		device.Float32: mode(native[float32]()), device.Float64: mode(native[float64]()),
		device.Float16: mode(f16as32), device.BFloat16: mode(bf16as32),
	}
	for _, d := range integers {
		t[d] = mode(int64Codec(d))
	}
	return t
}
