package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/facula-ml/facula/device"
)

// TestScan holds running sums of small integers, and products of powers of two
// that neither overflow nor vanish, which are exact in any order, against the
// definition, in all layouts, for one to three threads, to the bit.
func TestScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	factor := func() float64 { return []float64{1, 1, 1, 1, -1, 2, 0.5}[rng.IntN(7)] }
	for range rounds(200) {
		shape := shapes(rng)
		attr := device.Scan{Dim: rng.IntN(max(len(shape), 1)), Reverse: rng.IntN(2) == 0}
		prod := rng.IntN(2) == 0
		value := small(rng)
		if prod {
			value = factor
		}
		in, out := layout(rng, shape, true, value), layout(rng, shape, false, small(rng))
		what := fmt.Sprintf("%s%+v, product %v", describe(out, in), attr, prod)
		f := scanKernels(prod)[device.Float64]
		got := run(t, what, out, func(o *device.View) error {
			return f(device.Call{Attr: attr, Out: [device.MaxOut]*device.View{o}, In: [device.MaxIn]*device.View{&in.View}})
		})
		each(shape, func(idx []int) { // y = x op the y before it
			want := *in.at(idx)
			if len(shape) > 0 {
				d := attr.Dim
				by, i, n := -1, idx[d], shape[d]
				if attr.Reverse {
					by = 1
				}
				if before := i + by; before >= 0 && before < n {
					idx[d] = before
					if y := *got.at(idx); prod {
						want *= y
					} else {
						want += y
					}
					idx[d] = i
				}
			}
			if g := *got.at(idx); g != want {
				t.Fatalf("%s: %v at %v; want %v", what, g, idx, want)
			}
		})
		untouched(t, what, out, got)
	}
}

// TestScanLong holds sums of random float32 against those in float64 from left
// to right: each order rounds as often as there are elements, and the result is
// rounded once more. The products' factors are near 1, but for a tiny and a
// huge one here and there, which a kernel leaves to plain Go.
func TestScanLong(t *testing.T) {
	const n = 10_007
	rng := rand.New(rand.NewPCG(8, 8))
	x, y := make([]float32, n), make([]float32, n)
	for _, prod := range []bool{false, true} {
		for i := range x {
			if x[i] = float32(rng.NormFloat64()); prod {
				x[i] = 1 + x[i]/100
			}
			if prod && i%1000 == 501 {
				x[i-1], x[i] = 0x1p-122, 0x1p122
			}
		}
		c := device.Call{Attr: device.Scan{}, In: [device.MaxIn]*device.View{viewOf(device.Float32, x, n)}, Out: [device.MaxOut]*device.View{viewOf(device.Float32, y, n)}}
		if err := scanKernels(prod)[device.Float32](c); err != nil {
			t.Fatal(err)
		}
		acc, size := 0.0, 0.0
		if prod {
			acc = 1
		}
		for i, v := range x {
			if prod {
				acc *= float64(v)
				size = math.Abs(acc)
			} else {
				acc += float64(v)
				size += math.Abs(float64(v))
			}
			tol := float64(i+1)*0x1p-52*size + 0x1p-23*math.Abs(acc) + 0x1p-149
			if !(math.Abs(float64(y[i])-acc) <= tol) {
				t.Fatalf("element %d, product %v: %v; want %v", i, prod, y[i], acc)
			}
		}
	}
}
