package cpu

import "github.com/facula-ml/facula/device/cpu/internal/simd"

// asm are the assembly kernels of the tier that runs. What it lacks is nil, and
// plain Go runs instead: or1 and or2 choose.
var asm = simd.Best()

// Tier names the kernels that run: avx512, avx2, neon or generic. It is the
// best that the processor has, or what the environment variable FACULA_CPU names.
func Tier() string { return asm.Tier }

// or1 is fast, or plain where there is none.
func or1[D, A any](fast, plain func(dst []D, a []A)) func(dst []D, a []A) {
	if fast != nil {
		return fast
	}
	return plain
}

// or2 is or1 for kernels of two inputs.
func or2[D, A any](fast, plain func(dst []D, a, b []A)) func(dst []D, a, b []A) {
	if fast != nil {
		return fast
	}
	return plain
}
