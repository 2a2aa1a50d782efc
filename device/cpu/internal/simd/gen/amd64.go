package main

import (
	"fmt"
	"strings"
)

// A target writes the abstract machine's instructions in Go's assembly language.
type target interface {
	tier() string
	arch() string
	bytes() int              // of a vector
	registers(c class) []int // that a function may use
	constBytes() int         // of a constant in memory
	maskClass() class        // where masks live
	emit(f *F, i *instruction, temps []int)
}

// x86 is AVX-512 (F, BW, DQ, VL) or AVX2 with FMA and BMI2.
type x86 struct{ wide bool }

func (t x86) tier() string {
	if t.wide {
		return "AVX512"
	}
	return "AVX2"
}

func (t x86) arch() string { return "amd64" }

func (t x86) bytes() int {
	if t.wide {
		return 64
	}
	return 32
}

func (t x86) constBytes() int {
	if t.wide {
		return 8
	}
	return 32
}

func (t x86) maskClass() class {
	if t.wide {
		return mask
	}
	return vector
}

var gp = []string{"AX", "CX", "DX", "BX", "SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13", "R14"}

func (t x86) registers(c class) []int {
	n, from := 16, 0
	switch {
	case c == general:
		n = len(gp)
	case c == mask:
		n, from = 7, 1 // K0 means no mask
	case t.wide:
		n = 32
	}
	r := make([]int, n)
	for i := range r {
		r[i] = from + i
	}
	return r
}

func (t x86) vec(r int) string {
	if t.wide {
		return fmt.Sprintf("Z%d", r)
	}
	return fmt.Sprintf("Y%d", r)
}

// reg is v as an operand.
func (t x86) reg(v *value) string {
	switch {
	case v.konst != nil:
		return v.konst.name + "<>(SB)"
	case v.class == general:
		return gp[v.reg]
	case v.class == mask && t.wide:
		return fmt.Sprintf("K%d", v.reg)
	}
	return t.vec(v.reg)
}

func (t x86) mem(a Addr) string {
	s := fmt.Sprintf("%d(%s)", a.Off, gp[a.Base.reg])
	if a.Index.value != nil {
		s += fmt.Sprintf("(%s*%d)", gp[a.Index.reg], a.Scale)
	}
	return s
}

// Names of instructions: s stands for PS or PD, i for D or Q, l for SS or SD.
var x86two = map[string]string{
	"add": "VADDs", "sub": "VSUBs", "mul": "VMULs", "div": "VDIVs", "min": "VMINs", "max": "VMAXs",
	"iadd": "VPADDi", "isub": "VPSUBi", "imul": "VPMULLi", "scalef": "VSCALEFs",
}
var x86bits = map[string]string{"and": "VPAND", "or": "VPOR", "xor": "VPXOR", "andnot": "VPANDN"}
var x86shift = map[string]string{"shl": "VPSLLi", "shr": "VPSRLi", "sar": "VPSRAi"}
var x86p = map[string]string{"pshr": "SHRQ", "pshl": "SHLQ", "pand": "ANDQ"}

// mnemonic fills in the lane type.
func mnemonic(f *F, m string) string {
	s, i, l := "PS", "D", "SS"
	if f.Size == 8 {
		s, i, l = "PD", "Q", "SD"
	}
	m = strings.ReplaceAll(m, "s", s)
	m = strings.ReplaceAll(m, "i", i)
	return strings.ReplaceAll(m, "l", l)
}

func (t x86) emit(f *F, i *instruction, temps []int) {
	from := len(f.out)
	t.write(f, i, temps)
	if t.wide {
		for k := range f.out[from:] {
			f.out[from+k] = repeated(f.out[from+k])
		}
	}
}

// repeated makes an instruction with a constant read one lane and repeat it:
// whole vectors would cross the cache lines, as the linker aligns by 32 bytes.
func repeated(line string) string {
	op, operands, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch {
	case !strings.Contains(operands, "<>(SB)") || op[0] != 'V':
		return line
	case strings.HasPrefix(op, "VMOVU"):
		return "\tVBROADCASTS" + op[len(op)-1:] + " " + operands
	}
	return "\t" + op + ".BCST " + operands
}

func (t x86) write(f *F, i *instruction, temps []int) {
	ins := func(m string, operands ...string) { f.line(mnemonic(f, m), operands...) }
	var d string
	if i.dst != nil {
		d = t.reg(i.dst)
	}
	s := make([]string, len(i.src))
	for k, v := range i.src {
		s[k] = t.reg(v)
	}
	if m, ok := x86two[i.op]; ok {
		ins(m, s[1], s[0], d)
		return
	}
	if m, ok := x86bits[i.op]; ok {
		if t.wide {
			m += "i"
		}
		ins(m, s[1], s[0], d)
		return
	}
	if m, ok := x86shift[i.op]; ok {
		ins(m, imm(i.imm), s[0], d)
		return
	}
	if m, ok := x86p[i.op]; ok {
		t.move(f, s[0], d)
		ins(m, imm(i.imm), d)
		return
	}
	switch i.op {
	case "fma", "fnma":
		t.fma(f, i, d, s)
	case "quad", "setquad", "storequad", "ziplow", "zipup":
		t.parts(f, i, d, s)
	case "cmp", "ieq", "igt", "mand", "mor", "mnot", "any", "select", "tailmask", "loadtail", "storetail":
		t.masked(f, i, d, s)
	case "zip": // within parts of 16 bytes
		f.line([]string{"VUNPCKLPS", "VUNPCKHPS", "VUNPCKLPD", "VUNPCKHPD"}[i.imm], s[1], s[0], d)
	case "parts":
		if t.wide {
			f.line("VSHUFF32X4", []string{"$0x88", "$0xdd"}[i.imm], s[1], s[0], d)
		} else {
			ins("VPERM2F128", []string{"$0x20", "$0x31"}[i.imm], s[1], s[0], d)
		}
	case "loadwidetail":
		t.wideTail(f, i, d, s[0], temps[0])
	case "fold":
		t.fold(f, i, temps[0])
	case "even", "odd":
		t.every2(f, i.op == "odd", d, s)
	case "loadhalf", "storehalf", "storebyte", "loadwordstail", "pairs":
		t.halves(f, i, d, s, temps)
	case "slide", "last", "storenarrow":
		t.scan(f, i, d, s, temps)
	case "raw":
		i.raw(&Regs{F: f, D: d, S: s})
	default:
		t.plain(f, i, d, s)
	}
}

func imm(n int) string { return fmt.Sprintf("$%d", n) }

func (t x86) move(f *F, from, to string) {
	if from != to {
		f.line("MOVQ", from, to)
	}
}

// plain are the instructions that are one line on both.
func (t x86) plain(f *F, i *instruction, d string, s []string) {
	ins := func(m string, operands ...string) { f.line(mnemonic(f, m), operands...) }
	switch i.op {
	case "arg":
		ins("MOVQ", i.name, d)
	case "imm":
		ins("MOVQ", imm(i.imm), d)
	case "pmov":
		t.move(f, s[0], d)
	case "padd":
		if s[1] == d {
			s[0], s[1] = s[1], s[0]
		}
		t.move(f, s[0], d)
		ins("ADDQ", s[1], d)
	case "paddimm":
		ins("ADDQ", imm(i.imm), d)
	case "pload":
		ins("MOVQ", t.mem(i.addr), d)
	case "label":
		f.text("%s_%s:", f.name, i.name)
	case "jmp":
		ins("JMP", f.name+"_"+i.name)
	case "jz":
		ins("TESTQ", s[0], s[0])
		ins("JZ", f.name+"_"+i.name)
	case "decjnz":
		ins("DECQ", d)
		ins("JNZ", f.name+"_"+i.name)
	case "ret":
		ins("VZEROUPPER")
		ins("RET")
	case "presult":
		ins("MOVQ", s[0], i.name)
	case "result":
		f.line(map[int]string{4: "VMOVSS", 8: "VMOVSD"}[f.Size], "X"+s[0][1:], i.name)
	case "scalar":
		ins("VBROADCASTl", i.name, d)
	case "broadcast":
		ins("VBROADCASTl", t.mem(i.addr), d)
	case "splat":
		ins("VBROADCASTl", "X"+s[0][1:], d)
	case "const", "mov":
		if s[0] != d {
			ins("VMOVUs", s[0], d)
		}
	case "zero":
		if t.wide {
			ins("VPXORi", d, d, d)
		} else {
			ins("VPXOR", d, d, d)
		}
	case "load":
		ins("VMOVUs", t.mem(i.addr), d)
	case "loadwide":
		ins("VCVTPS2PD", t.mem(i.addr), d)
	case "store":
		ins("VMOVUs", s[0], t.mem(i.addr))
	case "storent":
		ins("VMOVNTs", s[0], t.mem(i.addr))
	case "storelane":
		f.line(map[int]string{4: "VMOVSS", 8: "VMOVSD"}[f.Size], "X"+s[0][1:], t.mem(i.addr))
	case "fence":
		ins("SFENCE")
	case "prefetch":
		ins("PREFETCHT1", t.mem(i.addr))
	case "sqrt":
		ins("VSQRTs", s[0], d)
	case "recip":
		ins("VRCP14s", s[0], d)
	case "round":
		ins(map[bool]string{true: "VRNDSCALEs", false: "VROUNDs"}[t.wide], imm(8+i.imm), s[0], d)
	case "toint":
		f.line(map[int]string{4: "VCVTPS2DQ", 8: "VCVTPD2QQ"}[f.Size], s[0], d)
	case "tofloat":
		f.line(map[int]string{4: "VCVTDQ2PS", 8: "VCVTQQ2PD"}[f.Size], s[0], d)
	default:
		panic("amd64: no " + i.op)
	}
}

// fma is s0·s1 + s2 (or s2 - s0·s1): the form depends on whose register the result takes.
func (t x86) fma(f *F, i *instruction, d string, s []string) {
	m := map[string]string{"fma": "VFMADD", "fnma": "VFNMADD"}[i.op]
	ins := func(form string, a, b string) { f.line(m+mnemonic(f, form+"s"), a, b, d) }
	if d == s[1] && d != s[2] {
		s[0], s[1] = s[1], s[0]
	}
	switch {
	case d == s[2]:
		ins("231", s[1], s[0])
	case d == s[0] && i.konst(1, s[1]):
		ins("132", s[1], s[2])
	case d == s[0]:
		ins("213", s[2], s[1])
	default:
		f.line(mnemonic(f, "VMOVUs"), s[2], d)
		ins("231", s[1], s[0])
	}
}

// konst reports whether the operand is a constant in memory.
func (i *instruction) konst(_ int, operand string) bool { return strings.HasSuffix(operand, "(SB)") }

// masked are comparisons, masks and partial vectors.
func (t x86) masked(f *F, i *instruction, d string, s []string) {
	ins := func(m string, operands ...string) { f.line(mnemonic(f, m), operands...) }
	switch i.op {
	case "cmp":
		ins("VCMPs", imm(i.imm), s[1], s[0], d)
	case "ieq":
		ins("VPCMPEQi", s[1], s[0], d)
	case "igt":
		ins("VPCMPGTi", s[1], s[0], d)
	case "mand":
		ins(map[bool]string{true: "KANDW", false: "VPAND"}[t.wide], s[1], s[0], d)
	case "mor":
		ins(map[bool]string{true: "KORW", false: "VPOR"}[t.wide], s[1], s[0], d)
	case "mnot":
		if t.wide {
			ins("KNOTW", s[0], d)
		} else {
			ins("VPXOR", "tailmask<>(SB)", s[0], d)
		}
	case "any":
		if t.wide {
			ins("KMOVW", s[0], d)
		} else {
			ins("VMOVMSKs", s[0], d)
		}
	case "select":
		if t.wide {
			ins("VBLENDMs", s[1], s[2], s[0], d)
		} else {
			ins("VBLENDVs", s[0], s[1], s[2], d)
		}
	case "tailmask":
		if t.wide { // R15 is free unless code is linked dynamically
			ins("MOVQ", "$-1", "R15")
			ins("BZHIQ", s[0], "R15", "R15")
			ins("KMOVW", "R15", d)
		} else {
			ins("LEAQ", "tailmask<>+32(SB)", "R15")
			for range f.Size {
				ins("SUBQ", s[0], "R15")
			}
			ins("VMOVUs", "(R15)", d)
		}
	case "loadtail":
		if t.wide {
			ins("VMOVUs.Z", t.mem(i.addr), s[0], d)
		} else {
			ins("VMASKMOVs", t.mem(i.addr), s[0], d)
		}
	case "storetail":
		if t.wide {
			ins("VMOVUs", s[0], s[1], t.mem(i.addr))
		} else {
			ins("VMASKMOVs", s[0], s[1], t.mem(i.addr))
		}
	}
}

// wideTail widens the lanes of a mask. AVX2's mask has lanes of float64, and
// every second half of it makes one of float32.
func (t x86) wideTail(f *F, i *instruction, d, m string, temp int) {
	if t.wide {
		f.line("VCVTPS2PD.Z", t.mem(i.addr), m, d)
		return
	}
	tmp := fmt.Sprint("X", temp)
	f.line("VEXTRACTF128", "$1", m, tmp)
	f.line("VSHUFPS", "$0x88", tmp, "X"+m[1:], tmp)
	f.line("VMASKMOVPS", t.mem(i.addr), tmp, tmp)
	f.line("VCVTPS2PD", tmp, d)
}

// parts are the instructions on parts of 16 bytes.
func (t x86) parts(f *F, i *instruction, d string, s []string) {
	wide := map[bool]string{true: "F32X4", false: "F128"}[t.wide]
	switch {
	case i.op == "quad":
		f.line("VMOVUPS", t.mem(i.addr), "X"+d[1:])
	case i.op == "setquad":
		f.line("VINSERT"+wide, imm(i.imm), t.mem(i.addr), s[0], d)
	case i.op == "storequad" && i.imm == 0:
		f.line("VMOVUPS", "X"+s[0][1:], t.mem(i.addr))
	case i.op == "storequad":
		f.line("VEXTRACT"+wide, imm(i.imm), s[0], t.mem(i.addr))
	default:
		half := map[string]string{"ziplow": "VUNPCKL", "zipup": "VUNPCKH"}[i.op]
		f.line(half+map[int]string{4: "PS", 8: "PD"}[i.imm], s[1], s[0], d)
	}
}

// every2 picks lanes in each 128 bits first, then brings a's parts before b's.
func (t x86) every2(f *F, odd bool, d string, s []string) {
	switch {
	case f.Size == 4 && odd:
		f.line("VSHUFPS", "$0xdd", s[1], s[0], d)
	case f.Size == 4:
		f.line("VSHUFPS", "$0x88", s[1], s[0], d)
	case odd:
		f.line("VUNPCKHPD", s[1], s[0], d)
	default:
		f.line("VUNPCKLPD", s[1], s[0], d)
	}
	f.line("VPERMPD", "$0xd8", d, d)
	if t.wide {
		f.line("VSHUFF64X2", "$0xd8", d, d, d)
	}
}

// fold combines the halves of the vector until one lane is left.
func (t x86) fold(f *F, i *instruction, temp int) {
	op := mnemonic(f, x86two[i.name])
	from, to := i.src[0].reg, i.dst.reg
	half := func(width, extract string, operands ...string) {
		a, d, tmp := fmt.Sprint(width, from), fmt.Sprint(width, to), fmt.Sprint(width, temp)
		f.line(extract, append(operands, tmp)...)
		f.line(op, tmp, a, d)
		from = to
	}
	if t.wide {
		half("Y", "VEXTRACTF64X4", "$1", fmt.Sprint("Z", from))
		half("X", "VEXTRACTF32X4", "$1", fmt.Sprint("Y", from))
	} else {
		half("X", "VEXTRACTF128", "$1", fmt.Sprint("Y", from))
	}
	half("X", "VPSHUFD", "$0x4e", fmt.Sprint("X", from))
	if f.Size == 4 {
		half("X", "VPSHUFD", "$0xb1", fmt.Sprint("X", from))
	}
}
