package simd

import (
	"math"
	"testing"
	"unsafe"
)

type float interface{ float32 | float64 }

// edge is what every kernel must treat as plain Go does.
var edge = []float64{0, math.Copysign(0, -1), 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, 1e-40, -1e-40, math.MaxFloat32, math.MaxFloat64}

// guarded is a slice of n numbers, off elements into a buffer of guards.
func guarded[T float](n, off int, seed uint64) (all, row []T) {
	all = make([]T, n+off+40)
	for i := range all {
		all[i] = 777
	}
	row = all[off : off+n]
	for i := range row {
		seed = seed*6364136223846793005 + 1442695040888963407
		row[i] = T(int32(seed>>32)) / (1 << 28)
		if seed>>60 == 0 {
			row[i] = T(edge[seed>>40%uint64(len(edge))])
		}
	}
	return all, row
}

// unharmed fails if anything around row was written.
func unharmed[T float](t *testing.T, what string, all []T, n, off int) {
	t.Helper()
	for i, v := range all {
		if (i < off || i >= off+n) && v != 777 {
			t.Fatalf("%s: %d elements: wrote element %d", what, n, i-off)
		}
	}
}

// same reports equality of bits, with all NaNs alike.
func same[T float](a, b T) bool {
	return a != a && b != b || a == b && math.Signbit(float64(a)) == math.Signbit(float64(b))
}

func testTwo[T float](t *testing.T, what string, f func(dst, a, b []T), ref func(a, b T) T) {
	t.Helper()
	if f == nil {
		return
	}
	for n := range 258 {
		for _, off := range []int{0, 1, 3} {
			all, dst := guarded[T](n, off, 1)
			_, a := guarded[T](n, 2*off, uint64(n))
			_, b := guarded[T](n, off+1, uint64(n)+99)
			f(dst, a, b)
			unharmed(t, what, all, n, off)
			for i := range dst {
				if want := ref(a[i], b[i]); !same(dst[i], want) {
					t.Fatalf("%s(%v, %v) = %v, want %v (element %d of %d)", what, a[i], b[i], dst[i], want, i, n)
				}
			}
		}
	}
}

// number makes a kernel of a row and a number one of two rows, of which the
// second repeats its first element.
func number[T float](f func(dst, a []T, b T)) func(dst, a, b []T) {
	if f == nil {
		return nil
	}
	return func(dst, a, b []T) {
		for i := range b {
			b[i] = b[0]
		}
		if len(b) > 0 {
			f(dst, a, b[0])
		}
	}
}

// first makes a kernel of one row one of two, which ignores the second.
func first[T float](f func(dst, a []T)) func(dst, a, b []T) {
	if f == nil {
		return nil
	}
	return func(dst, a, _ []T) { f(dst, a) }
}

func lift[T float](f func(float64) float64) func(a, b T) T {
	return func(a, _ T) T { return T(f(float64(a))) }
}

func testArith[T float](t *testing.T, k *Kernels[T]) {
	add, sub := func(a, b T) T { return a + b }, func(a, b T) T { return a - b }
	mul, div := func(a, b T) T { return a * b }, func(a, b T) T { return a / b }
	largest, least := func(a, b T) T { return max(a, b) }, func(a, b T) T { return min(a, b) }
	testTwo(t, "add", k.Add, add)
	testTwo(t, "sub", k.Sub, sub)
	testTwo(t, "mul", k.Mul, mul)
	testTwo(t, "div", k.Div, div)
	testTwo(t, "maximum", k.Maximum, largest)
	testTwo(t, "minimum", k.Minimum, least)
	testTwo(t, "add number", number(k.AddNumber), add)
	testTwo(t, "sub number", number(k.SubNumber), sub)
	testTwo(t, "mul number", number(k.MulNumber), mul)
	testTwo(t, "div number", number(k.DivNumber), div)
	testTwo(t, "max number", number(k.MaxNumber), largest)
	testTwo(t, "min number", number(k.MinNumber), least)
	testTwo(t, "number sub", number(k.NumberSub), func(a, b T) T { return b - a })
	testTwo(t, "number div", number(k.NumberDiv), func(a, b T) T { return b / a })
	testTwo(t, "neg", first(k.Neg), func(a, _ T) T { return -a })
	testTwo(t, "abs", first(k.Abs), lift[T](math.Abs))
	testTwo(t, "floor", first(k.Floor), lift[T](math.Floor))
	testTwo(t, "ceil", first(k.Ceil), lift[T](math.Ceil))
	testTwo(t, "round", first(k.Round), lift[T](math.RoundToEven))
	testTwo(t, "trunc", first(k.Trunc), lift[T](math.Trunc))
	testTwo(t, "sqrt", first(k.Sqrt), lift[T](math.Sqrt))
	testTwo(t, "reciprocal", first(k.Reciprocal), func(a, _ T) T { return 1 / a })
	testTwo(t, "sign", first(k.Sign), func(a, _ T) T {
		switch {
		case a > 0:
			return 1
		case a < 0:
			return -1
		}
		return 0
	})
	testTwo(t, "relu", first(k.ReLU), func(a, _ T) T {
		if a < 0 {
			return 0
		}
		return a
	})
	testTwo(t, "relu grad", k.ReLUGrad, func(dy, y T) T {
		if y <= 0 {
			return 0
		}
		return dy
	})
	testTwo(t, "tanh grad", k.TanhGrad, func(dy, y T) T { return dy * T(math.FMA(-float64(y), float64(y), 1)) })
	testTwo(t, "sigmoid grad", k.SigmoidGrad, func(dy, y T) T { return dy * y * (1 - y) })
}

func TestArith(t *testing.T) {
	for _, s := range Available() {
		t.Run(s.Tier, func(t *testing.T) {
			testArith(t, &s.F32)
			testArith(t, &s.F64)
		})
	}
}

// TestTable fails on a field that a tier with assembly forgot.
func TestTiers(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("assembly is for 64-bit machines")
	}
	for _, s := range Available() {
		if s.Tier != "generic" && (s.F32.Add == nil || s.F64.Add == nil) {
			t.Errorf("%s has no kernels", s.Tier)
		}
	}
}
