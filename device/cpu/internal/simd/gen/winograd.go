package main

// Winograd's convolution F(4×4, 3×3) after Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", arXiv:1509.09308: a tile of 4×4 results of a
// 3×3 filter costs 36 multiplications for each pair of channels, not 144. A
// vector is neighbouring channels. Elements of transformed tiles lie ds bytes
// apart, and so does what the first of the two passes leaves for the second.
var winograd = Area{Name: "winograd", Kernels: []Kernel{
	{Field: "Image", Elems: []Elem{F32}, Body: func(f *F) { f.winograd(6, 6, imageLine) }},
	{Field: "Filter", Elems: []Elem{F32}, Body: func(f *F) { f.winograd(3, 6, filterLine) }},
	{Field: "Result", Elems: []Elem{F32}, Body: (*F).winogradResult},
}}

// The tiles' polynomials are evaluated at 0, ±a, ±b and infinity. These two,
// rather than the usual 1 and 2, make the error four times smaller; they
// are exact in binary, and so is what is made of them but for the divisors.
const a, b = 5.0 / 8, 3.0 / 2

// imageLine is Bᵀd: row i has the coefficients of the product of x - p over
// all points p but its own.
func imageLine(f *F, d []V) []V {
	aa, bb, both, sum := f.Const(a*a), f.Const(b*b), f.Const(a*a*b*b), f.Const(a*a+b*b)
	p, q := f.FNMA(d[2], bb, d[4]), f.Mul(f.FNMA(d[1], bb, d[3]), f.Const(a))
	r, s := f.FNMA(d[2], aa, d[4]), f.Mul(f.FNMA(d[1], aa, d[3]), f.Const(b))
	return []V{
		f.FNMA(d[2], sum, f.FMA(d[0], both, d[4])),
		f.Add(p, q), f.Sub(p, q), f.Add(r, s), f.Sub(r, s),
		f.FNMA(d[3], sum, f.FMA(d[1], both, d[5])),
	}
}

// filterLine is Gg: the filter's polynomial at each point, over the product of
// its distances to the others.
func filterLine(f *F, g []V) []V {
	const na, nb = 2 * a * a * (a*a - b*b), 2 * b * b * (b*b - a*a)
	p, q := f.Mul(f.FMA(g[2], f.Const(a*a), g[0]), f.Const(1/na)), f.Mul(g[1], f.Const(a/na))
	r, s := f.Mul(f.FMA(g[2], f.Const(b*b), g[0]), f.Const(1/nb)), f.Mul(g[1], f.Const(b/nb))
	return []V{f.Mul(g[0], f.Const(1/(a*a*b*b))), f.Add(p, q), f.Sub(p, q), f.Add(r, s), f.Sub(r, s), f.Var(g[2])}
}

// resultLine is Aᵀm: the sums of m times the points' powers.
func resultLine(f *F, m []V) []V {
	s, d := f.Add(m[1], m[2]), f.Sub(m[1], m[2])
	p, q := f.Add(m[3], m[4]), f.Sub(m[3], m[4])
	return []V{
		f.Add(f.Add(m[0], s), p), f.FMA(q, f.Const(b), f.Mul(d, f.Const(a))),
		f.FMA(p, f.Const(b*b), f.Mul(s, f.Const(a*a))), f.FMA(q, f.Const(b*b*b), f.FMA(d, f.Const(a*a*a), m[5])),
	}
}

// loads reads n vectors step bytes apart.
func (f *F) loads(p P, step P, n int) []V {
	p = f.Copy(p)
	var v []V
	for i := range n {
		v = append(v, f.Load(At(p, 0)))
		if i < n-1 {
			f.AdvanceBy(p, step)
		}
	}
	return v
}

// stores writes vectors step bytes apart.
func (f *F) stores(v []V, p P, step P) {
	p = f.Copy(p)
	for i, x := range v {
		f.Store(x, At(p, 0))
		if i < len(v)-1 {
			f.AdvanceBy(p, step)
		}
	}
}

// winograd transforms a square of in×in vectors, rows rs and columns cs bytes
// apart, to out×out, columns first.
func (f *F) winograd(in, out int, transform func(f *F, x []V) []V) {
	dst, src, n := f.Pointer("dst"), f.Pointer("src"), f.Int("vectors")
	ds, rs, cs := f.Int("ds"), f.Int("rs"), f.Int("cs")
	ds6 := f.PAdd(f.PShl(ds, 2), f.PShl(ds, 1))
	f.Loop(n, func() {
		s, d := f.Copy(src), f.Copy(dst)
		for range in {
			f.stores(transform(f, f.loads(s, rs, in)), d, ds6)
			f.AdvanceBy(s, cs)
			f.AdvanceBy(d, ds)
		}
		d = f.Copy(dst)
		for range out {
			f.stores(transform(f, f.loads(d, ds, in)), d, ds)
			f.AdvanceBy(d, ds6)
		}
		f.Advance(dst, f.Bytes())
		f.Advance(src, f.Bytes())
	})
}

// winogradResult turns transformed results back: 6×6 vectors ss bytes apart,
// which it overwrites, into 4×4.
func (f *F) winogradResult() {
	dst, src, n := f.Pointer("dst"), f.Pointer("src"), f.Int("vectors")
	ss, rs, cs := f.Int("ss"), f.Int("rs"), f.Int("cs")
	ss6 := f.PAdd(f.PShl(ss, 2), f.PShl(ss, 1))
	f.Loop(n, func() {
		s := f.Copy(src)
		for range 6 {
			f.stores(resultLine(f, f.loads(s, ss6, 6)), s, ss6)
			f.AdvanceBy(s, ss)
		}
		s, d := f.Copy(src), f.Copy(dst)
		for range 4 {
			f.stores(resultLine(f, f.loads(s, ss, 6)), d, cs)
			f.AdvanceBy(s, ss6)
			f.AdvanceBy(d, rs)
		}
		f.Advance(dst, f.Bytes())
		f.Advance(src, f.Bytes())
	})
}
