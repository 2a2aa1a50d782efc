package main

// Transpose is the transposed square of W vectors, whose registers it reuses.
func (f *F) Transpose(in []V) []V {
	zip := func(a, b V, high, bytes int) V { return V{f.op(vector, "zip", high+bytes/8*2, a.value, b.value)} }
	x := append([]V(nil), in...)
	if f.Size == 4 {
		for i := 0; i < len(x); i += 2 {
			x[i], x[i+1] = zip(x[i], x[i+1], 0, 4), zip(x[i], x[i+1], 1, 4)
		}
		for i := 0; i < len(x); i += 4 {
			a, b, c, d := x[i], x[i+1], x[i+2], x[i+3]
			x[i], x[i+1] = zip(a, c, 0, 8), zip(a, c, 1, 8)
			x[i+2], x[i+3] = zip(b, d, 0, 8), zip(b, d, 1, 8)
		}
	} else {
		for i := 0; i < len(x); i += 2 {
			x[i], x[i+1] = zip(x[i], x[i+1], 0, 8), zip(x[i], x[i+1], 1, 8)
		}
	}
	// Now x[g*lane+c] holds, in part q of 16 bytes, rows g*lane… of column q*lane+c.
	lane := 16 / f.Size
	parts := func(a, b V, odd int) V { return V{f.op(vector, "parts", odd, a.value, b.value)} }
	for s := 1; s < f.Bytes()/16; s *= 2 {
		for g := 0; g < len(x)/lane; g += 2 * s {
			for i := g * lane; i < (g+s)*lane; i++ {
				x[i], x[i+s*lane] = parts(x[i], x[i+s*lane], 0), parts(x[i], x[i+s*lane], 1)
			}
		}
	}
	return x
}

// packArgs are the arguments of simd.Pack.
func (f *F) packArgs() (dst, width, src, stride, rows, cols P) {
	return f.Pointer("dst"), f.Int("width"), f.Pointer("src"), f.Int("stride"), f.Int("rows"), f.Int("cols")
}

// packRows copies rows, each as one vector.
func packRows(f *F) {
	dst, width, src, stride, rows, cols := f.packArgs()
	step := func(load func(P) V) {
		f.Store(load(src), At(dst, 0))
		f.AdvanceBy(src, stride)
		f.AdvanceBy(dst, width)
	}
	f.Advance(cols, -f.W())
	f.IfElse(cols, func() {
		f.Advance(cols, f.W())
		m := f.TailMask(cols)
		f.Loop(rows, func() { step(func(p P) V { return f.LoadTail(At(p, 0), m) }) })
	}, func() {
		f.Loop(f.PShr(rows, 2), func() {
			for range 4 {
				step(func(p P) V { return f.Load(At(p, 0)) })
			}
		})
		f.Loop(f.PAnd(rows, 3), func() { step(func(p P) V { return f.Load(At(p, 0)) }) })
	})
}

// packCols reads columns and stores them as rows, a square of vectors at a time.
func packCols(f *F) {
	dst, width, src, stride, rows, cols := f.packArgs()
	square := func(op string, m M, count P) {
		in, p, left := make([]V, f.W()), f.Copy(src), f.Copy(cols)
		loaded := f.newLabel()
		for i := range in { // what is not loaded is stored where it does no harm
			in[i] = V{f.fresh(vector)}
			load := instruction{op: op, dst: in[i].value, addr: At(p, 0), early: true}
			if m.value != nil {
				load.src = []*value{m.value}
			}
			f.add(load)
			f.AdvanceBy(p, stride)
			f.Advance(left, -1)
			f.add(instruction{op: "jz", src: []*value{left.value}, name: loaded})
		}
		f.label(loaded)
		stored := f.newLabel()
		for _, row := range f.Transpose(in) {
			f.Store(row, At(dst, 0))
			f.AdvanceBy(dst, width)
			if count.value != nil {
				f.Advance(count, -1)
				f.add(instruction{op: "jz", src: []*value{count.value}, name: stored})
			}
		}
		f.label(stored)
	}
	f.Loop(f.PShr(rows, log2(f.W())), func() {
		square("load", M{}, P{})
		f.Advance(src, f.Bytes())
	})
	rest := f.PAnd(rows, f.W()-1)
	f.If(rest, func() { square("loadtail", f.TailMask(rest), f.Copy(rest)) })
}
