package simd

import "testing"

// testThree holds a kernel of three rows against ref, bit by bit, dst apart and
// as the first input.
func testThree[T float](t *testing.T, what string, f func(dst, a, b, c []T), ref func(a, b, c T) T) {
	t.Helper()
	for n := range 258 {
		for _, off := range []int{0, 1, 3} {
			all, dst := guarded[T](n, off, 1)
			_, a := guarded[T](n, 2*off, uint64(n))
			_, b := guarded[T](n, off+1, uint64(n)+99)
			_, c := guarded[T](n, off, uint64(n)+7)
			want := make([]T, n)
			for i := range want {
				want[i] = ref(a[i], b[i], c[i])
			}
			for _, to := range [][]T{dst, a} {
				f(to, a, b, c)
				unharmed(t, what, all, n, off)
				for i, v := range to {
					if !same(v, want[i]) {
						t.Fatalf("%s: element %d of %d is %v, want %v from %v and %v", what, i, n, v, want[i], b[i], c[i])
					}
				}
			}
		}
	}
}

func reluOf[T float](x T) T {
	if x < 0 {
		return 0
	}
	return x
}

// The conversions keep the compiler from joining a product and a sum.
func testFused[T float](t *testing.T, k *Kernels[T]) {
	for _, v := range []T{1, -0.375, 0} {
		testThree(t, "addcmul", func(dst, a, b, c []T) { k.Addcmul(dst, a, b, c, v) }, func(a, b, c T) T { return a + T(v*T(b*c)) })
		testThree(t, "addcdiv", func(dst, a, b, c []T) { k.Addcdiv(dst, a, b, c, v) }, func(a, b, c T) T { return a + T(v*T(b/c)) })
	}
	testThree(t, "lerp", k.Lerp, func(a, b, w T) T {
		if w < 0.5 {
			return a + T(w*(b-a))
		}
		return b - T((b-a)*(1-w))
	})
	sum := func(a, b T) T { return reluOf(a + b) }
	testTwo(t, "add relu", k.AddReLU, sum)
	testTwo(t, "add number relu", number(k.AddNumberReLU), sum)
	testTwo(t, "standardize relu", func(dst, a, b []T) {
		k.Standardize(b, a, 0.25, -1.5, 0.125) // of this tier: it may round once or twice
		k.StandardizeReLU(dst, a, 0.25, -1.5, 0.125)
		copy(a, b)
	}, func(standard, _ T) T { return reluOf(standard) })
}

func TestFused(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testFused(t, &s.F32)
			testFused(t, &s.F64)
		})
	}
}
