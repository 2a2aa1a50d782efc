package simd

var neon = Set{
	Tier: "neon",
	F32:  Kernels[float32]{Arith: arithF32NEON, Conv: convF32NEON},
	F64:  Kernels[float64]{Arith: arithF64NEON, Conv: convF64NEON},
}

// machine lists the one tier that every arm64 machine has.
func machine() []*Set { return []*Set{&neon} }
