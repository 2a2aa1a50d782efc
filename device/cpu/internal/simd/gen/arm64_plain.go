package main

import "fmt"

// plain are loads, stores, integers and control flow, which Go's assembler knows.
func (t neon) plain(f *F, i *instruction, d int) {
	r := func(k int) string { return fmt.Sprint("R", i.src[k].reg) }
	R, F := fmt.Sprint("R", d), fmt.Sprint("F", d)
	target := f.name + "_" + i.name
	float := map[int]string{4: "FMOVS", 8: "FMOVD"}[f.Size]
	switch i.op {
	case "arg":
		f.line("MOVD", i.name, R)
	case "imm":
		f.line("MOVD", imm(i.imm), R)
	case "pmov":
		f.line("MOVD", r(0), R)
	case "padd":
		f.line("ADD", r(1), r(0), R)
	case "paddimm":
		f.line("ADD", imm(i.imm), R, R)
	case "pshr":
		f.line("LSR", imm(i.imm), r(0), R)
	case "pshl":
		f.line("LSL", imm(i.imm), r(0), R)
	case "pand":
		f.line("AND", imm(i.imm), r(0), R)
	case "pload":
		f.line("MOVD", t.address(f, i.addr), R)
	case "label":
		f.text("%s:", target)
	case "jmp":
		f.line("B", target)
	case "jz":
		f.line("CBZ", r(0), target)
	case "decjnz":
		f.line("SUB", "$1", R, R)
		f.line("CBNZ", R, target)
	case "ret":
		f.line("RET")
	case "presult":
		f.line("MOVD", r(0), i.name)
	case "result":
		f.line(float, fmt.Sprint("F", i.src[0].reg), i.name)
	case "scalar":
		f.line(float, i.name, F)
		t.splat(f, d, d)
	case "broadcast":
		t.pointer(f, i.addr)
		f.line("VLD1R", "(R16)", fmt.Sprintf("[V%d.%s]", d, map[int]string{4: "S4", 8: "D2"}[f.Size]))
	case "splat":
		t.splat(f, d, i.src[0].reg)
	case "const", "mov":
		if v := i.src[0]; v.konst != nil {
			t.load(f, v, d)
		} else {
			t.move(f, d, v.reg)
		}
	case "zero":
		t.bits(f, "xor", d, d, d)
	case "load", "quad":
		f.line("FMOVQ", t.address(f, i.addr), F)
	case "loadwide", "loadwidetail": // a tail of two lanes is one
		f.line(map[string]string{"loadwide": "FMOVD", "loadwidetail": "FMOVS"}[i.op], t.address(f, i.addr), F)
		f.word(0x0e617800|uint32(d)<<5|uint32(d), "fcvtl v%d.2d, v%[1]d.2s", d)
	case "store", "storequad", "storent": // no store here goes past the caches
		f.line("FMOVQ", fmt.Sprint("F", i.src[0].reg), t.address(f, i.addr))
	case "storelane":
		f.line(float, fmt.Sprint("F", i.src[0].reg), t.address(f, i.addr))
	case "fence":
	case "prefetch":
		f.line("PRFM", t.address(f, i.addr), "PLDL2KEEP")
	case "ziplow", "zipup":
		t.zip(f, i, d)
	case "fold":
		e := neonFloat["fold"+i.name]
		t.three(f, e, d, i.src[0].reg, i.src[0].reg)
		if f.Size == 4 {
			t.three(f, e, d, d, d)
		}
	default:
		panic("arm64: no " + i.op)
	}
}

// zip interleaves the lower or upper halves.
func (neon) zip(f *F, i *instruction, d int) {
	e, lanes := encoding{0x4e803800, "zip1"}, "4s"
	if i.op == "zipup" {
		e = encoding{0x4e807800, "zip2"}
	}
	if i.imm == 8 {
		e.word, lanes = e.word|1<<22, "2d"
	}
	n, m := i.src[0].reg, i.src[1].reg
	f.word(e.word|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.%[5]s, v%[3]d.%[5]s, v%[4]d.%[5]s", e.name, d, n, m, lanes)
}

// splat copies lane 0 of n to all lanes of d.
func (neon) splat(f *F, d, n int) {
	w, lane := uint32(0x4e040400), "s"
	if f.Size == 8 {
		w, lane = 0x4e080400, "d"
	}
	f.word(w|uint32(n)<<5|uint32(d), "dup v%d.%s, v%d.%s[0]", d, f.lanes(), n, lane)
}
