package main

import "math"

// Coefficients here come from scripts/minimax.py, which names each by its function.

// ln2hi + ln2lo is ln 2 to more bits than the lanes have.
func (f *F) ln2() (hi, lo V) {
	if f.Size == 4 {
		const h = 0x1.62e43p-1
		return f.Const(h), f.Const(math.Ln2 - h)
	}
	const h = 0x1.62e42fefa39efp-1
	return f.Const(h), f.Const(math.Ln2 - h)
}

// reduce gives the integral n and the r within ±ln2/2 of x = n·ln2 + r.
func reduce(f *F, x V) (n, r V) {
	shift := f.Const(map[int]float64{4: 3 << 22, 8: 3 << 51}[f.Size]) // adding it rounds to an integer
	n = f.Sub(f.FMA(x, f.Const(math.Log2E), f.Reg(shift)), shift)
	hi, lo := f.ln2()
	return n, f.FNMA(n, lo, f.FNMA(n, hi, x))
}

// expQ is (eʳ - 1) / r for r within ±ln2/2.
func expQ(f *F, r V) V {
	if f.Size == 4 {
		return f.Poly(r, 1.0, 0.49999988079071045, 0.166665181517601, 0.04166964814066887, 0.008368946611881256, 0.0013745325850322843)
	}
	return f.Poly(r, 1.0, 0.5, 0.16666666666666685, 0.041666666666666526, 0.008333333333315995, 0.0013888888888968006,
		0.00019841269898513518, 2.4801587155248963e-05, 2.7557233039832656e-06, 2.755741770284334e-07, 2.511259393317407e-08, 2.0871063566459838e-09)
}

// within limits x to lo…hi; NaN stays.
func within(f *F, lo float64, x V, hi float64) V {
	return f.Min(f.Const(hi), f.Max(f.Const(lo), x))
}

// expRange is where eˣ is neither 0 nor infinite, and a little more.
func (f *F) expRange() (lo, hi float64) {
	if f.Size == 4 {
		return -105, 89
	}
	return -746, 710
}

// exp is eˣ.
func exp(f *F, x V) V {
	lo, hi := f.expRange()
	n, r := reduce(f, within(f, lo, x, hi))
	return f.Scale(f.FMA(r, expQ(f, r), f.Const(1)), n)
}

// expNeg is eˣ for x <= 0.
func expNeg(f *F, x V) V {
	lo, _ := f.expRange()
	n, r := reduce(f, f.Max(f.Const(lo), x))
	return f.Scale(f.FMA(r, expQ(f, r), f.Const(1)), n)
}

// expm1 is eˣ - 1 = 2ⁿ·(eʳ-1) + (2ⁿ-1), of half the size so that 2ⁿ stays finite.
func expm1(f *F, x V) V {
	_, hi := f.expRange()
	lo := map[int]float64{4: -20, 8: -40}[f.Size]
	n, r := reduce(f, within(f, lo, x, hi))
	half := f.Scale(f.Const(0.5), n)
	p := f.FMA(f.Mul(r, expQ(f, r)), half, f.Sub(half, f.Const(0.5)))
	return withSign(f, f.Add(p, p), x)
}

// withSign is v, which has the sign of x already unless it is 0.
func withSign(f *F, v, x V) V { return f.Or(v, f.And(x, f.SignBit())) }

// tanh is x + x³·P(x²) near 0, and 1 - 2/(e^2|x| + 1) with x's sign elsewhere.
func tanh(f *F, x V) V {
	a := f.Abs(x)
	n, r := reduce(f, f.Min(f.Const(map[int]float64{4: 20, 8: 40}[f.Size]), f.Add(a, a)))
	e := f.Scale(f.FMA(r, expQ(f, r), f.Const(1)), n)
	big := f.FNMA(nearly(f, f.Add(e, f.Const(1))), f.Const(2), f.Reg(f.Const(1)))
	s := f.Mul(x, x)
	var p V
	if f.Size == 4 {
		p = f.Poly(s, -0.3333328068256378, 0.13331419229507446, -0.053738292306661606, 0.02063542976975441, -0.005701635032892227)
	} else {
		p = f.Poly(s, -0.33333333333333315, 0.13333333333329983, -0.05396825396616629, 0.021869488471209442, -0.008863234347091992, 0.003592114305245243,
			-0.001455727738849334, 0.0005894588424801548, -0.00023703010721104955, 9.158892298911681e-05, -3.021640306771011e-05, 6.054708118202181e-06)
	}
	small := f.FMA(f.Mul(p, s), a, a)
	return f.Or(f.Select(f.Lt(a, f.Const(0.625)), small, big), f.And(x, f.SignBit()))
}

// erf is x + x·P(x²) near 0, and 1 - e^G(|x|) with x's sign elsewhere.
func erf(f *F, x V) V {
	s := f.Mul(x, x)
	p := f.Poly(s, 0.12837916612625122, -0.37612631916999817, 0.1128368154168129, -0.026859022676944733, 0.00520072178915143,
		-0.0008144158055074513, 8.392268500756472e-05)
	small := f.FMA(x, p, x)
	a := f.Min(f.Const(4), f.Abs(x)) // erf is 1 from there on
	g := f.Poly(a, 0.00017325728549622, -1.1295090913772583, -0.633356511592865, -0.10827206820249557, 0.025115966796875,
		-0.004170431289821863, 0.0004344781336840242, -2.110942114086356e-05)
	n, r := reduce(f, g)
	big := f.Sub(f.Const(1), f.Scale(f.FMA(r, expQ(f, r), f.Const(1)), n))
	big = f.Or(big, f.And(x, f.SignBit()))
	return f.Select(f.Lt(a, f.Const(0.9)), small, big)
}

// nearly is 1/d, perhaps not rounded to the nearest.
func nearly(f *F, d V) V {
	y := f.Recip(d)
	if f.recip() {
		y = f.FMA(y, f.FNMA(y, d, f.Reg(f.Const(1))), y)
	}
	return y
}

// share is a·σ(-v) = a·e/(1+e) for e = e^-v = 2ⁿ·eʳ <= 1, with what the
// roundings on the way lose, and without 2ⁿ, which scale puts in: so a denormal
// e keeps its digits. An a of nil is 1.
func share(f *F, a *V, n, r V) (s V, scale func(V) V) {
	scale = f.Scaler(n)
	p := f.FMA(r, expQ(f, r), f.Const(1))
	e := scale(p)
	den := f.Add(e, f.Const(1))
	lost := f.Sub(e, f.Sub(den, f.Const(1)))
	num := p
	if a != nil {
		num = f.Mul(*a, p)
	}
	y := f.Recip(den)
	q := f.Mul(num, y)
	rest := f.FNMA(q, lost, f.FNMA(q, den, num))
	if a != nil {
		rest = f.Sub(rest, f.FNMA(*a, p, num))
	}
	return f.FMA(rest, y, q), scale
}

// sigmoid is σ(-|x|), and the rest to 1 for x >= 0.
func sigmoid(f *F, x V) V {
	lo, _ := f.expRange()
	n, r := reduce(f, f.Max(f.Const(lo), f.Or(x, f.SignBit())))
	s, scale := share(f, nil, n, r)
	s = scale(s)
	return f.Select(f.Lt(x, f.Zero()), s, f.Sub(f.Const(1), s))
}

// silu is x·σ(x) = max(x, 0) - a·σ(-a) for a = |x|.
func silu(f *F, x V) V {
	lo, _ := f.expRange()
	a := f.Min(f.Const(10-lo), f.Abs(x))
	n, r := reduce(f, f.Neg(a))
	s, scale := share(f, &a, n, r)
	return f.Sub(reluOrNaN(f, x), scale(s))
}

// siluGrad is dy·d/dx x·σ(x), and 1 - D(x) is D(-x): see slope.
func siluGrad(f *F, dy, x V) V {
	lo, _ := f.expRange()
	a := f.Min(f.Const(10-lo), f.Abs(x))
	n, r := reduce(f, f.Neg(a))
	return f.Mul(dy, slope(f, x, shareGrad(f, a, n, r)))
}

// slope is d for x < 0, else 1 - d. It makes the derivative of an activation
// of that at -|x|: where f(x) - f(-x) = x, the two add to 1. Infinity gives NaN,
// as in PyTorch.
func slope(f *F, x, d V) V {
	return f.Add(f.Select(f.Lt(x, f.Zero()), d, f.Sub(f.Const(1), d)), f.Sub(x, x))
}

// shareGrad is d/dx x·σ(v(x)) at -a: s - w·s·(1-s) for s = σ(-v), e^-v = 2ⁿ·eʳ
// and w = a·v'(a).
func shareGrad(f *F, w, n, r V) V {
	s, scale := share(f, nil, n, r)
	return scale(f.FNMA(f.Mul(w, s), f.Sub(f.Const(1), scale(s)), s))
}
