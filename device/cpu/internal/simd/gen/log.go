package main

import "math"

// mantissa takes a positive normal x apart: x = m·2^e, √½ <= m < √2.
func mantissa(f *F, x V) (e, m V) {
	root, bias, bits := uint64(0x3f3504f3), 127.0, 23
	if f.Size == 8 {
		root, bias, bits = 0x3fe6a09e667f3bcd, 1023, 52
	}
	k := f.Shr(f.IAdd(x, f.Bits(uint64(bias)<<bits-root)), bits)
	m = f.ISub(x, f.Shl(f.ISub(k, f.Bits(uint64(bias))), bits))
	return f.Sub(f.ToFloat(k), f.Const(bias)), m
}

// log is ln x.
func log(f *F, x V) V {
	least, up := 0x1p-126, 23.0
	if f.Size == 8 {
		least, up = 0x1p-1022, 52
	}
	tiny := f.Lt(x, f.Const(least)) // denormal numbers are scaled up
	e, m := mantissa(f, f.Select(tiny, f.Mul(x, f.Const(math.Ldexp(1, int(up)))), x))
	e = f.Sub(e, f.Select(tiny, f.Const(up), f.Zero()))
	return logEdges(f, x, logOf(f, e, f.Sub(m, f.Const(1))), 0)
}

// logOf is e·ln2 + ln(1+r).
func logOf(f *F, e, r V) V {
	hi, lo := f.ln2()
	half := f.Mul(f.Mul(r, r), f.Const(0.5))
	if f.Size == 4 { // r - r²/2 + r³·P(r)
		p := f.Poly(r, 0.3333335518836975, -0.2500085234642029, 0.1999976634979248, -0.16621315479278564,
			0.14228099584579468, -0.13203458487987518, 0.12615187466144562, -0.07353802770376205)
		y := f.FMA(f.Mul(f.Mul(r, r), r), p, f.Mul(e, lo))
		return f.FMA(e, hi, f.Add(r, f.Sub(y, half)))
	}
	// With s = r/(2+r), ln(1+r) = 2s + s·R(s²) and 2s = r - s·r.
	s := f.Div(r, f.Add(r, f.Const(2)))
	z := f.Mul(s, s)
	p := f.Poly(z, 0.6666666666666666, 0.40000000000004887, 0.2857142856942612, 0.2222222260460413,
		0.18181778541971122, 0.15386980979194753, 0.13252317951194734, 0.13233302833305172)
	y := f.FMA(s, f.FMA(z, p, half), f.Mul(e, lo))
	return f.FMA(e, hi, f.Add(r, f.Sub(y, half)))
}

// logEdges puts in what ln(x - zero) is outside its range: NaN below zero, -Inf
// at it, and x itself for Inf and NaN.
func logEdges(f *F, x, v V, zero float64) V {
	v = f.Select(f.Lt(x, f.Const(math.Inf(1))), v, x)
	z := f.Reg(f.Const(zero))
	edge := f.Select(f.Lt(x, z), f.Const(math.NaN()), f.Const(math.Inf(-1)))
	return f.Select(f.Le(x, z), edge, v)
}

// log1p is ln(1+x). The exponent is that of 1+x, but r = 2^-e·(1+x) - 1 comes
// from x itself, so that nothing is lost where x is small.
func log1p(f *F, x V) V {
	least := f.Const(map[int]float64{4: 0x1p-30, 8: 0x1p-60}[f.Size]) // no 1+x > 0 is smaller
	e, _ := mantissa(f, f.Max(least, f.Add(x, f.Const(1))))
	s := f.Scale(f.Const(1), f.Neg(e))
	v := logOf(f, e, f.FMA(x, s, f.Sub(s, f.Const(1))))
	return logEdges(f, x, withSign(f, v, x), -1)
}
