package main

// The gradients of the cells of recurrent layers, in two passes each: one would
// need more addresses than there are registers.

var cells = Area{Name: "cells", Kernels: []Kernel{
	{Field: "LSTMState", Body: func(f *F) {
		p := declare(f, names{"dc", "do", "dcs", "dh", "dhs", "tc", "o"})
		n := f.Len("dc")
		one := f.Reg(f.Const(1))
		f.Rows(1, n, p, func(load func(P) V, store func(V, P)) {
			d, t, o := f.Add(load(p[3]), load(p[4])), load(p[5]), load(p[6])
			e := f.Mul(d, o)
			store(f.Mul(f.Mul(e, t), f.Sub(one, o)), p[1])
			store(f.FMA(e, f.FNMA(t, t, one), f.Add(load(p[0]), load(p[2]))), p[0])
		})
	}},
	{Field: "LSTMGates", Body: func(f *F) {
		p := declare(f, names{"dc", "di", "df", "dg", "c", "i", "f", "g"})
		n := f.Len("dc")
		one := f.Reg(f.Const(1))
		f.Rows(1, n, p, func(load func(P) V, store func(V, P)) {
			d := load(p[0])
			i, g := load(p[5]), load(p[7])
			e := f.Mul(d, i)
			store(f.Mul(f.Mul(e, g), f.Sub(one, i)), p[1])
			store(f.Mul(e, f.FNMA(g, g, one)), p[3])
			forget := load(p[6])
			kept := f.Mul(d, forget)
			store(f.Mul(f.Mul(kept, load(p[4])), f.Sub(one, forget)), p[2])
			store(kept, p[0])
		})
	}},
	{Field: "GRUState", Body: func(f *F) {
		p := declare(f, names{"dh", "dz", "dz2", "dn", "dhs", "h", "z", "n"})
		n := f.Len("dh")
		one := f.Reg(f.Const(1))
		f.Rows(1, n, p, func(load func(P) V, store func(V, P)) {
			d := f.Add(load(p[0]), load(p[4]))
			z, n := load(p[6]), load(p[7])
			kept, open := f.Mul(d, z), f.Sub(one, z)
			dz := f.Mul(f.Mul(kept, f.Sub(load(p[5]), n)), open)
			store(dz, p[1])
			store(dz, p[2])
			store(f.Mul(f.Mul(d, open), f.FNMA(n, n, one)), p[3])
			store(kept, p[0])
		})
	}},
	{Field: "GRUGates", Body: func(f *F) {
		p := declare(f, names{"dr", "dr2", "dq", "dn", "q", "r"})
		n := f.Len("dr")
		one := f.Reg(f.Const(1))
		f.Rows(1, n, p, func(load func(P) V, store func(V, P)) {
			r := load(p[5])
			dq := f.Mul(load(p[3]), r)
			dr := f.Mul(f.Mul(dq, load(p[4])), f.Sub(one, r))
			store(dq, p[2])
			store(dr, p[0])
			store(dr, p[1])
		})
	}},
}}
