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
