package main

// farAhead is how many bytes before they are read the rows of a matrix in memory
// are asked for: the hardware does so too, but begins anew in each page.
const farAhead = 2048

// dots is simd.Dots for a number of rows. Each row has one vector of sums, so
// that it does not depend on how many there are.
func dots(rows int, madd func(f *F, sum, a, b V)) func(f *F) {
	return func(f *F) {
		t := &tile{F: f, rows: rows, vectors: 1}
		k, x, b, brs := f.Int("k"), f.Pointer("x"), f.Pointer("b"), f.Int("brs")
		c, ccs := f.Later("c", "*"+f.Go), f.Later("ccs", "int")
		at := t.rowAddresses(b, brs)
		sums := make([]V, rows)
		for i := range sums {
			sums[i] = f.Var(f.Zero())
		}
		step := func(load func(a Addr) V) {
			v := load(At(x, 0))
			for i, sum := range sums {
				madd(f, sum, v, load(at[i]))
			}
		}
		f.Loop(f.PShr(k, log2(f.W())), func() {
			step(f.Load)
			if rows == 1 {
				f.Prefetch(At(b, farAhead))
			}
			f.Advance(x, f.Bytes())
			f.Advance(b, f.Bytes())
		})
		rest := f.PAnd(k, f.W()-1)
		f.If(rest, func() {
			m := f.TailMask(rest)
			step(func(a Addr) V { return f.LoadTail(a, m) })
		})
		t.down(c(), ccs(), func(i int, p P) { f.StoreLane(f.Fold("add", sums[i]), At(p, 0)) })
	}
}

// axpys is simd.Axpys for a number of rows.
func axpys(rows int) func(f *F) {
	return func(f *F) {
		t := &tile{F: f, rows: rows, vectors: 1}
		n, x, b, brs, c := f.Int("n"), f.Pointer("x"), f.Pointer("b"), f.Int("brs"), f.Pointer("c")
		at := t.rowAddresses(b, brs)
		factors := make([]V, rows)
		for i := range factors {
			factors[i] = f.Broadcast(At(x, i*f.Size))
		}
		step := func(vectors int, load func(a Addr) V, store func(v V, a Addr)) {
			for v := range vectors {
				sum := f.Var(load(At(c, v*f.Bytes())))
				for i, x := range factors {
					a := at[i]
					a.Off += v * f.Bytes()
					f.FMATo(sum, x, load(a))
				}
				store(sum, At(c, v*f.Bytes()))
			}
			f.Advance(b, vectors*f.Bytes())
			f.Advance(c, vectors*f.Bytes())
		}
		f.Loop(f.PShr(n, log2(2*f.W())), func() { step(2, f.Load, f.Store) })
		f.Loop(f.PShr(f.PAnd(n, 2*f.W()-1), log2(f.W())), func() { step(1, f.Load, f.Store) })
		rest := f.PAnd(n, f.W()-1)
		f.If(rest, func() {
			m := f.TailMask(rest)
			step(1, func(a Addr) V { return f.LoadTail(a, m) }, func(v V, a Addr) { f.StoreTail(v, a, m) })
		})
	}
}
