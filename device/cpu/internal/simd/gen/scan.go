package main

// Running sums and products, in float64.

var scans = Area{Name: "scan", Kernels: []Kernel{
	{Field: "CumSum", Body: func(f *F) { scanLine(f, "add", 0, false) }},
	{Field: "CumProd", Body: func(f *F) { scanLine(f, "mul", 1, false) }},
	{Field: "CumSumBack", Body: func(f *F) { scanLine(f, "add", 0, true) }},
	{Field: "CumProdBack", Body: func(f *F) { scanLine(f, "mul", 1, true) }},
	{Field: "CumSumRow", Body: func(f *F) { scanRow(f, "add") }},
	{Field: "CumProdRow", Body: func(f *F) { scanRow(f, "mul") }},
}}

// scanLine scans each vector by itself, in log2 steps that add it to a copy of
// it moved by 1, 2, 4… lanes, and adds what came before: one operation a vector
// waits for the last vector.
func scanLine(f *F, op string, start float64, back bool) {
	f.Wide()
	dst := f.Slice("dst")
	n := f.Len("dst")
	x, acc := f.Slice("x"), f.PointerTo("acc", "float64")
	size := f.Memory().Size
	step := f.W() * size
	at := 0
	if back { // the pointers walk down from the end
		at, step = -step, -step
		f.AdvanceBy(dst, f.PShl(n, log2(size)))
		f.AdvanceBy(x, f.PShl(n, log2(size)))
	}
	carry, neutral := f.Var(f.Broadcast(At(acc, 0))), f.Reg(f.Const(start))
	last := f.Splatter(back)
	one := f.Reg(f.Const(1))
	done := f.Copy(f.Imm(0))
	leave := func() {
		f.StoreLane(carry, At(acc, 0))
		f.ReturnInt(done)
	}
	f.Loop(f.PShr(n, log2(f.W())), func() {
		v := f.LoadWide(At(x, at))
		sum := f.Var(v)
		for k := 1; k < f.W(); k *= 2 {
			var moved V
			if back {
				moved = f.Slide(sum, neutral, k)
			} else {
				moved = f.Slide(neutral, sum, f.W()-k)
			}
			if op == "add" {
				f.FMATo(sum, moved, one)
			} else {
				f.To(sum, op, moved)
			}
		}
		y := V{f.op(vector, op, 0, sum.value, carry.value)}
		if doubt := f.doubt(op, v, y); doubt.value != nil {
			f.If(f.Any(doubt), leave)
		}
		f.To(carry, op, last(sum))
		f.StoreNarrow(y, At(dst, at))
		f.Advance(dst, step)
		f.Advance(x, step)
		f.Advance(done, f.W())
	})
	leave()
}

// doubt is where y may differ from what the order from left to right gives by
// more than rounding. A sum of float32 in float64 never overflows. Products of
// 8 factors of at least 2^-120 do not underflow.
func (f *F) doubt(op string, x, y V) M {
	if op == "add" && f.narrow {
		return M{}
	}
	d := f.Sub(y, y) // NaN if y is not finite
	doubt := f.Unordered(d, d)
	if op == "mul" {
		doubt = f.MOr(doubt, f.MOr(f.Lt(f.Abs(x), f.Const(0x1p-120)), f.Lt(f.Abs(y), f.Const(0x1p-1022))))
	}
	return doubt
}

// scanRow takes one element of each of many lines.
func scanRow(f *F, op string) {
	f.Wide()
	dst := f.Slice("dst")
	n := f.Len("dst")
	x, acc := f.Slice("x"), f.SliceOf("acc", "float64")
	col, size := f.Copy(f.Imm(0)), f.Memory().Size
	step := func(vectors int) {
		for k := range vectors {
			at := func(p P, size int) Addr { return Addr{Base: p, Index: col, Scale: size, Off: k * f.W() * size} }
			sum := f.Var(f.Load(at(acc, 8)))
			f.To(sum, op, f.LoadWide(at(x, size)))
			f.Store(sum, at(acc, 8))
			f.StoreNarrow(sum, at(dst, size))
		}
		f.Advance(col, vectors*f.W())
	}
	f.Loop(f.PShr(n, log2(2*f.W())), func() { step(2) })
	f.If(f.PAnd(n, f.W()), func() { step(1) })
	f.ReturnInt(col)
}
