package simd

// Cast are conversions of rows of float32 to other types, and comparisons. An
// integer is cut towards zero. Numbers out of range and NaN become the least
// int32 or int64, and the 0 in its low bits for the narrow types. src is at
// least as long as dst, and bytes are 0 or 1 but for ToInt8.
type Cast[T any] struct {
	ToInt8  func(dst []uint8, a []T)  // the low bits of the int32
	ToInt16 func(dst []uint16, a []T) // likewise
	ToInt32 func(dst []int32, a []T)
	ToInt64 func(dst []int64, a []T)
	Widen   func(dst []float64, a []T)
	ToBool  func(dst []uint8, a []T) // a != 0

	Eq, Ne, Lt, Le, And, Or func(dst []uint8, a, b []T)

	IsClose func(dst []uint8, a, b []T, rtol, atol T) // a = b, or |a-b| <= rtol·|b| + atol and finite
}
