package cpu

import (
	"fmt"
	"testing"
	"unsafe"
)

// BenchmarkGemm multiplies matrices of the sizes that the suite reports, with
// as many goroutines as GOMAXPROCS.
func BenchmarkGemm(b *testing.B) {
	for _, s := range [][3]int{{4, 8, 2}, {4, 1, 8}, {2, 8, 4}, {4, 4, 4}, {8, 8, 8}, {16, 16, 16}, {32, 32, 32}, {64, 64, 64}, {100, 100, 100}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1000, 1000, 1000}, {1023, 1023, 1023}, {1024, 1024, 1024}, {2048, 2048, 2048}, {4095, 17, 33}, {64, 128, 784}, {128, 784, 64}, {64, 10, 128}, {1024, 1, 1024}, {4096, 1, 4096}, {1, 1024, 1024}, {1, 4096, 4096}, {4, 1024, 1024}} {
		for _, layout := range []string{"nn", "nt", "tn"} {
			b.Run(fmt.Sprintf("f32/%dx%dx%d/%s", s[0], s[1], s[2], layout), func(b *testing.B) { benchGemm(b, gemm32, s[0], s[1], s[2], layout) })
		}
	}
	for _, n := range []int{64, 256, 1024} {
		b.Run(fmt.Sprintf("f64/%dx%dx%d/nn", n, n, n), func(b *testing.B) { benchGemm(b, gemm64, n, n, n, "nn") })
	}
}

func benchGemm[T number](b *testing.B, e *engine[T], m, n, k int, layout string) {
	lines := func(n int) []T { // aligned as the allocator aligns large buffers
		s := make([]T, n+64)
		for uintptr(unsafe.Pointer(&s[0]))&63 != 0 {
			s = s[1:]
		}
		for i := range s {
			s[i] = T(i % 7)
		}
		return s
	}
	x, y := matrixOf(lines(m*k), k), matrixOf(lines(k*n), n)
	if layout[0] == 't' {
		x.row, x.col = 1, m
	}
	if layout[1] == 't' {
		y.row, y.col = 1, k
	}
	p := productOf(m, n, k, x, y, matrixOf(lines(m*n), n))
	b.ReportAllocs()
	for b.Loop() {
		e.run(&p, NumThreads())
	}
	b.ReportMetric(2*float64(m*n*k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}
