package main

// random are the loops of PyTorch's generator; internal/mt19937 has them in Go,
// one number at a time, and says where they come from. Not a bit may differ.
var random = Area{Name: "random", Kernels: []Kernel{
	{Field: "Twist", Elems: []Elem{F32}, Body: (*F).twist},
	{Field: "Uniform", Elems: []Elem{F32}, Body: (*F).uniform},
	{Field: "Normal", Elems: []Elem{F32}, Body: (*F).normal},
}}

// wordsTo declares dst, of that type, and words.
func (f *F) wordsTo(typ string) (dst, n, words P) {
	dst = f.SliceOf("dst", typ)
	n = f.Len("dst")
	return dst, n, f.SliceOf("words", "uint32")
}

func (f *F) twist() {
	dst := f.SliceOf("dst", "uint32")
	n := f.Len("dst")
	upper, lower, far := f.SliceOf("upper", "uint32"), f.SliceOf("lower", "uint32"), f.SliceOf("far", "uint32")
	f.Rows(4, n, []P{dst, upper, lower, far}, func(load func(P) V, store func(V, P)) {
		low := load(lower)
		y := f.Or(f.And(load(upper), f.Bits(0x80000000)), f.And(low, f.Bits(0x7fffffff)))
		odd := f.And(f.Sar(f.Shl(low, 31), 31), f.Bits(0x9908b0df))
		store(f.Xor(f.Xor(load(far), f.Shr(y, 1)), odd), dst)
	})
}

func (f *F) temper(y V) V {
	y = f.Xor(y, f.Shr(y, 11))
	y = f.Xor(y, f.And(f.Shl(y, 7), f.Bits(0x9d2c5680)))
	y = f.Xor(y, f.And(f.Shl(y, 15), f.Bits(0xefc60000)))
	return f.Xor(y, f.Shr(y, 18))
}

// uniform is unit·span + from, where unit is the low 24 bits over 2²⁴.
func (f *F) uniform() {
	dst, n, w := f.wordsTo("float32")
	span, from := f.Scalar("span"), f.Scalar("from")
	f.Rows(2, n, []P{dst, w}, func(load func(P) V, store func(V, P)) {
		unit := f.Mul(f.ToFloat(f.And(f.temper(load(w)), f.Bits(1<<24-1))), f.Const(0x1p-24))
		store(f.FMA(unit, span, from), dst)
	})
}

// normal turns blocks of 16 uniform numbers into normal ones: number i of a
// block with number i+8. A turn of the loop takes one block, or, where a vector
// holds 16 numbers, two.
func (f *F) normal() {
	p, turns := f.Pointer("p"), f.Int("turns")
	mean, std := f.Scalar("mean"), f.Scalar("std")
	pair := func(u, v V) (x, y V) {
		radius := f.Sqrt(f.Mul(f.logOfUniform(f.Sub(f.Const(1), u)), f.Const(-2)))
		sin, cos := f.sinCosOfTurn(f.Mul(v, f.Const(2*3.14159265358979323846264338327950288)))
		return f.FMA(f.Mul(radius, cos), std, mean), f.FMA(f.Mul(radius, sin), std, mean)
	}
	f.Loop(turns, func() {
		switch f.W() {
		case 16:
			four := []int{0, 16, 64, 80} // the first halves of both blocks
			half := func(at int) V {
				v := f.Quad(At(p, at))
				for i := 1; i < 4; i++ {
					f.SetQuad(v, i, At(p, at+four[i]))
				}
				return v
			}
			x, y := pair(half(0), half(32))
			for i, at := range four {
				f.StoreQuad(x, i, At(p, at))
				f.StoreQuad(y, i, At(p, at+32))
			}
			f.Advance(p, 128)
		default:
			for at := 0; at < 32; at += f.Bytes() {
				x, y := pair(f.Load(At(p, at)), f.Load(At(p, at+32)))
				f.Store(x, At(p, at))
				f.Store(y, At(p, at+32))
			}
			f.Advance(p, 64)
		}
	})
}

// logOfUniform is mt19937's log32.
func (f *F) logOfUniform(x V) V {
	exp := f.ToFloat(f.ISub(f.Shr(x, 23), f.Bits(126)))
	m := f.Or(f.And(x, f.Bits(1<<23-1)), f.Const(0.5))
	low := f.Lt(m, f.Const(0.707106781186547524400844362104849039))
	exp = f.Select(low, f.Sub(exp, f.Const(1)), exp)
	less := f.Sub(m, f.Const(1))
	m = f.Select(low, f.Add(m, less), less)
	z := f.Mul(m, m)
	y := f.Mul(f.Poly(m, 3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1,
		-1.2420140846e-1, 1.1676998740e-1, -1.1514610310e-1, 7.0376836292e-2), m)
	y = f.FMA(y, z, f.Mul(exp, f.Const(-2.12194440e-4)))
	y = f.FMA(z, f.Const(-0.5), y)
	return f.FMA(exp, f.Const(0.693359375), f.Add(m, y))
}

// sinCosOfTurn is mt19937's sincos32.
func (f *F) sinCosOfTurn(x V) (sin, cos V) {
	octant := f.ToInt(f.Round(f.Mul(x, f.Const(4/3.14159265358979323846264338327950288)), Trunc))
	octant = f.And(f.IAdd(octant, f.Bits(1)), f.Bits(0xfffffffe))
	turn := f.ToFloat(octant)
	for _, part := range []float64{-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8} {
		x = f.FMA(turn, f.Reg(f.Const(part)), x)
	}
	z := f.Mul(x, x)
	s := f.FMA(f.Mul(f.Poly(z, -1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4), z), x, x)
	c := f.Mul(f.Poly(z, 4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5), z)
	c = f.Add(f.FMA(c, z, f.Mul(z, f.Const(-0.5))), f.Const(1))
	swap := f.IEq(f.And(octant, f.Bits(2)), f.Reg(f.Bits(2)))
	negative := func(v, octant V) V { return f.Xor(v, f.Shl(f.And(octant, f.Bits(4)), 29)) }
	sin = negative(f.Select(swap, c, s), octant)
	return sin, negative(f.Select(swap, s, c), f.IAdd(octant, f.Bits(2)))
}
