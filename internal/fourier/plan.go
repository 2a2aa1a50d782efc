// Package fourier computes discrete Fourier transforms of single lines, in plain
// Go: it is what kernels are held against, and what runs without one.
package fourier

import "math"

// Float is a dtype that transforms run in.
type Float interface{ float32 | float64 }

// A Plan is what transforms of one length and direction share. A complex
// number is two elements of a slice. Plans are read-only in use.
type Plan[T Float] struct {
	n       int
	sign    T     // of the exponent: -1 is forward
	factors []int // of n, in the order of the passes
	roots   []T   // exp(sign·2πi·k/n)
	chirp   *bluestein[T]
}

// LargestFactor is the prime up to which a pass of that radix is faster than
// Bluestein's detour.
const LargestFactor = 31

func New[T Float](n int, sign float64) *Plan[T] {
	p := &Plan[T]{n: n, sign: T(sign), factors: Factors(n)}
	if k := len(p.factors); k > 0 && p.factors[k-1] > LargestFactor {
		p.chirp = newBluestein[T](n, sign)
		return p
	}
	p.roots = Roots[T](n, 1, sign)
	return p
}

// Factors gives 4s first, then primes in ascending order.
func Factors(n int) []int {
	var f []int
	for ; n%4 == 0 && n > 0; n /= 4 {
		f = append(f, 4)
	}
	for p := 2; n > 1; p++ {
		for ; n%p == 0; n /= p {
			f = append(f, p)
		}
		if p*p > n && n > 1 {
			return append(f, n)
		}
	}
	return f
}

// Roots are exp(sign·2πi·k·step/n) for k < n. Each is the product of an entry
// of two tables of √n entries, since a sine is slow.
func Roots[T Float](n, step int, sign float64) []T {
	w := make([]T, 2*n)
	block := 1
	for block*block < n {
		block *= 2
	}
	root := func(k int) (s, c float64) { // exact at whole quarters
		quarter, rest := 4*(k*step%n)/n, 4*(k*step%n)%n
		s, c = math.Sincos(sign * math.Pi / 2 * float64(rest) / float64(n))
		for range quarter {
			s, c = sign*c, -sign*s
		}
		return s, c
	}
	fine := make([]float64, 2*block)
	for k := range block {
		fine[2*k+1], fine[2*k] = root(k)
	}
	for base := 0; base < n; base += block {
		s, c := root(base)
		for k := range min(block, n-base) {
			re, im := fine[2*k], fine[2*k+1]
			w[2*(base+k)], w[2*(base+k)+1] = T(c*re-s*im), T(c*im+s*re)
		}
	}
	return w
}

// Scratch is the size of the buffer that transform works in.
func (p *Plan[T]) Scratch() int {
	if p.chirp != nil {
		return 4 * p.chirp.forward.n
	}
	return 2 * p.n
}

// Transform replaces x, n complex numbers, by its transform times scale.
func (p *Plan[T]) Transform(x, work []T, scale T) {
	if p.chirp != nil {
		p.chirp.transform(x, work, scale)
		return
	}
	src, dst := x, work[:2*p.n]
	stride, left := 1, p.n
	for _, r := range p.factors {
		left /= r
		switch r {
		case 2:
			pass2(src, dst, p.roots, stride, left)
		case 3:
			pass3(src, dst, p.roots, stride, left, p.sign)
		case 4:
			pass4(src, dst, p.roots, stride, left, p.sign)
		case 5:
			pass5(src, dst, p.roots, stride, left, p.sign)
		default:
			passN(src, dst, p.roots, stride, left, r)
		}
		src, dst = dst, src
		stride *= r
	}
	if scale != 1 {
		for i, v := range src {
			x[i] = v * scale
		}
	} else if len(p.factors)%2 == 1 {
		copy(x, src)
	}
}

// A bluestein computes a transform of any length as a convolution with a
// chirp, whose length is a power of 2: jk = (j² + k² - (j-k)²)/2.
//
// Source: Bluestein 1970, "A linear filtering approach to the computation of
// the discrete Fourier transform".
type bluestein[T Float] struct {
	n                 int
	chirp             []T // exp(sign·πi·k²/n)
	spectrum          []T // of the conjugate chirp, both ways from 0
	forward, backward *Plan[T]
}

func newBluestein[T Float](n int, sign float64) *bluestein[T] {
	size := 1
	for size < 2*n-1 {
		size *= 2
	}
	b := &bluestein[T]{n: n, forward: New[T](size, -1), backward: New[T](size, 1)}
	half := Roots[T](2*n, 1, sign)
	b.chirp, b.spectrum = make([]T, 2*n), make([]T, 2*size)
	for k := range n {
		at := k * k % (2 * n)
		re, im := half[2*at], half[2*at+1]
		b.chirp[2*k], b.chirp[2*k+1] = re, im
		b.spectrum[2*k], b.spectrum[2*k+1] = re, -im
		if k > 0 {
			b.spectrum[2*(size-k)], b.spectrum[2*(size-k)+1] = re, -im
		}
	}
	b.forward.Transform(b.spectrum, make([]T, b.forward.Scratch()), 1)
	return b
}

func (b *bluestein[T]) transform(x, work []T, scale T) {
	size := b.forward.n
	y, work := work[:2*size], work[2*size:]
	clear(y[2*b.n:])
	multiply(y[:2*b.n], x, b.chirp, 1)
	b.forward.Transform(y, work, 1)
	multiply(y, y, b.spectrum, 1)
	b.backward.Transform(y, work, 1)
	multiply(x, y[:2*b.n], b.chirp, scale/T(size))
}

// multiply writes scale·a·b to y.
func multiply[T Float](y, a, b []T, scale T) {
	for k := 0; k < len(y); k += 2 {
		ar, ai, br, bi := a[k], a[k+1], b[k], b[k+1]
		y[k], y[k+1] = (ar*br-ai*bi)*scale, (ar*bi+ai*br)*scale
	}
}
