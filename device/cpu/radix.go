package cpu

import "math"

// Sorting turns elements into keys: unsigned integers in the same order, with
// NaN as the largest and both zeros alike. Keys that span less than 32 bits are
// packed with their places into words, key above place, and so moved at once;
// wider ones are sorted by their lower halves, then by their upper ones.

// keysOf makes the keys of a line.
func keysOf[T number](keys []uint64, line []T, descending bool) {
	switch x := any(line).(type) {
	case []float32:
		for i, v := range x {
			b := math.Float32bits(v)
			b ^= uint32(int32(b)>>31) | 1<<31
			if v == 0 {
				b = 1 << 31
			} else if v != v {
				b = math.MaxUint32
			}
			keys[i] = uint64(b)
		}
	case []float64:
		for i, v := range x {
			b := math.Float64bits(v)
			b ^= uint64(int64(b)>>63) | 1<<63
			if v == 0 {
				b = 1 << 63
			} else if v != v {
				b = math.MaxUint64
			}
			keys[i] = b
		}
	case []int64:
		for i, v := range x {
			keys[i] = uint64(v) ^ 1<<63
		}
	}
	if descending {
		for i := range keys {
			keys[i] = ^keys[i]
		}
	}
}

// lowered subtracts the smallest key from all and reports whether 32 bits hold
// what is left.
func lowered(keys []uint64) bool {
	least, most := keys[0], keys[0]
	for _, k := range keys {
		least, most = min(least, k), max(most, k)
	}
	for i := range keys {
		keys[i] -= least
	}
	return most-least <= math.MaxUint32
}

// placeBits are the low bits of a word that hold the place of its key.
const placeBits = 1<<32 - 1

// sortPlaces returns words whose lower halves are the places of the keys in
// order, equal keys in the order of their places. It uses a and b, and keys.
func sortPlaces(keys, a, b []uint64) []uint64 {
	narrow := lowered(keys)
	for i, k := range keys {
		a[i] = k<<32 | uint64(i)
	}
	a, b = sortWords(a, b)
	if narrow {
		return a
	}
	for i, w := range a {
		place := w & placeBits
		b[i] = keys[place]&^placeBits | place
	}
	a, _ = sortWords(b, a)
	return a
}

// nthPlace returns the place of the key that has n smaller ones, or equal ones
// before it. It uses a and changes keys.
func nthPlace(keys, a []uint64, n int) int {
	narrow := lowered(keys)
	for i, k := range keys {
		if !narrow {
			k >>= 32
		}
		a[i] = k<<32 | uint64(i)
	}
	a, n = nthWord(a, n)
	if !narrow { // the upper halves of what is left are equal
		for i, w := range a {
			a[i] = keys[w&placeBits]<<32 | w&placeBits
		}
		a, n = nthWord(a, n)
	}
	return int(a[n] & placeBits)
}

// nthWord narrows words down to those with the upper half of the one that is
// n-th in order, and returns them with its number among them.
func nthWord(a []uint64, n int) ([]uint64, int) {
	var count [1 << 8]int
	for shift := 56; shift >= 32 && len(a) > 1; shift -= 8 {
		clear(count[:])
		for _, w := range a {
			count[uint8(w>>shift)]++
		}
		digit := 0
		for ; n >= count[digit]; digit++ {
			n -= count[digit]
		}
		left := a[:0]
		for _, w := range a {
			if uint8(w>>shift) == uint8(digit) {
				left = append(left, w)
			}
		}
		a = left
	}
	return a, n
}

// sortWords sorts by the upper halves and keeps the order of equal ones. It
// returns a and b, the sorted one first.
func sortWords(a, b []uint64) (sorted, other []uint64) {
	n := len(a)
	if n <= 40 {
		insertWords(a)
		return a, b
	}
	bits := 11
	if n < 3000 {
		bits = 8 // counting over 2048 digits would take longer than a fourth pass
	}
	s := counts.get(0)
	defer counts.put(s)
	for shift := 32; shift < 64; shift += bits {
		if passWords(a, b, shift, uint64(1)<<bits-1, s) {
			a, b = b, a
		}
	}
	return a, b
}

func insertWords(a []uint64) {
	for i := 1; i < len(a); i++ {
		w, j := a[i], i
		for ; j > 0 && a[j-1]>>32 > w>>32; j-- {
			a[j] = a[j-1]
		}
		a[j] = w
	}
}

var counts scratch[int]

// sortPart is how many words one goroutine moves in a pass, and sortParts how
// many goroutines can take part.
const sortPart, sortParts = 1 << 16, 16

// passWords moves the words of a to b in the order of one digit, or reports
// that all have the same.
func passWords(a, b []uint64, shift int, mask uint64, s *[]int) bool {
	n, digits := len(a), int(mask)+1
	parts := min(max(1, n/sortPart), sortParts)
	if cap(*s) < parts*digits {
		*s = make([]int, parts*digits)
	}
	next := (*s)[:parts*digits]
	clear(next)
	part := func(p int) ([]uint64, []int) { return a[n*p/parts : n*(p+1)/parts], next[p*digits:][:digits] }
	if parts == 1 { // no closure on the heap
		countDigits(a, next, shift, mask)
	} else {
		tasks(parts, func(p int) { w, count := part(p); countDigits(w, count, shift, mask) })
	}
	at := 0
	for d := range digits {
		first := at
		for p := range parts {
			next[p*digits+d], at = at, at+next[p*digits+d]
		}
		if at-first == n {
			return false
		}
	}
	if parts == 1 {
		moveWords(a, b, next, shift, mask)
	} else {
		tasks(parts, func(p int) { w, to := part(p); moveWords(w, b, to, shift, mask) })
	}
	return true
}

func countDigits(a []uint64, count []int, shift int, mask uint64) {
	for _, w := range a {
		count[w>>(shift&63)&mask]++
	}
}

// moveWords puts each word of a where to says for its digit.
func moveWords(a, b []uint64, to []int, shift int, mask uint64) {
	for _, w := range a {
		d := w >> (shift & 63) & mask
		b[to[d]] = w
		to[d]++
	}
}
