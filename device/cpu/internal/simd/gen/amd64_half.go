package main

import "fmt"

// halves are the instructions on numbers of 16 bits.
func (t x86) halves(f *F, i *instruction, d string, s []string, temps []int) {
	part := func(r string) string { // the half of a vector
		return map[bool]string{true: "Y", false: "X"}[t.wide] + r[1:]
	}
	switch i.op {
	case "pairs":
		f.text("\t%s", vdpbf16ps(i.dst.reg, i.src[0].reg, i.src[1].reg))
	case "loadwordstail":
		f.line("VPMOVZXWD.Z", t.mem(i.addr), s[0], d)
	case "loadhalf":
		from := t.mem(i.addr)
		if i.imm == 1 {
			f.line("VPBROADCASTW", from, "X"+d[1:])
			from = part(d)
		}
		f.line(map[string]string{"f16": "VCVTPH2PS", "words": "VPMOVZXWD"}[i.name], from, d)
	case "storehalf":
		t.storeHalf(f, i, s[0], part(s[0]), part(t.vec(temps[0])))
	case "storebyte":
		t.storeByte(f, i, s[0], fmt.Sprint("Y", temps[0]), fmt.Sprint("X", temps[0]))
	}
}

// storeHalf narrows s into tmp, or writes where an instruction does both.
func (t x86) storeHalf(f *F, i *instruction, s, part, tmp string) {
	to, x := t.mem(i.addr), "X"+tmp[1:]
	one, float := i.imm == 1, i.name == "f16"
	switch {
	case one && float:
		f.line("VCVTPS2PH", "$0", s, tmp)
		f.line("VPEXTRW", "$0", x, to)
	case one:
		f.line("VPEXTRW", "$0", "X"+part[1:], to)
	case float:
		f.line("VCVTPS2PH", "$0", s, to)
	case t.wide:
		f.line("VPMOVDW", s, to)
	default: // packs each part of 16 bytes twice
		f.line("VPACKUSDW", s, s, "Y"+tmp[1:])
		f.line("VPERMQ", "$0x08", "Y"+tmp[1:], "Y"+tmp[1:])
		f.line("VMOVUPS", x, to)
	}
}

// vdpbf16ps is d += the products of pairs of a and b, on whole vectors. Go's
// assembler lacks it: EVEX.512.F3.0F38.W0 52 /r, Intel's manual, volume 2,
// 2.7.1. scripts/amd64 holds the bytes against another assembler.
func vdpbf16ps(d, a, b int) string {
	no := func(r, bit int) int { return ^r >> bit & 1 } // prefixes hold registers' bits inverted
	code := []int{0x62,
		no(d, 3)<<7 | no(b, 4)<<6 | no(b, 3)<<5 | no(d, 4)<<4 | 2, // map 0F38
		(^a&15)<<3 | 1<<2 | 2, // prefix F3
		2<<5 | no(a, 4)<<3,    // 512 bits, no mask
		0x52, 3<<6 | d&7<<3 | b&7}
	text := ""
	for _, c := range code {
		text += fmt.Sprintf("BYTE $0x%02x; ", c)
	}
	return fmt.Sprintf("%s// vdpbf16ps zmm%d, zmm%d, zmm%d", text, d, a, b)
}

// storeByte narrows s, whose lanes are below 256, by way of y and its half x
// where no instruction does it at once.
func (t x86) storeByte(f *F, i *instruction, s, y, x string) {
	to := t.mem(i.addr)
	switch {
	case i.imm == 1:
		f.line("VPEXTRB", "$0", "X"+s[1:], to)
	case t.wide:
		f.line("VPMOVDB", s, to)
	default:
		f.line("VPACKUSDW", s, s, y)
		f.line("VPERMQ", "$0x08", y, y)
		f.line("VPACKUSWB", x, x, x)
		f.line("VMOVQ", x, to)
	}
}
