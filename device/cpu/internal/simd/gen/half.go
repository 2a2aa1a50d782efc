package main

// half are the conversions between float32 and the formats of 16 bits, to the
// last bit as package internal/half defines them, and float64.
var half = Area{Name: "half", Kernels: []Kernel{
	{Field: "WidenF16", Elems: []Elem{F32}, Body: widen(func(f *F, src Addr, n int) V { return f.LoadHalf(src, n, true) })},
	{Field: "WidenBF16", Elems: []Elem{F32}, Body: widen(func(f *F, src Addr, n int) V { return f.Shl(f.LoadHalf(src, n, false), 16) })},
	{Field: "NarrowF16", Elems: []Elem{F32}, Body: narrow(func(f *F, v V, dst Addr, n int) { f.StoreHalf(v, dst, n, true) })},
	{Field: "NarrowBF16", Elems: []Elem{F32}, Body: narrow(func(f *F, v V, dst Addr, n int) { f.StoreHalf(f.bf16(v), dst, n, false) })},
	{Field: "Widen64", Elems: []Elem{F32}, Body: func(f *F) {
		f.Wide()
		dst := f.SliceOf("dst", "float64")
		n := f.Len("dst")
		f.vectors(n, dst, f.Slice("src"), 8, 4, func(to, from Addr) { f.Store(f.LoadWide(from), to) })
	}},
	{Field: "Narrow64", Elems: []Elem{F32}, Body: func(f *F) {
		f.Wide()
		dst := f.Slice("dst")
		n := f.Len("dst")
		f.vectors(n, dst, f.SliceOf("src", "float64"), 4, 8, func(to, from Addr) { f.StoreNarrow(f.Load(from), to) })
	}},
}}

// vectors walks the whole vectors of two rows whose elements have ds and ss bytes.
func (f *F) vectors(count, dst, src P, ds, ss int, body func(to, from Addr)) {
	step := func(vectors int) {
		f.abreast(vectors, func(k int) { body(At(dst, k*f.W()*ds), At(src, k*f.W()*ss)) })
		f.Advance(dst, vectors*f.W()*ds)
		f.Advance(src, vectors*f.W()*ss)
	}
	f.Loop(f.PShr(count, log2(4*f.W())), func() { step(4) })
	f.Loop(f.PShr(f.PAnd(count, 4*f.W()-1), log2(f.W())), func() { step(1) })
}

// bf16 rounds floats to the upper halves of their words, ties to even, and
// leaves these in the lower halves. A NaN becomes quiet, where a carry could
// have made it a number.
func (f *F) bf16(x V) V {
	upper := f.Shr(x, 16)
	rounded := f.Shr(f.IAdd(f.IAdd(x, f.Bits(1<<15-1)), f.And(upper, f.Bits(1))), 16)
	return f.Select(f.Unordered(x, x), f.Or(upper, f.Bits(1<<6)), rounded)
}

func widen(load func(f *F, src Addr, n int) V) func(f *F) {
	return func(f *F) {
		dst := f.Slice("dst")
		n := f.Len("dst")
		src := f.SliceOf("src", "uint16")
		f.convert(n, dst, []P{src}, 4, 2, func(to Addr, from []Addr, n int) {
			v := load(f, from[0], n)
			if n == 1 {
				f.StoreLane(v, to)
			} else {
				f.Store(v, to)
			}
		})
	}
}

func narrow(store func(f *F, v V, dst Addr, n int)) func(f *F) {
	return func(f *F) {
		dst := f.SliceOf("dst", "uint16")
		n := f.Len("dst")
		src := f.Slice("src")
		f.convert(n, dst, []P{src}, 2, 4, func(to Addr, from []Addr, n int) { store(f, f.loadSome(from[0], n), to, n) })
	}
}

// loadSome reads a vector, or one element into all lanes.
func (f *F) loadSome(a Addr, n int) V {
	if n == 1 {
		return f.Broadcast(a)
	}
	return f.Load(a)
}

// convert walks rows whose elements have ds and ss bytes: body takes n of
// them, a vector or, at the end, one.
func (f *F) convert(count, dst P, src []P, ds, ss int, body func(to Addr, from []Addr, n int)) {
	step := func(vectors, n int) {
		f.abreast(vectors, func(k int) {
			from := make([]Addr, len(src))
			for i, p := range src {
				from[i] = At(p, k*n*ss)
			}
			body(At(dst, k*n*ds), from, n)
		})
		f.Advance(dst, vectors*n*ds)
		for _, p := range src {
			f.Advance(p, vectors*n*ss)
		}
	}
	unroll := min(4, f.width)
	f.Loop(f.PShr(count, log2(unroll*f.W())), func() { step(unroll, f.W()) })
	f.Loop(f.PShr(f.PAnd(count, unroll*f.W()-1), log2(f.W())), func() { step(1, f.W()) })
	f.Loop(f.PAnd(count, f.W()-1), func() { step(1, 1) })
}

// What an operation of 16-bit numbers takes them for.
var halfNames = map[bool]string{true: "f16", false: "words"}

// LoadHalf reads n numbers of 16 bits, W or 1, into lanes of 32: float16 as
// float32, or integers without a sign.
func (f *F) LoadHalf(a Addr, n int, float bool) V {
	d := f.fresh(vector)
	f.add(instruction{op: "loadhalf", dst: d, addr: a, imm: n, name: halfNames[float]})
	return V{d}
}

// LoadWordsTail is LoadHalf of the integers whose lanes m has; AVX-512 only.
func (f *F) LoadWordsTail(a Addr, m M) V {
	d := f.fresh(vector)
	f.add(instruction{op: "loadwordstail", dst: d, src: []*value{m.value}, addr: a})
	return V{d}
}

// StoreHalf writes the first n lanes, W or 1: float32 as float16, or integers
// below 1<<16.
func (f *F) StoreHalf(v V, a Addr, n int, float bool) {
	f.add(instruction{op: "storehalf", src: []*value{v.value}, addr: a, imm: n, name: halfNames[float], temps: 1})
}

// PairsTo is acc += a₀·b₀ + a₁·b₁ of the two bfloat16 in each lane; AVX-512 with BF16.
func (f *F) PairsTo(acc, a, b V) {
	f.add(instruction{op: "pairs", dst: acc.value, src: []*value{a.value, b.value, acc.value}})
}

// packPairs is simd.PackPairs.
func packPairs(f *F) {
	dst, width, src, stride, rows, cols := f.Pointer("dst"), f.Int("width"), f.PointerTo("src", "uint16"), f.Int("stride"), f.Int("rows"), f.Int("cols")
	step := func(load func() V) {
		low := load()
		f.AdvanceBy(src, stride)
		f.Store(f.Or(low, f.Shl(load(), 16)), At(dst, 0))
		f.AdvanceBy(src, stride)
		f.AdvanceBy(dst, width)
	}
	f.Advance(cols, -f.W())
	f.IfElse(cols, func() {
		f.Advance(cols, f.W())
		m := f.TailMask(cols)
		f.Loop(rows, func() { step(func() V { return f.LoadWordsTail(At(src, 0), m) }) })
	}, func() {
		f.Loop(rows, func() { step(func() V { return f.LoadHalf(At(src, 0), f.W(), false) }) })
	})
}
