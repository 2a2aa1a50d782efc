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
	one("Exp", 4, exp),
	one("Expm1", 4, expm1),
	one("Log", 4, log),
	one("Log1p", 4, log1p),
	one("Tanh", 4, tanh),
	one("Sigmoid", 4, sigmoid),
	single("GELU", 4, gelu),
	one("GELUTanh", 4, geluTanh),
	one("SiLU", 4, silu),
}}
