package main

import "math"

// pow is |a|^b = e^(b·ln |a|) in float64, with the sign that a negative a gives,
// or NaN where it has no such power, and where a is 0 or one is not finite. The logarithm is the sum of two numbers, so
// that nothing is lost where its product with b is large.
//
//	source: Dekker 1971, "A floating-point technique for extending the available
//	precision", for the products and sums in two parts
func pow(f *F, a, b V) V {
	hi, lo := logPair(f, f.Abs(a))
	y := f.Mul(b, hi)
	rest := f.FMA(b, lo, f.FMA(b, hi, f.Neg(y)))
	rest = f.Select(f.Lt(f.Abs(y), f.Const(1000)), rest, f.Zero()) // beyond, it may be Inf - Inf
	low, top := f.expRange()
	n, r := reduce(f, within(f, low, y, top))
	r = f.Add(r, rest)
	v := f.Scale(f.FMA(r, expQ(f, r), f.Const(1)), n)
	return powSign(f, a, b, v)
}

// powSign gives v = |a|^b the sign that a negative a has, or makes it NaN; see pow.
func powSign(f *F, a, b, v V) V {
	whole := f.Eq(f.Round(b, Trunc), b)
	half := f.Mul(b, f.Const(0.5))
	odd := f.Ne(f.Round(half, Trunc), half)
	signed := f.Select(whole, f.Select(odd, f.Neg(v), v), f.Const(math.NaN()))
	v = f.Select(f.Lt(a, f.Zero()), signed, v)
	inf := f.Reg(f.Const(math.Inf(1)))
	ok := f.MAnd(f.MAnd(f.Lt(f.Abs(a), inf), f.Lt(f.Abs(b), inf)), f.Ne(a, f.Zero()))
	return f.Select(ok, v, f.Const(math.NaN()))
}

// logPair is ln x = 2·artanh(s) + e·ln2, s = (m-1)/(m+1), of x = m·2^e as the
// sum of two numbers: 2s + s·u, u = s²·(2/3 + s²·Q(s²)).
func logPair(f *F, x V) (hi, lo V) {
	tiny := f.Lt(x, f.Const(0x1p-1022)) // denormal numbers are scaled up
	e, m := mantissa(f, f.Select(tiny, f.Mul(x, f.Const(0x1p52)), x))
	e = f.Sub(e, f.Select(tiny, f.Const(52), f.Zero()))
	one := f.Reg(f.Const(1))
	num, den := f.Sub(m, one), f.Add(m, one)
	lost := f.Sub(m, f.Sub(den, one))
	inverse := f.Div(one, den)
	s := f.Mul(num, inverse)
	sLo := f.Mul(f.FNMA(s, lost, f.FNMA(s, den, num)), inverse)
	z := f.Mul(s, s)
	zLo := f.FMA(f.Add(s, s), sLo, f.FMA(s, s, f.Neg(z)))
	const third = 2.0 / 3
	q := f.Mul(z, f.Poly(z, 2.0/5, 2.0/7, 2.0/9, 2.0/11, 2.0/13, 2.0/15, 2.0/17, 2.0/19, 2.0/21, 2.0/23, 2.0/25))
	p := f.Add(q, f.Const(third))
	pLo := f.Add(f.Sub(q, f.Sub(p, f.Const(third))), f.Const(third*0x1p-54)) // and what float64 lacks of 2/3
	u := f.Mul(z, p)
	uLo := f.FMA(zLo, p, f.FMA(z, pLo, f.FMA(z, p, f.Neg(u))))
	two := f.Reg(f.Const(2))
	v := f.Add(u, two)
	vLo := f.Add(f.Sub(u, f.Sub(v, two)), uLo)
	l := f.Mul(s, v)
	lLo := f.FMA(sLo, v, f.FMA(s, vLo, f.FMA(s, v, f.Neg(l))))
	const ln2 = 0x1.62e42fefap-1 // few bits, so that its product with e is exact
	t := f.Mul(e, f.Const(ln2))
	hi = f.Add(t, l)
	return hi, f.Add(f.Sub(l, f.Sub(hi, t)), f.FMA(e, f.Const(math.Ln2-ln2), lLo))
}

// powShort is pow with 32 bits of digits, of numbers in the range of float32.
func powShort(f *F, a, b V) V {
	e, m := mantissa(f, f.Abs(a))
	one := f.Reg(f.Const(1))
	s := f.Div(f.Sub(m, one), f.Add(m, one))
	z := f.Mul(s, s)
	ln := f.FMA(e, f.Const(math.Ln2), f.Mul(s, f.Poly(z, 2, 2.0/3, 2.0/5, 2.0/7, 2.0/9, 2.0/11, 2.0/13)))
	n, r := reduce(f, within(f, -200, f.Mul(b, ln), 200))
	p := f.Poly(r, 1, 1, 1.0/2, 1.0/6, 1.0/24, 1.0/120, 1.0/720, 1.0/5040, 1.0/40320, 1.0/362880)
	return powSign(f, a, b, f.Scale(p, n))
}
