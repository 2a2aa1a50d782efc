package mt19937

// RandInt fills dst with numbers in [lo, hi) as torch.randint(lo, hi, ...)
// does for int64. It panics unless lo < hi.
func (e *Engine) RandInt(dst []int64, lo, hi int64) {
	if lo >= hi {
		panic("mt19937: RandInt: lo is not below hi")
	}
	span := uint64(hi) - uint64(lo)
	draw := func() uint64 { return uint64(e.Uint32()) }
	if span >= 1<<32 {
		draw = e.Uint64
	}
	for i := range dst {
		dst[i] = int64(draw()%span + uint64(lo))
	}
}

// RandPerm returns the numbers from 0 to n-1 in the order of torch.randperm(n):
// Fisher and Yates's shuffle. It panics if n is negative, or does not fit in
// the 32 bits of a draw.
func (e *Engine) RandPerm(n int) []int64 {
	if n < 0 || uint64(n) > 1<<32 {
		panic("mt19937: RandPerm: n is negative or above 2³²")
	}
	p := make([]int64, n)
	for i := range p {
		p[i] = int64(i)
	}
	for i := range n - 1 {
		j := i + int(uint64(e.Uint32())%uint64(n-i))
		p[i], p[j] = p[j], p[i]
	}
	return p
}
