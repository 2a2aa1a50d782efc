package simd

import (
	"math"
	"slices"
	"testing"
)

// closeTo reports whether got is want but for rounding of n terms of the given size.
func closeTo[T float](got, want, size float64) bool {
	eps := 0x1p-52
	var z T
	if _, ok := any(z).(float32); ok {
		eps = 0x1p-23
	}
	return got == want || got != got && want != want || math.Abs(got-want) <= 16*eps*max(size, math.Abs(want))
}

// finite is a row of n plain numbers.
func finite[T float](n int, seed uint64) []T {
	_, x := guarded[T](n, 0, seed)
	for i, v := range x {
		if v != v || v-v != 0 || v > 100 || v < -100 {
			x[i] = 1
		}
	}
	return x
}

func testSums[T float](t *testing.T, k *Kernels[T]) {
	for n := range 258 {
		for _, x := range [][]T{finite[T](n, uint64(n)), slices.Repeat([]T{T(math.MaxFloat32), -T(math.MaxFloat32)}, n)[:n]} {
			sum, size := 0.0, 0.0
			for _, v := range x {
				sum += float64(v)
				size += math.Abs(float64(v))
			}
			if got := k.Sum(x); !closeTo[float64](got, sum, size) {
				t.Fatalf("sum of %d is %v, want %v", n, got, sum)
			}
			mean, squares := 0.75, 0.0
			for _, v := range x {
				squares += (float64(v) - mean) * (float64(v) - mean)
			}
			if got := k.Squares(x, mean); !closeTo[float64](got, squares, 0) {
				t.Fatalf("squares of %d are %v, want %v", n, got, squares)
			}
			for i := range x {
				old := x[i]
				x[i] = T(math.NaN())
				if got := k.Sum(x); got == got {
					t.Fatalf("sum of %d with NaN at %d is %v", n, i, got)
				}
				x[i] = old
			}
		}
	}
}

func testExtremes[T float](t *testing.T, k *Kernels[T]) {
	for n := range 258 {
		_, x := guarded[T](n, 1, uint64(n))
		want := [2]T{T(math.Inf(-1)), T(math.Inf(1))}
		for i, v := range x {
			if v != v {
				x[i] = 1
			}
			want[0], want[1] = max(want[0], x[i]), min(want[1], x[i])
		}
		if hi, lo := k.Max(x), k.Min(x); hi != want[0] || lo != want[1] {
			t.Fatalf("largest and smallest of %d are %v and %v, want %v", n, hi, lo, want)
		}
		for i := range x {
			if at := k.Near(x, x[i]); at > slices.Index(x, x[i]) || at < min(i, len(x)-len(x)%64)-256 || at < 0 {
				t.Fatalf("element %d of %d is near %d", i, n, at)
			}
		}
		if at := k.Near(x, 555); at > n || n-at > 256 {
			t.Fatalf("what is not in %d elements is near %d", n, at)
		}
		for i := range x {
			old := x[i]
			x[i] = T(math.NaN())
			if hi, lo := k.Max(x), k.Min(x); hi == hi || lo == lo {
				t.Fatalf("largest and smallest of %d with NaN at %d are %v and %v", n, i, hi, lo)
			}
			x[i] = old
		}
	}
}

func testColumns[T float](t *testing.T, k *Kernels[T], size int) {
	for n := 1; n < 258; n++ {
		step := n + 3
		x := finite[T](8*step, uint64(n))
		all, acc := guarded[float64](n, 2, 5)
		for i := range acc {
			acc[i] = float64(i)
		}
		k.AddRows(acc, &x[0], step*size)
		k.AddRow(acc, &x[1])
		unharmed(t, "add rows", all, n, 2)
		for i, got := range acc {
			want := float64(i)
			for r := range 8 {
				want += float64(x[r*step+i])
			}
			if want += float64(x[1+i]); got != want {
				t.Fatalf("column %d of %d is %v, want %v", i, n, got, want)
			}
		}
		testPicks(t, k, n, size)
	}
}

func testPicks[T float](t *testing.T, k *Kernels[T], n, size int) {
	t.Helper()
	const rows = 9
	_, x := guarded[T](rows*n, 1, uint64(n))
	for name, f := range map[string]func(best, at []T, x *T, step int, row T){"max": k.MaxRows, "min": k.MinRows} {
		all, best := guarded[T](n, 1, 5)
		alls, at := guarded[T](n, 3, 5)
		copy(best, x)
		clear(at)
		f(best, at, &x[n], n*size, 1)
		unharmed(t, "best", all, n, 1)
		unharmed(t, "at", alls, n, 3)
		for i := range best {
			b, row := x[i], 0
			for r := 1; r < rows; r++ {
				if v := x[r*n+i]; b == b && (v != v || name == "max" && v > b || name == "min" && v < b) {
					b, row = v, r
				}
			}
			if !same(best[i], b) || at[i] != T(row) {
				t.Fatalf("%s of column %d of %d is %v in row %v, want %v in %d", name, i, n, best[i], at[i], b, row)
			}
		}
	}
}

func TestReduce(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testSums(t, &s.F32)
			testSums(t, &s.F64)
			testExtremes(t, &s.F32)
			testExtremes(t, &s.F64)
			testColumns(t, &s.F32, 4)
			testColumns(t, &s.F64, 8)
		})
	}
}
