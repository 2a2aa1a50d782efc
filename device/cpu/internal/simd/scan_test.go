package simd

import (
	"math"
	"slices"
	"testing"
)

// scanned is what running sums or products are from left to right, from start
// on, and how far each may be off in float64 when pairs come first: both orders
// round n times, by half a unit of the sum of the terms' sizes, or of the product.
func scanned[T float](x []T, start float64, sum bool) (want, off []float64) {
	acc, size := start, math.Abs(start)
	want, off = append(want, acc), append(off, 0)
	for i, v := range x {
		if sum {
			acc += float64(v)
			size += math.Abs(float64(v))
		} else {
			acc *= float64(v)
			size = math.Abs(acc)
		}
		want, off = append(want, acc), append(off, float64(i+1)*0x1p-52*size)
	}
	return want, off
}

// lineKernel is one of CumSum and its sisters.
type lineKernel[T float] func(dst, x []T, acc *float64) int

// testScanLine holds a kernel against scanned, on all that it has done, and
// returns how many elements that was.
func testScanLine[T float](t *testing.T, what string, f lineKernel[T], x []T, off, lanes int, start float64, sum, back bool) int {
	t.Helper()
	n := len(x)
	all, dst := guarded[T](n, off, 1)
	before := slices.Clone(dst)
	acc := start
	done := f(dst, x, &acc)
	unharmed(t, what, all, n, off)
	if done < 0 || done > n/lanes*lanes || done%lanes != 0 {
		t.Fatalf("%s: %d of %d elements are done", what, done, n)
	}
	x, dst = slices.Clone(x), slices.Clone(dst)
	if back {
		slices.Reverse(x)
		slices.Reverse(dst)
		slices.Reverse(before)
	}
	for i := done; i < n; i++ {
		if !same(dst[i], before[i]) {
			t.Fatalf("%s: %d of %d elements are done, but element %d is written", what, done, n, i)
		}
	}
	want, bound := scanned(x[:done], start, sum)
	for i, got := range dst[:done] {
		w, narrow := want[i+1], 0.0
		if _, ok := any(got).(float32); ok { // and once more to T
			narrow = 0x1p-23*math.Abs(w) + 0x1p-149
		}
		if !same(got, T(w)) && !(math.Abs(float64(got)-w) <= bound[i+1]+narrow) {
			t.Fatalf("%s of %v is %v at %d of %d, want %v", what, x[:i+1], got, i, n, w)
		}
	}
	if w := want[done]; !same(acc, w) && !(math.Abs(acc-w) <= bound[done]) {
		t.Fatalf("%s goes on with %v after %d of %d, want %v", what, acc, done, n, w)
	}
	return done
}

func testScans[T float](t *testing.T, k *Kernels[T], lanes int) {
	_, wide := any(T(0)).(float64)
	lines := func(what string, x []T, off int, start float64, whole bool) {
		t.Helper()
		for _, c := range []struct {
			name      string
			f         lineKernel[T]
			sum, back bool
		}{{"sum", k.CumSum, true, false}, {"prod", k.CumProd, false, false}, {"sum back", k.CumSumBack, true, true}, {"prod back", k.CumProdBack, false, true}} {
			done := testScanLine(t, what+c.name, c.f, x, off, lanes, start, c.sum, c.back)
			if (whole || c.sum && !wide) && done != len(x)/lanes*lanes {
				t.Fatalf("%s%s: only %d of %d elements are done", what, c.name, done, len(x))
			}
		}
	}
	for n := range 258 {
		for _, off := range []int{0, 1, 3} {
			_, x := guarded[T](n, off+1, uint64(n+off)) // NaN, infinities, the smallest and the largest among them
			lines("edges: ", x, off, 1.5, false)
			for i, v := range finite[T](n, uint64(n)) {
				if x[i] = 1 + v/64; i%3 == 0 {
					x[i] = -1 / x[i]
				}
			}
			lines("", x, off, -0.75, true)
			lines("after infinity: ", x, off, math.Inf(1), false)
			for i := range x {
				old := x[i]
				for _, v := range []float64{math.NaN(), math.Inf(-1), 0} {
					if x[i] = T(v); off == 1 && n < 50 {
						lines("special: ", x, off, 1, false)
					}
				}
				x[i] = old
			}
		}
	}
	for i := range 8 { // what only left to right is finite, or not 0
		for j := range 8 {
			for _, v := range []float64{1e163, math.MaxFloat64, math.MaxFloat32, 1e-40, 1e-200} {
				for _, start := range []float64{0, 1, -math.MaxFloat64, math.MaxFloat64, math.Inf(1)} {
					x := slices.Repeat([]T{1}, 16)
					x[i], x[j] = T(v), T(v)
					lines("extremes: ", x, 0, start, false)
				}
			}
		}
	}
	for n := range 258 {
		for _, off := range []int{0, 1, 3} {
			testScanRow(t, "sum row", k.CumSumRow, n, off, lanes, func(a, x float64) float64 { return a + x })
			testScanRow(t, "prod row", k.CumProdRow, n, off, lanes, func(a, x float64) float64 { return a * x })
		}
	}
}

// testScanRow wants exactly what Go computes: there is one operation a column.
func testScanRow[T float](t *testing.T, what string, f func(dst, x []T, acc []float64) int, n, off, lanes int, op func(a, x float64) float64) {
	t.Helper()
	all, dst := guarded[T](n, off, 1)
	alls, acc := guarded[float64](n, off+1, 3)
	_, x := guarded[T](n, off+2, uint64(n))
	before, old := slices.Clone(acc), slices.Clone(dst)
	done := f(dst, x, acc)
	unharmed(t, what, all, n, off)
	unharmed(t, what, alls, n, off+1)
	if done != n/lanes*lanes {
		t.Fatalf("%s: %d of %d columns are done", what, done, n)
	}
	for i := range n {
		sum, y := op(before[i], float64(x[i])), T(op(before[i], float64(x[i])))
		if i >= done {
			sum, y = before[i], old[i]
		}
		if !same(acc[i], sum) || !same(dst[i], y) {
			t.Fatalf("%s: column %d of %d is %v and %v, want %v", what, i, n, acc[i], dst[i], sum)
		}
	}
}

func TestScan(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testScans(t, &s.F32, s.Bytes/8)
			testScans(t, &s.F64, s.Bytes/8)
		})
	}
}

func BenchmarkScan(b *testing.B) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		x, dst, acc := make([]float32, 1024), make([]float32, 1024), make([]float64, 1024)
		for i := range x {
			x[i] = 1
		}
		for name, f := range map[string]func(){
			"line": func() { s.F32.CumSum(dst, x, &acc[0]) },
			"prod": func() { acc[0] = 1; s.F32.CumProd(dst, x, &acc[0]) },
			"row":  func() { s.F32.CumSumRow(dst, x, acc) },
		} {
			b.Run(s.Tier+"/"+name, func(b *testing.B) {
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/el")
			})
		}
	}
}
