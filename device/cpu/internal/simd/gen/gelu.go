package main

import "math"

// geluTail is a·Φ(-a) for a = |x|, where Φ is the distribution function of the
// standard normal distribution, and gelu(x) = max(x, 0) - a·Φ(-a). With
// u = a/(a+C) it is e^(-a²/2)·u·Q(2u-1). Roundings of a² and of u are followed
// up, as the exponential and the quotient would enlarge them.
func geluTail(f *F, x V) V {
	a := f.Min(f.Const(15), f.Abs(x)) // e^(-15²/2) is 0
	n, r := geluExp(f, a)
	u, y, rest := geluShare(f, a)
	du := f.Mul(y, rest)
	q := f.Poly(f.FMA(u, f.Const(2), f.Const(-1)), geluQ...)
	// u·Q(u) changes by du·Q·(1-u), nearly.
	g := f.Mul(u, q)
	over := f.FNMA(q, f.FNMA(u, du, du), f.FNMA(u, q, g)) // what is too much in g
	t, one := expQ(f, r), f.Reg(f.Const(1))
	e := f.FMA(r, t, one)
	el := f.FMA(r, t, f.Sub(one, e))
	return f.Scale(f.FMA(g, e, f.FNMA(over, e, f.Mul(g, el))), n)
}

// geluExp gives n and r of e^(-a²/2) = 2ⁿ·eʳ.
func geluExp(f *F, a V) (n, r V) {
	h := f.Mul(a, a)
	low := f.FNMA(a, a, h)
	n, r = reduce(f, f.Mul(h, f.Const(-0.5)))
	return n, f.FMA(low, f.Const(0.5), r)
}

// geluShare gives u = a/(a+C), y = 1/(a+C), and the rest a - u·(a+C).
func geluShare(f *F, a V) (u, y, rest V) {
	den := f.Add(a, f.Const(geluC))
	lost := f.Sub(a, f.Sub(den, f.Const(geluC)))
	y = nearly(f, den)
	u = f.Mul(a, y)
	return u, y, f.FNMA(u, lost, f.FNMA(u, den, a))
}

// geluGrad is dy·(Φ(x) + x·φ(x)). At -a that is e^(-a²/2)·(y·Q - a/√2π), with
// what geluTail has.
func geluGrad(f *F, dy, x V) V {
	a := f.Min(f.Const(15), f.Abs(x))
	n, r := geluExp(f, a)
	u, y, _ := geluShare(f, a)
	q := f.Poly(f.FMA(u, f.Const(2), f.Const(-1)), geluQ...)
	h := f.FNMA(a, f.Const(math.Sqrt2/math.SqrtPi/2), f.Mul(y, q))
	d := f.Scale(f.FMA(h, f.Mul(r, expQ(f, r)), h), n)
	return f.Mul(dy, slope(f, x, d))
}

// A C with few bits, and for which Q(0) is nearly a float32.
const geluC = 3.171875

var geluQ = []float64{0.734990656375885, -0.5305342078208923, 0.2609349489212036, -0.07018624991178513, -0.0030671735294163227, 0.008209765888750553,
	-0.00046037958236411214, -0.001145325368270278, 1.5862508007558063e-05, 0.00016545114340260625, 3.3016134693752974e-05}

// reluOrNaN is max(x, 0), but NaN at -Inf, where x·Φ(x) is -Inf·0.
func reluOrNaN(f *F, x V) V {
	return f.Mul(x, f.Select(f.Lt(x, f.Zero()), f.Zero(), f.Const(1)))
}

// gelu is x·Φ(x).
func gelu(f *F, x V) V { return f.Sub(reluOrNaN(f, x), geluTail(f, x)) }

// The tanh form is x·σ(v) for v = 2·√(2/π)·(x + 0.044715·x³).
const (
	geluScale = 2 * math.Sqrt2 / math.SqrtPi
	geluCubic = geluScale * 0.044715
)

// geluTanh is max(x, 0) - a·σ(-v(a)) for a = |x|. v is kept in two numbers.
func geluTanh(f *F, x V) V {
	a := f.Min(f.Const(map[int]float64{4: 12, 8: 24}[f.Size]), f.Abs(x)) // e^-v is 0 there
	v, over := geluTanhArg(f, a)
	n, r := reduce(f, f.Neg(v))
	s, scale := share(f, &a, n, f.Add(r, over))
	return f.Sub(reluOrNaN(f, x), scale(s))
}

// geluTanhGrad is dy·d/dx x·σ(v(x)).
func geluTanhGrad(f *F, dy, x V) V {
	a := f.Min(f.Const(map[int]float64{4: 12, 8: 24}[f.Size]), f.Abs(x))
	v, over := geluTanhArg(f, a)
	n, r := reduce(f, f.Neg(v))
	w := f.Mul(a, f.FMA(f.Mul(a, a), f.Const(3*geluCubic), f.Reg(f.Const(geluScale))))
	return f.Mul(dy, slope(f, x, shareGrad(f, w, n, f.Add(r, over))))
}

// geluTanhArg is v(a) = a·(k + c·a²) and what is too much in it. The upper parts of k and c
// have few bits, so that w - k is exact.
func geluTanhArg(f *F, a V) (v, over V) {
	const k, c = 1673285.0 / (1 << 20), 74821.0 / (1 << 20)
	s := f.Mul(a, a)
	sl := f.FNMA(a, a, s) // too much in s
	w := f.FMA(s, f.Const(c), f.Reg(f.Const(k)))
	wl := f.FMA(s, f.Const(c), f.Sub(f.Const(k), w)) // missing in w
	wl = f.FMA(s, f.Const(geluCubic-c), f.FNMA(sl, f.Const(c), wl))
	wl = f.Add(wl, f.Const(geluScale-k))
	v = f.Mul(a, w)
	return v, f.FNMA(a, wl, f.FNMA(a, w, v))
}
