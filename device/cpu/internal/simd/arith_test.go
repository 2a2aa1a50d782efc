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

func testArith[T float](t *testing.T, k *Kernels[T]) {
	testTwo(t, "add", k.Add, func(a, b T) T { return a + b })
	testTwo(t, "sub", k.Sub, func(a, b T) T { return a - b })
	testTwo(t, "mul", k.Mul, func(a, b T) T { return a * b })
	testTwo(t, "div", k.Div, func(a, b T) T { return a / b })
	if k.ReLU != nil {
		testTwo(t, "relu", func(dst, a, _ []T) { k.ReLU(dst, a) }, func(a, _ T) T {
			if a < 0 {
				return 0
			}
			return a
		})
	}
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
