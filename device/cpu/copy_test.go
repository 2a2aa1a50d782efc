package cpu

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// asBytes is a view of a with elements of another size, each made of the low
// bytes of the element's number; mem is its memory.
func asBytes(a *array, d device.DType, value func(i int) byte) (device.View, []byte) {
	v := a.View
	v.DType = d
	mem := make([]byte, (len(a.mem)+8)*d.Size())
	for i := range mem {
		mem[i] = value(i)
	}
	v.Buf = &device.Buffer{Ptr: unsafe.Pointer(&mem[0]), Bytes: len(mem)}
	return v, mem
}

// Copies between any layouts move every element and touch nothing else, with
// elements of all sizes and for any number of threads.
func TestCopyLayouts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	dtypes := []device.DType{device.UInt8, device.Float16, device.Float32, device.Float64}
	for round := range 1500 {
		s := shapes(rng)
		if round%2 == 0 { // planes around the edges of vectors and blocks
			s = []int{1 + rng.IntN(3), 1 + rng.IntN(70), 1 + rng.IntN(300)}
			rng.Shuffle(3, func(i, j int) { s[i], s[j] = s[j], s[i] })
		}
		zero := func() float64 { return 0 }
		from, to := layout(rng, s, true, zero), layout(rng, s, false, zero)
		d := dtypes[rng.IntN(len(dtypes))]
		in, src := asBytes(from, d, func(i int) byte { return byte(i*7 + i/251) })
		withThreads(t, 1+rng.IntN(3))
		out, dst := asBytes(to, d, func(int) byte { return 255 })
		if err := table[device.Copy][d](device.Call{Out: [device.MaxOut]*device.View{&out}, In: [device.MaxIn]*device.View{&in}}); err != nil {
			t.Fatal(err)
		}
		want := make([]byte, len(dst))
		for i := range want {
			want[i] = 255
		}
		n := d.Size()
		each(s, func(idx []int) {
			at := (uintptr(unsafe.Pointer(from.at(idx))) - uintptr(unsafe.Pointer(&from.mem[0]))) / 8
			p := (uintptr(unsafe.Pointer(to.at(idx))) - uintptr(unsafe.Pointer(&to.mem[0]))) / 8
			copy(want[int(p)*n:int(p+1)*n], src[int(at)*n:])
		})
		if string(dst) != string(want) {
			t.Fatalf("%v copied from strides %v to %v: wrong elements", in.Spec, in.Stride[:in.Rank], out.Stride[:out.Rank])
		}
	}
}

// A copy large enough to be streamed past the caches is the same.
func TestCopyStreamed(t *testing.T) {
	const rows, cols = 2048, 4096 + 16
	x, y := make([]float32, rows*cols), make([]float32, rows*cols)
	for i := range x {
		x[i] = float32(i)
	}
	turned(x, y, rows, cols)
	for r := range rows {
		for c := range cols {
			if y[c*rows+r] != x[r*cols+c] {
				t.Fatalf("element %d, %d is wrong", r, c)
			}
		}
	}
}

// turned writes x transposed to y.
func turned(x, y []float32, rows, cols int) {
	view := func(s []float32) *device.View {
		v := &device.View{Spec: device.Spec{DType: device.Float32, Rank: 2, Dim: [device.MaxRank]int{cols, rows}}}
		v.Buf = &device.Buffer{Ptr: unsafe.Pointer(&s[0]), Bytes: 4 * len(s)}
		v.SetContiguous()
		return v
	}
	in, out := view(x), view(y)
	in.Stride[0], in.Stride[1] = 1, cols
	in.UpdateContig()
	if err := table[device.Copy][device.Float32](device.Call{Out: [device.MaxOut]*device.View{out}, In: [device.MaxIn]*device.View{in}}); err != nil {
		panic(err)
	}
}

func BenchmarkTranspose(b *testing.B) {
	for _, n := range []int{64, 256, 1000, 1024, 4096} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x, y := aligned(n*n), aligned(n*n)
			b.SetBytes(int64(8 * n * n))
			for b.Loop() {
				turned(x, y, n, n)
			}
		})
	}
}

// aligned is a slice of n floats that begins at a cache line.
func aligned(n int) []float32 {
	s := make([]float32, n+16)
	return s[(64-uintptr(unsafe.Pointer(&s[0]))%64)%64/4:][:n]
}

// denseView is s as a view of one dim.
func denseView[T any](d device.DType, s []T) *device.View {
	v := &device.View{Spec: device.Spec{DType: d, Rank: 1, Dim: [device.MaxRank]int{len(s)}}}
	v.Buf = &device.Buffer{Ptr: unsafe.Pointer(unsafe.SliceData(s)), Bytes: len(s) * d.Size()}
	v.SetContiguous()
	return v
}
