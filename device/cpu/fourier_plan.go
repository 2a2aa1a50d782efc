package cpu

import (
	"math"
	"sync"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
	"github.com/facula-ml/facula/internal/fourier"
)

// A fourierPlan is what transforms of one length and direction share: exactly
// one of passes, chirp and long is set. Plans are read-only in use.
type fourierPlan[T float] struct {
	n      int
	passes []fourierPass[T]
	chirp  *fourierChirp[T]
	long   *fourierLong[T]
	fold   []T // of 2·n real numbers; see simd.Fourier
}

// A fourierPass is a pass of simd.Fourier.
type fourierPass[T float] struct {
	run      simd.Pass[T] // nil for PassN
	radix    int
	m, s     int
	w, roots []T
	back     bool
}

// A fourierChirp computes a transform as a convolution: see internal/fourier.
type fourierChirp[T float] struct {
	chirp, spectrum []T // the spectrum is divided by its length
	there, back     *fourierPlan[T]
}

// A fourierLong takes n numbers as a matrix of n1 rows and n2 columns: it
// transforms the columns, turns each number and transforms the rows.
//
// Source: Gentleman and Sande 1966, "Fast Fourier transforms: for fun and profit".
type fourierLong[T float] struct {
	cols, rows *fourierPlan[T]
	turn       []T // for each vector of columns, n1 numbers of two vectors
}

// fourierBlock is the longest transform whose lines are taken a vector at a time:
// what they need then still fits a second-level cache.
const fourierBlock = 4096

// fourierAlone is the shortest one that is better cut in two where there are few lines.
const fourierAlone = 256

// A fourierKey names a plan.
type fourierKey struct {
	n          int
	back, long bool
	real       byte // 'f' to the spectrum, 'b' from it
}

// fourierPlans keeps plans, until they hold too many numbers.
type fourierPlans[T float] struct {
	mu   sync.Mutex
	kept map[fourierKey]*fourierPlan[T]
	size int
}

// keptPlans is how many numbers of the plans' lengths are kept.
const keptPlans = 1 << 22

// plan is a plan for lines of n numbers, or of 2·n real ones.
func (e *fourierEngine[T]) plan(key fourierKey) *fourierPlan[T] {
	e.plans.mu.Lock()
	p := e.plans.kept[key]
	e.plans.mu.Unlock()
	if p != nil {
		return p
	}
	p = e.newPlan(key.n, key.back, key.long)
	if key.real != 0 {
		p.fold = foldFactors[T](2*key.n, key.back, key.real == 'b')
	}
	e.plans.mu.Lock()
	defer e.plans.mu.Unlock()
	if e.plans.size += key.n; e.plans.kept == nil || e.plans.size > keptPlans {
		e.plans.kept, e.plans.size = map[fourierKey]*fourierPlan[T]{}, key.n
	}
	e.plans.kept[key] = p
	return p
}

// exponentSign is the sign of the exponent.
func exponentSign(back bool) float64 {
	if back {
		return 1
	}
	return -1
}

func (e *fourierEngine[T]) newPlan(n int, back, long bool) *fourierPlan[T] {
	p := &fourierPlan[T]{n: n}
	f := fourier.Factors(n)
	if k := len(f); k > 0 && f[k-1] > fourier.LargestFactor {
		p.chirp = e.newChirp(n, back, long)
		return p
	}
	w := fourier.Roots[T](n, 1, exponentSign(back))
	n1 := 1
	for d := int(math.Sqrt(float64(n))); long && d > 1; d-- {
		if n%d == 0 {
			n1 = d
			break
		}
	}
	if n1 >= e.lanes/2 && n1 > 1 {
		p.long = &fourierLong[T]{e.newPlan(n1, back, false), e.newPlan(n/n1, back, false), e.turns(w, n1, n/n1)}
		return p
	}
	s, m := 1, n
	for _, r := range f {
		m /= r
		p.passes = append(p.passes, e.newPass(w, n, r, m, s, back))
		s *= r
	}
	return p
}

func (e *fourierEngine[T]) newPass(w []T, n, r, m, s int, back bool) fourierPass[T] {
	p := fourierPass[T]{radix: r, m: m, s: s, back: back}
	p.run = map[int]simd.Pass[T]{2: e.Pass2, 3: e.Pass3, 4: e.Pass4, 5: e.Pass5}[r]
	put := func(to *[]T, k int) { *to = append(*to, w[2*(k%n)], w[2*(k%n)+1]) }
	for i := range m {
		if p.run == nil {
			put(&p.w, 0)
		}
		for u := 1; u < r; u++ {
			if p.run != nil && back { // number u of the forward transform is r-u of this
				put(&p.w, i*(r-u)*s)
			} else {
				put(&p.w, i*u*s)
			}
		}
	}
	for u := 0; p.run == nil && u < r; u++ {
		for t := 1; t < r; t++ {
			put(&p.roots, u*t%r*(n/r))
		}
	}
	return p
}

// turns are the roots w at the places j2·k1, as blocks of the columns hold them.
func (e *fourierEngine[T]) turns(w []T, n1, n2 int) []T {
	l := e.lanes
	turn, row := make([]T, pieces(n2, l)*n1*2*l), make([]T, 2*l)
	for b := range pieces(n2, l) {
		for k := range n1 {
			for i := range min(l, n2-b*l) {
				at := (b*l + i) * k
				row[2*i], row[2*i+1] = w[2*at], w[2*at+1]
			}
			e.Split(&turn[(b*n1+k)*2*l], &row[0], 0, 1)
		}
	}
	return turn
}

func (e *fourierEngine[T]) newChirp(n int, back, long bool) *fourierChirp[T] {
	size := 1
	for size < 2*n-1 {
		size *= 2
	}
	c := &fourierChirp[T]{there: e.newPlan(size, false, long), back: e.newPlan(size, true, long)}
	half := fourier.Roots[T](2*n, 1, exponentSign(back))
	spectrum := make([]T, 2*size)
	for k := range n {
		at := k * k % (2 * n)
		re, im := half[2*at], half[2*at+1]
		c.chirp = append(c.chirp, re, im)
		spectrum[2*k], spectrum[2*k+1] = re, -im
		if k > 0 {
			spectrum[2*(size-k)], spectrum[2*(size-k)+1] = re, -im
		}
	}
	fourier.New[T](size, -1).Transform(spectrum, make([]T, 2*size), 1/T(size))
	c.spectrum = spectrum
	return c
}

// foldFactors are Fold's of n real numbers, for a half of their spectrum.
func foldFactors[T float](n int, back, half bool) []T {
	w := fourier.Roots[T](n, 1, exponentSign(back))[:2*(n/4+1)]
	for k := 0; k < len(w); k += 2 {
		re, im := w[k], w[k+1]
		if half { // times i
			w[k], w[k+1] = -im, re
		} else {
			w[k], w[k+1] = im, -re
		}
	}
	return w
}

// room is how many numbers of a line a transform needs room for, twice.
func (p *fourierPlan[T]) room() int {
	if p.chirp != nil {
		return p.chirp.there.n
	}
	return p.n
}
