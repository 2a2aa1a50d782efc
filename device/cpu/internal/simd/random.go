package simd

// Random are the loops of PyTorch's generator, in float32 alone; package
// internal/mt19937 says what they compute. dst has the length that counts.
type Random[T any] struct {
	// Twist makes new words: dst may be upper.
	Twist func(dst, upper, lower, far []uint32)
	// Uniform makes numbers u·span + from with u in [0, 1) of words.
	Uniform func(dst []T, words []uint32, span, from T)
	// Normal makes normal numbers of uniform ones, in blocks of 16: as many
	// times as turns says one block, or two where Bytes is 64.
	Normal func(p *T, turns int, mean, std T)
}
