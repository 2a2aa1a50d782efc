package main

// limits are loops that do nothing but what a unit of the machine does best, so
// that benchmarks have something to be measured against.
var limits = Area{Name: "limits", Kernels: []Kernel{
	{Field: "FMA", Body: func(f *F) {
		n := f.Int("n")
		acc := make([]V, 24) // more than latency times ports on any machine, and both operands stay in registers
		if f.Tier() == "AVX2" {
			acc = acc[:12]
		}
		one := f.Reg(f.Const(1))
		for i := range acc {
			acc[i] = f.Var(f.Zero())
		}
		f.Loop(n, func() {
			for _, a := range acc {
				f.FMATo(a, one, one)
			}
		})
		for _, a := range acc[1:] {
			f.To(acc[0], "add", a)
		}
		f.Return(f.Fold("add", acc[0]))
	}},
	{Field: "Read", Body: func(f *F) {
		f.Reduce(8, "add", f.Zero(), []string{"a"}, func(x []V) V { return x[0] })
	}},
	one("Copy", 4, func(_ *F, x V) V { return x }),
	two("Triad", (*F).Add),
	stream("CopyNT", []string{"a"}, func(_ *F, x []V) V { return x[0] }),
	stream("TriadNT", ab, func(f *F, x []V) V { return f.Add(x[0], x[1]) }),
}}

// stream is a kernel that writes past the caches, for whole vectors in aligned
// memory: what is left over it does not do.
func stream(field string, in []string, op func(f *F, x []V) V) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		out := f.Slice("dst")
		n := f.Len("dst")
		walk := []P{out}
		for _, name := range in {
			walk = append(walk, f.Slice(name))
		}
		const unroll = 4
		f.Loop(f.PShr(n, log2(f.W()*unroll)), func() {
			for k := range unroll {
				x := make([]V, len(in))
				for i, p := range walk[1:] {
					x[i] = f.Load(At(p, k*f.Bytes()))
				}
				f.StoreNT(op(f, x), At(out, k*f.Bytes()))
			}
			for _, p := range walk {
				f.Advance(p, unroll*f.Bytes())
			}
		})
		f.Fence()
	}}
}
