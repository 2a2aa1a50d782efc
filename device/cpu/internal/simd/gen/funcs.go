package main

import "math"

// funcs are more functions of one or two numbers; simd/funcs.go says
// what they are.
var funcs = Area{Name: "funcs", Kernels: []Kernel{
	one("Exp2", 4, exp2),
	one("Log2", 4, log2Of),
	one("Log10", 4, log10),
	one("Acos", 4, acos),
	one("Asin", 4, asin),
	one("Atan", 4, func(f *F, x V) V { return atan2(f, x, f.Reg(f.Const(1))) }),
	one("Cosh", 4, cosh),
	one("Sinh", 4, sinh),
	two("Atan2", atan2),
	two("CopySign", func(f *F, a, b V) V { return f.Or(f.Abs(a), f.And(b, f.SignBit())) }),
	one("Frac", 4, func(f *F, x V) V { return f.Sub(x, f.Round(x, Trunc)) }),
	one("Hardsigmoid", 4, func(f *F, x V) V { return f.Div(within(f, 0, f.Add(x, f.Const(3)), 6), f.Const(6)) }),
	one("Hardswish", 4, func(f *F, x V) V {
		return f.Div(f.Mul(within(f, 0, f.Add(x, f.Const(3)), 6), x), f.Const(6))
	}),
	two("Hardshrink", hardshrink),
	right("HardshrinkNumber", hardshrink),
	two("Softshrink", softshrink),
	right("SoftshrinkNumber", softshrink),
	two("Heaviside", func(f *F, a, b V) V {
		step := f.Select(f.Gt(a, f.Zero()), f.Const(1), f.Zero())
		return f.Select(f.Eq(a, f.Zero()), b, step)
	}),
	one("Angle", 4, func(f *F, x V) V {
		side := f.Select(f.Lt(x, f.Zero()), f.Const(math.Pi), f.Zero())
		return f.Select(f.Ne(x, x), x, side)
	}),
	two("PReLU", prelu),
	right("PReLUNumber", prelu),
	three("Threshold", func(f *F, x []V) V { return f.Select(f.Le(x[0], x[1]), x[2], x[0]) }),
	one("Softsign", 4, func(f *F, x V) V { return f.Div(x, f.Add(f.Abs(x), f.Const(1))) }),
	numbers("Softplus", func(f *F, x []V) V { return softplus(f, x[0], x[1], x[2]) }, "beta", "threshold"),
	numbers("NaNToNum", func(f *F, x []V) V {
		y := f.Select(f.Eq(x[0], f.Const(math.Inf(1))), x[2], x[0])
		y = f.Select(f.Eq(x[0], f.Const(math.Inf(-1))), x[3], y)
		return f.Select(f.Ne(x[0], x[0]), x[1], y)
	}, "nan", "top", "bottom"),
	two("LogAddExp", logAddExp),
	two("Hypot", hypot),
	two("Fmod", fmod),
	two("Remainder", func(f *F, a, b V) V { m, away := modulo(f, a, b); return f.Select(away, f.Add(m, b), m) }),
	two("FloorDiv", floorDiv),
	two("NextAfter", nextAfter),
	{Field: "Pow", Elems: []Elem{F64}, Body: func(f *F) {
		f.Map(4, "dst", ab, func(x []V) V { return pow(f, x[0], x[1]) })
	}},
	{Field: "PowShort", Elems: []Elem{F64}, Body: func(f *F) {
		f.Map(4, "dst", ab, func(x []V) V { return powShort(f, x[0], x[1]) })
	}},
	three("ExpUnit", func(f *F, x []V) V {
		return f.Select(f.Gt(x[0], f.Zero()), x[0], f.Mul(x[1], expm1(f, f.Mul(x[0], x[2]))))
	}),
}}

func hardshrink(f *F, a, b V) V { return f.Select(f.Le(f.Abs(a), b), f.Zero(), a) }

func softshrink(f *F, a, b V) V { return f.Sub(a, f.Min(b, f.Max(f.Neg(b), a))) }

func prelu(f *F, a, b V) V { return f.Select(f.Gt(a, f.Zero()), a, f.Mul(a, b)) }

// exp2 is 2ⁿ·e^(r·ln2) for x = n + r, which is exact.
func exp2(f *F, x V) V {
	lo, hi := -151.0, 129.0
	if f.Size == 8 {
		lo, hi = -1076, 1025
	}
	x = within(f, lo, x, hi)
	n := f.Round(x, Nearest)
	r := f.Mul(f.Sub(x, n), f.Const(math.Ln2))
	return f.Scale(f.FMA(r, expQ(f, r), f.Const(1)), n)
}

// parts are e and ln m of x = m·2^e, √½ <= m < √2.
func parts(f *F, x V) (e, ln V) {
	least, up := 0x1p-126, 23.0
	if f.Size == 8 {
		least, up = 0x1p-1022, 52
	}
	tiny := f.Lt(x, f.Const(least)) // denormal numbers are scaled up
	e, m := mantissa(f, f.Select(tiny, f.Mul(x, f.Const(math.Ldexp(1, int(up)))), x))
	e = f.Sub(e, f.Select(tiny, f.Const(up), f.Zero()))
	return e, logOf(f, f.Zero(), f.Sub(m, f.Const(1)))
}

// split is c as the sum of two numbers of the lanes; hi has few enough bits
// that its product with an exponent is exact.
func (f *F) split(c float64) (hi, lo V) {
	h := math.Float64frombits(math.Float64bits(c) &^ (1<<41 - 1)) // 12 bits
	if f.Size == 8 {
		h = math.Float64frombits(math.Float64bits(c) &^ (1<<12 - 1))
	}
	return f.Const(h), f.Const(c - h)
}

// log2Of is e + ln m/ln 2.
func log2Of(f *F, x V) V {
	e, ln := parts(f, x)
	hi, lo := f.Const(math.Log2E), f.Const(math.Log2E-float64(float32(math.Log2E)))
	if f.Size == 8 {
		lo = f.Const(0x1.777d0ffda0d24p-56) // log2(e) less its float64
	}
	return logEdges(f, x, f.FMA(ln, hi, f.FMA(ln, lo, e)), 0)
}

// log10 is e·log10(2) + ln m/ln 10.
func log10(f *F, x V) V {
	e, ln := parts(f, x)
	hi, lo := f.split(math.Ln2 / math.Ln10)
	return logEdges(f, x, f.FMA(e, hi, f.FMA(ln, f.Const(math.Log10E), f.Mul(e, lo))), 0)
}

// halfPi is π/2 as the sum of two numbers of the lanes.
func (f *F) halfPi() (hi, lo V) {
	if f.Size == 4 {
		const h = 0x1.921fb6p+0
		return f.Const(h), f.Const(math.Pi/2 - h)
	}
	return f.Const(0x1.921fb54442d18p+0), f.Const(0x1.1a62633145c07p-54)
}

// asinP is (arcsin x - x)/x³ of s = x² <= ¼.
func asinP(f *F, s V) V {
	if f.Size == 4 {
		return f.Poly(s, 0.16666753590106964, 0.07495276629924774, 0.04547145217657089, 0.024178795516490936, 0.04216250032186508)
	}
	return f.Poly(s, 0.1666666666666676, 0.07499999999971095, 0.044642857174224136, 0.03038194272950777, 0.022372214318213676,
		0.017351624732641444, 0.013980662389073067, 0.011400238094136402, 0.01077270078341017, 0.0037352343200085705,
		0.021636856974466507, -0.020898809490814328, 0.03256583927490458)
}

// arc gives the arcsine v + q of v = |x| where that is up to ½, and otherwise of
// v = √((1-|x|)/2), with which arcsin |x| = π/2 - 2(v + q).
func arc(f *F, x V) (v, q V, large M) {
	a := f.Abs(x)
	half := f.Const(0.5)
	large = f.Gt(a, half)
	s := f.Select(large, f.Mul(f.Sub(f.Const(1), a), half), f.Mul(a, a))
	v = f.Select(large, f.Sqrt(s), a)
	return v, f.Mul(f.Mul(v, s), asinP(f, s)), large
}

func asin(f *F, x V) V {
	v, q, large := arc(f, x)
	hi, lo := f.halfPi()
	big := f.Sub(f.Sub(f.Reg(hi), f.Add(v, v)), f.Sub(f.Add(q, q), lo))
	return f.Or(f.Select(large, big, f.Add(v, q)), f.And(x, f.SignBit()))
}

// acos is 2y or π - 2y for y = v + q, and π/2 - arcsin x in the middle.
func acos(f *F, x V) V {
	v, q, large := arc(f, x)
	hi, lo := f.halfPi()
	y := f.Add(v, q)
	twice := f.Add(y, y)
	y = f.Or(y, f.And(x, f.SignBit()))
	left := f.Add(f.Reg(hi), f.Sub(f.Reg(hi), f.Sub(twice, f.Add(f.Reg(lo), lo))))
	return f.Select(large, f.Select(f.Lt(x, f.Zero()), left, twice), f.Sub(f.Reg(hi), f.Sub(y, lo)))
}

// atanP is (arctan x - x)/x³ of s = x² <= 1.
func atanP(f *F, s V) V {
	if f.Size == 4 {
		return f.Poly(s, -0.33333295583724976, 0.19998453557491302, -0.1426330804824829, 0.10947579145431519, -0.08390610665082932,
			0.05774618685245514, -0.030974017456173897, 0.01080822478979826, -0.0017704167403280735)
	}
	return f.Poly(s, -0.3333333333333305, 0.19999999999948692, -0.14285714282430603, 0.11111111003070195, -0.09090906936789253,
		0.07692279100140803, -0.06666398235336478, 0.05880494215121533, -0.05253372740204917, 0.047218377827638054,
		-0.042179326019381215, 0.036616927426597876, -0.029864802868332926, 0.02193745271999353, -0.013856385748353765,
		0.007165514589975707, -0.0028690958167492484, 0.00082577409857579, -0.0001509669088532969, 1.3106194468563715e-05)
}

// atan2 is the angle of the point (x, y): that of the smaller coordinate over
// the larger one, seen from the axis that is next.
func atan2(f *F, y, x V) V {
	a, b := f.Abs(y), f.Abs(x)
	steep := f.Gt(a, b)
	small, large := f.Min(a, b), f.Max(a, b)
	z := f.Select(f.Eq(small, large), f.Select(f.Eq(large, f.Zero()), f.Zero(), f.Const(1)), f.Div(small, large)) // 0/0, Inf/Inf
	s := f.Mul(z, z)
	v := f.FMA(f.Mul(z, s), atanP(f, s), z)
	hi, lo := f.halfPi()
	v = f.Select(steep, f.Sub(f.Reg(hi), f.Sub(v, lo)), v)
	left := f.Add(f.Reg(hi), f.Sub(f.Reg(hi), f.Sub(v, f.Add(f.Reg(lo), lo))))
	v = f.Select(f.negative(x), left, v)
	v = f.Or(v, f.And(y, f.SignBit()))
	return f.Select(f.Unordered(f.inReg(y), f.inReg(x)), f.Add(y, x), v)
}

// negative tells where the sign is minus, of 0 too.
func (f *F) negative(x V) M {
	return f.Lt(f.Or(f.And(x, f.SignBit()), f.Const(1)), f.Zero())
}

// halfExp is e^a/2 for a >= 0, infinite where e^a - e^-a over 2 is.
func halfExp(f *F, a V) V {
	_, hi := f.expRange()
	n, r := reduce(f, f.Min(f.Const(hi+2), a))
	return f.Scale(f.Mul(f.FMA(r, expQ(f, r), f.Const(1)), f.Const(0.5)), n)
}

func cosh(f *F, x V) V {
	h := halfExp(f, f.Abs(x))
	return f.Add(h, f.Div(f.Const(0.25), h))
}

// sinh is x + x³·P(x²) up to 1, and the half of e^|x| - e^-|x| beyond.
func sinh(f *F, x V) V {
	a := f.Abs(x)
	h := halfExp(f, a)
	s := f.Mul(a, a)
	var p V
	if f.Size == 4 {
		p = f.Poly(s, 0.1666666716337204, 0.008333316072821617, 0.00019841419998556376, 2.7915382361243246e-06)
	} else {
		p = f.Poly(s, 0.16666666666666666, 0.008333333333333519, 0.0001984126984113355, 2.7557319273633615e-06, 2.5052098436572166e-08,
			1.6060161067945112e-10, 7.581135625977607e-13, 4.420998513320708e-15)
	}
	v := f.Select(f.Lt(a, f.Const(1)), f.FMA(f.Mul(a, s), p, a), f.Sub(h, f.Div(f.Const(0.25), h)))
	return f.Or(v, f.And(x, f.SignBit()))
}

// numbers is a kernel of one row and some numbers.
func numbers(field string, op func(f *F, x []V) V, scalars ...string) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		f.Map(4, "dst", []string{"a"}, func(x []V) V { return op(f, x) }, scalars...)
	}}
}

// softplus is ln(1 + e^z)/beta for z = beta·x, and x where z is beyond the threshold.
func softplus(f *F, x, beta, threshold V) V {
	z := f.Mul(x, beta)
	soft := f.Add(relu(f, z), log1p(f, expNeg(f, f.Neg(f.Abs(z)))))
	return f.Select(f.Gt(z, threshold), x, f.Div(soft, beta))
}

// logAddExp is max(a, b) + ln(1 + e^-|a-b|); equal infinities have no distance.
func logAddExp(f *F, a, b V) V {
	d := f.Select(f.Eq(a, b), f.Zero(), f.Abs(f.Sub(a, b)))
	return f.Add(maximum(f, a, b), log1p(f, expNeg(f, f.Neg(d))))
}

// hypot is m·√(1 + (n/m)²) for the larger m and the smaller n; an infinity counts
// more than NaN.
func hypot(f *F, a, b V) V {
	a, b = f.Abs(a), f.Abs(b)
	m, n := f.Max(a, b), f.Min(a, b)
	r := f.Div(n, m)
	v := f.Select(f.Eq(m, f.Zero()), f.Zero(), f.Mul(m, f.Sqrt(f.FMA(r, r, f.Reg(f.Const(1))))))
	v = f.Select(f.Unordered(a, b), f.Add(a, b), v)
	inf := f.Reg(f.Const(math.Inf(1)))
	return f.Select(f.MOr(f.Eq(a, inf), f.Eq(b, inf)), inf, v)
}
