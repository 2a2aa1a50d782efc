package main

import "math"

// fmod is a - q·b, q = a/b cut to an integer. Rounding may have taken the quotient
// to the next integer, which the remainder's sign shows; all of it is exact. It
// is NaN where the quotient is too large, and where C's fmod is.
func fmod(f *F, a, b V) V {
	q := f.Round(f.Div(a, b), Trunc)
	r := f.FNMA(q, b, a)
	over := f.MAnd(f.negative(f.Xor(r, a)), f.Ne(r, f.Zero()))
	r = f.Select(over, f.Add(r, f.Or(f.Abs(b), f.And(a, f.SignBit()))), r)
	r = f.Or(f.Abs(r), f.And(a, f.SignBit()))
	r = f.Select(f.Lt(f.Abs(q), f.Const(map[int]float64{4: 1 << 22, 8: 1 << 51}[f.Size])), r, f.Const(math.NaN()))
	return f.Select(f.Eq(q, f.Zero()), a, r)
}

// modulo is fmod, and where its sign is not b's.
func modulo(f *F, a, b V) (m V, away M) {
	m = fmod(f, a, b)
	return m, f.MAnd(f.negative(f.Xor(m, b)), f.Ne(m, f.Zero()))
}

// floorDiv is (a - m)/b, an integer but for its last rounding, less one where m has
// not b's sign.
func floorDiv(f *F, a, b V) V {
	m, away := modulo(f, a, b)
	q := f.Div(f.Sub(a, m), b)
	q = f.Select(away, f.Sub(q, f.Const(1)), q)
	v := f.Round(q, Floor)
	v = f.Select(f.Gt(f.Sub(q, v), f.Const(0.5)), f.Add(v, f.Const(1)), v)
	plain := f.Div(a, b)
	v = f.Select(f.Eq(q, f.Zero()), f.And(plain, f.SignBit()), v)
	return f.Select(f.Eq(b, f.Zero()), plain, v)
}

// nextAfter works on the bits: the words of numbers of one sign are in the order
// of their sizes.
func nextAfter(f *F, x, y V) V {
	up, positive := f.Lt(x, y), f.Gt(x, f.Zero())
	grows := f.MOr(f.MAnd(up, positive), f.MNot(f.MOr(up, positive)))
	v := f.Select(grows, f.IAdd(x, f.Bits(1)), f.ISub(x, f.Bits(1)))
	v = f.Select(f.Eq(x, f.Zero()), f.Or(f.And(y, f.SignBit()), f.Bits(1)), v)
	v = f.Select(f.MOr(f.Eq(x, y), f.Ne(y, y)), y, v)
	return f.Select(f.Ne(x, x), x, v)
}
