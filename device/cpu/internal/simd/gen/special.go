package main

import "math"

// normalTail is e^(-half·a²)·y·Q(1-2C·y), y = 1/(b+C): what geluTail is of
// without its factor a. With b = a and half = ½ it is Φ(-a), with b = √2·a and
// half = 1 that is erfc(a)/2.
func normalTail(f *F, a, b V, half float64) V {
	h := f.Mul(a, a)
	low := f.FNMA(a, a, h)
	n, r := reduce(f, f.Mul(h, f.Const(-half)))
	r = f.FMA(low, f.Const(half), r)
	y := inverse(f, b, geluC)
	g := f.Mul(y, f.Poly(f.FNMA(y, f.Const(2*geluC), f.Reg(f.Const(1))), geluQ...))
	return f.Scale(f.FMA(f.Mul(r, expQ(f, r)), g, g), n)
}

// inverse is 1/(b+c), with what the sum is rounded by.
func inverse(f *F, b V, c float64) V {
	den := f.Add(b, f.Const(c))
	lost := f.Sub(b, f.Sub(den, f.Const(c)))
	y := nearly(f, den)
	rest := f.FNMA(y, lost, f.FNMA(y, den, f.Reg(f.Const(1))))
	return f.FMA(y, rest, y)
}

func ndtr(f *F, x V) V {
	a := f.Min(f.Const(15), f.Abs(x)) // e^(-15²/2) is 0
	tail := normalTail(f, a, a, 0.5)
	return f.Select(f.Lt(x, f.Zero()), tail, f.Sub(f.Const(1), tail))
}

func erfc(f *F, x V) V {
	a := f.Min(f.Const(11), f.Abs(x)) // e^-11² is 0
	tail := normalTail(f, a, f.Mul(a, f.Const(math.Sqrt2)), 1)
	tail = f.Add(tail, tail)
	return f.Select(f.Lt(x, f.Zero()), f.Sub(f.Const(2), tail), tail)
}

// besselI0 is e^-a·I0(a) = √y·Q(1-2C·y) for a = |x| and y = 1/(a+C).
func besselI0(f *F, x V) V {
	y := inverse(f, f.Abs(x), besselC)
	return zeroAtInf(f, x, f.Mul(f.Sqrt(y), f.Poly(besselAt(f, y), besselQ0...)))
}

// besselI1 is e^-a·I1(x) = √y·(y·x)·Q(1-2C·y).
func besselI1(f *F, x V) V {
	y := inverse(f, f.Abs(x), besselC)
	return zeroAtInf(f, x, f.Mul(f.Mul(f.Sqrt(y), f.Mul(y, x)), f.Poly(besselAt(f, y), besselQ1...)))
}

func besselAt(f *F, y V) V { return f.FNMA(y, f.Const(2*besselC), f.Reg(f.Const(1))) }

func zeroAtInf(f *F, x, v V) V {
	return f.Select(f.Eq(f.Abs(x), f.Const(math.Inf(1))), f.Zero(), v)
}

// grown is e^|x|·v, NaN where x is infinite.
func grown(f *F, x, v V) V {
	n, r := reduce(f, f.Min(f.Const(100), f.Abs(x)))
	e := f.Scale(f.FMA(f.Mul(r, expQ(f, r)), v, v), n)
	return f.Add(e, f.Sub(x, x))
}

const besselC = 3

var besselQ0 = []float64{0.5952268838882446, -0.38099750876426697, 0.38420864939689636, -0.3549996614456177, 0.15741346776485443,
	0.10847378522157669, -0.11751992255449295, -0.08757948875427246, 0.06252959370613098, 0.10858748108148575,
	-0.00037454772973433137, -0.11598656326532364, -0.046871915459632874, 0.0918831080198288, 0.05163922905921936,
	-0.05021386966109276, -0.026085948571562767, 0.01693580113351345, 0.005331067834049463, -0.0026573543436825275}

var besselQ1 = []float64{0.9642500281333923, -1.0534030199050903, 0.7000255584716797, -0.11085108667612076, -0.25419849157333374,
	0.09384480118751526, 0.1607677936553955, -0.014026513323187828, -0.12689879536628723, -0.07600866258144379,
	0.0760546550154686, 0.1459989994764328, -0.014059154316782951, -0.15602147579193115, -0.019851407036185265,
	0.10494718700647354, 0.016498446464538574, -0.041282281279563904, -0.004079403821378946, 0.007235100492835045}
