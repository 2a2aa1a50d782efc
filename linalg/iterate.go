package linalg

import (
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// The iterations that end an eigenvalue and a singular value decomposition. They
// are LAPACK's steqr and bdsqr with the precision as a parameter: when an
// iteration stops decides the signs of vectors, so that float32, though
// computed in float64, has the signs of LAPACK in float32.
//
// Source: Golub and Van Loan, "Matrix Computations", sections 8.3 and 8.6;
// Demmel and Kahan 1990, "Accurate singular values of bidiagonal matrices";
// LAPACK Working Note 3.

// A precision is LAPACK's constants of a dtype.
type precision struct {
	eps  float64 // half of the distance from 1 to the next number
	tiny float64 // the smallest normal number
}

func precisionOf(d tensor.DType) precision {
	if d == tensor.Float32 {
		return precision{0x1p-24, 0x1p-126}
	}
	return precision{0x1p-53, 0x1p-1022}
}

// scaleOf is the power of 2 that brings the largest element near 1, where
// squares do not leave the range of the dtype; 1 if it is not far.
func (p precision) scaleOf(a []float64) float64 {
	largest := 0.0
	for _, v := range a {
		largest = max(largest, math.Abs(v))
	}
	if low := math.Sqrt(p.tiny / p.eps); largest == 0 || low < largest && largest < 1/low {
		return 1
	}
	_, exp := math.Frexp(largest)
	return math.Ldexp(1, max(-1000, min(1000, -exp)))
}

// turn rotates two rows.
func turn(a, b []float64, c, s float64) {
	b = b[:len(a)]
	for i, x := range a {
		y := b[i]
		a[i], b[i] = c*x+s*y, c*y-s*x
	}
}

// rowsOf are the rows of a matrix of n columns; n may be 0.
func rowsOf(x []float64, rows, n int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = x[i*n : (i+1)*n]
	}
	return out
}

// maxSweeps is how many iterations an eigenvalue may take on average.
const maxSweeps = 30

// A tridiagonal is a symmetric matrix with the diagonal d and e beside it, and
// the rows that its eigenvectors are collected in.
type tridiagonal struct {
	d, e []float64
	z    [][]float64
	precision
	left int // iterations
}

// solve makes d the eigenvalues in ascending order; false if it takes too long.
func (t *tridiagonal) solve() bool {
	n := len(t.d)
	t.left = n * maxSweeps
	for next := 0; next < n; {
		first := next
		last := first
		for ; last < n-1; last++ { // where the matrix falls apart
			if math.Abs(t.e[last]) <= math.Sqrt(math.Abs(t.d[last]))*math.Sqrt(math.Abs(t.d[last+1]))*t.eps {
				t.e[last] = 0
				break
			}
		}
		next = last + 1
		if math.Abs(t.d[last]) < math.Abs(t.d[first]) {
			first, last = last, first
		}
		if first != last && !t.block(first, last) {
			return false
		}
	}
	for i := range n {
		k := i
		for j := i + 1; j < n; j++ {
			if t.d[j] < t.d[k] {
				k = j
			}
		}
		t.d[i], t.d[k], t.z[i], t.z[k] = t.d[k], t.d[i], t.z[k], t.z[i]
	}
	return true
}

// block finds the eigenvalues from place l on to the last: QL upwards, or QR
// downwards, which are the same but for the direction.
func (t *tridiagonal) block(l, last int) bool {
	dir := 1
	if last < l {
		dir = -1
	}
	beside := func(i int) *float64 { return &t.e[min(i, i+dir)] }
	for (last-l)*dir >= 0 {
		m := l
		for ; m != last; m += dir {
			if e := beside(m); *e**e <= t.eps*t.eps*math.Abs(t.d[m])*math.Abs(t.d[m+dir])+t.tiny {
				*e = 0
				break
			}
		}
		switch {
		case m == l:
			l += dir
			continue
		case m == l+dir:
			at := min(l, m)
			big, small, c, s := impl.Dlaev2(t.d[at], t.e[at], t.d[at+1])
			turn(t.z[at], t.z[at+1], c, s)
			t.d[at], t.d[at+1], t.e[at] = big, small, 0
			l += 2 * dir
			continue
		}
		if t.left--; t.left < 0 {
			return false
		}
		p := t.d[l]
		g := (t.d[l+dir] - p) / (2 * *beside(l))
		g = t.d[m] - p + *beside(l)/(g+math.Copysign(math.Hypot(g, 1), g))
		g, p = t.chase(g, l, m, dir, beside)
		t.d[l] -= p
		*beside(l) = g
	}
	return true
}

// chase moves the bulge of a shift from m to l.
func (t *tridiagonal) chase(g float64, l, m, dir int, beside func(int) *float64) (rest, p float64) {
	s, c := 1.0, 1.0
	for i := m; i != l; i -= dir {
		var r float64
		f, b := s**beside(i - dir), c**beside(i - dir)
		if c, s, r = impl.Dlartg(g, f); i != m {
			*beside(i) = r
		}
		g = t.d[i] - p
		r = (t.d[i-dir]-g)*s + 2*c*b
		p = s * r
		t.d[i] = g + p
		g = c*r - b
		turn(t.z[i], t.z[i-dir], c, s)
	}
	return g, p
}

// An upper bidiagonal matrix has the diagonal d and e above it; its singular
// vectors are collected in the rows of u, the left ones, and v.
type upperBidiagonal struct {
	d, e []float64
	u, v [][]float64
	precision
	tol, least float64 // relative, and below which an element is 0
}

// bidiagonalSweeps is how many iterations a pair of elements may take.
const bidiagonalSweeps = 6

// toUpper makes a lower bidiagonal matrix an upper one.
func (b *upperBidiagonal) toUpper() {
	for i := range b.e {
		c, s, r := impl.Dlartg(b.d[i], b.e[i])
		b.d[i], b.e[i], b.d[i+1] = r, s*b.d[i+1], c*b.d[i+1]
		turn(b.u[i], b.u[i+1], c, s)
	}
}

// solve makes d the singular values in descending order; false if it takes too long.
func (b *upperBidiagonal) solve() bool {
	n := len(b.d)
	b.setBounds()
	left := bidiagonalSweeps * n * n
	oldLow, oldHigh, dir := -1, -1, 1
	for m := n - 1; m > 0; {
		low, largest := m, math.Abs(b.d[m])
		for low > 0 && math.Abs(b.e[low-1]) > b.least {
			low--
			largest = max(largest, math.Abs(b.d[low]), math.Abs(b.e[low]))
		}
		if low > 0 {
			b.e[low-1] = 0
		}
		switch low {
		case m:
			m--
			continue
		case m - 1:
			b.pair(low)
			m -= 2
			continue
		}
		if low > oldHigh || m < oldLow { // another block: towards its smaller end
			if dir = 1; math.Abs(b.d[low]) < math.Abs(b.d[m]) {
				dir = -1
			}
		}
		smallest, split := b.converged(low, m, dir)
		if split {
			continue
		}
		oldLow, oldHigh = low, m
		if left -= m - low; left < 0 {
			return false
		}
		b.sweep(low, m, dir, b.shift(low, m, dir, smallest/largest))
	}
	b.finish()
	return true
}

// setBounds takes the tolerance, and an estimate of the smallest singular value.
func (b *upperBidiagonal) setBounds() {
	n := float64(len(b.d))
	b.tol = max(10, min(100, math.Pow(b.eps, -1.0/8))) * b.eps
	smallest := math.Abs(b.d[0])
	for i, mu := 1, smallest; i < len(b.d) && smallest > 0; i++ {
		mu = math.Abs(b.d[i]) * (mu / (mu + math.Abs(b.e[i-1])))
		smallest = min(smallest, mu)
	}
	b.least = max(b.tol*smallest/math.Sqrt(n), bidiagonalSweeps*n*n*b.tiny)
}

// pair is the decomposition of the 2×2 matrix at i.
func (b *upperBidiagonal) pair(i int) {
	small, big, sr, cr, sl, cl := impl.Dlasv2(b.d[i], b.e[i], b.d[i+1])
	b.d[i], b.e[i], b.d[i+1] = big, 0, small
	turn(b.v[i], b.v[i+1], cr, sr)
	turn(b.u[i], b.u[i+1], cl, sl)
}

// ends are the first and the last place of a block in a direction.
func ends(low, high, dir int) (from, to int) {
	if dir < 0 {
		return high, low
	}
	return low, high
}

// converged sets an element beside the diagonal to 0 if it is small by the
// criteria of Demmel and Kahan, and estimates the smallest singular value.
func (b *upperBidiagonal) converged(low, high, dir int) (smallest float64, split bool) {
	from, to := ends(low, high, dir)
	if e := &b.e[min(to, to-dir)]; math.Abs(*e) <= b.tol*math.Abs(b.d[to]) {
		*e = 0
		return 0, true
	}
	mu := math.Abs(b.d[from])
	smallest = mu
	for i := from; i != to; i += dir {
		e := &b.e[min(i, i+dir)]
		if math.Abs(*e) <= b.tol*mu {
			*e = 0
			return 0, true
		}
		mu = math.Abs(b.d[i+dir]) * (mu / (mu + math.Abs(*e)))
		smallest = min(smallest, mu)
	}
	return smallest, false
}

// shift is the shift of a sweep; 0 where one would cost accuracy.
func (b *upperBidiagonal) shift(low, high, dir int, ratio float64) float64 {
	if float64(len(b.d))*b.tol*ratio <= max(b.eps, 0.01*b.tol) {
		return 0
	}
	from, to := ends(low, high, dir)
	at := min(to, to-dir)
	shift, _ := impl.Dlas2(b.d[at], b.e[at], b.d[at+1])
	if start := math.Abs(b.d[from]); start > 0 && shift/start*(shift/start) < b.eps {
		return 0
	}
	return shift
}

// sweep is one step of QR in a direction. Backwards the roles of u and v change.
func (b *upperBidiagonal) sweep(low, high, dir int, shift float64) {
	from, to := ends(low, high, dir)
	first, second := b.v, b.u
	if dir < 0 {
		first, second = b.u, b.v
	}
	beside := func(i int) *float64 { return &b.e[min(i, i+dir)] }
	if shift == 0 {
		b.sweepUnshifted(from, to, dir, first, second, beside)
	} else {
		d := b.d
		f := (math.Abs(d[from]) - shift) * (math.Copysign(1, d[from]) + shift/d[from])
		g := *beside(from)
		for i := from; i != to; i += dir {
			e := beside(i)
			c, s, r := impl.Dlartg(f, g)
			if i != from {
				*beside(i - dir) = r
			}
			turn(first[i], first[i+dir], c, s)
			f, *e = c*d[i]+s**e, c**e-s*d[i]
			g, d[i+dir] = s*d[i+dir], c*d[i+dir]
			c, s, d[i] = impl.Dlartg(f, g)
			turn(second[i], second[i+dir], c, s)
			f, d[i+dir] = c**e+s*d[i+dir], c*d[i+dir]-s**e
			if i+dir != to {
				next := beside(i + dir)
				g, *next = s**next, c**next
			}
		}
		*beside(to - dir) = f
	}
	if e := beside(to - dir); math.Abs(*e) <= b.least {
		*e = 0
	}
}

// sweepUnshifted keeps small singular values accurate.
func (b *upperBidiagonal) sweepUnshifted(from, to, dir int, first, second [][]float64, beside func(int) *float64) {
	c, oldC, oldS := 1.0, 1.0, 0.0
	for i := from; i != to; i += dir {
		var s, r float64
		if c, s, r = impl.Dlartg(b.d[i]*c, *beside(i)); i != from {
			*beside(i - dir) = oldS * r
		}
		turn(first[i], first[i+dir], c, s)
		oldC, oldS, b.d[i] = impl.Dlartg(oldC*r, b.d[i+dir]*s)
		turn(second[i], second[i+dir], oldC, oldS)
	}
	h := b.d[to] * c
	b.d[to], *beside(to - dir) = h*oldC, h*oldS
}

// finish makes the singular values positive and sorts them.
func (b *upperBidiagonal) finish() {
	for i, x := range b.d {
		if x < 0 || x == 0 && math.Signbit(x) {
			b.d[i] = -x
			for k := range b.v[i] {
				b.v[i][k] = -b.v[i][k]
			}
		}
	}
	for end := len(b.d) - 1; end > 0; end-- {
		k := 0
		for j := range b.d[:end+1] {
			if b.d[j] <= b.d[k] {
				k = j
			}
		}
		b.d[k], b.d[end] = b.d[end], b.d[k]
		b.u[k], b.u[end] = b.u[end], b.u[k]
		b.v[k], b.v[end] = b.v[end], b.v[k]
	}
}

// joined writes rows one after the other, as some of them moved.
func joined(dst []float64, rows [][]float64) {
	copy(dst, slices.Concat(rows...))
}
