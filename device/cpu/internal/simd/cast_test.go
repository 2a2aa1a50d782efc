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
		var short [len(a)]float64
		s.F64.PowShort(short[:], a[:], b[:])
		for i := 1; i < len(a); i++ {
			if v := math.Pow(a[i], b[i]); math.Abs(v) > 1e-38 && math.Abs(v) < 1e38 && math.Abs(a[i]) > 1e-45 && math.Abs(short[i]-v) > math.Abs(v)*0x1p-27 {
				t.Errorf("%s: %v^%v in short is %v; want %v", s.Tier, a[i], b[i], short[i], v)
			}
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

// TestModulo holds remainders against package math, which is exact.
func TestModulo(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		testModulo(t, s.Tier, &s.F32, 1<<22, func(a, b float32) float32 { return math.Nextafter32(a, b) })
		testModulo(t, s.Tier, &s.F64, 1<<51, math.Nextafter)
	}
}

func testModulo[T float](t *testing.T, tier string, k *Kernels[T], most float64, next func(a, b T) T) {
	mod := func(a, b T) T {
		if q := math.Trunc(float64(T(a / b))); !(math.Abs(q) < most) {
			return T(math.NaN())
		}
		return T(math.Mod(float64(a), float64(b)))
	}
	testTwo(t, tier+" fmod", k.Fmod, mod)
	testTwo(t, tier+" remainder", k.Remainder, func(a, b T) T {
		m := mod(a, b)
		if m != 0 && (m < 0) != (b < 0) {
			m += b
		}
		return m
	})
	testTwo(t, tier+" nextafter", k.NextAfter, func(a, b T) T {
		if a == b {
			return b
		}
		return next(a, b)
	})
	a, b, m := make([]T, 4096), make([]T, 4096), make([]T, 4096)
	for i := range a {
		b[i] = T(rand.NormFloat64())
		a[i] = b[i] * T(rand.IntN(1<<20)) // next to a multiple, or one
	}
	k.Fmod(m, a, b)
	for i, v := range m {
		if want := T(math.Mod(float64(a[i]), float64(b[i]))); v != want {
			t.Fatalf("%s: fmod(%v, %v) is %v; want %v", tier, a[i], b[i], v, want)
		}
	}
}

func TestProd(t *testing.T) {
	for _, s := range Available() {
		if s.F32.Reduce.Prod == nil {
			continue
		}
		for n := range 200 {
			a, b, want := make([]float32, n), make([]float64, n), 1.0
			for i := range a {
				a[i] = float32(rand.IntN(3)+1) / 2
				b[i] = float64(a[i])
				want *= b[i]
			}
			x, y := s.F32.Reduce.Prod(a), s.F64.Reduce.Prod(b)
			if math.Abs(x-want) > want*1e-13 || math.Abs(y-want) > want*1e-13 {
				t.Fatalf("%s: the product of %d elements is %v and %v; want %v", s.Tier, n, x, y, want)
			}
		}
	}
}

func TestActivations(t *testing.T) {
	for _, s := range Available() {
		if s.Tier != "generic" {
			testActivations(t, s.Tier, &s.F32, 0x1p-21)
			testActivations(t, s.Tier, &s.F64, 0x1p-50)
		}
	}
}

// testActivations holds functions against their formulas, within tol of the
// larger of the result and 1.
func testActivations[T float](t *testing.T, tier string, k *Kernels[T], tol float64) {
	x := []T{0, 1, -1, 0.5, -3, 30, -30, 700, -700, 1e-20, T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN())}
	var a, b []T
	for _, v := range x {
		for _, w := range x {
			a, b = append(a, v), append(b, w)
		}
	}
	check := func(what string, f func(dst, a, b []T), ref func(a, b float64) float64) {
		dst := make([]T, len(a))
		f(dst, a, b)
		for i, v := range dst {
			want := ref(float64(a[i]), float64(b[i]))
			if got := float64(v); got != want && (got == got || want == want) && !(math.Abs(got-want) <= tol*max(1, math.Abs(want))) {
				t.Errorf("%s %s(%v, %v) is %v; want %v", tier, what, a[i], b[i], got, want)
			}
		}
	}
	check("hypot", k.Hypot, math.Hypot)
	check("softsign", func(dst, a, _ []T) { k.Softsign(dst, a) }, func(a, _ float64) float64 { return a / (1 + math.Abs(a)) })
	check("logaddexp", k.LogAddExp, func(a, b float64) float64 {
		if a == b {
			return a + math.Ln2
		}
		return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
	})
	check("softplus", func(dst, a, _ []T) { k.Softplus(dst, a, 2, 20) }, func(a, _ float64) float64 {
		if 2*a > 20 {
			return a
		}
		return math.Log1p(math.Exp(2*a)) / 2
	})
	check("nan_to_num", func(dst, a, _ []T) { k.NaNToNum(dst, a, 1, 2, 3) }, func(a, _ float64) float64 {
		switch {
		case a != a:
			return 1
		case math.IsInf(a, 0):
			return 2.5 - math.Copysign(0.5, a)
		}
		return a
	})
	modest := func(a, b float64) bool { return math.Abs(a/b) < 1<<20 && !math.IsInf(b, 0) }
	small := func(dst, a, b []T) { // of what it can do
		k.FloorDiv(dst, a, b)
		for i := range dst {
			if !modest(float64(a[i]), float64(b[i])) {
				dst[i] = T(math.NaN())
			}
		}
	}
	check("floor_divide", small, func(a, b float64) float64 {
		if !modest(a, b) {
			return math.NaN()
		}
		return math.Floor(a / b)
	})
}
