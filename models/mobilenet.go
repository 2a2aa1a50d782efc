package models

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// MobileNetV2 is a small network of separable convolutions with torchvision's
// names: features.0.0, features.1.conv.0.0, …, classifier.1.
//
//	source: Sandler et al. 2018, arXiv:1801.04381; torchvision.models.MobileNetV2
type MobileNetV2 struct {
	Features   *nn.Sequential
	Classifier *nn.Sequential
}

// An InvertedResidual widens, filters each channel alone, and narrows again; with
// a way around where sizes stay.
type InvertedResidual struct {
	Conv     *nn.Sequential
	Residual bool // whether there is a way around
}

// invertedResiduals are the stages: by what blocks widen, their channels, how
// many there are, and the stride of the first.
var invertedResiduals = [][4]int{
	{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1},
}

// NewMobileNetV2 returns a network of 3.5 million parameters for 1000 classes.
// From the same seed its first weights are torchvision's.
//
//	panics: *tensor.Error for a negative number of classes or channels
func NewMobileNetV2(classes int, opts ...ImageOption) *MobileNetV2 {
	c := imageConfigOf(3, opts)
	g := nn.Gen(c.gen)
	features := []nn.Layer{convReLU6(c.in, 32, 3, 2, 1, g)}
	in := 32
	for _, s := range invertedResiduals {
		widen, out, n, stride := s[0], s[1], s[2], s[3]
		for range n {
			features = append(features, newInvertedResidual(in, out, stride, widen, g))
			in, stride = out, 1
		}
	}
	features = append(features, convReLU6(in, 1280, 1, 1, 1, g))
	m := &MobileNetV2{
		Features:   nn.NewSequential(features...),
		Classifier: nn.NewSequential(nn.NewDropout(0.2, g), nn.NewLinear(1280, classes, g)),
	}
	c.draw(m, true)
	return m
}

// convReLU6 is a convolution, a norm and a ReLU6.
func convReLU6(in, out, kernel, stride, groups int, g nn.GenOption) *nn.Sequential {
	conv := nn.NewConv2d(in, out, kernel, nn.Stride(stride), nn.Padding(kernel/2), nn.Groups(groups), nn.NoBias, g)
	return nn.NewSequential(conv, nn.NewBatchNorm2d(out), nn.NewReLU6())
}

func newInvertedResidual(in, out, stride, widen int, g nn.GenOption) *InvertedResidual {
	var layers []nn.Layer
	wide := in * widen
	if widen > 1 {
		layers = append(layers, convReLU6(in, wide, 1, 1, 1, g))
	}
	layers = append(layers, convReLU6(wide, wide, 3, stride, wide, g), nn.NewConv2d(wide, out, 1, nn.NoBias, g), nn.NewBatchNorm2d(out))
	return &InvertedResidual{nn.NewSequential(layers...), stride == 1 && in == out}
}

// Forward returns a tensor of shape [n, out, h', w'] for x of shape [n, in, h, w].
//
//	panics: *tensor.Error for another shape
func (b *InvertedResidual) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := b.Conv.Forward(x)
	if b.Residual {
		y = x.Add(y)
	}
	return tensor.Observed(b, x, y)
}

// Forward returns logits of shape [n, classes] for x of shape [n, channels, h, w].
//
//	panics: *tensor.Error for another number of dims or channels
func (m *MobileNetV2) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := m.Features.Forward(x).AdaptiveAvgPool2d(1, 1).Flatten(1, -1)
	return tensor.Observed(m, x, m.Classifier.Forward(y))
}
