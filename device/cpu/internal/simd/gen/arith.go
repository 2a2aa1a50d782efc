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

// right is op(a, b) for one number b, left op(b, a).
func right(field string, op func(f *F, a, b V) V) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		f.Map(4, "dst", []string{"a"}, func(x []V) V { return op(f, x[0], x[1]) }, "b")
	}}
}

func left(field string, op func(f *F, a, b V) V) Kernel {
	return right(field, func(f *F, a, b V) V { return op(f, b, a) })
}

func rounded1(field string, mode int) Kernel {
	return one(field, 4, func(f *F, x V) V { return f.Round(x, mode) })
}

var arith = Area{Name: "arith", Kernels: []Kernel{
	two("Add", (*F).Add),
	two("Sub", (*F).Sub),
	two("Mul", (*F).Mul),
	two("Div", (*F).Div),
	two("Maximum", maximum),
	two("Minimum", minimum),
	right("AddNumber", (*F).Add),
	right("SubNumber", (*F).Sub),
	right("MulNumber", (*F).Mul),
	right("DivNumber", (*F).Div),
	right("MaxNumber", maximum),
	right("MinNumber", minimum),
	left("NumberSub", (*F).Sub),
	left("NumberDiv", (*F).Div),
	one("Neg", 4, (*F).Neg),
	one("Abs", 4, (*F).Abs),
	one("Sign", 4, sign),
	rounded1("Floor", Floor),
	rounded1("Ceil", Ceil),
	rounded1("Round", Nearest),
	rounded1("Trunc", Trunc),
	one("ReLU", 4, relu),
	one("Sqrt", 4, (*F).Sqrt),
	one("Rsqrt", 4, func(f *F, x V) V { return f.Div(f.Const(1), f.Sqrt(x)) }),
	one("Reciprocal", 4, func(f *F, x V) V { return f.Div(f.Const(1), x) }),
	grad("ReLUGrad", func(f *F, dy, y V) V { return f.Select(f.Le(y, f.Zero()), f.Zero(), dy) }),
	grad("TanhGrad", func(f *F, dy, y V) V { return f.Mul(dy, f.FNMA(y, y, f.Reg(f.Const(1)))) }),
	grad("SigmoidGrad", func(f *F, dy, y V) V { return f.Mul(f.Mul(dy, y), f.Sub(f.Const(1), y)) }),
}}

// grad is a kernel dst = op(dy, y).
func grad(field string, op func(f *F, dy, y V) V) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		f.Map(4, "dst", []string{"dy", "y"}, func(x []V) V { return op(f, x[0], x[1]) })
	}}
}

// maximum is NaN where a or b is, and 0 where they are 0 and -0.
func maximum(f *F, a, b V) V {
	m := f.Select(f.Eq(a, b), f.And(a, b), f.Max(a, b))
	return f.Select(f.Ne(a, a), a, m)
}

// minimum is NaN where a or b is, and -0 where they are 0 and -0.
func minimum(f *F, a, b V) V {
	m := f.Select(f.Eq(a, b), f.Or(a, b), f.Min(a, b))
	return f.Select(f.Ne(a, a), a, m)
}

// sign is 0 for NaN.
func sign(f *F, x V) V {
	one := f.Or(f.And(x, f.SignBit()), f.Const(1))
	return f.Select(f.Eq(f.Abs(x), f.Abs(x)), f.Select(f.Eq(x, f.Zero()), f.Zero(), one), f.Zero())
}

// relu keeps NaN and -0.
func relu(f *F, x V) V {
	return f.Select(f.Lt(x, f.Zero()), f.Zero(), x)
}
