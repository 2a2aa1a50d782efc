package main

var ab = []string{"a", "b"}

// two is a kernel dst = op(a, b), cheap enough to be bound by memory.
func two(field string, op func(f *F, a, b V) V) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		f.Map(4, "dst", ab, func(x []V) V { return op(f, x[0], x[1]) })
	}}
}

// one is a kernel dst = op(a) with the given unrolling.
func one(field string, unroll int, op func(f *F, x V) V) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		f.Map(unroll, "dst", []string{"a"}, func(x []V) V { return op(f, x[0]) })
	}}
}

var arith = Area{Name: "arith", Kernels: []Kernel{
	two("Add", (*F).Add),
	two("Sub", (*F).Sub),
	two("Mul", (*F).Mul),
	two("Div", (*F).Div),
	one("ReLU", 4, relu),
	one("Sqrt", 4, (*F).Sqrt),
	one("Rsqrt", 4, func(f *F, x V) V { return f.Div(f.Const(1), f.Sqrt(x)) }),
	one("Reciprocal", 4, func(f *F, x V) V { return f.Div(f.Const(1), x) }),
}}

// relu keeps NaN and -0.
func relu(f *F, x V) V {
	return f.Select(f.Lt(x, f.Zero()), f.Zero(), x)
}
