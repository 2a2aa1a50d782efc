package simd

import "testing"

// TestCopyRows holds copies of rows of all lengths, wherever they start, and
// that nothing beside them is written.
func TestCopyRows(t *testing.T) {
	for _, s := range Available() {
		if s.F32.CopyRows == nil {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testCopyRows(t, s.F32.CopyRows, 4)
			testCopyRows(t, s.F64.CopyRows, 8)
		})
	}
}

func testCopyRows[T float](t *testing.T, f func(dst *T, to int, src *T, from, rows, cols int), size int) {
	const rows = 3
	for cols := 1; cols < 258; cols++ {
		for _, off := range []int{0, 1, 5} {
			to, from := cols+off, cols+2*off+1
			all, dst := guarded[T](rows*to, off, 1)
			_, src := guarded[T](rows*from, off+1, uint64(cols))
			want := append([]T(nil), dst...)
			for r := range rows {
				copy(want[r*to:][:cols], src[r*from:])
			}
			f(&dst[0], to*size, &src[0], from*size, rows, cols)
			unharmed(t, "copy rows", all, rows*to, off)
			for i, v := range dst {
				if !same(v, want[i]) {
					t.Fatalf("%d columns, rows %d apart: element %d is %v, want %v", cols, to, i, v, want[i])
				}
			}
		}
	}
}

// TestMaxPairsBounds holds that results end where the rows do, at any place.
func TestMaxPairsBounds(t *testing.T) {
	for _, s := range Available() {
		if s.F32.MaxPairs == nil {
			continue
		}
		t.Run(s.Tier, func(t *testing.T) {
			testMaxPairsBounds(t, s.F32.MaxPairs, 4)
			testMaxPairsBounds(t, s.F64.MaxPairs, 8)
		})
	}
}

func testMaxPairsBounds[T float](t *testing.T, f func(dst, at, src, nums *T, p *Plane), size int) {
	const rows = 2
	nums := []T{0, 1, 2, 3}
	for cols := 1; cols < 100; cols++ {
		for _, off := range []int{0, 1, 5} {
			pitch := 2*cols + off
			all, dst := guarded[T](rows*cols, off, 1)
			places, at := guarded[T](rows*cols, off+3, 2)
			_, src := guarded[T](2*rows*pitch+2*64, off, uint64(cols))
			f(&dst[0], &at[0], &src[0], &nums[0], &Plane{Rows: rows, Cols: cols, Pitch: pitch * size})
			unharmed(t, "max pairs", all, rows*cols, off)
			unharmed(t, "max pairs' places", places, rows*cols, off+3)
			for i, v := range dst {
				if x := i/cols*2*pitch + i%cols*2; at[i] >= 0 && !same(v, src[x+int(at[i])/2*pitch+int(at[i])%2]) {
					t.Fatalf("%d columns: result %d is %v, from place %v", cols, i, v, at[i])
				}
			}
		}
	}
}
