// Package mt19937 is PyTorch's CPU random generator, so that a seed gives the
// numbers that PyTorch gives for it.
//
// The generator is Matsumoto and Nishimura's MT19937. What a tensor operation
// draws from it was checked against PyTorch 1.13.1 (testdata/make.py):
//
//	recipe            draws per number    what they become
//	Uniform F32       32 bits             lower 24, times hi-lo plus lo
//	Uniform F64       64 bits             lower 53
//	Uniform F16, BF16 32 bits             lower 11, lower 8
//	Normal, n < 16    2 · 64 bits a pair  Box-Muller in float64; the second number is kept
//	Normal, n ≥ 16    as Uniform          Box-Muller in blocks of 16 in the dtype itself;
//	                                      unless 16 divides n, the last 16 are drawn again
//	RandInt           32 or 64 bits       remainder; 64 for a range of 2³² or more
//	RandPerm          32 bits             remainder, in a Fisher-Yates shuffle
//	Bernoulli         64 bits             float64 uniform < p
//	BernoulliEach F32 32 bits             float32 uniform < p
//
// The reference is PyTorch 1.13.1 without MKL on an x86-64 CPU with AVX2 or
// AVX-512. All numbers are its own bit for bit, with two exceptions, where
// PyTorch calls the C library and this package Go's math: NormalF64 and the
// float64 sample that a short Normal keeps differ in the last bits, and of the
// numbers of NormalF16 about one in 100 000 differs by its last bit. A short NormalF32
// rounds the former to float32: no difference in 200 000 numbers.
//
// PyTorch differs from itself elsewhere. Without AVX2 it rounds uniform and
// normal numbers after every operation, with other logarithms, sines and
// cosines. Builds with MKL give other Bernoulli numbers for a single p. Later
// releases draw 64 bits for integer ranges from 2²⁸ on.
//
// Arguments are the caller's to check: lo ≤ hi, std ≥ 0, p in [0, 1].
package mt19937
