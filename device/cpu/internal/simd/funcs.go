package simd

// Funcs are more functions of one or two numbers each, in the bounds of
// [Math]; a dst may be an input.
type Funcs[T any] struct {
	Exp2, Log2, Log10 func(dst, a []T) // of powers of two, and of ten, Log2 and Log10 are exact
	Acos, Asin, Atan  func(dst, a []T)
	Cosh, Sinh        func(dst, a []T)
	Atan2             func(dst, a, b []T)
	CopySign          func(dst, a, b []T)
	Frac              func(dst, a []T)    // a - Trunc(a)
	Hardsigmoid       func(dst, a []T)    // min(max(a+3, 0), 6)/6
	Hardswish         func(dst, a []T)    // a·min(max(a+3, 0), 6)/6
	Hardshrink        func(dst, a, b []T) // 0 where |a| <= b, else a
	HardshrinkNumber  func(dst, a []T, b T)
	Softshrink        func(dst, a, b []T) // a - min(max(a, -b), b)
	SoftshrinkNumber  func(dst, a []T, b T)
	Heaviside         func(dst, a, b []T) // 0 where a < 0, b where it is 0, 1 where a > 0
	Angle             func(dst, a []T)    // π where a < 0, else 0; NaN stays
	PReLU             func(dst, a, b []T) // a where a > 0, else a·b
	PReLUNumber       func(dst, a []T, b T)
	Threshold         func(dst, a, b, c []T) // c where a <= b, else a
	ExpUnit           func(dst, a, b, c []T) // a where a > 0, else b·(e^(c·a) - 1)
	Softsign          func(dst, a []T)       // a/(1 + |a|)
	Softplus          func(dst, a []T, beta, threshold T)
	NaNToNum          func(dst, a []T, nan, top, bottom T) // these for NaN, Inf and -Inf
	LogAddExp         func(dst, a, b []T)                  // ln(e^a + e^b)
	Hypot             func(dst, a, b []T)
	Fmod              func(dst, a, b []T) // NaN where the quotient is 2²² or more (2⁵¹), or the result is; so the next two
	Remainder         func(dst, a, b []T) // with b's sign
	FloorDiv          func(dst, a, b []T)
	NextAfter         func(dst, a, b []T)
	Pow               func(dst, a, b []T) // float64; NaN where a is 0, or one is not finite
	PowShort          func(dst, a, b []T) // Pow of float32 in float64, to 32 bits
}
