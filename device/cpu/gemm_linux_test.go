package cpu

import (
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"unsafe"
)

// fenced is n numbers that end where memory ends: to read or write one beyond
// them ends the test with a fault.
func fenced[T float](t *testing.T, n int) []T {
	t.Helper()
	page := syscall.Getpagesize()
	bytes := n * bytesOf[T]()
	span := roundUp(max(bytes, 1), page)
	m, err := syscall.Mmap(-1, 0, span+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mprotect(m[span:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(m) })
	return unsafe.Slice((*T)(unsafe.Pointer(&m[span-bytes])), n)
}

// testFences multiplies matrices whose last elements are the last of their
// memory, with both kinds of tiles, and with an infinity that meets a zero:
// that sum is NaN, and no other.
func testFences[T float](t *testing.T, e *engine[T]) {
	rng := rand.New(rand.NewPCG(5, 6))
	inf := T(math.Inf(1))
	for range rounds(200) {
		m, n, k := 1+rng.IntN(3*e.rows), 1+rng.IntN(3*e.width()), 1+rng.IntN(40)
		engine := *e
		engine.direct = rng.IntN(2) * e.direct
		a, b, c := fenced[T](t, m*k), fenced[T](t, k*n), fenced[T](t, m*n)
		bias := fenced[T](t, n)
		for _, s := range [][]T{a, b} {
			for i := range s {
				s[i] = 1
			}
		}
		x, y := matrixOf(a, k), matrixOf(b, n)
		if rng.IntN(2) == 0 {
			x = matrixOf(a, m).t()
		}
		if rng.IntN(2) == 0 {
			y = matrixOf(b, k).t()
		}
		p := productOf(m, n, k, x, y, matrixOf(c, n))
		p.add = matrix[T]{matrixOf(bias, n).p, 0, 1}
		i, j, l := rng.IntN(m), rng.IntN(n), rng.IntN(k)
		*(*T)(x.at(i, l)), *(*T)(y.at(l, j)) = inf, 0
		engine.run(&p, 1)
		for at, v := range c {
			want := T(k)
			switch {
			case at/n == i && at%n == j:
				if !math.IsNaN(float64(v)) {
					t.Fatalf("%dx%dx%d: infinity times 0 gave %v", m, n, k, v)
				}
				continue
			case at/n == i:
				want = inf
			case at%n == j:
				want--
			}
			if v != want {
				t.Fatalf("%dx%dx%d: element %d,%d is %v; want %v", m, n, k, at/n, at%n, v, want)
			}
		}
	}
}

func TestGemmFences(t *testing.T) {
	engines(t, testFences[float32], testFences[float64])
}
