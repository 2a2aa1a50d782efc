package simd

// Arith are kernels of a few instructions an element. Inputs are at least as
// long as dst; dst may be one of them.
type Arith[T any] struct {
	Add, Sub, Mul, Div func(dst, a, b []T)
	ReLU               func(dst, a []T) // max(a, 0); NaN stays
	Sqrt, Reciprocal   func(dst, a []T)
	Rsqrt              func(dst, a []T) // 1/√a in two roundings
}
