package mt19937

import (
	"bytes"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestReference checks MT19937 itself: C++ fixes the 10000th number of the
// default seed (ISO C++ 2011, 26.5.5, std::mt19937).
func TestReference(t *testing.T) {
	e := New(5489)
	var got uint32
	for range 10000 {
		got = e.Uint32()
	}
	if got != 4123659995 {
		t.Errorf("number 10000 of seed 5489 is %d, want 4123659995", got)
	}
}

func TestUint64(t *testing.T) {
	a, b := New(3), New(3)
	high, low := uint64(a.Uint32()), uint64(a.Uint32())
	if got := b.Uint64(); got != high<<32|low {
		t.Errorf("Uint64() = %#x after draws of %#x and %#x", got, high, low)
	}
}

// TestState hands the state over at each position of two blocks, with and
// without a kept normal sample.
func TestState(t *testing.T) {
	e := New(8)
	e.spare32 = cache[float32]{1.5, true} // as another program may have left it
	for i := range 2*words + 1 {
		f := New(0)
		if err := f.SetState(e.State()); err != nil {
			t.Fatal(err)
		}
		if *f != *e {
			t.Fatalf("step %d: SetState(State()) gives another engine", i)
		}
		if i%100 == 0 {
			e.NormalF32(make([]float32, 1), 0, 1)
		}
		e.Uint32()
	}
	e.NormalF32(make([]float32, 1), 0, 1)
	e.Seed(8)
	if *e != *New(8) {
		t.Error("Seed keeps something of the old state")
	}
}

func TestSetStateErrors(t *testing.T) {
	e := New(8)
	e.Uint32()
	good := e.State()
	bad := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 0x80
		return b
	}
	for _, b := range [][]byte{nil, good[1:], make([]byte, StateSize), bad(atLeft), bad(atSeeded), bad(atNext), bad(atNext + 7)} {
		if err := e.SetState(b); err == nil {
			t.Error("SetState accepts a state that is none")
		}
		if !bytes.Equal(e.State(), good) {
			t.Fatal("a failed SetState changes the engine")
		}
	}
}

// TestFMA32 holds fma32 against exact sums of math/big, with addends near a
// tie: half a unit in the last place of the product more or less.
func TestFMA32(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	number := func(exp int) float32 {
		return float32(math.Ldexp(float64(r.IntN(1<<25)-1<<24), r.IntN(2*exp)-exp-24))
	}
	for range 300_000 {
		a, b, c := number(8), number(8), number(40)
		if r.IntN(2) == 0 {
			c = float32(math.Ldexp(float64(a*b), []int{-24, -25, 24, 25, 48}[r.IntN(5)]))
		}
		sum := new(big.Float).SetPrec(500).Mul(big.NewFloat(float64(a)), big.NewFloat(float64(b)))
		want, _ := sum.Add(sum, big.NewFloat(float64(c))).Float32()
		if got := fma32(a, b, c); got != want {
			t.Fatalf("fma32(%x, %x, %x) = %x, want %x", a, b, c, got, want)
		}
	}
	// Near a tie: 97 · 172961 = 2²⁴ + 1, and float64 drops the addend.
	for c, want := range map[float32]float32{0x1p-70: 1 + 0x1p-23, 0: 1, -0x1p-70: 1} {
		if got := fma32(97, 172961*0x1p-24, c); got != want {
			t.Errorf("fma32(97, 172961·2⁻²⁴, %x) = %x, want %x", c, got, want)
		}
	}
}
