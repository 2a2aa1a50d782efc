package main

// Kernels that are several of arith's in one pass over memory. Each rounds as
// those do one after another, so that the results are the same to the bit.
var fused = Area{Name: "fused", Kernels: []Kernel{
	three("Addcmul", func(f *F, x []V) V { return f.Add(f.Mul(f.Mul(x[1], x[2]), x[3]), x[0]) }, "v"),
	three("Addcdiv", func(f *F, x []V) V { return f.Add(f.Mul(f.Div(x[1], x[2]), x[3]), x[0]) }, "v"),
	three("Lerp", lerp),
	two("AddReLU", addReLU),
	right("AddNumberReLU", addReLU),
	pass("StandardizeReLU", 4, names{"dst", "a"}, names{"m", "scale", "shift"}, func(f *F, x, s []V) V {
		return relu(f, f.FMA(f.Sub(x[0], s[0]), s[1], s[2]))
	}),
}}

// three is a kernel dst = op(a, b, c), with numbers behind.
func three(field string, op func(f *F, x []V) V, numbers ...string) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		f.Map(4, "dst", names{"a", "b", "c"}, func(x []V) V { return op(f, x) }, numbers...)
	}}
}

// lerp starts from the nearer end, so that both are exact.
func lerp(f *F, x []V) V {
	a, b, w := x[0], x[1], x[2]
	d := f.Sub(b, a)
	far := f.Sub(b, f.Mul(d, f.Sub(f.Const(1), w)))
	return f.Select(f.Lt(w, f.Const(0.5)), f.Add(f.Mul(w, d), a), far)
}

func addReLU(f *F, a, b V) V { return relu(f, f.Add(a, b)) }
