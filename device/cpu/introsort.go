package cpu

// Which of equal elements an unstable algorithm puts first follows from its
// steps alone. PyTorch's kernels call the C++ library's sort, nth_element and
// partial_sort, so these are the steps of GNU's: Musser's introspective sort and
// selection ("Introspective Sorting and Selection Algorithms", 1997), with the
// median of three as pivot, insertion for short ranges, and a heap when the
// pivots are bad.

// unstable is keys with their places, sorted by key alone.
type unstable []keyed

func (s unstable) less(i, j int) bool { return s[i].key < s[j].key }
func (s unstable) swap(i, j int)      { s[i], s[j] = s[j], s[i] }

// shortRange is what introsort leaves to insertion.
const shortRange = 16

// depthLimit is how many bad pivots are put up with: 2·⌊log2 n⌋.
func depthLimit(n int) (d int) {
	for ; n > 1; n >>= 1 {
		d += 2
	}
	return d
}

// sort orders all.
func (s unstable) sort() {
	if len(s) == 0 {
		return
	}
	s.introsort(depthLimit(len(s)))
	s[:min(len(s), shortRange)].insertion()
	for i := shortRange; i < len(s); i++ {
		s.insert(i)
	}
}

func (s unstable) introsort(depth int) {
	for len(s) > shortRange {
		if depth == 0 {
			s.partialSort(len(s))
			return
		}
		depth--
		cut := s.partition()
		s[cut:].introsort(depth)
		s = s[:cut]
	}
}

// nth puts the element that is n-th in order at place n, with none before it
// that is larger, and none after it that is smaller.
func (s unstable) nth(n int) {
	if n >= len(s) {
		return
	}
	for depth := depthLimit(len(s)); len(s) > 3; depth-- {
		if depth == 0 {
			s.heapSelect(n + 1)
			s.swap(0, n)
			return
		}
		if cut := s.partition(); cut <= n {
			s, n = s[cut:], n-cut
		} else {
			s = s[:cut]
		}
	}
	s.insertion()
}

// partition moves the median of three to the front and what is smaller before
// what is larger; it returns where the latter begins.
func (s unstable) partition() int {
	s.pivot(1, len(s)/2, len(s)-1)
	lo, hi := 1, len(s)
	for {
		for s.less(lo, 0) {
			lo++
		}
		for hi--; s.less(0, hi); hi-- {
		}
		if lo >= hi {
			return lo
		}
		s.swap(lo, hi)
		lo++
	}
}

// pivot swaps the median of three elements to the front.
func (s unstable) pivot(a, b, c int) {
	up, middle := s.less(a, b), a
	switch {
	case up && s.less(b, c), !up && !s.less(a, c) && !s.less(b, c):
		middle = b
	case up && s.less(a, c), !up && !s.less(a, c):
		middle = c
	}
	s.swap(0, middle)
}

func (s unstable) insertion() {
	for i := 1; i < len(s); i++ {
		if s.less(i, 0) {
			e := s[i]
			copy(s[1:i+1], s[:i])
			s[0] = e
		} else {
			s.insert(i)
		}
	}
}

// insert moves element i back to its place; one before it is not larger.
func (s unstable) insert(i int) {
	e := s[i]
	for ; e.key < s[i-1].key; i-- {
		s[i] = s[i-1]
	}
	s[i] = e
}

// partialSort puts the k smallest in front, in order.
func (s unstable) partialSort(k int) {
	s.heapSelect(k)
	for n := k - 1; n > 0; n-- {
		s.pop(n, n)
	}
}

// heapSelect makes a heap, the largest on top, of the k smallest.
func (s unstable) heapSelect(k int) {
	for i := k/2 - 1; i >= 0; i-- {
		s[:k].adjust(i, s[i])
	}
	for i := k; i < len(s); i++ {
		if s.less(i, 0) {
			s.pop(k, i)
		}
	}
}

// pop moves the top of a heap of n to place i, whose element joins the heap.
func (s unstable) pop(n, i int) {
	e := s[i]
	s[i] = s[0]
	s[:n].adjust(0, e)
}

// adjust puts e in a heap whose place i is free: the larger children go up all
// the way, and then e as far as it must.
func (s unstable) adjust(i int, e keyed) {
	top, n := i, len(s)
	for 2*i+2 < n {
		c := 2*i + 2
		if s.less(c, c-1) {
			c--
		}
		s[i] = s[c]
		i = c
	}
	if n%2 == 0 && i == n/2-1 && n > 0 {
		s[i] = s[2*i+1]
		i = 2*i + 1
	}
	for i > top {
		up := (i - 1) / 2
		if s[up].key >= e.key {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = e
}

// quickSelect puts the element that is k-th in order at place k by Hoare's
// method with the median of three, in the steps of torch.kthvalue.
func (s unstable) quickSelect(k int) {
	order := func(i, j int) {
		if s.less(j, i) {
			s.swap(i, j)
		}
	}
	for lo, hi := 0, len(s)-1; lo < hi; {
		if hi == lo+1 {
			order(lo, hi)
			return
		}
		s.swap(lo+(hi-lo)/2, lo+1)
		order(lo+1, hi)
		order(lo, hi)
		order(lo+1, lo)
		i, j, pivot := lo+1, hi, s[lo].key
		for {
			for i++; s[i].key < pivot; i++ {
			}
			for j--; s[j].key > pivot; j-- {
			}
			if j < i {
				break
			}
			s.swap(i, j)
		}
		s.swap(lo, j)
		if j <= k {
			lo = i
		}
		if j >= k {
			hi = j - 1
		}
	}
}
