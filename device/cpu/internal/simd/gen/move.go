package main

var move = Area{Name: "move", Kernels: []Kernel{
	{Field: "Transpose", Body: func(f *F) { f.transpose((*F).Store) }},
	{Field: "TransposeNT", Body: func(f *F) { f.transpose((*F).StoreNT) }},
}}

// transpose is simd.Move's: each 16 bytes of a vector collect rows of their
// own, so that no data must cross between them afterwards.
func (f *F) transpose(store func(*F, V, Addr)) {
	dst, ds := f.Pointer("dst"), f.Int("dstStride")
	src, ss := f.Pointer("src"), f.Int("srcStride")
	groups := f.Int("groups")
	rows := 16 / f.Size // that one part of a vector collects, and columns of a group
	part := []P{src}
	for len(part) < f.Bytes()/16 {
		p := f.Copy(part[len(part)-1])
		for range rows {
			f.AdvanceBy(p, ss)
		}
		part = append(part, p)
	}
	from := make([][]Addr, len(part))
	s3, d3 := f.thrice(ss), f.thrice(ds)
	for i, p := range part {
		from[i] = []Addr{At(p, 0), {Base: p, Index: ss, Scale: 1}, {Base: p, Index: ss, Scale: 2}, {Base: p, Index: s3, Scale: 1}}
	}
	to := []Addr{At(dst, 0), {Base: dst, Index: ds, Scale: 1}, {Base: dst, Index: ds, Scale: 2}, {Base: dst, Index: d3, Scale: 1}}
	f.Loop(groups, func() {
		in := make([]V, rows)
		for r := range in {
			in[r] = f.Quad(from[0][r])
			for i := 1; i < len(part); i++ {
				f.SetQuad(in[r], i, from[i][r])
			}
		}
		for c, v := range f.turned(in) {
			store(f, v, to[c])
		}
		for _, p := range part {
			f.Advance(p, 16)
		}
		for range rows {
			f.AdvanceBy(dst, ds)
		}
	})
	f.Fence()
}

// thrice is 3·p.
func (f *F) thrice(p P) P {
	q := f.Copy(p)
	f.AdvanceBy(q, p)
	f.AdvanceBy(q, p)
	return q
}

// turned transposes the square of lanes that each 16 bytes of the rows make.
func (f *F) turned(row []V) []V {
	pair := func(a, b V, size int) []V { return []V{f.Zip(a, b, size, false), f.Zip(a, b, size, true)} }
	if len(row) == 2 {
		return pair(row[0], row[1], 8)
	}
	a, b := pair(row[0], row[1], 4), pair(row[2], row[3], 4)
	return append(pair(a[0], b[0], 8), pair(a[1], b[1], 8)...)
}
