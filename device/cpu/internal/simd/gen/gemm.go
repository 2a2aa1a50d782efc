package main

// tileSizes are the rows of the tallest tile of one and two vectors: its sums,
// a row of B and an element of A fill the registers.
var tileSizes = map[string][]int{"AVX512": {14, 14}, "AVX2": {6, 6}, "NEON": {8, 8}}

var gemm = Area{Name: "gemm", Kernels: append(tiles(), Kernel{Field: "PackRows", Body: packRows}, Kernel{Field: "PackCols", Body: packCols})}

func tiles() (k []Kernel) {
	for _, tier := range []string{"AVX512", "AVX2", "NEON"} {
		for v, most := range tileSizes[tier] {
			for r := range most {
				k = append(k, Kernel{Field: "Tiles", Index: []int{v, r}, Tiers: []string{tier},
					Body: func(f *F) { f.tile(v+1, r+1) }})
			}
		}
	}
	return k
}

// tile is simd.Tile for a number of vectors and rows. Each element is summed in
// the order of k, so that it does not depend on the tile.
func (f *F) tile(vectors, rows int) {
	k := f.Int("k")
	a, ars, acs := f.Pointer("a"), f.Int("ars"), f.Int("acs")
	b, brs := f.Pointer("b"), f.Int("brs")
	c, crs, cols := f.Later("c", "*"+f.Go), f.Later("crs", "int"), f.Later("cols", "int")
	add, ads := f.Later("add", "*"+f.Go), f.Later("ads", "int")
	f.down(c(), crs(), rows, func(_ int, p P) {
		for v := range vectors {
			f.Prefetch(At(p, v*f.Bytes()))
		}
	})
	t := tileCode{F: f, k: k, a: f.rowAddresses(a, ars, rows), acs: acs, b: b, brs: brs}
	body := func() {
		t.sum(vectors)
		plus := add()
		f.If(plus, func() {
			f.down(plus, ads(), rows, func(i int, p P) {
				t.each(vectors, func(v int, load func(P) V, _ func(V, P)) { f.To(t.sums[i][v], "add", load(p)) })
			})
		})
		f.down(c(), crs(), rows, func(i int, p P) {
			t.each(vectors, func(v int, _ func(P) V, store func(V, P)) { store(t.sums[i][v], p) })
		})
	}
	for range rows {
		row := make([]V, vectors)
		for v := range row {
			row[v] = f.Var(f.Zero())
		}
		t.sums = append(t.sums, row)
	}
	rest := cols()
	f.Advance(rest, -(vectors-1)*f.W())
	if f.t.maskClass() == mask { // a mask costs nothing
		t.tail = f.TailMask(rest)
		body()
		return
	}
	rest = f.PAnd(rest, f.W()-1)
	f.IfElse(rest, func() {
		t.tail = f.TailMask(rest)
		body()
	}, func() {
		t.tail = M{}
		body()
	})
}

// tileCode is what the parts of a tile share.
type tileCode struct {
	*F
	k, acs, b, brs P
	a              []Addr
	sums           [][]V
	tail           M // of the last vector, if it is partial
}

// each calls g for every vector of a row.
func (t *tileCode) each(vectors int, g func(v int, load func(P) V, store func(V, P))) {
	for v := range vectors {
		off := v * t.Bytes()
		if v == vectors-1 && t.tail.value != nil {
			g(v, func(p P) V { return t.LoadTail(At(p, off), t.tail) }, func(x V, p P) { t.StoreTail(x, At(p, off), t.tail) })
		} else {
			g(v, func(p P) V { return t.Load(At(p, off)) }, func(x V, p P) { t.Store(x, At(p, off)) })
		}
	}
}

// sum multiplies and adds over k.
func (t *tileCode) sum(vectors int) {
	t.Loop(t.k, func() {
		row := make([]V, vectors)
		t.each(vectors, func(v int, load func(P) V, _ func(V, P)) { row[v] = load(t.b) })
		t.AdvanceBy(t.b, t.brs)
		for i, sums := range t.sums {
			x := t.Broadcast(t.a[i])
			for v := range row {
				t.FMATo(sums[v], x, row[v])
			}
		}
		t.AdvanceBy(t.a[0].Base, t.acs)
	})
}

// down calls g for addresses p, p+stride, ….
func (f *F) down(p, stride P, rows int, g func(i int, p P)) {
	for i := range rows {
		g(i, p)
		if i < rows-1 {
			f.AdvanceBy(p, stride)
		}
	}
}

// rowAddresses are a + i·stride: one register for each odd i, as the machine
// multiplies an index by 1, 2, 4 or 8.
func (f *F) rowAddresses(a, stride P, rows int) []Addr {
	odd := map[int]P{1: stride}
	for i := 3; i < rows; i += 2 {
		odd[i] = f.Copy(odd[i-2])
		f.AdvanceBy(odd[i], stride)
		f.AdvanceBy(odd[i], stride)
	}
	at := []Addr{At(a, 0)}
	for i := 1; i < rows; i++ {
		k, scale := i, 1
		for k%2 == 0 {
			k, scale = k/2, scale*2
		}
		at = append(at, Addr{Base: a, Index: odd[k], Scale: scale})
	}
	return at
}
