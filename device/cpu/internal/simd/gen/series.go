package main

// series are special functions and the loops of package specfun; simd/series.go says what they are.
var series = Area{Name: "series", Kernels: []Kernel{
	{Field: "Horner", Body: horner},
	{Field: "Recur", Body: recur},
	onlySingle(one("Erfc", 4, erfc)),
	onlySingle(one("Ndtr", 4, ndtr)),
	onlySingle(one("I0e", 4, besselI0)),
	onlySingle(one("I1e", 4, besselI1)),
	onlySingle(one("I0", 4, func(f *F, x V) V { return grown(f, x, besselI0(f, x)) })),
	onlySingle(one("I1", 4, func(f *F, x V) V { return withSign(f, grown(f, x, besselI1(f, x)), x) })),
}}

// horner takes four vectors abreast through all coefficients.
func horner(f *F) {
	dst := f.Slice("dst")
	n := f.Len("dst")
	a, c := f.Slice("a"), f.Slice("c")
	powers := f.Len("c")
	step := func(vectors int, load func(a Addr) V, store func(v V, a Addr)) {
		x, y := make([]V, vectors), make([]V, vectors)
		for k := range x {
			x[k], y[k] = load(At(a, k*f.Bytes())), f.Var(f.Zero())
		}
		at := f.Copy(c)
		f.Loop(f.Copy(powers), func() {
			v := f.Broadcast(At(at, 0))
			for k := range x {
				f.Set(y[k], f.FMA(y[k], x[k], v))
			}
			f.Advance(at, f.Size)
		})
		for k := range y {
			store(y[k], At(dst, k*f.Bytes()))
		}
		f.Advance(a, vectors*f.Bytes())
		f.Advance(dst, vectors*f.Bytes())
	}
	f.inVectors(4, n, step)
}

// recur keeps two polynomials of each lane, and goes on with those whose degree
// is not reached.
func recur(f *F) {
	dst := f.Slice("dst")
	n := f.Len("dst")
	x, degree, table, steps := f.Slice("x"), f.Slice("n"), f.Slice("table"), f.Int("steps")
	step := func(vectors int, load func(a Addr) V, store func(v V, a Addr)) {
		at := f.Copy(table)
		number := func(i int) V { return f.Broadcast(At(at, i*f.Size)) }
		u, d, p, before := make([]V, vectors), make([]V, vectors), make([]V, vectors), make([]V, vectors)
		for k := range p {
			v := load(At(x, k*f.Bytes()))
			d[k] = load(At(degree, k*f.Bytes()))
			u[k] = f.FMA(v, number(0), number(1))
			low := f.Select(f.Gt(d[k], f.Const(-1)), f.Const(1), f.Zero())
			p[k] = f.Var(f.Select(f.Ge(d[k], f.Const(1)), f.FMA(v, number(2), number(3)), low))
			before[k] = f.Var(f.Const(1))
		}
		f.Loop(f.Copy(steps), func() {
			f.Advance(at, 5*f.Size)
			for k := range p {
				next := f.FMA(f.FMA(u[k], number(0), number(1)), p[k], f.Mul(before[k], number(2)))
				next = f.Div(next, number(3))
				next = f.Select(f.Ge(d[k], number(4)), next, p[k])
				f.Set(before[k], p[k])
				f.Set(p[k], next)
			}
		})
		for k := range p {
			store(p[k], At(dst, k*f.Bytes()))
		}
		for _, walk := range []P{dst, x, degree} {
			f.Advance(walk, vectors*f.Bytes())
		}
	}
	f.inVectors(2, n, step)
}

// inVectors calls step for n elements: some vectors together, single ones, a part.
func (f *F) inVectors(together int, n P, step func(vectors int, load func(a Addr) V, store func(v V, a Addr))) {
	f.Loop(f.PShr(n, log2(together*f.W())), func() { step(together, f.Load, f.Store) })
	f.Loop(f.PShr(f.PAnd(n, together*f.W()-1), log2(f.W())), func() { step(1, f.Load, f.Store) })
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() {
		m := f.TailMask(rest)
		step(1, func(a Addr) V { return f.LoadTail(a, m) }, func(v V, a Addr) { f.StoreTail(v, a, m) })
	})
}
