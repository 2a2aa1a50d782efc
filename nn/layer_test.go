package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func TestLayerMisuse(t *testing.T) {
	x := tensor.Zeros(2, 6)
	for want, f := range map[string]func(){
		"tensor: conv2d: 4 input and 6 output channels do not divide into 3 groups":       func() { nn.NewConv2d(4, 6, 3, nn.Groups(3)) },
		"tensor: conv1d: 4 input and 6 output channels do not divide into 0 groups":       func() { nn.NewConv1d(4, 6, 3, nn.Groups(0)) },
		"tensor: embedding [5 2]: padding index 5 is out of range; want -5 to 4":          func() { nn.NewEmbedding(5, 2, nn.PaddingIndex(5)) },
		"tensor: conv2d: input and output channels are [-3 6]; want 0 or more":            func() { nn.NewConv2d(-3, 6, 3) },
		"tensor: conv2d: kernel size is -1; want at least 1":                              func() { nn.NewConv2d(3, 6, -1) },
		"tensor: conv3d: kernel size is 0; want at least 1":                               func() { nn.NewConv3d(3, 6, [3]int{1, 0, 1}) },
		"tensor: conv1d: stride is 0; want at least 1":                                    func() { nn.NewConv1d(3, 6, 1, nn.Stride(0)) },
		"tensor: conv2d: padding is -1; want at least 0":                                  func() { nn.NewConv2d(3, 6, 1, nn.Padding(0, -1)) },
		"tensor: conv2d: dilation is 0; want at least 1":                                  func() { nn.NewConv2d(3, 6, 1, nn.Dilation(0)) },
		"tensor: conv2d: stride [1 2 3] has 3 numbers; want 1 or 2":                       func() { nn.NewConv2d(3, 6, 1, nn.Stride(1, 2, 3)) },
		"tensor: max_pool1d: kernel size is 0; want at least 1":                           func() { nn.NewMaxPool1d(0) },
		"tensor: max_pool2d: stride is -2; want at least 1":                               func() { nn.NewMaxPool2d(2, nn.Stride(-2)) },
		"tensor: max_pool3d: dilation is 0; want at least 1":                              func() { nn.NewMaxPool3d(2, nn.Dilation(0)) },
		"tensor: avg_pool1d: padding is -1; want at least 0":                              func() { nn.NewAvgPool1d(2, nn.Padding(-1)) },
		"tensor: avg_pool2d: the divisor is 0":                                            func() { nn.NewAvgPool2d(2, nn.Divisor(0)) },
		"tensor: avg_pool3d: kernel size is -4; want at least 1":                          func() { nn.NewAvgPool3d(-4) },
		"tensor: embedding: rows and their size are [-5 2]; want 0 or more":               func() { nn.NewEmbedding(-5, 2) },
		"tensor: layer_norm: the shape is [2 -1]; want 0 or more":                         func() { nn.NewLayerNorm([]int{2, -1}) },
		"tensor: batch_norm: the channels are [-1]; want 0 or more":                       func() { nn.NewBatchNorm1d(-1) },
		"tensor: linear: the input is nil":                                                func() { nn.NewLinear(4, 3).Forward(nil) },
		"tensor: linear [2 6]: the layer has no Weight; make it with its New function":    func() { (&nn.Linear{}).Forward(x) },
		"tensor: conv2d [2 6]: the layer has no Weight; make it with its New function":    func() { (&nn.Conv2d{}).Forward(x) },
		"tensor: embedding [2 6]: the layer has no Weight; make it with its New function": func() { (&nn.Embedding{}).Forward(x) },
		"tensor: batch_norm2d: the input is nil":                                          func() { nn.NewBatchNorm2d(4).Forward(nil) },
		"tensor: unflatten: the input is nil":                                             func() { nn.NewUnflatten(1, 2).Forward(nil) },
		"tensor: nn: layer 1 of the Sequential is nil":                                    func() { nn.NewSequential(nn.NewIdentity(), (*nn.Linear)(nil)) },
		"tensor: nn: layer 0 of the Sequential is nil":                                    func() { (&nn.Sequential{Layers: []nn.Layer{nil}}).Forward(x) },
		"tensor: nn: layer 2 of the Sequential is nil": func() {
			(&nn.Sequential{Layers: []nn.Layer{nn.NewIdentity(), nn.NewReLU(), (*nn.Linear)(nil)}}).Forward(x)
		},
		"tensor: dropout: p is 1.5; want 0 to 1":                               func() { nn.NewDropout(1.5) },
		"tensor: layer_norm: the shape has no dims; want at least one":         func() { nn.NewLayerNorm([]int{}) },
		"tensor: unflatten [2 6]: dim 1 of size 6 does not split into [4 -1]":  func() { nn.NewUnflatten(1, 4, -1).Forward(x) },
		"tensor: unflatten [2 6]: dim -1 of size 6 does not split into [2 2]":  func() { nn.NewUnflatten(-1, 2, 2).Forward(x) },
		"tensor: unflatten [2 6]: dim 1 of size 6 does not split into [-1 -1]": func() { nn.NewUnflatten(1, -1, -1).Forward(x) },
		"tensor: batch_norm1d []: 0 dims; want an input of shape [n, c] or [n, c, length]": func() {
			nn.NewBatchNorm1d(2).Forward(tensor.Scalar(1.0))
		},
		"tensor: batch_norm2d [2 6]: 2 dims; want an input of shape [n, c, h, w]": func() { nn.NewBatchNorm2d(6).Forward(x) },
		"tensor: batch_norm [1 2]: one element a channel; training wants more":    func() { nn.NewBatchNorm1d(2).Forward(tensor.Zeros(1, 2)) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestDropout(t *testing.T) {
	x := tensor.Ones(100)
	l := nn.NewDropout(0.25, nn.Gen(tensor.NewGenerator(3)))
	if got, want := l.Forward(x), x.Dropout(0.25, tensor.NewGenerator(3)); !slices.Equal(tensor.Slice[float32](got), tensor.Slice[float32](want)) {
		t.Error("Gen is not the generator")
	}
	if nn.Eval(l); l.Forward(x) != x {
		t.Error("evaluation mode changes the input")
	}
}

func TestUnflatten(t *testing.T) {
	x := tensor.Zeros(2, 12, 3)
	for _, c := range []struct {
		l    *nn.Unflatten
		want string
	}{
		{nn.NewUnflatten(1, 3, 4), "[2 3 4 3]"},
		{nn.NewUnflatten(-2, 3, -1, 2), "[2 3 2 2 3]"},
		{nn.NewUnflatten(2, -1), "[2 12 3]"},
	} {
		if got := fmt.Sprint(c.l.Forward(x).Shape()); got != c.want {
			t.Errorf("%v gives %s; want %s", *c.l, got, c.want)
		}
	}
}

// Without a generator of its own a layer draws from the default one.
func TestDefaultGenerator(t *testing.T) {
	tensor.ManualSeed(100)
	a := nn.NewLinear(4, 5)
	b := nn.NewLinear(4, 5, nn.Gen(tensor.NewGenerator(100)))
	if !slices.Equal(tensor.Slice[float32](a.Weight), tensor.Slice[float32](b.Weight)) || !slices.Equal(tensor.Slice[float32](a.Bias), tensor.Slice[float32](b.Bias)) {
		t.Error("the default generator gives another layer")
	}
}

func TestOptions(t *testing.T) {
	if l := nn.NewLayerNorm(3, nn.NoBias); l.Weight == nil || l.Bias != nil {
		t.Error("LayerNorm without a bias")
	}
	if l := nn.NewConv2d(1, 1, [2]int{2, 3}, nn.NoBias, nn.Stride(2)); l.Bias != nil || fmt.Sprint(l.Weight.Shape(), l.Stride) != "[1 1 2 3] [2]" {
		t.Errorf("Conv2d: %v, stride %v", l.Weight.Shape(), l.Stride)
	}
	if got := fmt.Sprint(nn.NewAdaptiveAvgPool2d([2]int{2, 3}).Forward(tensor.Zeros(1, 2, 7, 7)).Shape()); got != "[1 2 2 3]" {
		t.Errorf("AdaptiveAvgPool2d gives %s", got)
	}
	// Fields may be changed later.
	p := nn.NewMaxPool1d(2)
	p.Stride = []int{1}
	if got := p.Forward(tensor.Zeros(1, 1, 5)).Size(-1); got != 4 {
		t.Errorf("MaxPool1d with another stride gives %d", got)
	}
}
