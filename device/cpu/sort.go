package cpu

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// keyed is an element and its place in the line.
type keyed[T any] struct {
	v T
	i int
}

// ascending and descending order elements, NaN as the largest, and equal ones
// by their place: every sort is stable, and top-k takes the first of equals.
func ascending[T number](a, b keyed[T]) int {
	switch {
	case a.v < b.v || b.v != b.v && a.v == a.v:
		return -1
	case a.v > b.v || a.v != a.v && b.v == b.v:
		return 1
	}
	return cmp.Compare(a.i, b.i)
}

func descending[T number](a, b keyed[T]) int {
	switch {
	case a.v > b.v || a.v != a.v && b.v == b.v:
		return -1
	case a.v < b.v || b.v != b.v && a.v == a.v:
		return 1
	}
	return cmp.Compare(a.i, b.i)
}

// pairs is x with places.
func pairs[T any](dst []keyed[T], x []T) {
	for i, v := range x {
		dst[i] = keyed[T]{v, i}
	}
}

// firstOf moves the k first elements by order to the front of h, in order.
func firstOf[T any](h []keyed[T], k int, order func(a, b keyed[T]) int) {
	if 8*k > len(h) {
		slices.SortFunc(h, order)
		return
	}
	if k == 0 {
		return
	}
	for i := k/2 - 1; i >= 0; i-- {
		sift(h[:k], i, order)
	}
	for _, x := range h[k:] { // h[:k] is a heap with the last of the k on top
		if order(x, h[0]) < 0 {
			h[0] = x
			sift(h[:k], 0, order)
		}
	}
	slices.SortFunc(h[:k], order)
}

// sift lets element i sink to its place in a heap whose top is the last by order.
func sift[T any](h []keyed[T], i int, order func(a, b keyed[T]) int) {
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && order(h[c+1], h[c]) > 0 {
			c++
		}
		if order(h[c], h[i]) <= 0 {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}

// sorted makes a kernel of In → values, indices: a line's first K elements by
// the order of Attr, a device.Order.
func sorted[T number](c codec[T]) kernel {
	xs, hs := new(scratch[T]), new(scratch[keyed[T]])
	return func(call device.Call) error {
		a := call.Attr.(device.Order)
		order := ascending[T]
		if a.Descending {
			order = descending[T]
		}
		lanes(&call, a.Dim, func(p [operands]unsafe.Pointer, s [operands]int, n int) {
			b, h := xs.get(n), hs.get(n)
			pairs(*h, c.line(p[2], s[2], *b))
			firstOf(*h, a.K, order)
			for i, e := range (*h)[:a.K] {
				(*b)[i] = e.v
				*(*int64)(unsafe.Add(p[1], 8*i*s[1])) = int64(e.i)
			}
			c.store(p[0], s[0], (*b)[:a.K])
			xs.put(b)
			hs.put(h)
		})
		return nil
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

// firstLargest and firstSmallest return the place of the first NaN, or else of
// the first of the largest, or smallest, elements.
func firstLargest[T number](x []T) int {
	k := 0
	for i, v := range x {
		if v > x[k] {
			k = i
		} else if v != v {
			return i
		}
	}
	return k
}

func firstSmallest[T number](x []T) int {
	k := 0
	for i, v := range x {
		if v < x[k] {
			k = i
		} else if v != v {
			return i
		}
	}
	return k
}

// picked makes a kernel of In → index, or of In → value, index.
func picked[T any](c codec[T], pick func(x []T) int, value bool) kernel {
	xs := new(scratch[T])
	in := 1
	if value {
		in = 2
	}
	return alongDim(func(p [operands]unsafe.Pointer, s [operands]int, n int) {
		b := xs.get(n)
		x := c.line(p[in], s[in], *b)
		k := pick(x)
		*(*int64)(p[in-1]) = int64(k)
		if value {
			c.store(p[0], 1, x[k:k+1])
		}
		xs.put(b)
	})
}

func pickKernels(f32 func([]float32) int, f64 func([]float64) int, i64 func([]int64) int, value bool) byDType {
	t := byDType{
		device.Float32:  picked(native[float32](), f32, value),
		device.Float64:  picked(native[float64](), f64, value),
		device.Float16:  picked(f16as32, f32, value),
		device.BFloat16: picked(bf16as32, f32, value),
	}
	for _, d := range integers {
		t[d] = picked(int64Codec(d), i64, value)
	}
	return t
}
func largestKernels(value bool) byDType {
	return pickKernels(firstLargest[float32], firstLargest[float64], firstLargest[int64], value)
}

func smallestKernels(value bool) byDType {
	return pickKernels(firstSmallest[float32], firstSmallest[float64], firstSmallest[int64], value)
}
