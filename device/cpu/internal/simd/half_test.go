package simd

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/internal/half"
)

// halves are the conversions of one tier beside their definitions.
type halves struct {
	name      string
	widen     func(dst []float32, src []uint16)
	narrow    func(dst []uint16, src []float32)
	wantWide  func(h uint16) float32
	wantSmall func(f float32) uint16
}

func halvesOf(s *Set) []halves {
	return []halves{
		{s.Tier + " float16", s.F32.WidenF16, s.F32.NarrowF16,
			func(h uint16) float32 { return half.F16(h).Float32() }, func(f float32) uint16 { return uint16(half.F16From(f)) }},
		{s.Tier + " bfloat16", s.F32.WidenBF16, s.F32.NarrowBF16,
			func(h uint16) float32 { return half.BF16(h).Float32() }, func(f float32) uint16 { return uint16(half.BF16From(f)) }},
	}
}

func eachHalves(t *testing.T, test func(t *testing.T, h halves)) {
	for _, s := range Available() {
		for _, h := range halvesOf(s) {
			if h.widen != nil {
				t.Run(h.name, func(t *testing.T) { test(t, h) })
			}
		}
	}
}

// wantWidened and wantNarrowed compare bits, those of NaNs too.
func (h halves) wantWidened(t *testing.T, dst []float32, src []uint16) {
	t.Helper()
	for i, v := range dst {
		if got, want := math.Float32bits(v), math.Float32bits(h.wantWide(src[i])); got != want {
			t.Fatalf("%#04x widened is %#08x; want %#08x (element %d of %d)", src[i], got, want, i, len(dst))
		}
	}
}

func (h halves) wantNarrowed(t *testing.T, dst []uint16, src []float32) {
	t.Helper()
	for i, v := range dst {
		if want := h.wantSmall(src[i]); v != want {
			t.Fatalf("%v (%#08x) narrowed is %#04x; want %#04x (element %d of %d)", src[i], math.Float32bits(src[i]), v, want, i, len(dst))
		}
	}
}

// TestHalfWhole converts every number of 16 bits, and around every one what
// rounds to it or away from it: its neighbours, ties, and theirs.
func TestHalfWhole(t *testing.T) {
	all := make([]uint16, 1<<16)
	for i := range all {
		all[i] = uint16(i)
	}
	eachHalves(t, func(t *testing.T, h halves) {
		wide, back := make([]float32, len(all)), make([]uint16, len(all))
		h.widen(wide, all)
		h.wantWidened(t, wide, all)
		near := make([]float32, len(all))
		for _, step := range []uint32{1 << 12, 1 << 15, 1 << 16} { // half a unit of float16, of bfloat16, a unit
			for _, off := range []uint32{0, 1, -1 & math.MaxUint32} {
				for i, v := range wide {
					near[i] = math.Float32frombits(math.Float32bits(v) + step + off)
				}
				h.narrow(back, near)
				h.wantNarrowed(t, back, near)
			}
		}
		h.narrow(back, wide)
		h.wantNarrowed(t, back, wide)
	})
}

// TestHalfSweep narrows every 251st of all float32: subnormal, infinite, NaN.
func TestHalfSweep(t *testing.T) {
	const step, row = 251, 4096
	eachHalves(t, func(t *testing.T, h halves) {
		src, dst := make([]float32, row), make([]uint16, row)
		for from := uint64(0); from < 1<<32; from += step * row {
			for i := range src {
				src[i] = math.Float32frombits(uint32(from + uint64(i)*step))
			}
			h.narrow(dst, src)
			h.wantNarrowed(t, dst, src)
			if testing.Short() {
				from += 15 * step * row
			}
		}
	})
}

// TestHalfSizes converts rows of all small sizes, at odd addresses, and sees
// that nothing around them changes.
func TestHalfSizes(t *testing.T) {
	eachHalves(t, func(t *testing.T, h halves) {
		for n := range 258 {
			for off := range 4 {
				all, wide := guarded[float32](n, off, 1)
				small := make([]uint16, n+off+41)
				for i := range small {
					small[i] = uint16(i * 40503)
				}
				h.widen(wide, small[off+1:])
				unharmed(t, h.name, all, n, off)
				h.wantWidened(t, wide, small[off+1:])

				_, src := guarded[float32](n, off+1, uint64(n))
				for i := range small {
					small[i] = 777
				}
				h.narrow(small[off:off+n], src)
				h.wantNarrowed(t, small[off:off+n], src)
				for i, v := range small {
					if (i < off || i >= off+n) && v != 777 {
						t.Fatalf("%d elements: wrote element %d", n, i-off)
					}
				}
			}
		}
	})
}

// TestHalfTiers sees that no tier has lost a kernel, which the other tests would skip.
func TestHalfTiers(t *testing.T) {
	for _, s := range Available() {
		if s != &Generic && (s.F32.WidenF16 == nil || s.F32.WidenBF16 == nil || s.F32.NarrowF16 == nil || s.F32.NarrowBF16 == nil) {
			t.Errorf("%s lacks a conversion", s.Tier)
		}
		if s.BF16 && (s.F32.PackPairs == nil || s.F32.PairTiles[0][0] == nil) {
			t.Errorf("%s lacks the kernels of pairs", s.Tier)
		}
	}
}

// TestFloat64 holds the conversions from and to float64 against Go's, and counts
// the elements they leave.
func TestFloat64(t *testing.T) {
	for _, s := range Available() {
		f := &s.F32.Half
		if f.Widen64 == nil {
			continue
		}
		for n := range 100 {
			done := n / (s.Bytes / 8) * (s.Bytes / 8)
			_, x := guarded[float32](n, n%3, 5)
			all, y := guarded[float64](n, n%5, 1)
			for i := range y {
				y[i] = 777
			}
			f.Widen64(y, x)
			unharmed(t, s.Tier, all, n, n%5)
			small, z := guarded[float32](n, n%7, 1)
			for i := range z {
				z[i] = 777
			}
			for i := range y[:done] {
				if !same(y[i], float64(x[i])) {
					t.Fatalf("%s: %v widened is %v", s.Tier, x[i], y[i])
				}
				y[i] *= 1 + 1e-9*float64(i)
			}
			f.Narrow64(z, y)
			unharmed(t, s.Tier, small, n, n%7)
			for i, v := range z {
				if want := float32(y[i]); i < done && !same(v, want) || i >= done && (v != 777 || y[i] != 777) {
					t.Fatalf("%s: element %d of %d: %v narrowed is %v", s.Tier, i, n, y[i], v)
				}
			}
		}
	}
}
