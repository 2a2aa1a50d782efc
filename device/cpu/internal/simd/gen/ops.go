package main

import (
	"fmt"
	"math"
)

// Const is x in all lanes. It lives in memory until an operation needs it in a
// register.
func (f *F) Const(x float64) V {
	if f.Size == 4 {
		return f.Bits(uint64(math.Float32bits(float32(x))))
	}
	return f.Bits(math.Float64bits(x))
}

// Bits is a pattern of bits in all lanes.
func (f *F) Bits(b uint64) V {
	for _, k := range f.consts {
		if k.bits == b {
			return V{&value{konst: k}}
		}
	}
	k := &konst{fmt.Sprintf("%s_c%d", f.name, len(f.consts)), b}
	f.consts = append(f.consts, k)
	return V{&value{konst: k}}
}

// SignBit is the bit that makes a float negative.
func (f *F) SignBit() V { return f.Bits(1 << (f.Size*8 - 1)) }

// inReg is v in a register.
func (f *F) inReg(v V) V {
	if v.konst == nil {
		return v
	}
	return V{f.op(vector, "const", 0, v.value)}
}

// Reg gives a constant a register of its own, where many operations use it.
func (f *F) Reg(v V) V { return f.inReg(v) }

// Zero is 0 in all lanes.
func (f *F) Zero() V { return V{f.op(vector, "zero", 0)} }

// Var is a copy of v that the methods ending in To may change.
func (f *F) Var(v V) V {
	if v.konst != nil {
		return f.inReg(v)
	}
	return V{f.op(vector, "mov", 0, v.value)}
}

// Set assigns v to d.
func (f *F) Set(d, v V) {
	op := "mov"
	if v.konst != nil {
		op = "const"
	}
	f.add(instruction{op: op, dst: d.value, src: []*value{v.value}})
}

// two is an operation of two vectors. Only the second may be a constant in memory.
func (f *F) two(op string, a, b V) V { return V{f.op(vector, op, 0, f.inReg(a).value, b.value)} }

// either is two for operations that commute.
func (f *F) either(op string, a, b V) V {
	if a.konst != nil {
		a, b = b, a
	}
	return f.two(op, a, b)
}

// To is d = op(d, x), where op is "add", "sub", "mul", "min", "max", "and",
// "or", "xor", "iadd"…: the lower-case name of a method of two vectors.
func (f *F) To(d V, op string, x V) {
	f.add(instruction{op: op, dst: d.value, src: []*value{d.value, x.value}})
}

// Add is a + b; Sub, Mul and Div likewise.
func (f *F) Add(a, b V) V { return f.either("add", a, b) }

// Sub is a - b.
func (f *F) Sub(a, b V) V { return f.two("sub", a, b) }

// Mul is a·b.
func (f *F) Mul(a, b V) V { return f.either("mul", a, b) }

// Div is a / b.
func (f *F) Div(a, b V) V { return f.two("div", a, b) }

// Recip is 1/d for a normal d; where recip says so, to 14 bits only.
func (f *F) Recip(d V) V {
	if f.recip() {
		return V{f.op(vector, "recip", 0, d.value)}
	}
	return f.Div(f.Const(1), d)
}

func (f *F) recip() bool { return f.Size == 4 && f.Tier() == "AVX512" }

// Min is the smaller one. A NaN in b stays; where a alone is NaN, or both are
// zeros, targets differ: choose with Unordered and Select if it matters.
func (f *F) Min(a, b V) V { return f.two("min", a, b) }

// Max is the larger one; see Min for NaN.
func (f *F) Max(a, b V) V { return f.two("max", a, b) }

// And, Or and Xor work on bits.
func (f *F) And(a, b V) V { return f.either("and", a, b) }

// Or is a | b.
func (f *F) Or(a, b V) V { return f.either("or", a, b) }

// Xor is a ^ b.
func (f *F) Xor(a, b V) V { return f.either("xor", a, b) }

// AndNot is ^a & b.
func (f *F) AndNot(a, b V) V { return f.two("andnot", a, b) }

// IAdd adds lanes as integers; ISub subtracts, IMul keeps the low half (32-bit lanes only).
func (f *F) IAdd(a, b V) V { return f.either("iadd", a, b) }

// ISub is a - b of integers.
func (f *F) ISub(a, b V) V { return f.two("isub", a, b) }

// IMul is a·b of 32-bit integers.
func (f *F) IMul(a, b V) V { return f.either("imul", a, b) }

// Shl shifts integers left by n bits; Shr right, filling with 0; Sar with the
// sign (32-bit lanes only).
func (f *F) Shl(a V, n int) V { return V{f.op(vector, "shl", n, f.inReg(a).value)} }

// Shr is a >> n of unsigned integers.
func (f *F) Shr(a V, n int) V { return V{f.op(vector, "shr", n, f.inReg(a).value)} }

// Sar is a >> n of signed integers.
func (f *F) Sar(a V, n int) V { return V{f.op(vector, "sar", n, f.inReg(a).value)} }

// Sqrt is the square root.
func (f *F) Sqrt(a V) V { return V{f.op(vector, "sqrt", 0, a.value)} }

// Neg is -a; Abs is |a|. Both only touch the sign's bit.
func (f *F) Neg(a V) V { return f.Xor(a, f.SignBit()) }

// Abs is |a|.
func (f *F) Abs(a V) V { return f.And(a, f.Bits(1<<(f.Size*8-1)-1)) }

// The ways to round to an integer.
const (
	Nearest = 0 // ties to even
	Floor   = 1
	Ceil    = 2
	Trunc   = 3
)

// Round rounds to an integral float.
func (f *F) Round(a V, mode int) V { return V{f.op(vector, "round", mode, f.inReg(a).value)} }

// magic is 1.5·2^52: adding it rounds a float64 below 2^51 to an integer in the low bits.
const magic = 3 << 51

// ToInt rounds floats to integers of the lanes' width, ties to even. In
// float64 lanes it holds below 2^51.
func (f *F) ToInt(a V) V {
	if f.Size == 8 && f.Tier() == "AVX2" {
		return f.ISub(f.Add(a, f.Const(magic)), f.Const(magic))
	}
	return V{f.op(vector, "toint", 0, f.inReg(a).value)}
}

// ToFloat makes floats of integers of the lanes' width; below 2^51 in float64 lanes.
func (f *F) ToFloat(a V) V {
	if f.Size == 8 && f.Tier() == "AVX2" {
		return f.Sub(f.IAdd(a, f.Const(magic)), f.Const(magic))
	}
	return V{f.op(vector, "tofloat", 0, f.inReg(a).value)}
}

// Scale is v·2ⁿ for an integral float n within twice the range of exponents,
// in one rounding.
func (f *F) Scale(v, n V) V { return f.Scaler(n)(v) }

// Scaler is Scale of several vectors.
func (f *F) Scaler(n V) func(v V) V {
	if f.Tier() == "AVX512" {
		return func(v V) V { return f.two("scalef", v, n) }
	}
	bias, bits := uint64(127), 23
	if f.Size == 8 {
		bias, bits = 1023, 52
	}
	power := func(n V) V { return f.Shl(f.IAdd(f.ToInt(n), f.Bits(bias)), bits) }
	half := f.Round(f.Mul(n, f.Const(0.5)), Floor) // 2ⁿ itself may be out of range
	first, second := power(half), power(f.Sub(n, half))
	return func(v V) V { return f.Mul(f.Mul(v, first), second) }
}

// FMA is a·b + c in one rounding.
func (f *F) FMA(a, b, c V) V { return f.three("fma", a, b, c) }

// FNMA is c - a·b in one rounding.
func (f *F) FNMA(a, b, c V) V { return f.three("fnma", a, b, c) }

func (f *F) three(op string, a, b, c V) V {
	if a.konst != nil {
		a, b = b, a
	}
	a = f.inReg(a)
	if b.konst != nil && c.konst != nil {
		c = f.inReg(c)
	}
	return V{f.op(vector, op, 0, a.value, b.value, c.value)}
}

// FMATo is acc += a·b.
func (f *F) FMATo(acc, a, b V) {
	f.add(instruction{op: "fma", dst: acc.value, src: []*value{f.inReg(a).value, b.value, acc.value}})
}

// FNMATo is acc -= a·b.
func (f *F) FNMATo(acc, a, b V) {
	f.add(instruction{op: "fnma", dst: acc.value, src: []*value{f.inReg(a).value, b.value, acc.value}})
}

// Poly is the polynomial c[0] + c[1]·x + … by Horner's rule.
func (f *F) Poly(x V, c ...float64) V {
	p := f.inReg(f.Const(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		p = f.FMA(p, x, f.Const(c[i]))
	}
	return p
}

// The comparisons of floats. All but Ne and Unordered are false where a lane is NaN.
const (
	eq, lt, le, unordered, ne, ge, gt = 0, 17, 18, 3, 4, 29, 30
)

func (f *F) cmp(a, b V, how int) M { return M{f.op(mask, "cmp", how, f.inReg(a).value, b.value)} }

// Lt is a < b.
func (f *F) Lt(a, b V) M { return f.cmp(a, b, lt) }

// Le is a <= b.
func (f *F) Le(a, b V) M { return f.cmp(a, b, le) }

// Gt is a > b.
func (f *F) Gt(a, b V) M { return f.cmp(a, b, gt) }

// Ge is a >= b.
func (f *F) Ge(a, b V) M { return f.cmp(a, b, ge) }

// Eq is a == b.
func (f *F) Eq(a, b V) M { return f.cmp(a, b, eq) }

// Ne is a != b, true where a lane is NaN.
func (f *F) Ne(a, b V) M { return f.cmp(a, b, ne) }

// Unordered is true where a or b is NaN.
func (f *F) Unordered(a, b V) M { return f.cmp(a, b, unordered) }

// IEq and IGt compare signed integers.
func (f *F) IEq(a, b V) M { return M{f.op(mask, "ieq", 0, f.inReg(a).value, b.value)} }

// IGt is a > b of signed integers.
func (f *F) IGt(a, b V) M { return M{f.op(mask, "igt", 0, f.inReg(a).value, b.value)} }

// MAnd, MOr and MNot combine masks.
func (f *F) MAnd(a, b M) M { return M{f.op(mask, "mand", 0, a.value, b.value)} }

// MOr is a | b.
func (f *F) MOr(a, b M) M { return M{f.op(mask, "mor", 0, a.value, b.value)} }

// MOrTo is d |= a.
func (f *F) MOrTo(d, a M) {
	f.add(instruction{op: "mor", dst: d.value, src: []*value{d.value, a.value}})
}

// MNot is ^a.
func (f *F) MNot(a M) M { return M{f.op(mask, "mnot", 0, a.value)} }

// Any is 0 if no lane of m is set.
func (f *F) Any(m M) P { return P{f.op(general, "any", 0, m.value)} }

// Even is the lanes of even number of a, then of b; Odd is the others.
func (f *F) Even(a, b V) V { return f.two("even", a, b) }

// Odd is the lanes of odd number.
func (f *F) Odd(a, b V) V { return f.two("odd", a, b) }

// Select is yes where m is set, no elsewhere.
func (f *F) Select(m M, yes, no V) V {
	return V{f.op(vector, "select", 0, m.value, yes.value, f.inReg(no).value)}
}

// Load reads a vector; Store writes one. Addresses need no alignment.
func (f *F) Load(a Addr) V {
	d := f.fresh(vector)
	f.add(instruction{op: "load", dst: d, addr: a})
	return V{d}
}

// Store writes v.
func (f *F) Store(v V, a Addr) {
	f.add(instruction{op: "store", src: []*value{f.inReg(v).value}, addr: a})
}

// StoreNT writes v past the caches; the address must be aligned to a vector.
func (f *F) StoreNT(v V, a Addr) {
	f.add(instruction{op: "storent", src: []*value{f.inReg(v).value}, addr: a})
}

// Fence orders StoreNT before later stores.
func (f *F) Fence() { f.add(instruction{op: "fence"}) }

// Broadcast reads one element into all lanes.
func (f *F) Broadcast(a Addr) V {
	d := f.fresh(vector)
	f.add(instruction{op: "broadcast", dst: d, addr: a})
	return V{d}
}

// Splat copies lane 0 to all lanes.
func (f *F) Splat(v V) V { return V{f.op(vector, "splat", 0, v.value)} }

// StoreLane writes lane 0.
func (f *F) StoreLane(v V, a Addr) {
	f.add(instruction{op: "storelane", src: []*value{v.value}, addr: a})
}

// Quad reads 16 bytes into the first part of a vector, SetQuad into part i, and
// StoreQuad writes part i. A vector has Bytes()/16 parts.
func (f *F) Quad(a Addr) V {
	d := f.fresh(vector)
	f.add(instruction{op: "quad", dst: d, addr: a})
	return V{d}
}

// SetQuad reads part i > 0 of v.
func (f *F) SetQuad(v V, i int, a Addr) {
	f.add(instruction{op: "setquad", dst: v.value, src: []*value{v.value}, imm: i, addr: a})
}

// StoreQuad writes part i of v.
func (f *F) StoreQuad(v V, i int, a Addr) {
	f.add(instruction{op: "storequad", src: []*value{v.value}, imm: i, addr: a})
}

// Zip interleaves, in each part of 16 bytes, the lower halves of a and b, or the
// upper ones, in units of 4 or 8 bytes.
func (f *F) Zip(a, b V, size int, upper bool) V {
	return V{f.op(vector, map[bool]string{false: "ziplow", true: "zipup"}[upper], size, a.value, b.value)}
}

// Prefetch asks for a cache line, in the second-level cache.
func (f *F) Prefetch(a Addr) { f.add(instruction{op: "prefetch", addr: a}) }

// TailMask is the mask of the first n lanes, 0 < n < W.
func (f *F) TailMask(n P) M { return M{f.op(mask, "tailmask", 0, n.value)} }

// LoadTail reads the lanes of m; the others are 0, and their memory is not touched.
func (f *F) LoadTail(a Addr, m M) V {
	d := f.fresh(vector)
	f.add(instruction{op: "loadtail", dst: d, src: []*value{m.value}, addr: a, early: true})
	return V{d}
}

// LoadWide is Load from memory of type Memory.
func (f *F) LoadWide(a Addr) V {
	if !f.narrow {
		return f.Load(a)
	}
	d := f.fresh(vector)
	f.add(instruction{op: "loadwide", dst: d, addr: a})
	return V{d}
}

// LoadWideTail is LoadTail from memory of type Memory.
func (f *F) LoadWideTail(a Addr, m M) V {
	if !f.narrow {
		return f.LoadTail(a, m)
	}
	d := f.fresh(vector)
	f.add(instruction{op: "loadwidetail", dst: d, src: []*value{m.value}, addr: a, early: true, temps: 1})
	return V{d}
}

// StoreTail writes the lanes of m.
func (f *F) StoreTail(v V, a Addr, m M) {
	f.add(instruction{op: "storetail", src: []*value{f.inReg(v).value, m.value}, addr: a})
}

// Fold combines all lanes by "add", "max" or "min", pairwise; lane 0 holds the result.
func (f *F) Fold(op string, v V) V {
	d := f.fresh(vector)
	f.add(instruction{op: "fold", dst: d, src: []*value{v.value}, name: op, temps: 1, early: true})
	return V{d}
}

// The integer registers.

// Imm is the number n.
func (f *F) Imm(n int) P { return P{f.op(general, "imm", n)} }

// Copy is a register of its own with p's value.
func (f *F) Copy(p P) P { return P{f.op(general, "pmov", 0, p.value)} }

// PShr is p >> n, PShl p << n, PAnd p & n.
func (f *F) PShr(p P, n int) P { return P{f.op(general, "pshr", n, p.value)} }

// PShl is p << n.
func (f *F) PShl(p P, n int) P { return P{f.op(general, "pshl", n, p.value)} }

// PAnd is p & n.
func (f *F) PAnd(p P, n int) P { return P{f.op(general, "pand", n, p.value)} }

// PAdd is p + q.
func (f *F) PAdd(p, q P) P { return P{f.op(general, "padd", 0, p.value, q.value)} }

// Advance adds n to p.
func (f *F) Advance(p P, n int) {
	f.add(instruction{op: "paddimm", dst: p.value, src: []*value{p.value}, imm: n})
}

// AdvanceBy adds q to p.
func (f *F) AdvanceBy(p, q P) {
	f.add(instruction{op: "padd", dst: p.value, src: []*value{p.value, q.value}})
}

// LoadP reads a 64-bit word.
func (f *F) LoadP(a Addr) P {
	d := f.fresh(general)
	f.add(instruction{op: "pload", dst: d, addr: a})
	return P{d}
}
