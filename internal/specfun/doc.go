// Package specfun is the scalar special functions that package math lacks, in
// float64: what the kernels of package special's ops compute. Values where a
// function has a pole or no value are PyTorch's.
//
// Formulas without another source are those of Abramowitz & Stegun, Handbook of
// Mathematical Functions (1964), given by number. The coefficients of series in
// tables.go are made by testdata/make_tables.py.
package specfun

import (
	"math"
	"unsafe"
)

// Log is math.Log, which is wrong for denormal numbers on amd64 (Go 1.26).
func Log(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p52) - 52*math.Ln2
	}
	return math.Log(x)
}

// Sinc is sin(πx) / πx, and 1 at 0.
func Sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

type real interface{ float32 | float64 }

// isShort reports whether T is float32, for which series need fewer terms.
func isShort[T real]() bool {
	var x T
	return unsafe.Sizeof(x) == 4
}

// A series is a function on [-1, 1]: the coefficients of Chebyshev polynomials,
// and those of fewer powers, from the highest down, which do for float32.
type series struct{ short, c []float64 }

// at is Σ c[k]·T_k(t) by Clenshaw's recurrence (1955).
func (s *series) at(t float64, short bool) float64 {
	if short {
		return alternating(t, s.short)
	}
	b, next, twice := 0.0, 0.0, 2*t
	for k := len(s.c) - 1; k > 0; k-- {
		b, next = twice*b+(s.c[k]-next), b // one product and one sum wait for the last
	}
	return t*b + (s.c[0] - next)
}

// alternating is polynomial for an even number of coefficients, as two sums that
// do not wait for each other.
func alternating(x float64, c []float64) float64 {
	odd, even, w := 0.0, 0.0, x*x
	for ; len(c) > 1; c = c[2:] {
		odd, even = odd*w+c[0], even*w+c[1]
	}
	return odd*x + even
}

// polynomial is Σ c[k]·x^(n-k) by Horner's rule: the highest power comes first.
func polynomial(x float64, c []float64) float64 {
	y := 0.0
	for _, v := range c {
		y = y*x + v
	}
	return y
}

// Horner is polynomial of each element.
func Horner(dst, a, c []float64) {
	for i, x := range a[:len(dst)] {
		dst[i] = polynomial(x, c)
	}
}
