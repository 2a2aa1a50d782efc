package main

// onlySingle is k for float32 alone.
func onlySingle(k Kernel) Kernel {
	k.Elems = []Elem{F32}
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
	onlySingle(one("Erf", 4, erf)),
	angle("Sin", sin),
	angle("Cos", cos),
	angle("Tan", tan),
	onlySingle(one("GELU", 4, gelu)),
	one("GELUTanh", 4, geluTanh),
	one("SiLU", 4, silu),
	onlySingle(grad("GELUGrad", geluGrad)),
	grad("GELUTanhGrad", geluTanhGrad),
	grad("SiLUGrad", siluGrad),
}}
