package tensor

// A refPlaces is the reference of selections whose answer for equal elements
// depends on the algorithm: a list of places that is moved about as the C++
// library's sort, nth_element and partial_sort do. Written from their
// definition in positions first … last, as introsort.go in package cpu is not.
type refPlaces struct {
	x      []float64
	at     []int
	before func(a, b float64) bool
}

// newRefPlaces has NaN after all, or before all if before is greater.
func newRefPlaces(x []float64, before func(a, b float64) bool) *refPlaces {
	r := &refPlaces{x: x, before: before}
	for i := range x {
		r.at = append(r.at, i)
	}
	return r
}

func (r *refPlaces) lt(a, b int) bool {
	u, v := r.x[a], r.x[b]
	if u != u || v != v {
		if r.before(1, 0) { // descending
			return u != u && v == v
		}
		return u == u && v != v
	}
	return r.before(u, v)
}

func (r *refPlaces) swap(i, j int) { r.at[i], r.at[j] = r.at[j], r.at[i] }

func log2(n int) int {
	k := 0
	for ; n > 1; n /= 2 {
		k++
	}
	return k
}

func (r *refPlaces) sorted() *refPlaces {
	r.loop(0, len(r.at), 2*log2(len(r.at)))
	r.insertion(0, len(r.at))
	return r
}

func (r *refPlaces) loop(first, last, depth int) {
	for last-first > 16 {
		if depth == 0 {
			r.partial(first, last, last)
			return
		}
		depth--
		cut := r.cut(first, last)
		r.loop(cut, last, depth)
		last = cut
	}
}

func (r *refPlaces) nth(k int) *refPlaces {
	first, last, depth := 0, len(r.at), 2*log2(len(r.at))
	for last-first > 3 {
		if depth == 0 {
			r.heap(first, k+1, last)
			r.swap(first, k)
			return r
		}
		depth--
		if cut := r.cut(first, last); cut <= k {
			first = cut
		} else {
			last = cut
		}
	}
	r.insertion(first, last)
	return r
}

// cut partitions around the median of the second, middle and last element.
func (r *refPlaces) cut(first, last int) int {
	a, b, c := first+1, first+(last-first)/2, last-1
	lt := func(i, j int) bool { return r.lt(r.at[i], r.at[j]) }
	m := 0
	if lt(a, b) {
		if lt(b, c) {
			m = b
		} else if lt(a, c) {
			m = c
		} else {
			m = a
		}
	} else if lt(a, c) {
		m = a
	} else if lt(b, c) {
		m = c
	} else {
		m = b
	}
	r.swap(first, m)
	lo, hi := first+1, last
	for {
		for lt(lo, first) {
			lo++
		}
		hi--
		for lt(first, hi) {
			hi--
		}
		if lo >= hi {
			return lo
		}
		r.swap(lo, hi)
		lo++
	}
}

// insertion is stable.
func (r *refPlaces) insertion(first, last int) {
	for i := first + 1; i < last; i++ {
		for j := i; j > first && r.lt(r.at[j], r.at[j-1]); j-- {
			r.swap(j, j-1)
		}
	}
}

func (r *refPlaces) partial(first, middle, last int) {
	r.heap(first, middle, last)
	for n := middle - 1; n > first; n-- {
		top := r.at[first]
		r.sink(first, 0, n-first, r.at[n])
		r.at[n] = top
	}
}

func (r *refPlaces) heap(first, middle, last int) {
	n := middle - first
	for i := (n - 2) / 2; n > 1 && i >= 0; i-- {
		r.sink(first, i, n, r.at[first+i])
	}
	for i := middle; i < last; i++ {
		if r.lt(r.at[i], r.at[first]) {
			e := r.at[i]
			r.at[i] = r.at[first]
			r.sink(first, 0, n, e)
		}
	}
}

// sink fills the hole of a heap of n with e: the larger child goes up until
// there is none, then e goes up.
func (r *refPlaces) sink(first, hole, n, e int) {
	h, top, child := r.at[first:], hole, hole
	for child < (n-1)/2 {
		child = 2 * (child + 1)
		if r.lt(h[child], h[child-1]) {
			child--
		}
		h[hole], hole = h[child], child
	}
	if n%2 == 0 && child == (n-2)/2 {
		child = 2*child + 1
		h[hole], hole = h[child], child
	}
	for p := (hole - 1) / 2; hole > top && r.lt(h[p], e); p = (hole - 1) / 2 {
		h[hole], hole = h[p], p
	}
	h[hole] = e
}

// first is the values and places of elements lo … hi-1 in order.
func (r *refPlaces) part(lo, hi int) [][]float64 {
	var v, at []float64
	for _, i := range r.at[lo:hi] {
		v, at = append(v, r.x[i]), append(at, float64(i))
	}
	return [][]float64{v, at}
}

// refTopK is torch.topk on a line.
func refTopK(x []float64, k int, largest bool) [][]float64 {
	before := less
	if largest {
		before = greater
	}
	r := newRefPlaces(x, before)
	if k*64 <= len(x) {
		r.partial(0, k, len(x))
	} else {
		r.nth(k - 1)
		head := &refPlaces{x: x, at: r.at[:max(k-1, 0)], before: before}
		head.sorted()
	}
	return r.part(0, k)
}

// refKth is torch.kthvalue on a line: Hoare's selection, with the median of
// three.
func refKth(x []float64, k int) [][]float64 {
	r := newRefPlaces(x, less)
	gt := func(i, j int) bool { return r.lt(r.at[j], r.at[i]) }
	lo, hi := 0, len(x)-1
	for lo < hi {
		if hi == lo+1 {
			if gt(lo, hi) {
				r.swap(lo, hi)
			}
			break
		}
		r.swap((lo+hi)/2, lo+1)
		for _, p := range [][2]int{{lo + 1, hi}, {lo, hi}, {lo + 1, lo}} {
			if gt(p[0], p[1]) {
				r.swap(p[0], p[1])
			}
		}
		i, j := lo+1, hi
		for {
			for i++; gt(lo, i); i++ {
			}
			for j--; gt(j, lo); j-- {
			}
			if j < i {
				break
			}
			r.swap(i, j)
		}
		r.swap(lo, j)
		if j <= k-1 {
			lo = i
		}
		if j >= k-1 {
			hi = j - 1
		}
	}
	return r.part(k-1, k)
}
