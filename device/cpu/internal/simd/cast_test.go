package simd

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// edges are numbers around the ranges of the integers, and others.
func edges() []float32 {
	x := []float32{0, float32(math.Copysign(0, -1)), 0.5, -0.5, 0.999, 1, -1.5, 127.9, 128, -129, 255.5, 256, 32767, 65536, -65537, 1e9,
		float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, math.SmallestNonzeroFloat32, 1 << 31, -1 << 31, 1<<31 + 256, 1 << 63, -1 << 63}
	for range 40 {
		x = append(x, float32(rand.NormFloat64()*math.Exp2(rand.Float64()*40)))
	}
	return x
}

// cut is x as an integer of so many bits as an x86 has it.
func cut(x float32, bits int) int64 {
	if top := math.Ldexp(1, bits-1); float64(x) >= -top && float64(x) < top {
		return int64(x)
	}
	return -1 << (bits - 1)
}

// testRow holds a kernel of one row against ref in all lengths.
func testRow[D comparable](t *testing.T, what string, f func(dst []D, a []float32), ref func(float32) D) {
	t.Helper()
	if f == nil {
		return
	}
	all := edges()
	for n := range len(all) {
		a, dst := all[len(all)-n:], make([]D, n+1)
		f(dst[:n], a)
		for i, x := range a {
			if want := ref(x); dst[i] != want && want == want {
				t.Fatalf("%s: %v becomes %v; want %v (element %d of %d)", what, x, dst[i], want, i, n)
			}
		}
		var none D
		if dst[n] != none {
			t.Fatalf("%s writes beyond %d elements", what, n)
		}
	}
}

func one(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

func TestCast(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		k := &s.F32.Cast
		testRow(t, "int8", k.ToInt8, func(x float32) uint8 { return uint8(cut(x, 32)) })
		testRow(t, "int16", k.ToInt16, func(x float32) uint16 { return uint16(cut(x, 32)) })
		testRow(t, "int32", k.ToInt32, func(x float32) int32 { return int32(cut(x, 32)) })
		testRow(t, "int64", k.ToInt64, func(x float32) int64 { return cut(x, 64) })
		testRow(t, "float64", k.Widen, func(x float32) float64 { return float64(x) })
		testRow(t, "bool", k.ToBool, func(x float32) uint8 { return one(x != 0) })
		b := edges()
		for i := range b[:9] {
			b[i] = edges()[i] // the same
		}
		pair := func(what string, f func(dst []uint8, a, b []float32), ref func(x, y float32) bool) {
			at := 0
			testRow(t, s.Tier+" "+what, func(dst []uint8, a []float32) {
				f(dst, a, b[len(b)-len(a):])
				at = len(b) - len(a)
			}, func(x float32) uint8 {
				at++
				return one(ref(x, b[at-1]))
			})
		}
		pair("eq", k.Eq, func(x, y float32) bool { return x == y })
		pair("ne", k.Ne, func(x, y float32) bool { return x != y })
		pair("lt", k.Lt, func(x, y float32) bool { return x < y })
		pair("le", k.Le, func(x, y float32) bool { return x <= y })
		pair("and", k.And, func(x, y float32) bool { return x != 0 && y != 0 })
		pair("or", k.Or, func(x, y float32) bool { return x != 0 || y != 0 })
		pair("isclose", func(dst []uint8, a, b []float32) { k.IsClose(dst, a, b, 0.5, 0.25) }, func(x, y float32) bool {
			off := float32(math.Abs(float64(x - y)))
			return x == y || off <= float32(math.Abs(float64(y)))*0.5+0.25 && off < float32(math.Inf(1))
		})
	}
}

// TestPow holds powers against exact ones.
func TestPow(t *testing.T) {
	var a, b, dst [999]float64
	for i := range a {
		a[i] = rand.NormFloat64() * math.Exp2(rand.NormFloat64()*6)
		b[i] = math.Round(rand.NormFloat64() * 60)
	}
	a[0], b[0], a[1], b[1], a[2], b[2] = -8, 1.5, 0x1p-1070, 1, 1e300, -1
	for _, s := range Available() {
		if s.F64.Pow == nil {
			continue
		}
		s.F64.Pow(dst[:], a[:], b[:])
		if dst[0] == dst[0] {
			t.Errorf("%s: -8^1.5 is %v", s.Tier, dst[0])
		}
		for i := 1; i < len(a); i++ {
			x, y := new(big.Float).SetPrec(200).SetFloat64(a[i]), new(big.Float).SetPrec(200).SetFloat64(1)
			for range int(math.Abs(b[i])) {
				y.Mul(y, x)
			}
			if b[i] < 0 {
				y.Quo(new(big.Float).SetPrec(200).SetFloat64(1), y)
			}
			want, _ := y.Float64()
			if off := math.Abs(dst[i] - want); off > math.Abs(want)*0x1.8p-52+0x1p-1074 && dst[i] != want {
				t.Errorf("%s: %v^%v is %v; want %v", s.Tier, a[i], b[i], dst[i], want)
			}
		}
	}
}
