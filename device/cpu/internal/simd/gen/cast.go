package main

import "math"

// cast are conversions of float32 to other types, and comparisons, whose
// results are bytes; simd/cast.go says what they are.
var cast = Area{Name: "cast", Kernels: []Kernel{
	rows("ToInt8", "uint8", 1, []string{"a"}, func(f *F, x, _ []V) V { return f.And(f.whole(x[0], 0), f.Bits(0xff)) }),
	rows("ToInt16", "uint16", 2, []string{"a"}, func(f *F, x, _ []V) V { return f.And(f.whole(x[0], 0), f.Bits(0xffff)) }),
	rows("ToInt32", "int32", 4, []string{"a"}, func(f *F, x, _ []V) V { return f.whole(x[0], -1<<31) }),
	{Field: "ToInt64", Elems: []Elem{F32}, Tiers: []string{"AVX512", "NEON"}, Body: widely("int64", func(f *F, x V) V { return f.whole(x, -1<<63) })},
	{Field: "Widen", Elems: []Elem{F32}, Body: widely("float64", func(_ *F, x V) V { return x })},
	rows("ToBool", "uint8", 1, []string{"a"}, truth(func(f *F, x, _ []V) M { return f.Ne(x[0], f.Zero()) })),
	rows("Eq", "uint8", 1, ab, truth(func(f *F, x, _ []V) M { return f.Eq(x[0], x[1]) })),
	rows("Ne", "uint8", 1, ab, truth(func(f *F, x, _ []V) M { return f.Ne(x[0], x[1]) })),
	rows("Lt", "uint8", 1, ab, truth(func(f *F, x, _ []V) M { return f.Lt(x[0], x[1]) })),
	rows("Le", "uint8", 1, ab, truth(func(f *F, x, _ []V) M { return f.Le(x[0], x[1]) })),
	rows("And", "uint8", 1, ab, truth(func(f *F, x, _ []V) M { return f.MAnd(f.Ne(x[0], f.Zero()), f.Ne(x[1], f.Zero())) })),
	rows("Or", "uint8", 1, ab, truth(func(f *F, x, _ []V) M { return f.MOr(f.Ne(x[0], f.Zero()), f.Ne(x[1], f.Zero())) })),
	rows("IsClose", "uint8", 1, ab, truth(func(f *F, x, s []V) M {
		off := f.Abs(f.Sub(x[0], x[1]))
		near := f.Le(off, f.Add(f.Mul(f.Abs(x[1]), s[0]), s[1]))
		return f.MOr(f.Eq(x[0], x[1]), f.MAnd(near, f.Lt(off, f.Const(math.Inf(1)))))
	}), "rtol", "atol"),
}}

// rows is a kernel of float32 whose result has elements of another type.
func rows(field, to string, size int, in []string, op func(f *F, x, s []V) V, scalars ...string) Kernel {
	return Kernel{Field: field, Elems: []Elem{F32}, Body: func(f *F) {
		dst := f.SliceOf("dst", to)
		n := f.Len("dst")
		src := declare(f, in)
		s := scalarsOf(f, scalars)
		f.convert(n, dst, src, size, 4, func(to Addr, from []Addr, n int) {
			x := make([]V, len(from))
			for i, a := range from {
				x[i] = f.loadSome(a, n)
			}
			v := op(f, x, s)
			switch {
			case size == 1:
				f.StoreByte(v, to, n)
			case size == 2:
				f.StoreHalf(v, to, n, false)
			case n == 1:
				f.StoreLane(v, to)
			default:
				f.Store(v, to)
			}
		})
	}}
}

// widely is a kernel whose results are of 64 bits.
func widely(to string, op func(f *F, x V) V) func(f *F) {
	return func(f *F) {
		f.Wide()
		dst := f.SliceOf("dst", to)
		n := f.Len("dst")
		f.convert(n, dst, []P{f.Slice("a")}, 8, 4, func(to Addr, from []Addr, n int) {
			if n == 1 {
				f.StoreLane(op(f, f.LoadWideTail(from[0], f.TailMask(f.Imm(1)))), to)
			} else {
				f.Store(op(f, f.LoadWide(from[0])), to)
			}
		})
	}
}

// truth is 1 where a mask is set, and 0 elsewhere.
func truth(op func(f *F, x, s []V) M) func(f *F, x, s []V) V {
	return func(f *F, x, s []V) V { return f.Select(op(f, x, s), f.Bits(1), f.Zero()) }
}

// whole is x as an integer of the lanes' width, cut towards zero, and otherwise
// where it is out of range.
func (f *F) whole(x V, otherwise float64) V {
	top := f.Const(math.Ldexp(1, f.Size*8-1))
	inside := f.MAnd(f.Lt(x, top), f.Ge(x, f.Const(-math.Ldexp(1, f.Size*8-1))))
	return f.ToInt(f.Round(f.Select(inside, x, f.Const(otherwise)), Trunc))
}

// StoreByte writes the first n lanes, W or 1, of integers below 1<<8.
func (f *F) StoreByte(v V, a Addr, n int) {
	f.add(instruction{op: "storebyte", src: []*value{v.value}, addr: a, imm: n, temps: 1})
}
