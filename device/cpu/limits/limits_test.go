package limits

import (
	"errors"
	"testing"
	"time"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// No test asserts how fast the machine is: figures come, and are above what a
// loop that does nothing useful could not reach, such as 0 or infinity.
func TestLimits(t *testing.T) {
	if simd.Best().F32.FMA == nil {
		if _, err := FMA32(1, 0); !errors.Is(err, ErrNoKernels) {
			t.Errorf("error %v; want %v", err, ErrNoKernels)
		}
		if _, err := NewArrays(Copy, 1<<20, 1); !errors.Is(err, ErrNoKernels) {
			t.Errorf("error %v; want %v", err, ErrNoKernels)
		}
		return
	}
	sane := func(what string, v float64) {
		if !(v > 1e6 && v < 1e15) {
			t.Errorf("%s: %v a second", what, v)
		}
	}
	for threads := 1; threads <= 2; threads++ {
		v, err := FMA32(threads, time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		sane("FMA32", v)
		if v, err = FMA64(threads, time.Millisecond); err != nil {
			t.Fatal(err)
		}
		sane("FMA64", v)
		for _, p := range []Pattern{Read, Copy, Triad} {
			a, err := NewArrays(p, 100e3, threads)
			if err != nil {
				t.Fatal(err)
			}
			arrays := int(p) + 1
			if len(a.parts) != threads || len(a.buffers) != arrays*threads || a.bytes > 100e3 || a.bytes < 90e3 {
				t.Errorf("%d arrays on %d threads: %d parts, %d buffers, %v bytes", arrays, threads, len(a.parts), len(a.buffers), a.bytes)
			}
			sane("bandwidth", a.Bandwidth(time.Millisecond))
			a.Close()
		}
	}
}
