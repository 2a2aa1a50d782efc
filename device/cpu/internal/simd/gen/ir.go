package main

import "fmt"

// An Elem is the type of a vector's lanes. Integer operations work on lanes of
// the same width.
type Elem struct {
	Name string // as in kernel names
	Go   string
	Size int // bytes
}

// The lane types.
var (
	F32 = Elem{"F32", "float32", 4}
	F64 = Elem{"F64", "float64", 8}
)

// A class says which registers a value lives in.
type class uint8

const (
	vector class = iota
	mask
	general
	classes
)

// A value is one register's worth of data, from its definition to its last use.
type value struct {
	class     class
	def, last int    // instructions
	reg       int    // given by allocate
	konst     *konst // a constant in memory, not in a register
}

// V is a vector, M a mask of lanes, P a pointer or integer of 64 bits.
type (
	V struct{ *value }
	M struct{ *value }
	P struct{ *value }
)

// A konst is a constant in all lanes.
type konst struct {
	name string
	bits uint64
}

// An Addr is base + index*scale + off bytes. Index may be missing.
type Addr struct {
	Base, Index P
	Scale, Off  int
}

// At is the address off bytes after p.
func At(p P, off int) Addr { return Addr{Base: p, Off: off} }

// An instruction of the abstract machine. What the operations mean is said at
// the methods of F that make them.
type instruction struct {
	op    string
	dst   *value
	src   []*value
	imm   int
	addr  Addr
	name  string        // label, argument or raw text
	raw   func(r *Regs) // target's own code
	temps int           // vector registers needed meanwhile
	early bool          // dst is written before all sources are read
}

// F is a function in the making, for one target and lane type.
type F struct {
	Elem
	t      target
	width  int // how many vectors Map works on at once, at most
	name   string
	args   []arg
	frame  int // bytes of arguments and results so far
	result string
	code   []instruction
	loops  [][2]int
	labels int
	narrow bool // memory holds float32, lanes are float64
	consts []*konst
	out    []string // text
}

// An arg is one parameter of the Go declaration.
type arg struct{ name, typ string }

// W is the number of lanes.
func (f *F) W() int { return f.t.bytes() / f.Size }

// Bytes is the size of a vector.
func (f *F) Bytes() int { return f.t.bytes() }

// Wide makes a function of float32 compute in lanes of float64: its slices stay
// float32, LoadWide widens, and scalars and the result are float64. It comes
// first in a body, and changes nothing in a function of float64.
func (f *F) Wide() {
	f.narrow = f.Size == 4
	f.Elem = F64
}

// Memory is the lane type of slices: f's own, but for Wide.
func (f *F) Memory() Elem {
	if f.narrow {
		return F32
	}
	return f.Elem
}

// Tier is the target's name: AVX512, AVX2 or NEON.
func (f *F) Tier() string { return f.t.tier() }

func (f *F) add(i instruction) { f.code = append(f.code, i) }

func (f *F) fresh(c class) *value { return &value{class: c, def: len(f.code), reg: -1} }

// op appends an instruction with a new result of class c.
func (f *F) op(c class, op string, imm int, src ...*value) *value {
	d := f.fresh(c)
	f.add(instruction{op: op, dst: d, src: src, imm: imm})
	return d
}

// declare adds a parameter and returns the place of its first word.
func (f *F) declare(name, typ string, size, align int) int {
	f.args = append(f.args, arg{name, typ})
	f.frame = (f.frame + align - 1) / align * align
	at := f.frame
	f.frame += size
	return at
}

func (f *F) param(name string, at int) P {
	d := f.fresh(general)
	f.add(instruction{op: "arg", dst: d, name: fmt.Sprintf("%s+%d(FP)", name, at)})
	return P{d}
}

// Slice declares a parameter of type []elem and returns its address.
func (f *F) Slice(name string) P { return f.SliceOf(name, f.Memory().Go) }

// SliceOf declares a parameter []typ and returns its address.
func (f *F) SliceOf(name, typ string) P {
	at := f.declare(name, "[]"+typ, 24, 8)
	return f.param(name+"_base", at)
}

// Len returns the length of a slice parameter declared before.
func (f *F) Len(name string) P {
	at := 0
	for _, a := range f.args {
		if a.name == name {
			return f.param(name+"_len", at+8)
		}
		at += map[bool]int{true: 24, false: 8}[a.typ[0] == '[']
	}
	panic(f.name + ": no parameter " + name)
}

// Pointer declares a parameter *elem.
func (f *F) Pointer(name string) P { return f.PointerTo(name, f.Memory().Go) }

// PointerTo declares a parameter *typ.
func (f *F) PointerTo(name, typ string) P { return f.param(name, f.declare(name, "*"+typ, 8, 8)) }

// Int declares a parameter int.
func (f *F) Int(name string) P { return f.param(name, f.declare(name, "int", 8, 8)) }

// Later declares a parameter of one word that is read each time the returned
// function is called, where registers are scarce.
func (f *F) Later(name, typ string) func() P {
	at := f.declare(name, typ, 8, 8)
	return func() P { return f.param(name, at) }
}

// Scalar declares a parameter of the lane type and returns it in all lanes.
// Declare scalars after everything else, so that words stay aligned.
func (f *F) Scalar(name string) V { return f.ScalarOf(name)() }

// ScalarOf is Scalar for functions of many: each call of what it returns loads
// the parameter, so that it takes no register meanwhile.
func (f *F) ScalarOf(name string) func() V {
	at := f.declare(name, f.Go, f.Size, f.Size)
	return func() V {
		d := f.fresh(vector)
		f.add(instruction{op: "scalar", dst: d, name: fmt.Sprintf("%s+%d(FP)", name, at)})
		return V{d}
	}
}

// Return makes lane 0 of v the function's result, of the lane type, and returns.
func (f *F) Return(v V) {
	at := (f.frame + 7) / 8 * 8
	f.result = f.Go
	f.add(instruction{op: "result", src: []*value{f.inReg(v).value}, name: fmt.Sprintf("ret+%d(FP)", at)})
	f.Ret()
}

// ReturnInt makes p the function's result, an int, and returns.
func (f *F) ReturnInt(p P) {
	at := (f.frame + 7) / 8 * 8
	f.result = "int"
	f.add(instruction{op: "presult", src: []*value{p.value}, name: fmt.Sprintf("ret+%d(FP)", at)})
	f.Ret()
}

// Ret returns. Every function ends in one.
func (f *F) Ret() { f.add(instruction{op: "ret"}) }

// Raw is code of the target's own: emit gets the text of the registers of the
// results, then the sources. The results are new vectors.
func (f *F) Raw(emit func(r *Regs), dst V, src ...V) V {
	if dst.value == nil {
		dst = V{f.fresh(vector)}
	}
	i := instruction{op: "raw", dst: dst.value, raw: emit, early: true}
	for _, s := range src {
		i.src = append(i.src, f.inReg(s).value)
	}
	f.add(i)
	return dst
}

// Label, Jump and the rest of control flow.

func (f *F) newLabel() string {
	f.labels++
	return fmt.Sprintf("l%d", f.labels)
}

func (f *F) label(l string) { f.add(instruction{op: "label", name: l}) }

// Loop runs body count times, counting the register down to 0.
func (f *F) Loop(count P, body func()) {
	top, end := f.newLabel(), f.newLabel()
	f.add(instruction{op: "jz", src: []*value{count.value}, name: end})
	start := len(f.code)
	f.label(top)
	body()
	f.add(instruction{op: "decjnz", dst: count.value, src: []*value{count.value}, name: top})
	f.loops = append(f.loops, [2]int{start, len(f.code)})
	f.label(end)
}

// If runs body if p is not 0.
func (f *F) If(p P, body func()) {
	end := f.newLabel()
	f.add(instruction{op: "jz", src: []*value{p.value}, name: end})
	body()
	f.label(end)
}

// IfElse runs one of two bodies.
func (f *F) IfElse(p P, then, other func()) {
	no, end := f.newLabel(), f.newLabel()
	f.add(instruction{op: "jz", src: []*value{p.value}, name: no})
	then()
	f.add(instruction{op: "jmp", name: end})
	f.label(no)
	other()
	f.label(end)
}
