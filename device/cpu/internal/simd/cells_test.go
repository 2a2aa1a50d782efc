package simd

import "testing"

// testCell holds a kernel of count slices against want, which changes the
// elements of one place. Numbers are below 1, as the results of gates are.
func testCell[T float](t *testing.T, what string, count int, run func(x [][]T), want func(x []float64)) {
	t.Helper()
	for n := range 130 {
		x, all, was := make([][]T, count), make([][]T, count), make([][]float64, n)
		for i := range x {
			all[i], x[i] = guarded[T](n, i, uint64(n+1000*i))
			for j, v := range finite[T](n, uint64(n+1000*i)) {
				x[i][j] = v / 8
				was[j] = append(was[j], float64(v/8))
			}
		}
		run(x)
		for i := range x {
			unharmed(t, what, all[i], n, i)
		}
		for j, w := range was {
			start := append([]float64{}, w...)
			want(w)
			for i := range x {
				if !closeTo[T](float64(x[i][j]), w[i], 4) { // sums of up to four such numbers
					t.Fatalf("%s%v: slice %d is %v, want %v (element %d of %d)", what, start, i, x[i][j], w[i], j, n)
				}
			}
		}
	}
}

func testCells[T float](t *testing.T, k *Kernels[T]) {
	testCell(t, "LSTM state", 7, func(x [][]T) { k.LSTMState(x[0], x[1], x[2], x[3], x[4], x[5], x[6]) }, func(x []float64) {
		d, tc, o := x[3]+x[4], x[5], x[6]
		x[0], x[1] = x[0]+x[2]+d*o*(1-tc*tc), d*tc*o*(1-o)
	})
	testCell(t, "LSTM gates", 8, func(x [][]T) { k.LSTMGates(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]) }, func(x []float64) {
		d, c, i, f, g := x[0], x[4], x[5], x[6], x[7]
		x[0], x[1], x[2], x[3] = d*f, d*g*i*(1-i), d*c*f*(1-f), d*i*(1-g*g)
	})
	testCell(t, "GRU state", 8, func(x [][]T) { k.GRUState(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]) }, func(x []float64) {
		d, h, z, n := x[0]+x[4], x[5], x[6], x[7]
		x[0], x[1], x[3] = d*z, d*(h-n)*z*(1-z), d*(1-z)*(1-n*n)
		x[2] = x[1]
	})
	testCell(t, "GRU gates", 6, func(x [][]T) { k.GRUGates(x[0], x[1], x[2], x[3], x[4], x[5]) }, func(x []float64) {
		dn, q, r := x[3], x[4], x[5]
		x[0], x[2] = dn*q*r*(1-r), dn*r
		x[1] = x[0]
	})
}

func TestCells(t *testing.T) {
	for _, s := range Available() {
		if s.Tier == "generic" {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testCells(t, &s.F32)
			testCells(t, &s.F64)
		})
	}
}
