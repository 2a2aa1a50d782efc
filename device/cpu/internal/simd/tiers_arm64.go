package simd

var neon = Set{
	Tier: "neon", Bytes: 16,
	F32: Kernels[float32]{
		Arith:    arithF32NEON,
		Gemm:     gemmF32NEON,
		Half:     halfF32NEON,
		Cast:     castF32NEON,
		Limits:   limitsF32NEON,
		Lines:    linesF32NEON,
		Math:     mathF32NEON,
		Funcs:    funcsF32NEON,
		Move:     moveF32NEON,
		Random:   randomF32NEON,
		Conv:     convF32NEON,
		Fused:    fusedF32NEON,
		Fourier:  fourierF32NEON,
		Cells:    cellsF32NEON,
		Winograd: winogradF32NEON,
		Reduce:   reduceF32NEON,
		Scan:     scanF32NEON,
		Steps:    stepsF32NEON,
		Series:   seriesF32NEON,
	},
	F64: Kernels[float64]{
		Arith:   arithF64NEON,
		Gemm:    gemmF64NEON,
		Limits:  limitsF64NEON,
		Lines:   linesF64NEON,
		Math:    mathF64NEON,
		Funcs:   funcsF64NEON,
		Move:    moveF64NEON,
		Conv:    convF64NEON,
		Fused:   fusedF64NEON,
		Fourier: fourierF64NEON,
		Cells:   cellsF64NEON,
		Reduce:  reduceF64NEON,
		Scan:    scanF64NEON,
		Steps:   stepsF64NEON,
		Series:  seriesF64NEON,
	},
}

// machine lists the one tier that every arm64 machine has.
func machine() []*Set { return []*Set{&neon} }
