package half

import (
	"math/rand/v2"
	"testing"
)

const benchLen = 1 << 14

// The benchmarks count bytes read and bytes written.
func BenchmarkNarrowF16(b *testing.B)  { benchNarrow(b, NarrowF16) }
func BenchmarkNarrowBF16(b *testing.B) { benchNarrow(b, NarrowBF16) }
func BenchmarkWidenF16(b *testing.B)   { benchWiden(b, WidenF16, F16From) }
func BenchmarkWidenBF16(b *testing.B)  { benchWiden(b, WidenBF16, BF16From) }

func benchNarrow[H any](b *testing.B, narrow func([]H, []float32)) {
	dst, src := make([]H, benchLen), normals()
	b.SetBytes(6 * benchLen)
	for b.Loop() {
		narrow(dst, src)
	}
}

func benchWiden[H any](b *testing.B, widen func([]float32, []H), from func(float32) H) {
	dst, src := make([]float32, benchLen), make([]H, benchLen)
	for i, x := range normals() {
		src[i] = from(x)
	}
	b.SetBytes(6 * benchLen)
	for b.Loop() {
		widen(dst, src)
	}
}

func normals() []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	s := make([]float32, benchLen)
	for i := range s {
		s[i] = float32(r.NormFloat64())
	}
	return s
}
