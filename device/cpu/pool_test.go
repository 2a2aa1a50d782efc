package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// TestMaxPairs holds windows of 2 by 2 in every tier against the plain loop:
// values to the bit, and indices, with equal ones, NaN and infinities among them.
func TestMaxPairs(t *testing.T) {
	for _, tier := range simd.Available() {
		if tier.F32.MaxPairs == nil {
			continue
		}
		t.Run(tier.Tier, func(t *testing.T) {
			testMaxPairs[float32](t, maxPoolCells(&tier.F32.Conv), device.Float32)
			testMaxPairs[float64](t, maxPoolCells(&tier.F64.Conv), device.Float64)
		})
	}
}

func testMaxPairs[T float](t *testing.T, fast kernel, d device.DType) {
	r := rand.New(rand.NewPCG(1, 2))
	window := device.Window{Size: [3]int{1, 2, 2}, Stride: [3]int{1, 2, 2}, Dilation: [3]int{1, 1, 1}}
	special := []T{T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1)), 0, T(math.Copysign(0, -1)), 1, 1}
	for h := 2; h < 7; h++ {
		for w := 2; w < 80; w++ {
			outH, outW := h/2, w/2
			if w%3 == 0 { // windows partly beyond the image
				outH, outW = (h+1)/2, (w+1)/2
			}
			const planes = 40 / 2 // so that most are not the last, which may not be read beyond
			x := make([]T, planes*h*w)
			for i := range x {
				if x[i] = T(r.NormFloat64()); r.IntN(3) == 0 {
					x[i] = special[r.IntN(len(special))]
				}
			}
			run := func(k kernel) ([]T, []int64) {
				n := planes * outH * outW
				y, at := make([]T, n+8), make([]int64, n+8)
				from := viewOf(d, x, 2, planes/2, h, w)
				to, index := viewOf(d, y, 2, planes/2, outH, outW), viewOf(device.Int64, at, 2, planes/2, outH, outW)
				c := device.Call{Attr: device.Pool{Window: window}}
				c.In[0], c.Out[0], c.Out[1] = from, to, index
				if err := k(c); err != nil {
					t.Fatal(err)
				}
				return y, at
			}
			if whole := (&pooling{Pool: device.Pool{Window: window}, in: [3]int{1, h, w}, out: [3]int{1, outH, outW}}).pairs(); whole != (2*outH <= h && 2*outW <= w) {
				t.Fatalf("%d by %d to %d by %d: read in pairs: %v", h, w, outH, outW, whole)
			}
			y, at := run(fast)
			want, wantAt := run(poolKernel(maxPlane[T]))
			for i := range want {
				if at[i] != wantAt[i] || math.Float64bits(float64(y[i])) != math.Float64bits(float64(want[i])) {
					t.Fatalf("%v, %d by %d, result %d is %v from %d, want %v from %d", d, h, w, i, y[i], at[i], want[i], wantAt[i])
				}
			}
		}
	}
}
