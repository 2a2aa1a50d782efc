package simd

var avx512 = Set{
	Tier: "avx512", Bytes: 64,
	F32: Kernels[float32]{
		Arith:    arithF32AVX512,
		Gemm:     gemmF32AVX512,
		Half:     halfF32AVX512,
		Cast:     castF32AVX512,
		Limits:   limitsF32AVX512,
		Lines:    linesF32AVX512,
		Math:     mathF32AVX512,
		Funcs:    funcsF32AVX512,
		Move:     moveF32AVX512,
		Random:   randomF32AVX512,
		Conv:     convF32AVX512,
		Fused:    fusedF32AVX512,
		Fourier:  fourierF32AVX512,
		Cells:    cellsF32AVX512,
		Winograd: winogradF32AVX512,
		Reduce:   reduceF32AVX512,
		Scan:     scanF32AVX512,
		Steps:    stepsF32AVX512,
		Series:   seriesF32AVX512,
	},
	F64: Kernels[float64]{
		Arith:   arithF64AVX512,
		Gemm:    gemmF64AVX512,
		Limits:  limitsF64AVX512,
		Lines:   linesF64AVX512,
		Math:    mathF64AVX512,
		Funcs:   funcsF64AVX512,
		Move:    moveF64AVX512,
		Conv:    convF64AVX512,
		Fused:   fusedF64AVX512,
		Fourier: fourierF64AVX512,
		Cells:   cellsF64AVX512,
		Reduce:  reduceF64AVX512,
		Scan:    scanF64AVX512,
		Steps:   stepsF64AVX512,
		Series:  seriesF64AVX512,
	},
}

var avx2 = Set{
	Tier: "avx2", Bytes: 32,
	F32: Kernels[float32]{
		Arith:    arithF32AVX2,
		Gemm:     gemmF32AVX2,
		Half:     halfF32AVX2,
		Cast:     castF32AVX2,
		Limits:   limitsF32AVX2,
		Lines:    linesF32AVX2,
		Math:     mathF32AVX2,
		Funcs:    funcsF32AVX2,
		Move:     moveF32AVX2,
		Random:   randomF32AVX2,
		Conv:     convF32AVX2,
		Fused:    fusedF32AVX2,
		Fourier:  fourierF32AVX2,
		Cells:    cellsF32AVX2,
		Winograd: winogradF32AVX2,
		Reduce:   reduceF32AVX2,
		Scan:     scanF32AVX2,
		Steps:    stepsF32AVX2,
		Series:   seriesF32AVX2,
	},
	F64: Kernels[float64]{
		Arith:   arithF64AVX2,
		Gemm:    gemmF64AVX2,
		Limits:  limitsF64AVX2,
		Lines:   linesF64AVX2,
		Math:    mathF64AVX2,
		Funcs:   funcsF64AVX2,
		Move:    moveF64AVX2,
		Conv:    convF64AVX2,
		Fused:   fusedF64AVX2,
		Fourier: fourierF64AVX2,
		Cells:   cellsF64AVX2,
		Reduce:  reduceF64AVX2,
		Scan:    scanF64AVX2,
		Steps:   stepsF64AVX2,
		Series:  seriesF64AVX2,
	},
}

// cpuid and xgetbv are the instructions of these names.
func cpuid(leaf, sub uint32) (a, b, c, d uint32)
func xgetbv() (lo, hi uint32)

// pairsOfBF16 reports whether leaf 7 has a sub-leaf 1 with bit 5, AVX512_BF16.
func pairsOfBF16(cpuid func(leaf, sub uint32) (a, b, c, d uint32)) bool {
	if most, _, _, _ := cpuid(7, 0); most < 1 {
		return false
	}
	a, _, _, _ := cpuid(7, 1)
	return a>>5&1 != 0
}

// machine lists the tiers whose instructions the processor has and whose
// registers the system saves. Intel's manual, volume 2, CPUID.
func machine() []*Set {
	var sets []*Set
	if most, _, _, _ := cpuid(0, 0); most < 7 {
		return nil
	}
	_, _, c1, _ := cpuid(1, 0)
	_, b7, _, _ := cpuid(7, 0)
	const fma, osxsave, f16c = 1 << 12, 1 << 27, 1 << 29
	if c1&(fma|osxsave|f16c) != fma|osxsave|f16c {
		return nil
	}
	saved, _ := xgetbv()
	const ymm, zmm = 6, 0xe6
	const vl, bw, dq, f = 1 << 31, 1 << 30, 1 << 17, 1 << 16
	if b7&(vl|bw|dq|f) == vl|bw|dq|f && saved&zmm == zmm {
		s := avx512
		s.BF16 = pairsOfBF16(cpuid)
		sets = append(sets, &s)
	}
	const avx2bit, bmi2 = 1 << 5, 1 << 8
	if b7&(avx2bit|bmi2) == avx2bit|bmi2 && saved&ymm == ymm {
		sets = append(sets, &avx2)
	}
	return sets
}
