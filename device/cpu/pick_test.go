package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// viewOf is a contiguous view of memory.
func viewOf[T any](d device.DType, mem []T, shape ...int) *device.View {
	v := &device.View{Buf: &device.Buffer{Ptr: unsafe.Pointer(unsafe.SliceData(mem)), Bytes: len(mem) * d.Size()}}
	v.DType, v.Rank = d, uint8(len(shape))
	copy(v.Dim[:], shape)
	v.SetContiguous()
	return v
}

func testPick[T float](t *testing.T, d device.DType, shape []int, dim int, nans bool) {
	t.Helper()
	defer threads.Store(threads.Load())
	rng := rand.New(rand.NewPCG(1, 2))
	n, inner := shape[dim], 1
	for _, s := range shape[dim+1:] {
		inner *= s
	}
	kept := slices.Delete(slices.Clone(shape), dim, dim+1)
	x := make([]T, n*inner*lenOf(shape[:dim]))
	for i := range x {
		x[i] = T(rng.IntN(1000)) // often equal
		if nans && rng.IntN(n) == 0 {
			x[i] = T(math.NaN())
		}
	}
	for _, k := range []struct {
		f     byDType
		first func(x []T) int
	}{{largestKernels(true), firstLargest[T]}, {smallestKernels(true), firstSmallest[T]}} {
		for threads := 1; threads <= 3; threads++ {
			SetNumThreads(threads)
			value, index := make([]T, len(x)/n), make([]int64, len(x)/n)
			c := device.Call{Attr: device.Dim{Dim: dim}, In: [device.MaxIn]*device.View{viewOf(d, x, shape...)},
				Out: [device.MaxOut]*device.View{viewOf(d, value, kept...), viewOf(device.Int64, index, kept...)}}
			if err := k.f[d](c); err != nil {
				t.Fatal(err)
			}
			line := make([]T, n)
			for o := range index {
				at := o/inner*n*inner + o%inner
				for i := range line {
					line[i] = x[at+i*inner]
				}
				want := k.first(line)
				if v := value[o]; int(index[o]) != want || v != line[want] && line[want] == line[want] {
					t.Fatalf("%v %v dim %d, %d threads: line %d has %v at %d; want %v at %d", d, shape, dim, threads, o, v, index[o], line[want], want)
				}
			}
		}
	}
}

func lenOf(s []int) int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// TestPick holds every path of the kernels of largest and smallest elements
// against a search line by line.
func TestPick(t *testing.T) {
	for _, shape := range [][]int{{7}, {200_001}, {2, 70_000}, {3, 1200}, {1200, 3}, {300, 2500}, {12, 4500}, {70, 9, 33}, {5, 40, 8}} {
		for dim := range shape {
			for _, nans := range []bool{false, true} {
				t.Run(fmt.Sprint(shape, dim, nans), func(t *testing.T) {
					testPick[float32](t, device.Float32, shape, dim, nans)
					testPick[float64](t, device.Float64, shape, dim, nans)
				})
			}
		}
	}
}
