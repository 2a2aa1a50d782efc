package mt19937

import "testing"

const benchLen = 1 << 14

// The benchmarks count bytes written.
func BenchmarkUniformF32(b *testing.B) { bench(b, 4, (*Engine).UniformF32) }
func BenchmarkUniformF64(b *testing.B) { bench(b, 8, (*Engine).UniformF64) }
func BenchmarkNormalF32(b *testing.B)  { bench(b, 4, (*Engine).NormalF32) }
func BenchmarkNormalF64(b *testing.B)  { bench(b, 8, (*Engine).NormalF64) }
func BenchmarkNormalF16(b *testing.B)  { bench(b, 2, (*Engine).NormalF16) }

func BenchmarkBernoulli(b *testing.B) {
	bench(b, 1, func(e *Engine, dst []bool, p, _ float64) { e.Bernoulli(dst, p) })
}

func bench[T any](b *testing.B, size int64, fill func(e *Engine, dst []T, x, y float64)) {
	e, dst := New(1), make([]T, benchLen)
	b.SetBytes(size * benchLen)
	for b.Loop() {
		fill(e, dst, 0, 1)
	}
}
