package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func TestVisionMisuse(t *testing.T) {
	x := tensor.Zeros(1, 2, 4, 4)
	for want, f := range map[string]func(){
		"tensor: conv_transpose2d: 4 input and 6 output channels do not divide into 3 groups":        func() { nn.NewConvTranspose2d(4, 6, 3, nn.Groups(3)) },
		"tensor: conv_transpose1d: SamePadding and padding modes but zeros are for convolutions":     func() { nn.NewConvTranspose1d(4, 6, 3, nn.SamePadding) },
		"tensor: conv_transpose3d: stride is 0; want at least 1":                                     func() { nn.NewConvTranspose3d(4, 6, 3, nn.Stride(0)) },
		"tensor: conv_transpose2d [1 2 4 4]: the layer has no Weight; make it with its New function": func() { (&nn.ConvTranspose2d{}).Forward(x) },
		"tensor: conv2d: OutputPadding is for transposed convolutions":                               func() { nn.NewConv2d(4, 6, 3, nn.OutputPadding(1)) },
		"tensor: conv: the padding mode is \"mirror\"; want one of the constants":                    func() { nn.NewConv2d(4, 6, 3, nn.PaddingMode("mirror")) },
		"tensor: conv1d [1 2 4 4], [1 2 3]: the input has 4 dims; want 3, or 2 for one image":        func() { nn.NewConv1d(2, 1, 3, nn.PadReflect).Forward(x) },
		"tensor: conv2d [1 2 4 4], [1 2 3 3]: stride [2] with the same size; want 1":                 func() { nn.NewConv2d(2, 1, 3, nn.PadCircular, nn.SamePadding, nn.Stride(2)).Forward(x) },
		"tensor: max_unpool2d: the input is nil":                                                     func() { nn.NewMaxUnpool2d(2).Forward(nil, x) },
		"tensor: fractional_max_pool2d: want an OutputSize or an OutputRatio, and not both":          func() { nn.NewFractionalMaxPool2d(2) },
		"tensor: lp_pool1d: kernel size is 0; want at least 1":                                       func() { nn.NewLPPool1d(2, 0) },
		"tensor: reflection_pad1d [1 2 4 4]: the input has 4 dims; want 3, or 2 without a batch":     func() { nn.NewReflectionPad1d(1).Forward(x) },
		"tensor: circular_pad2d: the input is nil":                                                   func() { nn.NewCircularPad2d(1).Forward(nil) },
		"tensor: upsample: want an OutputSize or a ScaleFactor, and not both":                        func() { nn.NewUpsample(nn.OutputSize(2), nn.ScaleFactor(2)) },
		"tensor: unfold: dilation is 0; want at least 1":                                             func() { nn.NewUnfold(2, nn.Dilation(0)) },
		"tensor: local_response_norm: the size is 0; want at least 1":                                func() { nn.NewLocalResponseNorm(0) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// A layer's own generator draws where the windows of a fractional pooling lie.
func TestFractionalGenerator(t *testing.T) {
	x := tensor.Randn(1, 2, 9, 9)
	pool := func(seed uint64) []float32 {
		return tensor.Slice[float32](nn.NewFractionalMaxPool2d(2, nn.OutputRatio(0.6), nn.Gen(tensor.NewGenerator(seed))).Forward(x))
	}
	if !slices.Equal(pool(1), pool(1)) || slices.Equal(pool(1), pool(2)) {
		t.Error("the numbers are not the generator's")
	}
}

// The layers that find maxima say where, as the ops do.
func TestIndices(t *testing.T) {
	x1, x2, x3 := tensor.Randn(1, 2, 6), tensor.Randn(1, 2, 6, 6), tensor.Randn(1, 1, 4, 4, 4)
	same := func(what string, got, want *tensor.Tensor) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v; want %v", what, got, want)
		}
	}
	_, i := nn.NewMaxPool1d(2).ForwardWithIndices(x1)
	_, j := x1.MaxPool1dWithIndices([]int{2})
	same("MaxPool1d", i, j)
	_, i = nn.NewAdaptiveMaxPool1d(4).ForwardWithIndices(x1)
	_, j = x1.AdaptiveMaxPool1dWithIndices(4)
	same("AdaptiveMaxPool1d", i, j)
	_, i = nn.NewAdaptiveMaxPool2d(4).ForwardWithIndices(x2)
	_, j = x2.AdaptiveMaxPool2dWithIndices(4)
	same("AdaptiveMaxPool2d", i, j)
	_, i = nn.NewAdaptiveMaxPool3d(3).ForwardWithIndices(x3)
	_, j = x3.AdaptiveMaxPool3dWithIndices(3)
	same("AdaptiveMaxPool3d", i, j)
	g := func() *tensor.Generator { return tensor.NewGenerator(4) }
	_, i = nn.NewFractionalMaxPool2d(2, nn.OutputSize(3), nn.Gen(g())).ForwardWithIndices(x2)
	_, j = x2.FractionalMaxPool2dWithIndices([]int{2}, tensor.OutputSize(3), tensor.RandomSamples(tensor.Make{Gen: g()}.Rand(1, 2, 2)))
	same("FractionalMaxPool2d", i, j)
	_, i = nn.NewFractionalMaxPool3d(2, nn.OutputSize(2), nn.Gen(g())).ForwardWithIndices(x3)
	_, j = x3.FractionalMaxPool3dWithIndices([]int{2}, tensor.OutputSize(2), tensor.RandomSamples(tensor.Make{Gen: g()}.Rand(1, 1, 3)))
	same("FractionalMaxPool3d", i, j)
}
