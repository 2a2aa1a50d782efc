package cpu

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// Every engine gives what a triple loop gives, for all sizes, layouts and
// addends, with any number of goroutines, and touches nothing around C. The
// elements are small integers, so that all sums are exact.

// engines calls f for the engine of each tier that this machine has.
func engines(t *testing.T, f32 func(t *testing.T, e *engine[float32]), f64 func(t *testing.T, e *engine[float64])) {
	for _, s := range simd.Available() {
		t.Run(s.Tier+"/float32", func(t *testing.T) { f32(t, newEngine(&s.F32.Gemm, s.Bytes)) })
		t.Run(s.Tier+"/float64", func(t *testing.T) { f64(t, newEngine(&s.F64.Gemm, s.Bytes)) })
	}
}

// A held matrix lies in a larger slice, with guards around it and in its gaps.
type held[T float] struct {
	matrix[T]
	mem  []T
	m, n int
	from int
}

const guard = 1e6

// hold makes a matrix with the given gap at the end of each row, or column if
// transposed, and small integers as elements.
func hold[T float](rng *rand.Rand, m, n, gap int, transposed bool) *held[T] {
	h := &held[T]{m: m, n: n, from: 3}
	h.row, h.col = n+gap, 1
	if transposed {
		h.row, h.col = 1, m+gap
	}
	h.mem = make([]T, h.from+max(m*h.row, n*h.col)+40)
	for i := range h.mem {
		h.mem[i] = guard
	}
	h.p = matrixOf(h.mem[h.from:], 1).p
	h.each(func(_, _ int, v *T) { *v = T(rng.IntN(9)) - 4 })
	return h
}

func (h *held[T]) each(f func(i, j int, v *T)) {
	for i := range h.m {
		for j := range h.n {
			f(i, j, (*T)(h.at(i, j)))
		}
	}
}

// wantProduct checks c = a·b + add with n workers.
func wantProduct[T float](t *testing.T, e *engine[T], rng *rand.Rand, m, n, k, gap, layout, addend, workers int) {
	t.Helper()
	a, b := hold[T](rng, m, k, gap, layout&1 != 0), hold[T](rng, k, n, gap, layout&2 != 0)
	c, bias := hold[T](rng, m, n, gap, false), hold[T](rng, 1, n, 0, false)
	p := productOf(m, n, k, a.matrix, b.matrix, c.matrix)
	want := make([]float64, m*n)
	switch addend {
	case 1:
		p.add = p.c
	case 2:
		p.add = matrix[T]{bias.p, 0, 1}
	}
	for i := range m {
		for j := range n {
			w := 0.0
			if p.add.p != nil {
				w = float64(*(*T)(p.add.at(i, j)))
			}
			for l := range k {
				w += float64(*(*T)(a.at(i, l))) * float64(*(*T)(b.at(l, j)))
			}
			want[i*n+j] = w
		}
	}
	done := make([]bool, m*n)
	var mu sync.Mutex
	p.done = func(i, j, rows, cols int) {
		mu.Lock()
		defer mu.Unlock()
		for x := range rows * cols {
			at := (i+x/cols)*n + j + x%cols
			if done[at] {
				t.Errorf("element %d is done twice", at)
			}
			if v := *(*T)(c.at(i+x/cols, j+x%cols)); float64(v) != want[at] {
				t.Errorf("element %d is %v when it is done; want %v", at, v, want[at])
			}
			done[at] = true
		}
	}
	if rng.IntN(2) == 0 {
		p.done = nil
	}
	defer threads.Store(threads.Load())
	SetNumThreads(workers)
	e.run(&p, workers)
	what := fmt.Sprintf("%dx%dx%d gap %d layout %d addend %d workers %d", m, n, k, gap, layout, addend, workers)
	c.each(func(i, j int, v *T) {
		if float64(*v) != want[i*n+j] {
			t.Fatalf("%s: element %d,%d is %v; want %v", what, i, j, *v, want[i*n+j])
		}
		if p.done != nil && !done[i*n+j] {
			t.Fatalf("%s: element %d,%d is never done", what, i, j)
		}
		*v = guard
	})
	for i, v := range c.mem {
		if v != guard {
			t.Fatalf("%s: wrote element %d of memory, which is not C's", what, i-c.from)
		}
	}
}

// testSizes checks all small sizes, then sizes around the block edges of a
// smaller copy of the engine, so that the blocks' seams are met at little cost.
func testSizes[T float](t *testing.T, e *engine[T]) {
	rng := rand.New(rand.NewPCG(1, 2))
	most := 40
	if testing.Short() {
		most = 20
	}
	for m := range most + 1 {
		for n := range most + 1 {
			for _, k := range []int{0, 1, 2, 3, 7, 8, 16, 33, 40}[rng.IntN(3):] {
				wantProduct(t, e, rng, m, n, k, rng.IntN(3), rng.IntN(4), rng.IntN(3), 1)
			}
		}
	}
	small := *e
	small.mc, small.kc, small.nc = 3*e.rows, 24, 3*e.width()
	for _, direct := range []int{0, e.direct} {
		small.direct = direct
		for range rounds(400) {
			near := func(block int) int { return max(0, block*(1+rng.IntN(3))+rng.IntN(3)-1) }
			pick := func(a, b int) int { return near([]int{a, b}[rng.IntN(2)]) }
			wantProduct(t, &small, rng, pick(e.rows, small.mc), pick(e.width(), small.nc), pick(small.kc, 8), rng.IntN(3), rng.IntN(4), rng.IntN(3), 1+rng.IntN(3))
		}
	}
}

// testVectors checks products with few rows or one column, large enough for
// several goroutines.
func testVectors[T float](t *testing.T, e *engine[T]) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range rounds(60) {
		m, n, k := 1+rng.IntN(5), 1+rng.IntN(700), 1+rng.IntN(300)
		if rng.IntN(4) == 0 {
			n = 2000 + rng.IntN(2200)
		}
		if rng.IntN(2) == 0 {
			m, n = n, 1
		}
		wantProduct(t, e, rng, m, n, k, rng.IntN(3), rng.IntN(4), rng.IntN(3), 1+rng.IntN(3))
	}
}

// testThreads multiplies matrices of real numbers, whose sums are rounded, with
// different numbers of goroutines: the bits are the same.
func testThreads[T float](t *testing.T, e *engine[T]) {
	defer threads.Store(threads.Load())
	rng := rand.New(rand.NewPCG(7, 8))
	for _, s := range [][3]int{{130, 70, 600}, {33, 500, 340}, {500, 33, 90}, {7, 900, 150}, {3, 700, 300}, {257, 129, 1100}, {1, 3000, 80}, {3000, 1, 80}} {
		m, n, k := s[0], s[1], s[2]
		a, b := hold[T](rng, m, k, 1, false), hold[T](rng, k, n, 1, rng.IntN(2) == 0)
		for _, h := range []*held[T]{a, b} {
			h.each(func(_, _ int, v *T) { *v = T(rng.NormFloat64()) })
		}
		for _, direct := range []int{0, e.direct} {
			engine := *e
			engine.direct = direct
			var first *held[T]
			for _, workers := range []int{1, 2, 3, 5} {
				c := hold[T](rng, m, n, 1, false)
				p := productOf(m, n, k, a.matrix, b.matrix, c.matrix)
				SetNumThreads(workers)
				engine.run(&p, workers)
				if first == nil {
					first = c
				}
				c.each(func(i, j int, v *T) {
					if want := *(*T)(first.at(i, j)); *v != want {
						t.Fatalf("%v: element %d,%d is %v with %d goroutines, %v with one", s, i, j, *v, workers, want)
					}
				})
			}
		}
	}
}

func TestGemmThreads(t *testing.T) {
	engines(t, testThreads[float32], testThreads[float64])
}

func TestGemmVectors(t *testing.T) {
	engines(t, testVectors[float32], testVectors[float64])
}

func TestGemm(t *testing.T) {
	engines(t, testSizes[float32], testSizes[float64])
}
