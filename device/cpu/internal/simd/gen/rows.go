package main

import "slices"

// Map makes a kernel out[i] = body(in0[i], in1[i], …) over whole slices: dst,
// then inputs of at least its length. unroll vectors go through body in each
// turn of the main loop, side by side as far as the registers reach. Scalars
// follow the slices among the parameters, and the inputs in x.
func (f *F) Map(unroll int, dst string, in []string, body func(x []V) V, scalars ...string) {
	unroll = min(unroll, f.width)
	out := f.Slice(dst)
	n := f.Len(dst)
	ptr := make([]P, len(in))
	for i, name := range in {
		ptr[i] = f.Slice(name)
	}
	var numbers []V
	for _, name := range scalars {
		numbers = append(numbers, f.Scalar(name))
	}
	f.rows(unroll, f.abreast, n, append([]P{out}, ptr...), func(load func(P) V, store func(V, P)) {
		x := make([]V, len(in))
		for i, p := range ptr {
			x[i] = load(p)
		}
		store(body(append(x, numbers...)), out)
	})
}

// Rows runs body over n elements that the pointers walk together: vectors, then
// one partial vector. body loads and stores through the functions it is given.
func (f *F) Rows(unroll int, n P, walk []P, body func(load func(P) V, store func(V, P))) {
	inTurn := func(n int, part func(k int)) {
		for k := range n {
			part(k)
		}
	}
	f.rows(unroll, inTurn, n, walk, body)
}

// abreast writes n independent parts, one instruction of each after the other,
// so that a part need not wait for its own results.
func (f *F) abreast(n int, part func(k int)) {
	start, longest := len(f.code), 0
	parts := make([][]instruction, n)
	for k := range parts {
		part(k)
		parts[k] = slices.Clone(f.code[start:])
		f.code = f.code[:start]
		longest = max(longest, len(parts[k]))
	}
	for i := range longest {
		for _, p := range parts {
			if i < len(p) {
				f.add(p[i])
			}
		}
	}
}

func (f *F) rows(unroll int, together func(n int, part func(k int)), n P, walk []P, body func(load func(P) V, store func(V, P))) {
	at := func(k int) (func(P) V, func(V, P)) {
		off := k * f.Bytes()
		return func(p P) V { return f.Load(At(p, off)) }, func(v V, p P) { f.Store(v, At(p, off)) }
	}
	step := func(vectors int) {
		together(vectors, func(k int) { body(at(k)) })
		for _, p := range walk {
			f.Advance(p, vectors*f.Bytes())
		}
	}
	if unroll > 1 {
		f.Loop(f.PShr(n, log2(f.W()*unroll)), func() { step(unroll) })
		n = f.PAnd(n, f.W()*unroll-1)
	}
	f.Loop(f.PShr(n, log2(f.W())), func() { step(1) })
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() {
		m := f.TailMask(rest)
		body(func(p P) V { return f.LoadTail(At(p, 0), m) }, func(v V, p P) { f.StoreTail(v, At(p, 0), m) })
	})
}

// Reduce makes a kernel that folds body(in…) of all elements with op ("add",
// "max", "min") and returns the result; empty slices give start. unroll
// accumulators run side by side; they are joined in a fixed order.
func (f *F) Reduce(unroll int, op string, start V, in []string, body func(x []V) V) {
	ptr := make([]P, len(in))
	ptr[0] = f.Slice(in[0])
	n := f.Len(in[0])
	for i, name := range in[1:] {
		ptr[i+1] = f.Slice(name)
	}
	acc := make([]V, unroll)
	for i := range acc {
		acc[i] = f.Var(start)
	}
	step := func(vectors int) {
		for k := range vectors {
			x := make([]V, len(in))
			for i, p := range ptr {
				x[i] = f.Load(At(p, k*f.Bytes()))
			}
			f.To(acc[k], op, body(x))
		}
		for _, p := range ptr {
			f.Advance(p, vectors*f.Bytes())
		}
	}
	f.Loop(f.PShr(n, log2(f.W()*unroll)), func() { step(unroll) })
	n = f.PAnd(n, f.W()*unroll-1)
	f.Loop(f.PShr(n, log2(f.W())), func() { step(1) })
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() {
		m := f.TailMask(rest)
		x := make([]V, len(in))
		for i, p := range ptr {
			x[i] = f.LoadTail(At(p, 0), m)
		}
		f.To(acc[0], op, f.MaskedOr(m, body(x), start))
	})
	for s := 1; s < unroll; s *= 2 {
		for i := 0; i+s < unroll; i += 2 * s {
			f.To(acc[i], op, acc[i+s])
		}
	}
	f.Return(f.Fold(op, acc[0]))
}

// MaskedOr is v in the lanes of a tail's mask and other elsewhere.
func (f *F) MaskedOr(m M, v, other V) V { return f.Select(m, v, other) }

func log2(n int) int {
	k := 0
	for n > 1 {
		n >>= 1
		k++
	}
	return k
}

// FoldRows walks n elements as Rows does, with LoadWide for loads, and folds each of
// body's results over them with op, as Reduce does. It returns what the
// accumulators hold in lane 0. Lanes beyond the end count as start.
func (f *F) FoldRows(unroll int, op string, start V, n P, walk []P, results int, body func(load func(P) V, store func(V, P)) []V) []V {
	acc := make([][]V, results)
	for r := range acc {
		for range unroll {
			acc[r] = append(acc[r], f.Var(start))
		}
	}
	size := f.W() * f.Memory().Size
	step := func(vectors int) {
		for k := range vectors {
			y := body(func(p P) V { return f.LoadWide(At(p, k*size)) }, func(v V, p P) { f.Store(v, At(p, k*size)) })
			for r, v := range y {
				f.To(acc[r][k], op, v)
			}
		}
		for _, p := range walk {
			f.Advance(p, vectors*size)
		}
	}
	f.Loop(f.PShr(n, log2(f.W()*unroll)), func() { step(unroll) })
	if unroll > 1 {
		f.Loop(f.PShr(f.PAnd(n, f.W()*unroll-1), log2(f.W())), func() { step(1) })
	}
	rest := f.PAnd(n, f.W()-1)
	f.If(rest, func() {
		m := f.TailMask(rest)
		y := body(func(p P) V { return f.LoadWideTail(At(p, 0), m) }, func(v V, p P) { f.StoreTail(v, At(p, 0), m) })
		for r, v := range y {
			f.To(acc[r][0], op, f.MaskedOr(m, v, start))
		}
	})
	var out []V
	for _, a := range acc {
		for s := 1; s < unroll; s *= 2 {
			for i := 0; i+s < unroll; i += 2 * s {
				f.To(a[i], op, a[i+s])
			}
		}
		out = append(out, f.Fold(op, a[0]))
	}
	return out
}
