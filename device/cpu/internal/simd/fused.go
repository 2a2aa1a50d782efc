package simd

// Fused are kernels that are several of [Arith]'s or [Lines]' in one pass; the
// results are the same to the bit. A dst may be an input.
type Fused[T any] struct {
	Addcmul, Addcdiv func(dst, a, b, c []T, v T) // a + v·(b·c), a + v·(b/c)
	Lerp             func(dst, a, b, c []T)      // a + c·(b-a) where c < 1/2, else b - (b-a)·(1-c)

	AddReLU         func(dst, a, b []T)                 // ReLU of a + b
	AddNumberReLU   func(dst, a []T, b T)               // the same
	StandardizeReLU func(dst, a []T, m, scale, shift T) // ReLU of Standardize
}
