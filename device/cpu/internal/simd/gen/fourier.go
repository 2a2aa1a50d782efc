package main

// Fourier transforms of as many lines as a vector has lanes: a complex number of
// all lines is two vectors, real and imaginary parts. See simd.Fourier.
var fourier = Area{Name: "fourier", Kernels: []Kernel{
	{Field: "Pass2", Body: func(f *F) { f.pass(2, (*F).dft2) }},
	{Field: "Pass3", Body: func(f *F) { f.pass(3, (*F).dft3) }},
	{Field: "Pass4", Body: func(f *F) { f.pass(4, (*F).dft4) }},
	{Field: "Pass5", Body: func(f *F) { f.pass(5, (*F).dft5) }},
	{Field: "PassN", Body: (*F).passN},
	{Field: "Fold", Body: (*F).foldSpectrum},
	{Field: "Turn", Body: func(f *F) {
		dst, w := f.Pointer("dst"), f.Pointer("w")
		f.Loop(f.Int("count"), func() {
			f.storeC(f.mulC(f.loadC(At(dst, 0)), f.loadC(At(w, 0))), At(dst, 0))
			f.Advance(dst, 2*f.Bytes())
			f.Advance(w, 2*f.Bytes())
		})
	}},
	{Field: "TurnRows", Body: func(f *F) {
		dst, src, w := f.Pointer("dst"), f.Pointer("src"), f.Pointer("w")
		f.Loop(f.Int("count"), func() {
			f.storeC(f.mulC(f.loadC(At(src, 0)), f.broadcastC(w, 0)), At(dst, 0))
			f.Advance(dst, 2*f.Bytes())
			f.Advance(src, 2*f.Bytes())
			f.Advance(w, 2*f.Size)
		})
	}},
	{Field: "Split", Body: func(f *F) {
		dst, src, stride := f.Pointer("dst"), f.Pointer("src"), f.Int("stride")
		f.Loop(f.Int("rows"), func() {
			a, b := f.Load(At(src, 0)), f.Load(At(src, f.Bytes()))
			if f.Size == 4 {
				a, b = f.Zip(a, b, 4, false), f.Zip(a, b, 4, true)
			}
			f.storeC(C{f.Zip(a, b, 8, false), f.Zip(a, b, 8, true)}, At(dst, 0))
			f.AdvanceBy(src, stride)
			f.Advance(dst, 2*f.Bytes())
		})
	}},
	{Field: "Join", Body: func(f *F) {
		dst, stride, src := f.Pointer("dst"), f.Int("stride"), f.Pointer("src")
		f.Loop(f.Int("rows"), func() {
			x := f.loadC(At(src, 0))
			if f.Size == 4 {
				x = C{f.Zip(x.re, x.im, 4, false), f.Zip(x.re, x.im, 4, true)}
			}
			f.storeC(C{f.Zip(x.re, x.im, 8, false), f.Zip(x.re, x.im, 8, true)}, At(dst, 0))
			f.AdvanceBy(dst, stride)
			f.Advance(src, 2*f.Bytes())
		})
	}},
}}

// C is a complex number in each lane.
type C struct{ re, im V }

func (f *F) loadC(a Addr) C {
	b := a
	b.Off += f.Bytes()
	return C{f.Load(a), f.Load(b)}
}

func (f *F) storeC(x C, a Addr) {
	f.Store(x.re, a)
	a.Off += f.Bytes()
	f.Store(x.im, a)
}

// broadcastC reads number i from p on into all lanes.
func (f *F) broadcastC(p P, i int) C {
	return C{f.Broadcast(At(p, 2*i*f.Size)), f.Broadcast(At(p, (2*i+1)*f.Size))}
}

func (f *F) addC(a, b C) C { return C{f.Add(a.re, b.re), f.Add(a.im, b.im)} }
func (f *F) subC(a, b C) C { return C{f.Sub(a.re, b.re), f.Sub(a.im, b.im)} }
func (f *F) mulC(a, b C) C {
	return C{f.FNMA(a.im, b.im, f.Mul(a.re, b.re)), f.FMA(a.re, b.im, f.Mul(a.im, b.re))}
}

// addI is a + i·b; subI is a - i·b.
func (f *F) addI(a, b C) C { return C{f.Sub(a.re, b.im), f.Add(a.im, b.re)} }
func (f *F) subI(a, b C) C { return C{f.Add(a.re, b.im), f.Sub(a.im, b.re)} }

// along is a + k·b.
func (f *F) along(a, b C, k float64) C {
	c := f.Const(k)
	return C{f.FMA(b.re, c, a.re), f.FMA(b.im, c, a.im)}
}

// pass is one of simd.Fourier's passes. dft gets r numbers and gives out those
// of their transform as soon as they are known.
func (f *F) pass(r int, dft func(f *F, x []C, put func(u int, y C))) {
	first, rest, step := f.Pointer("first"), f.Pointer("rest"), f.Int("step")
	src, gap, w := f.Pointer("src"), f.Int("gap"), f.Pointer("w")
	m, s, skip := f.Int("m"), f.Int("s"), f.Int("skip")
	var gap3, step3 P
	if r > 3 {
		gap3 = f.thrice(gap)
	}
	if r > 4 {
		step3 = f.thrice(step)
	}
	from := []Addr{At(src, 0), {Base: src, Index: gap, Scale: 1}, {Base: src, Index: gap, Scale: 2}, {Base: src, Index: gap3, Scale: 1}, {Base: src, Index: gap, Scale: 4}}
	to := []Addr{At(first, 0), At(rest, 0), {Base: rest, Index: step, Scale: 1}, {Base: rest, Index: step, Scale: 2}, {Base: rest, Index: step3, Scale: 1}}
	f.Loop(m, func() {
		f.Loop(f.Copy(s), func() {
			x := make([]C, r)
			for t := range x {
				x[t] = f.loadC(from[t])
			}
			dft(f, x, func(u int, y C) {
				if u > 0 {
					y = f.mulC(y, f.broadcastC(w, u-1))
				}
				f.storeC(y, to[u])
			})
			for _, p := range []P{src, first, rest} {
				f.Advance(p, 2*f.Bytes())
			}
		})
		f.AdvanceBy(first, skip)
		f.AdvanceBy(rest, skip)
		f.Advance(w, 2*(r-1)*f.Size)
	})
}

func (f *F) dft2(x []C, put func(u int, y C)) {
	put(0, f.addC(x[0], x[1]))
	put(1, f.subC(x[0], x[1]))
}

func (f *F) dft3(x []C, put func(u int, y C)) {
	const half, root = 0.5, 0.86602540378443864676 // cos and sin of 60°
	s, d := f.addC(x[1], x[2]), f.subC(x[1], x[2])
	put(0, f.addC(x[0], s))
	e, c := f.along(x[0], s, -half), f.Const(root)
	d = C{f.Mul(d.re, c), f.Mul(d.im, c)}
	put(1, f.subI(e, d))
	put(2, f.addI(e, d))
}

func (f *F) dft4(x []C, put func(u int, y C)) {
	ac, a, bd, b := f.addC(x[0], x[2]), f.subC(x[0], x[2]), f.addC(x[1], x[3]), f.subC(x[1], x[3])
	put(0, f.addC(ac, bd))
	put(1, f.subI(a, b))
	put(2, f.subC(ac, bd))
	put(3, f.addI(a, b))
}

func (f *F) dft5(x []C, put func(u int, y C)) {
	const cos1, sin1 = 0.30901699437494742410, 0.95105651629515357212  // of 72°
	const cos2, sin2 = -0.80901699437494742410, 0.58778525229247312917 // of 144°
	s, u, t, v := f.addC(x[1], x[4]), f.subC(x[1], x[4]), f.addC(x[2], x[3]), f.subC(x[2], x[3])
	m1, m2 := f.along(f.along(x[0], s, cos1), t, cos2), f.along(f.along(x[0], s, cos2), t, cos1)
	put(0, f.addC(f.addC(x[0], s), t))
	scaled := func(x C, k float64) C { return C{f.Mul(x.re, f.Const(k)), f.Mul(x.im, f.Const(k))} }
	n := f.along(scaled(u, sin1), v, sin2)
	put(1, f.subI(m1, n))
	put(4, f.addI(m1, n))
	n = f.along(scaled(u, sin2), v, -sin1)
	put(2, f.subI(m2, n))
	put(3, f.addI(m2, n))
}

// passN is a pass of any radix, for one of its twiddles, by the definition.
func (f *F) passN() {
	dst, step := f.Pointer("dst"), f.Later("step", "int")
	src, gap := f.Pointer("src"), f.Later("gap", "int")
	roots, w := f.Later("roots", "*"+f.Go), f.Later("w", "*"+f.Go)
	r, s := f.Later("r", "int"), f.Int("s")
	f.Loop(s, func() {
		d, root, turn := f.Copy(dst), roots(), w()
		f.Loop(r(), func() {
			p, left, gap := f.Copy(src), r(), gap()
			f.Advance(left, -1)
			x := f.loadC(At(p, 0))
			sum := C{f.Var(x.re), f.Var(x.im)}
			f.Loop(left, func() {
				f.AdvanceBy(p, gap)
				x, t := f.loadC(At(p, 0)), f.broadcastC(root, 0)
				f.FMATo(sum.re, x.re, t.re)
				f.FMATo(sum.im, x.re, t.im)
				f.FNMATo(sum.re, x.im, t.im)
				f.FMATo(sum.im, x.im, t.re)
				f.Advance(root, 2*f.Size)
			})
			f.storeC(f.mulC(sum, f.broadcastC(turn, 0)), At(d, 0))
			f.AdvanceBy(d, step())
			f.Advance(turn, 2*f.Size)
		})
		f.Advance(src, 2*f.Bytes())
		f.Advance(dst, 2*f.Bytes())
	})
}

// foldSpectrum is simd.Fourier's Fold.
func (f *F) foldSpectrum() {
	low, high, w, count := f.Pointer("low"), f.Pointer("high"), f.Pointer("w"), f.Int("count")
	scale := f.Scalar("scale")
	f.Loop(count, func() {
		a, b := f.loadC(At(low, 0)), f.loadC(At(high, 0))
		e := C{f.Add(a.re, b.re), f.Sub(a.im, b.im)}
		o := f.mulC(C{f.Sub(a.re, b.re), f.Add(a.im, b.im)}, f.broadcastC(w, 0))
		f.storeC(C{f.Mul(f.Add(e.re, o.re), scale), f.Mul(f.Add(e.im, o.im), scale)}, At(low, 0))
		f.storeC(C{f.Mul(f.Sub(e.re, o.re), scale), f.Mul(f.Sub(o.im, e.im), scale)}, At(high, 0))
		f.Advance(low, 2*f.Bytes())
		f.Advance(high, -2*f.Bytes())
		f.Advance(w, 2*f.Size)
	})
}
