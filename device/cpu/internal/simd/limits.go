package simd

// Limits are loops that show what the machine gives at best. Arrays are of the
// same length.
type Limits[T any] struct {
	FMA            func(n int) T       // n rounds of multiply-adds in registers; returns how many, while that is exact in T
	Read           func(a []T) T       // the sum
	Copy, CopyNT   func(dst, a []T)    // NT writes past the caches, whole vectors in aligned memory only
	Triad, TriadNT func(dst, a, b []T) // a + b
}
