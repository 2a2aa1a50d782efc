package cpu

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/facula-ml/facula/device"
)

// lineOf has equal elements, both zeros, NaN and infinities, in one of several
// ranges, so that keys are narrow and wide.
func lineOf(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	special := []float64{0, math.Copysign(0, -1), math.NaN(), -math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, math.MaxFloat64}
	kind := rng.IntN(4)
	for i := range x {
		switch {
		case kind == 0:
			x[i] = float64(rng.IntN(5))
		case kind == 1:
			x[i] = 1 + rng.Float64()*0x1p-30
		case kind == 2 && rng.IntN(10) == 0:
			x[i] = special[rng.IntN(len(special))]
		default:
			x[i] = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(40)-20))
		}
	}
	return x
}

// order runs the sort kernel on x and returns values and places.
func order[T number](t *testing.T, d device.DType, x []T, a device.Order) ([]T, []int64) {
	in := denseView(d, x)
	y, at := make([]T, a.K-a.From), make([]int64, a.K-a.From)
	call := device.Call{Attr: a, In: [device.MaxIn]*device.View{in},
		Out: [device.MaxOut]*device.View{denseView(d, y), denseView(device.Int64, at)}}
	if err := table[device.Sort][d](call); err != nil {
		t.Fatal(err)
	}
	return y, at
}

// checkOrder compares the kernel with a stable sort of the standard library.
func checkOrder[T number](t *testing.T, d device.DType, x []T, a device.Order) {
	t.Helper()
	places := make([]int64, len(x))
	for i := range places {
		places[i] = int64(i)
	}
	slices.SortStableFunc(places, func(i, j int64) int {
		p, q := x[i], x[j]
		if a.Descending {
			p, q = q, p
		}
		switch { // NaN is the largest
		case p != p && q != q:
			return 0
		case p != p:
			return 1
		case q != q:
			return -1
		}
		return cmp.Compare(p, q)
	})
	y, at := order(t, d, x, a)
	if !slices.Equal(at, places[a.From:a.K]) {
		t.Fatalf("%v %d elements, %+v: wrong order", d, len(x), a)
	}
	for i, k := range at {
		if v := x[k]; y[i] != v && v == v || math.Signbit(float64(y[i])) != math.Signbit(float64(v)) {
			t.Fatalf("%v %d elements, %+v: value %d is %v, want %v", d, len(x), a, i, y[i], v)
		}
	}
}

// TestSort takes all paths: short and long lines, of narrow and wide keys, on
// several goroutines, the whole order, the first few, and one alone.
func TestSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	sizes := []int{1, 2, 3, 39, 40, 41, 100, 257, 2999, 3000, 5000, 70_000, 200_001}
	for round := range 24 {
		withThreads(t, 1+rng.IntN(3))
		n := sizes[rng.IntN(len(sizes))]
		x := lineOf(rng, n)
		narrow, whole := make([]float32, n), make([]int64, n)
		for i, v := range x {
			narrow[i] = float32(v)
			whole[i] = int64(rng.Uint64()) >> rng.IntN(64)
		}
		from := rng.IntN(n)
		for _, a := range []device.Order{{K: n}, {K: 1 + n/20}, {K: from + 1}, {From: from, K: from + 1}, {From: from, K: n}} {
			a.Descending = round%2 == 0
			checkOrder(t, device.Float64, x, a)
			checkOrder(t, device.Float32, narrow, a)
			checkOrder(t, device.Int64, whole, a)
		}
	}
}

func BenchmarkSort(b *testing.B) {
	rng := rand.New(rand.NewPCG(8, 9))
	for _, n := range []int{10, 100, 1000, 10_000, 1_000_000} {
		x, y, at := make([]float32, n), make([]float32, n), make([]int64, n)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		for name, a := range map[string]device.Order{"all": {K: n}, "top": {K: max(1, n/100), Descending: true}, "middle": {From: n / 2, K: n/2 + 1}} {
			call := device.Call{Attr: a, In: [device.MaxIn]*device.View{denseView(device.Float32, x)},
				Out: [device.MaxOut]*device.View{denseView(device.Float32, y[:a.K-a.From]), denseView(device.Int64, at[:a.K-a.From])}}
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				for b.Loop() {
					if err := table[device.Sort][device.Float32](call); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
