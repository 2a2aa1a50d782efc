package main

// Steps of optimizers. They round as the plain Go does: no products are fused.

var steps = Area{Name: "steps", Kernels: []Kernel{
	{Field: "SGD", Body: func(f *F) {
		p, k := stepParams(f, names{"p", "g"}, names{"lr", "decay", "sign"})
		n := f.Len("p")
		f.Rows(2, n, p, func(load func(P) V, store func(V, P)) {
			w := load(p[0])
			d := direction(f, w, load(p[1]), k["decay"], k["sign"])
			store(f.Sub(w, f.Mul(d, k["lr"]())), p[0])
		})
	}},
	{Field: "Momentum", Body: func(f *F) {
		p, k := stepParams(f, names{"p", "buf", "g"}, names{"lr", "decay", "sign", "mu", "part"})
		n := f.Len("p")
		f.Rows(2, n, p, func(load func(P) V, store func(V, P)) {
			w := load(p[0])
			d := direction(f, w, load(p[2]), k["decay"], k["sign"])
			b := f.Add(f.Mul(load(p[1]), k["mu"]()), f.Mul(d, k["part"]()))
			store(b, p[1])
			store(f.Sub(w, f.Mul(b, k["lr"]())), p[0])
		})
	}},
	{Field: "Adam", Body: func(f *F) {
		p, k := stepParams(f, names{"p", "m", "v", "g"}, names{"rate", "eps", "decay", "keep", "sign", "b1", "c1", "b2", "c2"})
		n := f.Len("p")
		f.Rows(2, n, p, func(load func(P) V, store func(V, P)) {
			w := f.Mul(load(p[0]), k["keep"]())
			d := direction(f, w, load(p[3]), k["decay"], k["sign"])
			m := f.Add(f.Mul(load(p[1]), k["b1"]()), f.Mul(d, k["c1"]()))
			store(m, p[1])
			v := f.Add(f.Mul(load(p[2]), k["b2"]()), f.Mul(f.Mul(d, k["c2"]()), d))
			store(v, p[2])
			store(f.Sub(w, f.Div(f.Mul(m, k["rate"]()), f.Add(f.Sqrt(v), k["eps"]()))), p[0])
		})
	}},
}}

// stepParams declares slices and scalars. Where registers are few, scalars are
// loaded where they are used.
func stepParams(f *F, slices, scalars []string) ([]P, map[string]func() V) {
	p, k := declare(f, slices), map[string]func() V{}
	for _, name := range scalars {
		load := f.ScalarOf(name)
		if f.Tier() != "AVX2" {
			v := load()
			load = func() V { return v }
		}
		k[name] = load
	}
	return p, k
}

// direction is sign·g, and decay·w more unless decay is 0: w may be infinite.
func direction(f *F, w, g V, decay, sign func() V) V {
	d, k := f.Mul(g, sign()), decay()
	return f.Select(f.Eq(k, f.Zero()), d, f.Add(d, f.Mul(w, k)))
}
