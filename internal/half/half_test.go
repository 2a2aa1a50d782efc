package half

import (
	"math"
	"math/rand/v2"
	"testing"
)

// format describes one type to the tests, which hold it against ref below.
type format struct {
	name              string
	expBits, fracBits int
	from32            func(float32) uint16
	from64            func(float64) uint16
	to32              func(uint16) float32
}

var formats = []format{
	{"F16", 5, 10,
		func(f float32) uint16 { return uint16(F16From(f)) },
		func(f float64) uint16 { return uint16(F16From64(f)) },
		func(u uint16) float32 { return F16(u).Float32() }},
	{"BF16", 8, 7,
		func(f float32) uint16 { return uint16(BF16From(f)) },
		func(f float64) uint16 { return uint16(BF16From64(f)) },
		func(u uint16) float32 { return BF16(u).Float32() }},
}

// value is the definition of a format: the number that bits stand for, and
// for the infinities the number that would follow the largest finite one.
func (f format) value(bits uint16) float64 {
	exp := int(bits>>f.fracBits) & (1<<f.expBits - 1)
	frac := float64(bits & (1<<f.fracBits - 1))
	bias := 1<<(f.expBits-1) - 1
	v := math.Ldexp(frac, 1-bias-f.fracBits)
	if exp > 0 {
		v = math.Ldexp(frac+float64(int(1)<<f.fracBits), exp-bias-f.fracBits)
	}
	if bits>>15 == 1 {
		return -v
	}
	return v
}

func (f format) inf() uint16 { return (1<<f.expBits - 1) << f.fracBits }

func (f format) isNaN(bits uint16) bool { return bits&0x7fff > f.inf() }

// ref rounds x by looking for its two neighbours: slow, but plain.
func (f format) ref(x float64) uint16 {
	sign := uint16(math.Float64bits(x) >> 63 << 15)
	x = math.Abs(x)
	if x >= f.value(f.inf()) {
		return sign | f.inf()
	}
	lo, hi := uint16(0), f.inf() // value(lo) <= x < value(hi)
	for hi-lo > 1 {
		if mid := lo + (hi-lo)/2; f.value(mid) <= x {
			lo = mid
		} else {
			hi = mid
		}
	}
	// Both differences are exact for the x in these tests, or far from equal.
	below, above := x-f.value(lo), f.value(hi)-x
	if above < below || above == below && lo&1 == 1 {
		return sign | hi
	}
	return sign | lo
}

func (f format) check32(t *testing.T, x float32) {
	if got, want := f.from32(x), f.ref(float64(x)); got != want {
		t.Fatalf("%sFrom(%x) = %#04x, want %#04x", f.name, x, got, want)
	}
	f.check64(t, float64(x))
}

func (f format) check64(t *testing.T, x float64) {
	if got, want := f.from64(x), f.ref(x); got != want {
		t.Fatalf("%sFrom64(%x) = %#04x, want %#04x", f.name, x, got, want)
	}
}

func each(t *testing.T, test func(*testing.T, format)) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) { t.Parallel(); test(t, f) })
	}
}

// TestAllPatterns checks all 65536 values, and that each comes back unchanged.
func TestAllPatterns(t *testing.T) {
	each(t, func(t *testing.T, f format) {
		for i := range 1 << 16 {
			u := uint16(i)
			got := f.to32(u)
			if f.isNaN(u) {
				quiet := u | 1<<(f.fracBits-1)
				if f.name == "F16" && math.Float32bits(got)>>22&1 == 0 {
					t.Fatalf("NaN %#04x is signaling as a float32", u)
				}
				if got == got || f.from32(got) != quiet || f.from64(float64(got)) != quiet {
					t.Fatalf("NaN %#04x: to %x and back %#04x, %#04x; want %#04x", u, math.Float32bits(got), f.from32(got), f.from64(float64(got)), quiet)
				}
				continue
			}
			want := float32(f.value(u))
			if u&0x7fff == f.inf() {
				want = float32(math.Inf(int(f.inf()) - int(u)))
			}
			if math.Float32bits(got) != math.Float32bits(want) {
				t.Fatalf("%#04x.Float32() = %x, want %x", u, got, want)
			}
			if f.from32(got) != u || f.from64(float64(got)) != u {
				t.Fatalf("%#04x comes back as %#04x and %#04x", u, f.from32(got), f.from64(float64(got)))
			}
		}
	})
}

// TestTies checks the midpoint above every finite number and its neighbours in
// float32 and float64; the latter is where rounding twice goes wrong.
func TestTies(t *testing.T) {
	each(t, func(t *testing.T, f format) {
		for u := range f.inf() {
			mid := (f.value(u) + f.value(u+1)) / 2
			for _, s := range []float64{1, -1} {
				m := float32(s * mid)
				f.check32(t, m)
				f.check32(t, math.Nextafter32(m, float32(math.Inf(1))))
				f.check32(t, math.Nextafter32(m, float32(math.Inf(-1))))
				f.check64(t, math.Nextafter(s*mid, math.Inf(1)))
				f.check64(t, math.Nextafter(s*mid, math.Inf(-1)))
			}
		}
	})
}

// TestSweep checks every 997th float32 pattern: all exponents, both signs.
func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, f format) {
		for b := uint64(0); b < 1<<32; b += 997 {
			if x := math.Float32frombits(uint32(b)); x == x {
				f.check32(t, x)
			} else if !f.isNaN(f.from32(x)) {
				t.Fatalf("%sFrom(NaN %#x) = %#04x", f.name, b, f.from32(x))
			}
		}
	})
}

// TestRandom64 checks float64 numbers over the range of the format and beyond,
// down to those that float32 cannot hold.
func TestRandom64(t *testing.T) {
	each(t, func(t *testing.T, f format) {
		r := rand.New(rand.NewPCG(1, 2))
		span := 1<<f.expBits + 40
		for range 1_000_000 {
			x := math.Ldexp(2*r.Float64()-1, r.IntN(span)-span/2-10)
			f.check64(t, x)
		}
		for _, x := range []float64{0, math.Copysign(0, -1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1)} {
			f.check64(t, x)
		}
		if !f.isNaN(f.from64(math.NaN())) || !f.isNaN(f.from64(math.Float64frombits(f64Inf+1))) {
			t.Fatal("NaN is lost")
		}
	})
}

func TestSlices(t *testing.T) {
	src := []float32{0, 1, -2.5, 65504, 1e30, 1e-6, float32(math.Inf(-1))}
	h, b, wide := make([]F16, len(src)), make([]BF16, len(src)), make([]float32, len(src))
	NarrowF16(h, src)
	WidenF16(wide, h)
	for i, x := range src {
		if h[i] != F16From(x) || wide[i] != h[i].Float32() {
			t.Errorf("F16 %d: %x gives %#04x and %x", i, x, h[i], wide[i])
		}
	}
	NarrowBF16(b, src)
	WidenBF16(wide, b)
	for i, x := range src {
		if b[i] != BF16From(x) || wide[i] != b[i].Float32() {
			t.Errorf("BF16 %d: %x gives %#04x and %x", i, x, b[i], wide[i])
		}
	}
}

// TestShort checks that a short dst panics, even with enough capacity.
func TestShort(t *testing.T) {
	h, b, f := make([]F16, 1, 2), make([]BF16, 1, 2), make([]float32, 1, 2)
	for name, call := range map[string]func(){
		"WidenF16":   func() { WidenF16(f, h[:2]) },
		"NarrowF16":  func() { NarrowF16(h, f[:2]) },
		"WidenBF16":  func() { WidenBF16(f, b[:2]) },
		"NarrowBF16": func() { NarrowBF16(b, f[:2]) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			call()
		}()
	}
}
