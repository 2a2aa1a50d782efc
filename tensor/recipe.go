package tensor

import (
	"unsafe"

	"github.com/facula-ml/facula/internal/half"
	"github.com/facula-ml/facula/internal/mt19937"
)

type (
	f16  = half.F16
	bf16 = half.BF16
)

// A recipe is how each floating dtype is filled with random numbers.
type recipe struct {
	f32  func(*mt19937.Engine, []float32)
	f64  func(*mt19937.Engine, []float64)
	f16  func(*mt19937.Engine, []f16)
	bf16 func(*mt19937.Engine, []bf16)
}

func uniform(lo, hi float64) recipe {
	return recipe{
		func(e *mt19937.Engine, d []float32) { e.UniformF32(d, lo, hi) },
		func(e *mt19937.Engine, d []float64) { e.UniformF64(d, lo, hi) },
		func(e *mt19937.Engine, d []f16) { e.UniformF16(d, lo, hi) },
		func(e *mt19937.Engine, d []bf16) { e.UniformBF16(d, lo, hi) },
	}
}

func normal(mean, std float64) recipe {
	return recipe{
		func(e *mt19937.Engine, d []float32) { e.NormalF32(d, mean, std) },
		func(e *mt19937.Engine, d []float64) { e.NormalF64(d, mean, std) },
		func(e *mt19937.Engine, d []f16) { e.NormalF16(d, mean, std) },
		func(e *mt19937.Engine, d []bf16) { e.NormalBF16(d, mean, std) },
	}
}

// memory is a new tensor's n elements on the host.
func memory[T any](t *Tensor, n int) []T {
	return unsafe.Slice((*T)(t.b.view.Ptr()), n)
}
