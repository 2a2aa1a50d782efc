package cpu

import (
	"sort"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// searched makes a kernel of line, x → int64, elementwise in x: f gets one
// sorted line and some elements of x that belong to it. The line is In[0]'s
// only one, or the one of x's row.
func searched[T number](f func(dst []int64, line, x []T, attr any)) kernel {
	c := native[T]()
	return func(call device.Call) error {
		seq, x, out := call.In[0], call.In[1], call.Out[0]
		if out.Len() == 0 {
			return nil
		}
		var w nest
		w.rank, w.dim = int(x.Rank), x.Dim
		w.add(out)
		w.add(x)
		lines := *seq
		n := 0
		if seq.Rank > 0 {
			lines.Rank--
			n = seq.Dim[lines.Rank]
		}
		w.n++
		w.size[2] = c.size
		if seq.Len() > 0 {
			w.ptr[2] = seq.Ptr()
		}
		if lines.Rank > 0 { // as many as x's rows
			copy(w.stride[2][:lines.Rank], seq.Stride[:lines.Rank])
		}
		w.coalesce(0)
		w.run(true, func(p [operands]unsafe.Pointer, s [operands]int, m int) {
			line := window[T](p[2], n)
			if s[0] == 1 && s[1] == 1 {
				f(window[int64](p[0], m), line, window[T](p[1], m), call.Attr)
				return
			}
			var in [1]T
			var at [1]int64
			for i := range m {
				in[0] = *(*T)(unsafe.Add(p[1], i*s[1]*c.size))
				f(at[:], line, in[:], call.Attr)
				*(*int64)(unsafe.Add(p[0], i*s[0]*8)) = at[0]
			}
		})
		return nil
	}
}

// places writes how many elements of the line go before each of x.
func places[T number](dst []int64, line, x []T, attr any) {
	right := attr.(device.Search).Right
	for i, v := range x {
		n, lo := len(line), 0
		if v != v {
			lo, n = n, 0
		}
		if right {
			for n > 0 {
				half := (n + 1) / 2
				next := lo + half
				if line[next-1] > v {
					next = lo
				}
				lo = next
				n -= half
			}
		} else {
			for n > 0 {
				half := (n + 1) / 2
				next := lo + half
				if line[next-1] >= v {
					next = lo
				}
				lo = next
				n -= half
			}
		}
		dst[i] = int64(lo)
	}
}

func searchKernels() byDType {
	return byDType{
		device.Float32: searched(places[float32]), device.Float64: searched(places[float64]), device.Int64: searched(places[int64]),
	}
}

// binned writes the bin of each of x; the number of bins for what is outside.
func binned[T float](dst []int64, edges, x []T, attr any) {
	a := attr.(device.Bins)
	n := len(edges) - 1
	if n < 0 {
		n = 0
	}
	for i, v := range x {
		dst[i] = int64(n)
		if n == 0 || !(v >= edges[0] && v <= edges[n]) {
			continue
		}
		lo, hi := 0, len(edges)
		if a.Even {
			k := int((v - edges[0]) * T(n) / (edges[n] - edges[0]))
			if !a.Near {
				dst[i] = int64(min(k, n-1))
				continue
			}
			lo, hi = max(k-1, 0), min(k+2, len(edges))
		}
		k := lo + sort.Search(hi-lo, func(j int) bool { return edges[lo+j] > v }) - 1
		dst[i] = int64(min(max(k, 0), n-1))
	}
}

func binKernels() byDType {
	return byDType{device.Float32: searched(binned[float32]), device.Float64: searched(binned[float64])}
}
