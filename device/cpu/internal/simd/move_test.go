package simd

import (
	"testing"
	"unsafe"
)

// testTranspose compares a kernel with moving one element after another.
func testTranspose[T float](t *testing.T, what string, bytes int, f func(dst *T, ds int, src *T, ss, groups int), align int) {
	t.Helper()
	if f == nil {
		return
	}
	var z T
	size := int(unsafe.Sizeof(z))
	rows := bytes / size
	for groups := range 20 {
		cols := groups * 16 / size
		ss, ds := max(1, cols)+groups%3, (rows+groups%5+align-1)/align*align
		_, src := guarded[T](rows*ss, groups%4, 5)
		all, dst := guarded[T](max(1, cols)*ds+align, 0, 1)
		off := int(-uintptr(unsafe.Pointer(&dst[0]))%uintptr(align*size)) / size
		for i := range all {
			all[i] = 777
		}
		f(&dst[off], ds*size, &src[0], ss*size, groups)
		for i, v := range all {
			want, c, r := T(777), (i-off)/ds, (i-off)%ds
			if i >= off && c < cols && r < rows {
				want = src[r*ss+c]
			}
			if !same(v, want) {
				t.Fatalf("%s: %d groups: element %d is %v, want %v", what, groups, i, v, want)
			}
		}
	}
}

func TestTranspose(t *testing.T) {
	for _, s := range Available() {
		testTranspose(t, s.Tier+" f32", s.Bytes, s.F32.Transpose, 1)
		testTranspose(t, s.Tier+" f64", s.Bytes, s.F64.Transpose, 1)
		testTranspose(t, s.Tier+" f32 streamed", s.Bytes, s.F32.TransposeNT, s.Bytes/4)
		testTranspose(t, s.Tier+" f64 streamed", s.Bytes, s.F64.TransposeNT, s.Bytes/8)
	}
}
