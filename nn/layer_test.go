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
		"tensor: conv2d: 4 input and 6 output channels do not divide into 3 groups": func() { nn.NewConv2d(4, 6, 3, nn.Groups(3)) },
		"tensor: conv1d: 4 input and 6 output channels do not divide into 0 groups": func() { nn.NewConv1d(4, 6, 3, nn.Groups(0)) },
		"tensor: embedding [5 2]: padding index 5 is out of range; want -5 to 4":    func() { nn.NewEmbedding(5, 2, nn.PaddingIndex(5)) },
		"tensor: dropout: p is 1.5; want 0 to 1":                                    func() { nn.NewDropout(1.5) },
		"tensor: layer_norm: the shape has no dims; want at least one":              func() { nn.NewLayerNorm([]int{}) },
		"tensor: unflatten [2 6]: dim 1 of size 6 does not split into [4 -1]":       func() { nn.NewUnflatten(1, 4, -1).Forward(x) },
		"tensor: unflatten [2 6]: dim -1 of size 6 does not split into [2 2]":       func() { nn.NewUnflatten(-1, 2, 2).Forward(x) },
		"tensor: unflatten [2 6]: dim 1 of size 6 does not split into [-1 -1]":      func() { nn.NewUnflatten(1, -1, -1).Forward(x) },
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
