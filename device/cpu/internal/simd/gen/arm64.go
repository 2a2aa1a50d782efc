package main

import (
	"fmt"
	"strings"
)

// neon is arm64's 128-bit vector unit, which every arm64 machine has. Go's
// assembler lacks most of its instructions on floats, so vector instructions
// are written as encoded words with their text beside them; scripts/arm64 holds
// the words against a disassembler.
type neon struct{}

func (neon) tier() string     { return "NEON" }
func (neon) arch() string     { return "arm64" }
func (neon) bytes() int       { return 16 }
func (neon) constBytes() int  { return 16 }
func (neon) maskClass() class { return vector }

// V30 and V31 hold constants and intermediate results within an instruction,
// R16 and R17 addresses; R18 and R27 up belong to the system and to Go.
const spare, spare2 = 31, 30

func (neon) registers(c class) []int {
	var r []int
	for i := range 30 {
		if c == general && (i >= 16 && i <= 18 || i >= 27) {
			continue
		}
		r = append(r, i)
	}
	return r
}

// An encoding is an instruction's word for float32 or 32-bit lanes with all
// register fields 0, and its name in ARM's manual (C7.2).
type encoding struct {
	word uint32
	name string
}

// d = n op m.
var neonFloat = map[string]encoding{ // 64-bit lanes set bit 22
	"add": {0x4e20d400, "fadd"}, "sub": {0x4ea0d400, "fsub"}, "mul": {0x6e20dc00, "fmul"}, "div": {0x6e20fc00, "fdiv"},
	"min": {0x4ea0f400, "fmin"}, "max": {0x4e20f400, "fmax"}, "fma": {0x4e20cc00, "fmla"}, "fnma": {0x4ea0cc00, "fmls"},
	"eq": {0x4e20e400, "fcmeq"}, "ge": {0x6e20e400, "fcmge"}, "gt": {0x6ea0e400, "fcmgt"},
	"foldadd": {0x6e20d400, "faddp"}, "foldmax": {0x6e20f400, "fmaxp"}, "foldmin": {0x6ea0f400, "fminp"},
}
var neonInt = map[string]encoding{ // 32-bit lanes; 64-bit ones set bit 22 too
	"iadd": {0x4ea08400, "add"}, "isub": {0x6ea08400, "sub"}, "imul": {0x4ea09c00, "mul"},
	"ieq": {0x6ea08c00, "cmeq"}, "igt": {0x4ea03400, "cmgt"},
	"even": {0x4e801800, "uzp1"}, "odd": {0x4e805800, "uzp2"},
}
var neonBits = map[string]encoding{ // bytes
	"and": {0x4e201c00, "and"}, "or": {0x4ea01c00, "orr"}, "xor": {0x6e201c00, "eor"}, "bic": {0x4e601c00, "bic"}, "bsl": {0x6e601c00, "bsl"},
	"mand": {0x4e201c00, "and"}, "mor": {0x4ea01c00, "orr"},
}

// d = op n.
var neonOne = map[string]encoding{
	"sqrt": {0x6ea1f800, "fsqrt"}, "toint": {0x4e21a800, "fcvtns"}, "tofloat": {0x4e21d800, "scvtf"},
	"round0": {0x4e218800, "frintn"}, "round1": {0x4e219800, "frintm"}, "round2": {0x4ea18800, "frintp"}, "round3": {0x4ea19800, "frintz"},
}

func (f *F) lanes() string {
	if f.Size == 4 {
		return "4s"
	}
	return "2d"
}

// word writes an encoded instruction and its text.
func (f *F) word(w uint32, text string, a ...any) {
	f.text("\tWORD $%#08x // %s", w, fmt.Sprintf(text, a...))
}

// three writes d = n op m of float or integer lanes.
func (neon) three(f *F, e encoding, d, n, m int) {
	w := e.word
	if f.Size == 8 {
		w |= 1 << 22
	}
	f.word(w|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.%[5]s, v%[3]d.%[5]s, v%[4]d.%[5]s", e.name, d, n, m, f.lanes())
}

// bits writes d = n op m of bits.
func (neon) bits(f *F, op string, d, n, m int) {
	e := neonBits[op]
	if op == "or" && n == m {
		f.word(e.word|uint32(m)<<16|uint32(n)<<5|uint32(d), "mov v%d.16b, v%d.16b", d, n)
		return
	}
	f.word(e.word|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.16b, v%d.16b, v%d.16b", e.name, d, n, m)
}

func (t neon) move(f *F, d, n int) {
	if d != n {
		t.bits(f, "or", d, n, n)
	}
}

// in is the register of an operand; a constant is loaded into the spare one.
func (t neon) in(f *F, v *value) int {
	if v.konst == nil {
		return v.reg
	}
	t.load(f, v, spare)
	return spare
}

func (neon) load(f *F, v *value, d int) {
	f.line("MOVD", "$"+v.konst.name+"<>(SB)", "R16")
	f.line("FMOVQ", "(R16)", fmt.Sprint("F", d))
}

// address leaves a's address in a register and returns it with its offset.
func (neon) address(f *F, a Addr) string {
	if a.Index.value == nil {
		return fmt.Sprintf("%d(R%d)", a.Off, a.Base.reg)
	}
	f.line("ADD", fmt.Sprintf("R%d<<%d", a.Index.reg, log2(max(a.Scale, 1))), fmt.Sprint("R", a.Base.reg), "R16")
	return fmt.Sprintf("%d(R16)", a.Off)
}

// pointer is address with the offset added.
func (t neon) pointer(f *F, a Addr) {
	f.line("MOVD", "$"+t.address(f, a), "R16")
}

func (t neon) emit(f *F, i *instruction, _ []int) {
	d := 0
	if i.dst != nil {
		d = i.dst.reg
	}
	if e, ok := neonFloat[i.op]; ok && i.op != "fma" && i.op != "fnma" {
		t.three(f, e, d, i.src[0].reg, t.in(f, i.src[1]))
		return
	}
	if e, ok := neonInt[i.op]; ok {
		t.three(f, e, d, i.src[0].reg, t.in(f, i.src[1]))
		return
	}
	if _, ok := neonBits[i.op]; ok {
		t.bits(f, i.op, d, i.src[0].reg, t.in(f, i.src[1]))
		return
	}
	op := i.op
	if op == "round" {
		op += fmt.Sprint(i.imm)
	}
	if e, ok := neonOne[op]; ok {
		w := e.word | uint32(f.Size/8)<<22
		f.word(w|uint32(t.in(f, i.src[0]))<<5|uint32(d), "%s v%d.%[4]s, v%[3]d.%[4]s", e.name, d, t.in(f, i.src[0]), f.lanes())
		return
	}
	switch i.op {
	case "fma", "fnma":
		t.fma(f, i, d)
	case "shl", "shr", "sar":
		t.shift(f, i, d)
	case "zip":
		e := []encoding{{0x4e803800, "zip1 4s"}, {0x4e807800, "zip2 4s"}, {0x4ec03800, "zip1 2d"}, {0x4ec07800, "zip2 2d"}}[i.imm]
		name, lanes, _ := strings.Cut(e.name, " ")
		n, m := i.src[0].reg, i.src[1].reg
		f.word(e.word|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.%[5]s, v%[3]d.%[5]s, v%[4]d.%[5]s", name, d, n, m, lanes)
	case "cmp", "mnot", "any", "select", "andnot", "tailmask", "loadtail", "storetail":
		t.masked(f, i, d)
	case "loadhalf", "storehalf", "storebyte":
		t.halves(f, i, d)
	case "slide", "last", "storenarrow":
		t.scan(f, i, d)
	case "raw":
		panic(f.name + ": raw code on arm64")
	default:
		t.plain(f, i, d)
	}
}

// fma is s0·s1 + s2 or s2 - s0·s1: the machine's form adds to its result.
func (t neon) fma(f *F, i *instruction, d int) {
	a, b, c := i.src[0], i.src[1], i.src[2]
	e := neonFloat[i.op]
	if c.konst == nil && c.reg == d {
		t.three(f, e, d, a.reg, t.in(f, b))
		return
	}
	acc := d
	if d == a.reg || b.konst == nil && d == b.reg {
		acc = spare2 // the result takes a factor's register
	}
	if c.konst != nil {
		t.load(f, c, acc)
	} else {
		t.move(f, acc, c.reg)
	}
	t.three(f, e, acc, a.reg, t.in(f, b))
	t.move(f, d, acc)
}

// shift by a constant: the count is in the field immh:immb.
func (neon) shift(f *F, i *instruction, d int) {
	size := f.Size * 8
	e, count := encoding{0x4f005400, "shl"}, size+i.imm
	if i.op != "shl" {
		e, count = encoding{0x6f000400, "ushr"}, 2*size-i.imm
	}
	if i.op == "sar" {
		e = encoding{0x4f000400, "sshr"}
	}
	n := i.src[0].reg
	f.word(e.word|uint32(count)<<16|uint32(n)<<5|uint32(d), "%s v%d.%[5]s, v%[3]d.%[5]s, #%[4]d", e.name, d, n, i.imm, f.lanes())
}

// masked are comparisons, choices by mask, and partial vectors.
func (t neon) masked(f *F, i *instruction, d int) {
	switch i.op {
	case "cmp":
		t.compare(f, i, d)
	case "mnot":
		f.word(0x6e205800|uint32(i.src[0].reg)<<5|uint32(d), "mvn v%d.16b, v%d.16b", d, i.src[0].reg)
	case "andnot":
		b := t.in(f, i.src[1])
		t.bits(f, "bic", d, b, i.src[0].reg)
	case "any":
		f.word(0x6eb0a800|uint32(i.src[0].reg)<<5|spare2, "umaxv s%d, v%d.4s", spare2, i.src[0].reg)
		f.line("FMOVS", fmt.Sprint("F", spare2), fmt.Sprint("R", d))
	case "select": // bsl takes the mask in its result
		yes, no := t.in(f, i.src[1]), i.src[2].reg
		t.move(f, spare2, i.src[0].reg)
		t.bits(f, "bsl", spare2, yes, no)
		t.move(f, d, spare2)
	case "tailmask":
		f.line("MOVD", "$tailmask<>+16(SB)", "R16")
		f.line("SUB", fmt.Sprintf("R%d<<%d", i.src[0].reg, log2(f.Size)), "R16", "R16")
		f.line("FMOVQ", "(R16)", fmt.Sprint("F", d))
	case "loadtail":
		t.pointer(f, i.addr)
		if f.Size == 8 {
			f.line("FMOVD", "(R16)", fmt.Sprint("F", d))
			return
		}
		t.tail(f, i.src[0].reg, "FMOVS (R16), F%[1]d", "FMOVD (R16), F%[1]d", "ADD $8, R16, R16", "VLD1 (R16), V%[1]d.S[2]", d)
	case "storetail":
		s := t.in(f, i.src[0])
		t.pointer(f, i.addr)
		if f.Size == 8 {
			f.line("FMOVD", fmt.Sprint("F", s), "(R16)")
			return
		}
		t.tail(f, i.src[1].reg, "FMOVS F%[1]d, (R16)", "FMOVD F%[1]d, (R16)", "ADD $8, R16, R16", "VST1 V%[1]d.S[2], (R16)", s)
	}
}

// tail writes the cases of one to three lanes. The mask's lanes are -1, so
// their sum ends in the bits 11, 10 or 01.
func (t neon) tail(f *F, m int, one, two, next, third string, r int) {
	is2, is3, end := f.newLabel(), f.newLabel(), f.newLabel()
	put := func(format string) {
		f.text("\t%s", strings.ReplaceAll(format, "%[1]d", fmt.Sprint(r)))
	}
	f.word(0x4eb1b800|uint32(m)<<5|spare2, "addv s%d, v%d.4s", spare2, m)
	f.line("FMOVS", fmt.Sprint("F", spare2), "R17")
	f.line("TBZ", "$0", "R17", f.name+"_"+is2)
	f.line("TBZ", "$1", "R17", f.name+"_"+is3)
	put(one)
	f.line("B", f.name+"_"+end)
	f.text("%s_%s:", f.name, is3)
	put(two)
	put(next)
	put(third)
	f.line("B", f.name+"_"+end)
	f.text("%s_%s:", f.name, is2)
	put(two)
	f.text("%s_%s:", f.name, end)
}

// compare has only =, >= and > in the machine.
func (t neon) compare(f *F, i *instruction, d int) {
	a, b := i.src[0].reg, t.in(f, i.src[1])
	not := func() { f.word(0x6e205800|uint32(d)<<5|uint32(d), "mvn v%d.16b, v%d.16b", d, d) }
	switch i.imm {
	case eq:
		t.three(f, neonFloat["eq"], d, a, b)
	case ne:
		t.three(f, neonFloat["eq"], d, a, b)
		not()
	case ge:
		t.three(f, neonFloat["ge"], d, a, b)
	case gt:
		t.three(f, neonFloat["gt"], d, a, b)
	case le:
		t.three(f, neonFloat["ge"], d, b, a)
	case lt:
		t.three(f, neonFloat["gt"], d, b, a)
	case unordered:
		t.three(f, neonFloat["eq"], spare2, a, a)
		t.three(f, neonFloat["eq"], d, b, b)
		t.bits(f, "and", d, d, spare2)
		not()
	}
}
