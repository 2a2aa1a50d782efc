package main

var onlyF32 = []Elem{F32}

// single is one for float32 alone.
func single(field string, unroll int, op func(f *F, x V) V) Kernel {
	k := one(field, unroll, op)
	k.Elems = onlyF32
	return k
}

// maths are functions of one number. simd/math.go says how exact they are.
var maths = Area{Name: "math", Kernels: []Kernel{
	one("Exp", 2, exp),
	one("Expm1", 2, expm1),
	one("Log", 2, log),
	one("Log1p", 2, log1p),
	one("Tanh", 1, tanh),
	one("Sigmoid", 2, sigmoid),
	single("GELU", 1, gelu),
	one("GELUTanh", 1, geluTanh),
	one("SiLU", 1, silu),
}}
