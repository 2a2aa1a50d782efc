package simd

// Math are functions of one number each, dst[i] = f(a[i]); dst may be a. In
// float32 they are within 2 units in the last place of the exact result, over
// the whole range, and in float64 within 4.
type Math[T any] struct {
	Exp, Expm1, Log, Log1p func(dst, a []T)
	Tanh, Sigmoid, Erf     func(dst, a []T)
	GELU, GELUTanh, SiLU   func(dst, a []T)

	// These return the largest |a|, perhaps NaN where there is one. Elements
	// beyond MaxAngle are wrong.
	Sin, Cos, Tan func(dst, a []T) T

	// Of dy and x: within 3.5 and 8 units of the larger of the two terms.
	GELUGrad, GELUTanhGrad, SiLUGrad func(dst, dy, x []T)
}

// MaxAngle is the largest angle that Sin, Cos and Tan know how to reduce.
const MaxAngle = 1 << 17
