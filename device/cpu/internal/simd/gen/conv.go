package main

import "math"

// The kernels of windows over images. They read frames (cpu/frame.go), where
// the same cell of neighbouring windows is neighbouring elements, so a vector
// is one cell of as many windows.
var conv = Area{Name: "conv", Kernels: []Kernel{
	{Field: "Direct", Body: (*F).direct},
	{Field: "MaxCells", Body: (*F).maxCells},
	{Field: "MaxPairs", Body: (*F).maxPairs},
	{Field: "DotCells", Body: (*F).dotCells},
	{Field: "PackSpans", Body: (*F).packSpans},
	{Field: "CopyRows", Body: (*F).copyRows},
	{Field: "Evens", Body: (*F).evens},
	{Field: "Shift", Body: func(f *F) {
		dst, n, a, s := f.Slice("dst"), P{}, P{}, V{}
		n, a = f.Len("dst"), f.Slice("a")
		s = f.Scalar("s")
		f.Rows(4, n, []P{dst, a}, func(load func(P) V, store func(V, P)) { store(f.Add(load(a), s), dst) })
	}},
}}

// The fields of simd.Plane.
const planeRows, planeCols, planePitch, planeCells, planeCount = 0, 8, 16, 24, 32

// A plane is a walk over the rows of a result, vector by vector.
type plane struct {
	*F
	at    P // the struct
	cells P
}

// vectors runs body for every row: with most vectors at a time, and at last
// with as many as are left, of which the last may be a part, whose mask is
// given. Few calls with many vectors: one vector's sum waits for itself.
func (p *plane) vectors(src P, dst []P, most int, body func(x P, k int, m M)) {
	f := p.F
	rows := f.LoadP(At(p.at, planeRows))
	f.Loop(rows, func() {
		x := f.Copy(src)
		n := f.LoadP(At(p.at, planeCols))
		f.Loop(f.PShr(n, log2(f.W()*most)), func() {
			body(x, most, M{})
			for _, q := range append([]P{x}, dst...) {
				f.Advance(q, most*f.Bytes())
			}
		})
		rest := f.PAnd(n, f.W()*most-1)
		f.If(rest, func() {
			full, part := f.PShr(rest, log2(f.W())), f.PAnd(rest, f.W()-1)
			f.IfElse(part, func() {
				m := f.TailMask(part)
				f.choose(full, 0, most-1, func(k int) { body(x, k+1, m) })
			}, func() {
				f.choose(full, 1, most-1, func(k int) { body(x, k, M{}) })
			})
			for _, q := range dst {
				f.AdvanceBy(q, f.PShl(rest, log2(f.Size)))
			}
		})
		f.AdvanceBy(src, f.LoadP(At(p.at, planePitch)))
	})
}

// choose runs body for the value of p, which is from lo to hi.
func (f *F) choose(p P, lo, hi int, body func(k int)) {
	if lo == hi {
		body(lo)
		return
	}
	above := f.Copy(p)
	f.Advance(above, -lo)
	f.IfElse(above, func() { f.choose(p, lo+1, hi, body) }, func() { body(lo) })
}

// only is m for the last of k vectors.
func (m M) only(v, k int) M {
	if v < k-1 {
		return M{}
	}
	return m
}

// each runs body for every cell i of the vectors at x; y is where it is.
func (p *plane) each(x P, body func(y, i P)) {
	f := p.F
	i := f.Imm(0)
	f.Loop(f.LoadP(At(p.at, planeCount)), func() {
		body(f.PAdd(f.LoadP(Addr{Base: p.cells, Index: i, Scale: 8}), x), i)
		f.Advance(i, 1)
	})
}

func (f *F) plane(name string) *plane {
	at := f.PointerTo(name, "Plane")
	return &plane{F: f, at: at, cells: f.LoadP(At(at, planeCells))}
}

func (f *F) part(a Addr, m M) V {
	if m.value != nil {
		return f.LoadTail(a, m)
	}
	return f.Load(a)
}

func (f *F) putPart(v V, a Addr, m M) {
	if m.value != nil {
		f.StoreTail(v, a, m)
		return
	}
	f.Store(v, a)
}

func (f *F) direct() {
	dst, src, w := f.Pointer("dst"), f.Pointer("src"), f.Pointer("w")
	p := f.plane("p")
	bias := f.Scalar("bias")
	p.vectors(src, []P{dst}, 4, func(x P, k int, m M) {
		acc := make([]V, k)
		for v := range acc {
			acc[v] = f.Var(bias)
		}
		p.each(x, func(y, i P) {
			c := f.Broadcast(Addr{Base: w, Index: i, Scale: f.Size})
			for v := range acc {
				f.FMATo(acc[v], c, f.part(At(y, v*f.Bytes()), m.only(v, k)))
			}
		})
		for v := range acc {
			f.putPart(acc[v], At(dst, v*f.Bytes()), m.only(v, k))
		}
	})
	f.Ret()
}

func (f *F) maxCells() {
	dst, at, src, nums := f.Pointer("dst"), f.Pointer("at"), f.Pointer("src"), f.Pointer("nums")
	p := f.plane("p")
	p.vectors(src, []P{dst, at}, 2, func(x P, k int, m M) {
		best, where := make([]V, k), make([]V, k)
		for v := range best {
			best[v], where[v] = f.Var(f.Const(math.Inf(-1))), f.Var(f.Const(-1))
		}
		p.each(x, func(y, i P) {
			num := f.Broadcast(Addr{Base: nums, Index: i, Scale: f.Size})
			for v := range best {
				c := f.part(At(y, v*f.Bytes()), m.only(v, k))
				better := f.MOr(f.Gt(c, best[v]), f.Unordered(c, c))
				f.Set(best[v], f.Select(better, c, best[v]))
				f.Set(where[v], f.Select(better, num, where[v]))
			}
		})
		for v := range best {
			f.putPart(best[v], At(dst, v*f.Bytes()), m.only(v, k))
			f.putPart(where[v], At(at, v*f.Bytes()), m.only(v, k))
		}
	})
	f.Ret()
}

// maxPairs reads the image itself: two rows of it for one of windows, and two
// vectors of each for one of their cells.
func (f *F) maxPairs() {
	dst, at, src, nums := f.Pointer("dst"), f.Pointer("at"), f.Pointer("src"), f.Pointer("nums")
	plane := f.PointerTo("p", "Plane")
	f.Loop(f.LoadP(At(plane, planeRows)), func() {
		x, n := f.Copy(src), f.LoadP(At(plane, planeCols))
		window := func(m M) {
			best, where := f.Var(f.Const(math.Inf(-1))), f.Var(f.Const(-1))
			below := f.PAdd(f.LoadP(At(plane, planePitch)), x)
			for row, y := range []P{x, below} {
				a, b := f.Load(At(y, 0)), f.Load(At(y, f.Bytes()))
				for col, c := range []V{f.Even(a, b), f.Odd(a, b)} {
					better := f.MOr(f.Gt(c, best), f.Unordered(c, c))
					f.Set(best, f.Select(better, c, best))
					f.Set(where, f.Select(better, f.Broadcast(At(nums, (2*row+col)*f.Size)), where))
				}
			}
			f.putPart(best, At(dst, 0), m)
			f.putPart(where, At(at, 0), m)
		}
		f.Loop(f.PShr(n, log2(f.W())), func() {
			window(M{})
			f.Advance(x, 2*f.Bytes())
			f.Advance(dst, f.Bytes())
			f.Advance(at, f.Bytes())
		})
		rest := f.PAnd(n, f.W()-1)
		f.If(rest, func() {
			window(f.TailMask(rest))
			bytes := f.PShl(rest, log2(f.Size))
			f.AdvanceBy(dst, bytes)
			f.AdvanceBy(at, bytes)
		})
		f.AdvanceBy(src, f.PShl(f.LoadP(At(plane, planePitch)), 1))
	})
	f.Ret()
}

// dotCells has sums for the vectors of each length, which do not wait for each other.
func (f *F) dotCells() {
	a, src := f.Pointer("a"), f.Pointer("src")
	p := &plane{F: f, at: f.PointerTo("p", "Plane")}
	sum := []V{f.Var(f.Zero()), f.Var(f.Zero()), f.Var(f.Zero()), f.Var(f.Zero())}
	p.vectors(src, []P{a}, 2, func(x P, k int, m M) {
		for v := range k {
			s := sum[v]
			if k == 1 || m.value != nil {
				s = sum[2+v]
			}
			f.FMATo(s, f.part(At(a, v*f.Bytes()), m.only(v, k)), f.part(At(x, v*f.Bytes()), m.only(v, k)))
		}
	})
	f.To(sum[0], "add", sum[1])
	f.To(sum[2], "add", sum[3])
	f.To(sum[0], "add", sum[2])
	f.Return(f.Fold("add", sum[0]))
}

func (f *F) packSpans() {
	dst, src := f.Pointer("dst"), f.Pointer("src")
	rows := f.SliceOf("rows", "int")
	n := f.Len("rows")
	copies := f.SliceOf("copies", "Span")
	count := f.Len("copies")
	pitch := f.Int("pitch")
	f.Loop(n, func() {
		x := f.PAdd(src, f.LoadP(At(rows, 0)))
		c := f.Copy(copies)
		f.Loop(f.Copy(count), func() {
			v := f.Load(Addr{Base: x, Index: f.LoadP(At(c, 8)), Scale: 1})
			f.Store(v, Addr{Base: dst, Index: f.LoadP(At(c, 0)), Scale: 1})
			f.Advance(c, 16)
		})
		f.Advance(rows, 8)
		f.AdvanceBy(dst, pitch)
	})
	f.Ret()
}

func (f *F) copyRows() {
	dst, to, src, from := f.Pointer("dst"), f.Int("to"), f.Pointer("src"), f.Int("from")
	rows, cols := f.Int("rows"), f.Int("cols")
	tail := f.PAnd(cols, f.W()-1)
	f.Loop(rows, func() {
		x, y := f.Copy(src), f.Copy(dst)
		f.Loop(f.PShr(cols, log2(f.W())), func() {
			f.Store(f.Load(At(x, 0)), At(y, 0))
			f.Advance(x, f.Bytes())
			f.Advance(y, f.Bytes())
		})
		f.If(tail, func() {
			m := f.TailMask(tail)
			f.StoreTail(f.LoadTail(At(x, 0), m), At(y, 0), m)
		})
		f.AdvanceBy(src, from)
		f.AdvanceBy(dst, to)
	})
	f.Ret()
}

func (f *F) evens() {
	dst := f.Slice("dst")
	n := f.Len("dst")
	src := f.Slice("src")
	next := func() V { return f.Even(f.Load(At(src, 0)), f.Load(At(src, f.Bytes()))) }
	f.Loop(f.PShr(n, log2(f.W())), func() {
		f.Store(next(), At(dst, 0))
		f.Advance(src, 2*f.Bytes())
		f.Advance(dst, f.Bytes())
	})
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() { f.StoreTail(next(), At(dst, 0), f.TailMask(rest)) })
	f.Ret()
}
