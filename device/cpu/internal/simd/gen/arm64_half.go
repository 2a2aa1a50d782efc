package main

import "fmt"

// halves are the instructions on numbers of 16 bits; one number passes through R17.
func (t neon) halves(f *F, i *instruction, d int) {
	D, tmp, float, one := fmt.Sprint("F", d), fmt.Sprint("F", spare), i.name == "f16", i.imm == 1
	if i.op == "loadhalf" {
		if one {
			f.line("MOVHU", t.address(f, i.addr), "R17")
			f.line("FMOVS", "R17", D)
		} else {
			f.line("FMOVD", t.address(f, i.addr), D)
		}
		if float {
			f.word(0x0e217800|uint32(d)<<5|uint32(d), "fcvtl v%d.4s, v%[1]d.4h", d)
		} else {
			f.word(0x2f10a400|uint32(d)<<5|uint32(d), "uxtl v%d.4s, v%[1]d.4h", d)
		}
		return
	}
	s := i.src[0].reg
	if i.op == "storebyte" {
		t.storeByte(f, i, s)
		return
	}
	if float {
		f.word(0x0e216800|uint32(s)<<5|spare, "fcvtn v%d.4h, v%d.4s", spare, s)
	} else {
		f.word(0x0e612800|uint32(s)<<5|spare, "xtn v%d.4h, v%d.4s", spare, s)
	}
	if one {
		f.line("FMOVS", tmp, "R17")
		f.line("MOVH", "R17", t.address(f, i.addr))
	} else {
		f.line("FMOVD", tmp, t.address(f, i.addr))
	}
}

// storeByte narrows twice.
func (t neon) storeByte(f *F, i *instruction, s int) {
	f.word(0x0e612800|uint32(s)<<5|spare, "xtn v%d.4h, v%d.4s", spare, s)
	f.word(0x0e212800|uint32(spare)<<5|spare, "xtn v%d.8b, v%[1]d.8h", spare)
	f.line("FMOVS", fmt.Sprint("F", spare), "R17")
	f.line(map[bool]string{true: "MOVB", false: "MOVW"}[i.imm == 1], "R17", t.address(f, i.addr))
}
