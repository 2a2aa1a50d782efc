// Package half holds the two 16-bit floating-point formats, float16 and
// bfloat16, as bit patterns with conversions to and from float32 and float64.
//
//	format   sign  exponent  fraction  source
//	F16      1     5         10        IEEE 754-2019, binary16
//	BF16     1     8         7         the upper half of IEEE 754 binary32
//
// Every narrowing conversion rounds once, to nearest, ties to even. What is
// too large becomes infinity, what is too small a subnormal or a signed zero.
// A NaN stays a NaN: it keeps its sign and leading payload bits and is quiet,
// as the conversion instructions of x86 and Arm do it; so is a float16's that
// widens, while a bfloat16 widens by a shift, bit by bit.
package half

// The sign bits and infinities of float32 and float64. What is above the
// infinity, without its sign, is a NaN.
const (
	f32Sign, f32Inf = 1 << 31, 0x7f800000
	f64Sign, f64Inf = 1 << 63, 0x7ff << 52
)
