package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/facula-ml/facula/device"
)

// direct is a 3×3 convolution, or its gradient for the image, in float64.
func (c *convolution) direct(x, w []float32, backward bool) []float64 {
	if backward {
		return c.directGrad(x, w)
	}
	y := make([]float64, c.images*c.out*c.windows)
	c.pairs(func(img, o, i, at, window, cell int) {
		y[(img*c.out+o)*c.windows+window] += float64(x[(img*c.in+i)*c.image+at]) * float64(w[(o*c.in+i)*c.cells+cell])
	})
	return y
}

func (c *convolution) directGrad(dy, w []float32) []float64 {
	dx := make([]float64, c.images*c.in*c.image)
	c.pairs(func(img, o, i, at, window, cell int) {
		dx[(img*c.in+i)*c.image+at] += float64(dy[(img*c.out+o)*c.windows+window]) * float64(w[(o*c.in+i)*c.cells+cell])
	})
	return dx
}

// pairs visits every element of an image that a window sees.
func (c *convolution) pairs(visit func(img, o, i, at, window, cell int)) {
	for window := range c.windows {
		for cell := range c.cells {
			h, k := window/c.to[2]+cell/3-c.Padding[1], window%c.to[2]+cell%3-c.Padding[2]
			if h < 0 || h >= c.from[1] || k < 0 || k >= c.from[2] {
				continue
			}
			for n := range c.images * c.out * c.in {
				visit(n/c.in/c.out, n/c.in%c.out, n%c.in, h*c.from[2]+k, window, cell)
			}
		}
	}
}

func square(images, in, out, h, w, pad int) *convolution {
	c := &convolution{images: images, groups: 1, in: in, out: out}
	c.Size, c.Stride, c.Dilation, c.Padding = [3]int{1, 3, 3}, [3]int{1, 1, 1}, [3]int{1, 1, 1}, [3]int{0, pad, pad}
	c.from, c.to = [3]int{1, h, w}, [3]int{1, h + 2*pad - 2, w + 2*pad - 2}
	c.image, c.windows, c.cells = volume(c.from), volume(c.to), 9
	return c
}

func normal32(n int, r *rand.Rand) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// rms and worst are the root mean square of want, and the largest error of got against it.
func errors64(got []float32, want []float64) (rms, worst float64) {
	for i, v := range want {
		rms += v * v
		worst = max(worst, math.Abs(float64(got[i])-v))
	}
	return math.Sqrt(rms / float64(len(want))), worst
}

// TestWinograd holds both directions against a float64 sum. The largest error
// seen is 7e-6 of the root mean square of the results; sums in another order
// may double it.
func TestWinograd(t *testing.T) {
	if asm.F32.Winograd.Image == nil {
		t.Skip("no kernels in this tier")
	}
	for _, s := range [][6]int{{1, 16, 16, 4, 4, 1}, {3, 16, 32, 7, 9, 1}, {2, 32, 16, 13, 6, 0}, {2, 48, 80, 8, 8, 2}, {9, 16, 16, 5, 4, 1}, {1, 64, 64, 28, 28, 1}, {2, 16, 48, 3, 70, 1}} {
		c := square(s[0], s[1], s[2], s[3], s[4], s[5])
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			x, w := normal32(c.images*c.in*c.image, r), normal32(c.out*c.in*9, r)
			dy, bias := normal32(c.images*c.out*c.windows, r), make([]float32, c.out)
			for i := range bias {
				bias[i] = float32(i % 3)
			}
			y, dx := make([]float32, len(dy)), make([]float32, len(x))
			conv32.winogradForward(c, x, w, bias, y)
			want := c.direct(x, w, false)
			for i := range y {
				want[i] += float64(bias[i/c.windows%c.out])
			}
			holdTo(t, "forward", y, want)
			if err := conv32.productForward(c, x, w, bias, y); err != nil {
				t.Fatal(err)
			}
			holdTo(t, "product, for comparison", y, want)
			conv32.winogradGradInput(c, dy, w, dx)
			holdTo(t, "gradient", dx, c.direct(dy, w, true))
			for _, threads := range []int{1, 3} {
				before := NumThreads()
				SetNumThreads(threads)
				again := make([]float32, len(dx))
				conv32.winogradGradInput(c, dy, w, again)
				SetNumThreads(before)
				for i := range dx {
					if dx[i] != again[i] {
						t.Fatalf("element %d is %v, with %d threads %v", i, dx[i], threads, again[i])
					}
				}
			}
		})
	}
}

func holdTo(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	rms, worst := errors64(got, want)
	t.Logf("%s: largest error %.2g of the root mean square", what, worst/rms)
	if worst > 14e-6*rms {
		t.Errorf("%s: error %g where the root mean square is %g", what, worst, rms)
	}
}

// TestWinogradSuits holds the choice by sizes.
func TestWinogradSuits(t *testing.T) {
	if asm.F32.Winograd.Image == nil {
		t.Skip("no kernels in this tier")
	}
	if c := square(8, 64, 64, 56, 56, 1); !conv32.suits(c) {
		t.Error("a large 3×3 convolution does not run by tiles")
	}
	strided := square(8, 64, 64, 56, 56, 1)
	strided.Conv = device.Conv{Window: strided.Window}
	strided.Stride[1] = 2
	for what, c := range map[string]*convolution{"strided": strided, "few tiles": square(1, 64, 64, 8, 8, 1), "few channels": square(8, 3, 64, 56, 56, 1)} {
		if conv32.suits(c) {
			t.Errorf("%s: runs by tiles", what)
		}
	}
}
