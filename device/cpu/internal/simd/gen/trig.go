package main

import "math"

// The functions of angles hold up to a size that simd.Math names: they return
// the largest |a| of the row, so that the caller can do better beyond it.

// quarter is π/2 as the sum of three float32 (Cody & Waite 1980, section 8).
var quarter = [3]float64{0x1.921fb6p+0, -0x1.777a5cp-25, -0x1.ee59dap-50}

// turns takes x = n·π/2 + r + low apart; the lowest bits of count are n.
func turns(f *F, x V) (count, r, low V) {
	shift := f.Const(3 << 22)
	count = f.FMA(x, f.Const(2/math.Pi), f.Reg(shift))
	n := f.Sub(count, shift)
	s := f.FNMA(n, f.Const(quarter[0]), x) // exact
	p := f.Mul(n, f.Const(quarter[1]))
	lost := f.FNMA(n, f.Const(quarter[1]), p) // exact too
	r = f.Sub(s, p)
	b := f.Sub(r, s) // what the rounding of r lost, after Knuth
	low = f.Add(f.Sub(f.Sub(s, f.Sub(r, b)), f.Add(p, b)), lost)
	return count, r, f.FNMA(n, f.Const(quarter[2]), low)
}

// sine is sin or cos of r + low: the one that the last bit of count says.
func sine(f *F, count, r, low V) V {
	s := f.Mul(r, r)
	p := f.Poly(s, -0.1666666716337204, 0.008333371952176094, -0.00019849816453643143, 2.798663444991689e-06)
	sin := f.Add(r, f.FMA(f.Mul(s, r), p, low))
	q := f.Poly(s, 0.0416666679084301, -0.0013888971880078316, 2.4818715246510692e-05, -2.855347247532336e-07)
	cos := f.Add(f.FMA(s, f.Const(-0.5), f.Const(1)), f.FMA(f.Mul(s, s), q, f.Neg(f.Mul(r, low))))
	odd := f.IEq(f.And(count, f.Bits(1)), f.Bits(1))
	return f.Xor(f.Select(odd, cos, sin), f.Shl(f.And(count, f.Bits(2)), 30))
}

func sin(f *F, x V) V {
	count, r, low := turns(f, x)
	return keepTiny(f, x, sine(f, count, r, low))
}

func cos(f *F, x V) V {
	count, r, low := turns(f, x)
	return sine(f, f.IAdd(count, f.Bits(1)), r, low)
}

// tan is that of r + low, or -1 over it.
func tan(f *F, x V) V {
	count, r, low := turns(f, x)
	s := f.Mul(r, r)
	p := f.Poly(s, 0.3333335518836975, 0.13332483172416687, 0.05407995730638504, 0.02117970958352089, 0.011100094765424728,
		-0.0002446848666295409, 0.004541005007922649)
	small := f.FMA(f.Mul(s, r), p, f.FMA(low, s, low))
	t := f.Add(r, small)
	small = f.Sub(small, f.Sub(t, r)) // what t lacks
	y := f.Div(f.Const(-1), t)
	inverse := f.FMA(y, f.FMA(y, small, f.FMA(y, t, f.Const(1))), y)
	odd := f.IEq(f.And(count, f.Bits(1)), f.Bits(1))
	return keepTiny(f, x, f.Select(odd, inverse, t))
}

// keepTiny is v, or x where that is what v must be: so -0 stays.
func keepTiny(f *F, x, v V) V {
	return f.Select(f.Lt(f.Abs(x), f.Const(0x1p-13)), x, v)
}

// angle is a kernel dst = op(a) for float32 that returns the largest |a|.
func angle(field string, op func(f *F, x V) V) Kernel {
	return onlySingle(Kernel{Field: field, Body: func(f *F) {
		dst := f.Slice("dst")
		n := f.Len("dst")
		a := f.Slice("a")
		most := f.Var(f.Zero())
		f.rows(min(4, f.width), f.abreast, n, []P{dst, a}, func(load func(P) V, store func(V, P)) {
			x := load(a)
			// One instruction, since vectors go abreast; NaN is not the largest on every target.
			f.add(instruction{op: "max", dst: most.value, src: []*value{f.Abs(x).value, most.value}})
			store(op(f, x), dst)
		})
		f.Return(f.Fold("max", most))
	}})
}
