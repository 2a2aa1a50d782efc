package cpu

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
	"github.com/facula-ml/facula/internal/mt19937"
)

// TestRandomLoops draws the same numbers with and without loops, bit for bit,
// at lengths that end anywhere in blocks and in the engine's state.
func TestRandomLoops(t *testing.T) {
	for _, s := range simd.Available() {
		if s.F32.Random.Twist == nil {
			continue
		}
		defer func(old *simd.Set) { asm = old }(asm)
		asm = s
		plain, fast := mt19937.New(7), mt19937.New(7)
		fast.Use(loopsOf())
		lengths := []int{624, 625, 1247, 5000, 100_000}
		for n := range 258 {
			lengths = append(lengths, n)
		}
		for _, n := range lengths {
			for what, fill := range map[string]func(e *mt19937.Engine, d []float32){
				"uniform": func(e *mt19937.Engine, d []float32) { e.UniformF32(d, 0, 1) },
				"between": func(e *mt19937.Engine, d []float32) { e.UniformF32(d, -0.3, 0.7) },
				"normal":  func(e *mt19937.Engine, d []float32) { e.NormalF32(d, 0, 1) },
				"scaled":  func(e *mt19937.Engine, d []float32) { e.NormalF32(d, 3, 0.1) },
			} {
				want, got := make([]float32, n), make([]float32, n)
				if err := fast.SetState(plain.State()); err != nil {
					t.Fatal(err)
				}
				fill(plain, want)
				fill(fast, got)
				for i := range want {
					if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
						t.Fatalf("%s: %s of %d: number %d is %v, want %v", s.Tier, what, n, i, got[i], want[i])
					}
				}
			}
			if a, b := plain.Uint32(), fast.Uint32(); a != b {
				t.Fatalf("%s: after %d numbers the next draw is %d, want %d", s.Tier, n, b, a)
			}
		}
	}
}
