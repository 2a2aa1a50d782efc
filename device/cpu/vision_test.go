package cpu_test

import (
	"slices"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// What is done to images and its gradients do not depend on the number of
// threads, to the bit.
func TestVisionThreads(t *testing.T) {
	defer tensor.SetNumThreads(tensor.NumThreads())
	gen := func() tensor.Make { return tensor.Make{Gen: tensor.NewGenerator(3)} }
	grid := gen().Uniform(-1.2, 1.2, 2, 40, 41, 2)
	window := vision.Window{Kernel: []int{3}, Padding: []int{1}}
	_, index := gen().Randn(2, 5, 44, 46).MaxPool2dWithIndices([]int{2})
	for name, f := range map[string]func(x *tensor.Tensor) *tensor.Tensor{
		"bilinear": func(x *tensor.Tensor) *tensor.Tensor {
			return vision.Interpolate(x, vision.Scale(1.7), vision.Bilinear)
		},
		"bicubic": func(x *tensor.Tensor) *tensor.Tensor {
			return vision.Interpolate(x, vision.Size(30, 90), vision.Bicubic)
		},
		"grid": func(x *tensor.Tensor) *tensor.Tensor { return vision.GridSample(x, grid) },
		"grid edges": func(x *tensor.Tensor) *tensor.Tensor {
			return vision.GridSample(x, grid, vision.Bicubic, vision.PadReflection)
		},
		"grid near": func(x *tensor.Tensor) *tensor.Tensor { return vision.GridSample(x, grid, vision.Nearest) },
		"fold": func(x *tensor.Tensor) *tensor.Tensor {
			return vision.Fold(vision.Unfold(x, window), []int{44, 46}, window)
		},
		"pad":      func(x *tensor.Tensor) *tensor.Tensor { return x.Pad([]int{4, 5, 6, 7}, tensor.PadReflect) },
		"adaptive": func(x *tensor.Tensor) *tensor.Tensor { return x.AdaptiveAvgPool2d(13).Mul(x.AdaptiveMaxPool2d(13)) },
		"unpool": func(x *tensor.Tensor) *tensor.Tensor {
			return x.AvgPool2d([]int{2}).MaxUnpool2d(index, []int{2})
		},
		"transposed": func(x *tensor.Tensor) *tensor.Tensor {
			return x.ConvTranspose2d(gen().Randn(5, 4, 3, 3), nil, tensor.Stride(2))
		},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(threads int) ([]uint32, []uint32, int64) {
				tensor.SetNumThreads(threads)
				before := cpu.Shared()
				x := gen().Randn(2, 5, 44, 46).RequireGrad()
				y := f(x)
				y.Square().Sum().Backward()
				return bits(y.Detach()), bits(x.Grad()), cpu.Shared() - before
			}
			y1, dx1, _ := run(1)
			for _, threads := range []int{2, 3, 5} {
				y, dx, n := run(threads)
				if n < 3 {
					t.Errorf("%d threads share %d calls: the test is too small", threads, n)
				}
				if !slices.Equal(y, y1) || !slices.Equal(dx, dx1) {
					t.Errorf("the bits differ between 1 and %d threads", threads)
				}
			}
		})
	}
}
