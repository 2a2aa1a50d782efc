package main

// Kernels of whole lines: softmax, normalisation, losses of classes. Each line
// takes a pass for what it is reduced to and one for its result. Sums are in
// the lanes' type: callers cut lines of float32 where that is too coarse.

// A pass makes a kernel of slices, the first of which is written, and scalars.
func pass(field string, unroll int, slices, scalars []string, body func(f *F, x, s []V) V) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		ptr := declare(f, slices)
		n := f.Len(slices[0])
		s := scalarsOf(f, scalars)
		f.Rows(unroll, n, ptr, func(load func(P) V, store func(V, P)) {
			store(body(f, loadAll(load, ptr[1:]), s), ptr[0])
		})
	}}
}

// sums makes a kernel that adds up body's results over slices. One sum is the
// kernel's result; several go to the slice sums.
func sums(field string, unroll, results int, slices, scalars []string, body func(f *F, x, s []V) []V) Kernel {
	return Kernel{Field: field, Body: func(f *F) {
		ptr := declare(f, slices)
		n := f.Len(slices[0])
		var out P
		if results > 1 {
			out = f.Slice("sums")
		}
		s := scalarsOf(f, scalars)
		y := f.FoldRows(unroll, "add", f.Zero(), n, ptr, results, func(load func(P) V, _ func(V, P)) []V {
			return body(f, loadAll(load, ptr), s)
		})
		if results == 1 {
			f.Return(y[0])
			return
		}
		for i, v := range y {
			f.StoreLane(v, At(out, i*f.Size))
		}
	}}
}

func declare(f *F, slices []string) []P {
	var ptr []P
	for _, name := range slices {
		ptr = append(ptr, f.Slice(name))
	}
	return ptr
}

func scalarsOf(f *F, names []string) []V {
	var s []V
	for _, name := range names {
		s = append(s, f.Scalar(name))
	}
	return s
}

func loadAll(load func(P) V, ptr []P) []V {
	var x []V
	for _, p := range ptr {
		x = append(x, load(p))
	}
	return x
}

type names = []string

var lines = Area{Name: "lines", Kernels: []Kernel{
	sums("SumExp", 4, 1, names{"a"}, names{"m"}, func(f *F, x, s []V) []V {
		return []V{expNeg(f, f.Sub(x[0], s[0]))}
	}),
	{Field: "ExpSum", Body: func(f *F) {
		dst := f.Slice("dst")
		n := f.Len("dst")
		a := f.Slice("a")
		m := f.Scalar("m")
		f.Return(f.FoldRows(4, "add", f.Zero(), n, []P{dst, a}, 1, func(load func(P) V, store func(V, P)) []V {
			e := expNeg(f, f.Sub(load(a), m))
			store(e, dst)
			return []V{e}
		})[0])
	}},
	pass("ScaleExp", 4, names{"dst", "a"}, names{"m", "k"}, func(f *F, x, s []V) V {
		return f.Mul(expNeg(f, f.Sub(x[0], s[0])), s[1])
	}),
	{Field: "ExpSumTo", Body: func(f *F) { // of many lines side by side
		p := declare(f, names{"dst", "a", "m", "sum"})
		f.Rows(4, f.Len("dst"), p, func(load func(P) V, store func(V, P)) {
			e := expNeg(f, f.Sub(load(p[1]), load(p[2])))
			store(e, p[0])
			store(f.Add(e, load(p[3])), p[3])
		})
	}},
	{Field: "DotTo", Body: func(f *F) {
		p := declare(f, names{"sum", "a", "b"})
		f.Rows(4, f.Len("sum"), p, func(load func(P) V, store func(V, P)) {
			store(f.FMA(load(p[1]), load(p[2]), load(p[0])), p[0])
		})
	}},
	sums("Dot", 4, 1, names{"a", "b"}, nil, func(f *F, x, s []V) []V { return []V{f.Mul(x[0], x[1])} }),
	pass("SoftmaxGrad", 4, names{"dst", "dy", "y"}, names{"sum"}, func(f *F, x, s []V) V {
		return f.Mul(x[1], f.Sub(x[0], s[0]))
	}),
	pass("LogSoftmaxGrad", 4, names{"dst", "dy", "y"}, names{"sum"}, func(f *F, x, s []V) V {
		return f.FNMA(exp(f, x[1]), s[0], x[0])
	}),
	pass("Standardize", 4, names{"dst", "a"}, names{"m", "scale", "shift"}, func(f *F, x, s []V) V {
		return f.FMA(f.Sub(x[0], s[0]), s[1], s[2])
	}),
	pass("StandardizeBy", 4, names{"dst", "a", "w", "b"}, names{"m", "scale"}, func(f *F, x, s []V) V {
		return f.FMA(f.Mul(f.Sub(x[0], s[0]), s[1]), x[1], x[2])
	}),
	sums("Moments", 4, 2, names{"a"}, names{"m"}, func(f *F, x, s []V) []V {
		d := f.Sub(x[0], s[0])
		return []V{d, f.Mul(d, d)}
	}),
	sums("GradSums", 4, 2, names{"dy", "x"}, names{"m"}, func(f *F, x, s []V) []V {
		return []V{x[0], f.Mul(x[0], f.Sub(x[1], s[0]))}
	}),
	sums("GradSumsBy", 4, 2, names{"dy", "x", "w"}, names{"m"}, func(f *F, x, s []V) []V {
		g := f.Mul(x[0], x[2])
		return []V{g, f.Mul(g, f.Sub(x[1], s[0]))}
	}),
	pass("NormGrad", 4, names{"dx", "dy", "x"}, names{"m", "scale", "c1", "c2"}, normGrad),
	{Field: "NormGradBy", Body: func(f *F) {
		p := declare(f, names{"dx", "dw", "db", "dy", "x", "w"})
		n := f.Len("dx")
		s := scalarsOf(f, names{"m", "scale", "c1", "c2"})
		f.Rows(2, n, p, func(load func(P) V, store func(V, P)) {
			dy, d := load(p[3]), f.Sub(load(p[4]), s[0])
			store(f.FMA(dy, f.Mul(d, s[1]), load(p[1])), p[1])
			store(f.Add(dy, load(p[2])), p[2])
			g := f.Sub(f.Mul(dy, load(p[5])), s[2])
			store(f.Mul(f.FNMA(d, s[3], g), s[1]), p[0])
		})
	}},
}}

// normGrad is scale·(dy - c1 - (x-m)·c2).
func normGrad(f *F, x, s []V) V {
	return f.Mul(f.FNMA(f.Sub(x[1], s[0]), s[3], f.Sub(x[0], s[2])), s[1])
}
