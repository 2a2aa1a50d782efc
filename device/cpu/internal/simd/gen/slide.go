package main

import "fmt"

// What scans need beyond ops.go: lanes that move, and narrow stores.

// Slide is lanes n, n+1… of a followed by b, 0 < n < W; of float64 lanes only.
func (f *F) Slide(a, b V, n int) V {
	d := f.fresh(vector)
	f.add(instruction{op: "slide", dst: d, src: []*value{a.value, b.value}, imm: n, temps: 1})
	return V{d}
}

// Splatter returns a function that copies the last lane, or the first, to all lanes.
func (f *F) Splatter(first bool) func(v V) V {
	if first {
		return f.Splat
	}
	number := f.Zero()
	if f.Tier() == "AVX512" {
		number = f.Reg(f.Bits(uint64(f.W() - 1)))
	}
	return func(v V) V { return V{f.op(vector, "last", 0, v.value, number.value)} }
}

// StoreNarrow is Store to memory of type Memory, rounded.
func (f *F) StoreNarrow(v V, a Addr) {
	if !f.narrow {
		f.Store(v, a)
		return
	}
	f.add(instruction{op: "storenarrow", src: []*value{v.value}, addr: a, temps: 1})
}

func (t x86) scan(f *F, i *instruction, d string, s []string, temps []int) {
	switch {
	case i.op == "storenarrow" && t.wide:
		tmp := fmt.Sprint("Y", temps[0])
		f.line("VCVTPD2PS", s[0], tmp)
		f.line("VMOVUPS", tmp, t.mem(i.addr))
	case i.op == "storenarrow":
		tmp := fmt.Sprint("X", temps[0])
		f.line("VCVTPD2PSY", s[0], tmp)
		f.line("VMOVUPS", tmp, t.mem(i.addr))
	case i.op == "last" && t.wide:
		f.line("VPERMPD", s[0], s[1], d)
	case i.op == "last":
		f.line("VPERMPD", "$0xff", s[0], d)
	case t.wide:
		f.line("VALIGNQ", imm(i.imm), s[0], s[1], d)
	case i.imm == 2: // the upper half of a, the lower half of b
		f.line("VPERM2F128", "$0x21", s[1], s[0], d)
	default:
		tmp := fmt.Sprint("Y", temps[0])
		f.line("VPERM2F128", "$0x21", s[1], s[0], tmp)
		if i.imm == 1 {
			f.line("VSHUFPD", "$5", tmp, s[0], d)
		} else {
			f.line("VSHUFPD", "$5", s[1], tmp, d)
		}
	}
}

func (t neon) scan(f *F, i *instruction, d int) {
	n := i.src[0].reg
	switch i.op {
	case "storenarrow":
		f.word(0x0e616800|uint32(n)<<5|spare, "fcvtn v%d.2s, v%d.2d", spare, n)
		f.line("FMOVD", fmt.Sprint("F", spare), t.address(f, i.addr))
	case "last":
		f.word(0x4e180400|uint32(n)<<5|uint32(d), "dup v%d.2d, v%d.d[1]", d, n)
	case "slide":
		m := i.src[1].reg
		f.word(0x6e004000|uint32(m)<<16|uint32(n)<<5|uint32(d), "ext v%d.16b, v%d.16b, v%d.16b, #8", d, n, m)
	}
}
