package main

import "slices"

// tileSizes are the rows of the tallest tile of one and two vectors: its sums,
// a row of B and an element of A fill the registers.
var tileSizes = map[string][]int{"AVX512": {14, 14}, "AVX2": {6, 6}, "NEON": {8, 8}}

var gemm = Area{Name: "gemm", Kernels: slices.Concat(tiles("Tiles", (*tile).strided), tiles("PackedTiles", (*tile).packed), []Kernel{
	{Field: "PackRows", Body: packRows}, {Field: "PackCols", Body: packCols},
	{Field: "Dot8", Body: dots(8, (*F).FMATo)}, {Field: "Dot1", Body: dots(1, (*F).FMATo)},
	{Field: "Axpy8", Body: axpys(8)}, {Field: "Axpy1", Body: axpys(1)},
}, pairs())}

// pairs are the kernels of bfloat16: tiles whose elements are two of them.
func pairs() []Kernel {
	k := tiles("PairTiles", func(t *tile) {
		t.madd = t.PairsTo
		t.packed()
	})
	k = slices.DeleteFunc(k, func(k Kernel) bool { return k.Tiers[0] != "AVX512" })
	k = append(k, Kernel{Field: "PackPairs", Body: packPairs},
		Kernel{Field: "PairDot8", Body: dots(8, (*F).PairsTo)}, Kernel{Field: "PairDot1", Body: dots(1, (*F).PairsTo)})
	for i := range k {
		k[i].Elems, k[i].Tiers = []Elem{F32}, []string{"AVX512"}
	}
	return k
}

// tiles are the kernels of a table, one for each number of vectors and rows.
func tiles(field string, body func(t *tile)) (k []Kernel) {
	for _, t := range targets {
		for v, most := range tileSizes[t.tier()] {
			for r := range most {
				k = append(k, Kernel{Field: field, Index: []int{v, r}, Tiers: []string{t.tier()},
					Body: func(f *F) { body(&tile{F: f, vectors: v + 1, rows: r + 1, madd: f.FMATo}) }})
			}
		}
	}
	return k
}

// A tile is the code of a kernel. Each element is summed in the order of k, so
// that it does not depend on the tile.
type tile struct {
	*F
	vectors, rows int
	k, a, b       P
	c, crs, cols  func() P
	add, ads      func() P
	sums          [][]V
	tail          M // of the last vector, if it is partial
	madd          func(sum, a, b V)
}

// start reads the arguments that all kernels end in, after the given ones.
func (t *tile) start() {
	t.c, t.crs, t.cols = t.Later("c", "*"+t.Go), t.Later("crs", "int"), t.Later("cols", "int")
	t.add, t.ads = t.Later("add", "*"+t.Go), t.Later("ads", "int")
	t.down(t.c(), t.crs(), func(_ int, p P) { // needed only at the end, and often far away
		for v := range t.vectors {
			t.Prefetch(At(p, v*t.Bytes()))
		}
	})
	for range t.rows {
		row := make([]V, t.vectors)
		for v := range row {
			row[v] = t.Var(t.Zero())
		}
		t.sums = append(t.sums, row)
	}
}

// unroll is how many steps of k a loop takes at once.
func (t *tile) unroll() int {
	if t.rows*t.vectors > 8 {
		return 2
	}
	return 4
}

// packed is simd.PackedTile: all addresses are known.
func (t *tile) packed() {
	t.k, t.a, t.b = t.Int("k"), t.Pointer("a"), t.Pointer("b")
	t.start()
	width := len(tileSizes[t.Tier()]) * t.Bytes()
	steps := func(n int) {
		for u := range n {
			t.step(func(v int) V { return t.Load(At(t.b, u*width+v*t.Bytes())) },
				func(i int) V { return t.Broadcast(At(t.a, (u*t.rows+i)*t.Size)) })
		}
		t.Advance(t.a, n*t.rows*t.Size)
		t.Advance(t.b, n*width)
	}
	n := t.unroll()
	t.Loop(t.PShr(t.k, log2(n)), func() { steps(n) })
	t.Loop(t.PAnd(t.k, n-1), func() { steps(1) })
	rest := t.cols()
	t.Advance(rest, -t.vectors*t.W())
	t.IfElse(rest, func() {
		t.Advance(rest, t.W())
		t.tail = t.TailMask(rest)
		t.finish()
	}, func() {
		t.tail = M{}
		t.finish()
	})
}

// strided is simd.Tile.
func (t *tile) strided() {
	t.k, t.a = t.Int("k"), t.Pointer("a")
	ars := t.Int("ars")
	t.b = t.Pointer("b")
	brs := t.Int("brs")
	t.start()
	at := t.rowAddresses(t.a, ars)
	rest := t.cols()
	t.Advance(rest, -t.vectors*t.W())
	if t.t.maskClass() != mask {
		t.IfElse(rest, func() {
			t.Advance(rest, t.W())
			t.tail = t.TailMask(rest)
			t.partial(at, brs)
			t.finish()
		}, func() {
			t.tail = M{}
			t.whole(at, brs)
			t.finish()
		})
		return
	}
	t.Advance(rest, t.W())
	tail := t.TailMask(rest)
	t.Advance(rest, -t.W())
	t.IfElse(rest, func() {
		t.tail = tail
		t.partial(at, brs)
	}, func() {
		t.tail = M{}
		t.whole(at, brs)
	})
	t.tail = tail
	t.finish()
}

// partial sums with the last vector masked.
func (t *tile) partial(at []Addr, brs P) {
	t.Loop(t.k, func() {
		t.step(func(v int) V { return t.load(t.b, v) }, func(i int) V { return t.Broadcast(at[i]) })
		t.AdvanceBy(t.b, brs)
		t.Advance(t.a, t.Size)
	})
}

// whole sums with full vectors.
func (t *tile) whole(at []Addr, brs P) {
	n := t.unroll()
	t.Loop(t.PShr(t.k, log2(n)), func() {
		for u := range n {
			if n == 2 {
				t.nextPanel()
			}
			t.step(func(v int) V { return t.Load(At(t.b, v*t.Bytes())) }, func(i int) V {
				a := at[i]
				a.Off += u * t.Size
				return t.Broadcast(a)
			})
			t.AdvanceBy(t.b, brs)
		}
		t.Advance(t.a, n*t.Size)
	})
	t.Loop(t.PAnd(t.k, n-1), func() {
		t.step(func(v int) V { return t.Load(At(t.b, v*t.Bytes())) }, func(i int) V { return t.Broadcast(at[i]) })
		t.AdvanceBy(t.b, brs)
		t.Advance(t.a, t.Size)
	})
}

// nextPanel asks for the same row of the next panel of B. Rows may be far apart
// in memory that no cache has yet, where no processor guesses them; all the
// tiles of this panel are time enough for them to come.
func (t *tile) nextPanel() {
	width := t.vectors * t.Bytes()
	for v := 0; v < width; v += 64 {
		t.Prefetch(At(t.b, width+v))
	}
}

// step adds the products of one row of B and one column of A.
func (t *tile) step(b, a func(i int) V) {
	row := make([]V, t.vectors)
	for v := range row {
		row[v] = b(v)
	}
	for i, sums := range t.sums {
		x := a(i)
		for v := range row {
			t.madd(sums[v], x, row[v])
		}
	}
}

// finish adds what there is to add and stores the sums.
func (t *tile) finish() {
	plus := t.add()
	t.If(plus, func() {
		t.down(plus, t.ads(), func(i int, p P) {
			for v := range t.vectors {
				t.To(t.sums[i][v], "add", t.load(p, v))
			}
		})
	})
	t.down(t.c(), t.crs(), func(i int, p P) {
		for v, s := range t.sums[i] {
			if v == t.vectors-1 && t.tail.value != nil {
				t.StoreTail(s, At(p, v*t.Bytes()), t.tail)
			} else {
				t.Store(s, At(p, v*t.Bytes()))
			}
		}
	})
}

// load reads vector v of a row at p.
func (t *tile) load(p P, v int) V {
	if v == t.vectors-1 && t.tail.value != nil {
		return t.LoadTail(At(p, v*t.Bytes()), t.tail)
	}
	return t.Load(At(p, v*t.Bytes()))
}

// down calls g for addresses p, p+stride, … of the tile's rows.
func (t *tile) down(p, stride P, g func(i int, p P)) {
	for i := range t.rows {
		g(i, p)
		if i < t.rows-1 {
			t.AdvanceBy(p, stride)
		}
	}
}

// rowAddresses are a + i·stride: one register for each odd i, as the machine
// multiplies an index by 1, 2, 4 or 8.
func (t *tile) rowAddresses(a, stride P) []Addr {
	odd := map[int]P{1: stride}
	for i := 3; i < t.rows; i += 2 {
		odd[i] = t.Copy(odd[i-2])
		t.AdvanceBy(odd[i], stride)
		t.AdvanceBy(odd[i], stride)
	}
	at := []Addr{At(a, 0)}
	for i := 1; i < t.rows; i++ {
		k, scale := i, 1
		for k%2 == 0 {
			k, scale = k/2, scale*2
		}
		at = append(at, Addr{Base: a, Index: odd[k], Scale: scale})
	}
	return at
}
