package main

import "math"

// Reductions of rows and of columns. Sums of float32 are taken in float64.

var reductions = Area{Name: "reduce", Kernels: []Kernel{
	{Field: "Sum", Body: func(f *F) {
		f.Wide()
		a := f.Slice("a")
		f.Return(f.FoldRows(4, "add", f.Zero(), f.Len("a"), []P{a}, 1, func(load func(P) V, _ func(V, P)) []V {
			return []V{load(a)}
		})[0])
	}},
	{Field: "Prod", Tiers: []string{"AVX512", "AVX2"}, Body: func(f *F) {
		f.Wide()
		a := f.Slice("a")
		f.Return(f.FoldRows(4, "mul", f.Const(1), f.Len("a"), []P{a}, 1, func(load func(P) V, _ func(V, P)) []V {
			return []V{load(a)}
		})[0])
	}},
	{Field: "Squares", Body: func(f *F) {
		f.Wide()
		a := f.Slice("a")
		n := f.Len("a")
		mean := f.Scalar("mean")
		f.Return(f.FoldRows(4, "add", f.Zero(), n, []P{a}, 1, func(load func(P) V, _ func(V, P)) []V {
			d := f.Sub(load(a), mean)
			return []V{f.Mul(d, d)}
		})[0])
	}},
	{Field: "Max", Body: func(f *F) { extreme(f, "max", math.Inf(-1)) }},
	{Field: "Min", Body: func(f *F) { extreme(f, "min", math.Inf(1)) }},
	{Field: "Near", Body: near},
	{Field: "AddRow", Body: func(f *F) { addRows(f, 1) }},
	{Field: "AddRows", Body: func(f *F) { addRows(f, 8) }},
	{Field: "MaxRows", Body: func(f *F) { pickRows(f, (*F).Le) }},
	{Field: "MinRows", Body: func(f *F) { pickRows(f, (*F).Ge) }},
}}

// extreme is the largest or smallest element, or NaN if one is.
func extreme(f *F, op string, start float64) {
	const unroll = 4
	a := f.Slice("a")
	n := f.Len("a")
	var acc [unroll]V
	for i := range acc {
		acc[i] = f.Var(f.Const(start))
	}
	nan := f.Unordered(acc[0], acc[0]) // of none yet
	f.Loop(f.PShr(n, log2(unroll*f.W())), func() {
		for i := 0; i < unroll; i += 2 {
			x, y := f.Load(At(a, i*f.Bytes())), f.Load(At(a, (i+1)*f.Bytes()))
			f.To(acc[i], op, x)
			f.To(acc[i+1], op, y)
			f.MOrTo(nan, f.Unordered(x, y))
		}
		f.Advance(a, unroll*f.Bytes())
	})
	one := func(x V) {
		f.To(acc[0], op, x)
		f.MOrTo(nan, f.Unordered(x, x))
	}
	f.Loop(f.PShr(f.PAnd(n, unroll*f.W()-1), log2(f.W())), func() {
		one(f.Load(At(a, 0)))
		f.Advance(a, f.Bytes())
	})
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() {
		m := f.TailMask(rest)
		one(f.Select(m, f.LoadTail(At(a, 0), m), f.Const(start)))
	})
	f.If(f.Any(nan), func() { f.Return(f.Const(math.NaN())) })
	f.To(acc[0], op, acc[1])
	f.To(acc[2], op, acc[3])
	f.To(acc[0], op, acc[2])
	f.Return(f.Fold(op, acc[0]))
}

// near is a place at most four vectors before the first element that equals v,
// or before the end.
func near(f *F) {
	const unroll = 4
	a := f.Slice("a")
	n := f.Len("a")
	v := f.Scalar("v")
	at := f.Copy(f.Imm(0))
	f.Loop(f.PShr(n, log2(unroll*f.W())), func() {
		eq := func(i int) M { return f.Eq(f.Load(At(a, i*f.Bytes())), v) }
		f.If(f.Any(f.MOr(f.MOr(eq(0), eq(1)), f.MOr(eq(2), eq(3)))), func() { f.ReturnInt(at) })
		f.Advance(a, unroll*f.Bytes())
		f.Advance(at, unroll*f.W())
	})
	f.ReturnInt(at)
}

// addRows adds rows of elements, step bytes apart, to a row of float64 sums.
func addRows(f *F, rows int) {
	f.Wide()
	acc := f.SliceOf("acc", "float64")
	n := f.Len("acc")
	row := []P{f.Pointer("x")}
	if rows > 1 {
		step := f.Int("step")
		for i := range rows - 1 {
			row = append(row, f.PAdd(row[i], step))
		}
	}
	size := f.Memory().Size
	col := f.Copy(f.Imm(0))
	add := func(k int, load, sum func(a Addr) V, store func(V, Addr)) {
		to := Addr{Base: acc, Index: col, Scale: 8, Off: k * f.Bytes()}
		s := f.Var(sum(to))
		for _, p := range row {
			f.To(s, "add", load(Addr{Base: p, Index: col, Scale: size, Off: k * f.W() * size}))
		}
		store(s, to)
	}
	step := func(vectors int) {
		for k := range vectors {
			add(k, f.LoadWide, f.Load, f.Store)
		}
		f.Advance(col, vectors*f.W())
	}
	f.Loop(f.PShr(n, log2(2*f.W())), func() { step(2) })
	f.Loop(f.PShr(f.PAnd(n, 2*f.W()-1), log2(f.W())), func() { step(1) })
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() {
		m := f.TailMask(rest)
		add(0, func(a Addr) V { return f.LoadWideTail(a, m) }, func(a Addr) V { return f.LoadTail(a, m) },
			func(v V, a Addr) { f.StoreTail(v, a, m) })
	})
}

// pickRows keeps, over 8 rows, the best element of each column so far and the
// number of its row, as a float. An element does not beat the best if it keeps
// says so of both.
func pickRows(f *F, keeps func(f *F, x, best V) M) {
	const rows = 8
	best := f.Slice("best")
	n := f.Len("best")
	at, x := f.Slice("at"), f.Pointer("x")
	from := (&tile{F: f, rows: rows}).rowAddresses(x, f.Int("step"))
	number := []V{f.Scalar("row")}
	for i := 1; i < rows; i++ {
		number = append(number, f.Add(number[0], f.Const(float64(i))))
	}
	step := func(load func(Addr) V, store func(V, Addr)) {
		b, a := f.Var(load(At(best, 0))), f.Var(load(At(at, 0)))
		for i, row := range from {
			v := load(row)
			beats := f.MAnd(f.MNot(keeps(f, v, b)), f.Eq(b, b)) // nothing beats NaN
			f.Set(a, f.Select(beats, number[i], a))
			f.Set(b, f.Select(beats, v, b))
		}
		store(b, At(best, 0))
		store(a, At(at, 0))
		for _, p := range []P{best, at, x} {
			f.Advance(p, f.Bytes())
		}
	}
	f.Loop(f.PShr(n, log2(f.W())), func() { step(f.Load, f.Store) })
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() {
		m := f.TailMask(rest)
		step(func(a Addr) V { return f.LoadTail(a, m) }, func(v V, a Addr) { f.StoreTail(v, a, m) })
	})
}
