package simd

import (
	"testing"
	"unsafe"
)

// aligned is n elements at a multiple of 64 bytes.
func aligned[T float](n int) []T {
	all := make([]T, n+16)
	off := (64 - int(uintptr(unsafe.Pointer(&all[0]))%64)) % 64 / int(unsafe.Sizeof(all[0]))
	return all[off : off+n : off+n]
}

func testLimits[T float](t *testing.T, k *Kernels[T]) {
	if k.FMA == nil {
		return
	}
	one := k.FMA(1)
	if one < 24 || k.FMA(0) != 0 || k.FMA(100) != 100*one {
		t.Errorf("rounds of 0, 1, 100 multiply-adds: %v, %v, %v", k.FMA(0), one, k.FMA(100))
	}
	for _, n := range []int{0, 64, 256, 1024} {
		dst, a, b := aligned[T](n), aligned[T](n), aligned[T](n)
		var sum T
		for i := range a {
			a[i], b[i] = T(i%17-5), T(i%13)
			sum += a[i]
		}
		if got := k.Read(a); got != sum {
			t.Errorf("sum of %d is %v; want %v", n, got, sum)
		}
		for name, f := range map[string]func(){
			"copy": func() { k.Copy(dst, a) }, "copy NT": func() { k.CopyNT(dst, a) },
			"triad": func() { k.Triad(dst, a, b) }, "triad NT": func() { k.TriadNT(dst, a, b) },
		} {
			clear(dst)
			f()
			for i := range dst {
				want := a[i]
				if name[0] == 't' {
					want += b[i]
				}
				if dst[i] != want {
					t.Fatalf("%s of %d: element %d is %v; want %v", name, n, i, dst[i], want)
				}
			}
		}
	}
}

func TestLimits(t *testing.T) {
	for _, s := range Available() {
		t.Run(s.Tier, func(t *testing.T) {
			testLimits(t, &s.F32)
			testLimits(t, &s.F64)
		})
	}
}
