package simd

// Arith are kernels of a few instructions an element. Inputs are at least as
// long as dst; dst may be one of them.
type Arith[T any] struct {
	Add, Sub, Mul, Div func(dst, a, b []T)
	Maximum, Minimum   func(dst, a, b []T) // NaN if a or b is

	AddNumber, SubNumber, MulNumber, DivNumber, MaxNumber, MinNumber func(dst, a []T, b T)
	NumberSub, NumberDiv                                             func(dst, a []T, b T) // b - a, b / a

	Neg, Abs, Sign            func(dst, a []T)
	Floor, Ceil, Round, Trunc func(dst, a []T)
	ReLU                      func(dst, a []T) // max(a, 0); NaN and -0 stay
	Sqrt, Reciprocal          func(dst, a []T)
	Rsqrt                     func(dst, a []T) // 1/√a in two roundings

	ReLUGrad              func(dst, dy, y []T) // dy, and 0 where y <= 0
	TanhGrad, SigmoidGrad func(dst, dy, y []T)
}
