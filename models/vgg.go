package models

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// VGG is a chain of 3×3 convolutions with torchvision's names: features.0, …,
// classifier.0, classifier.3, classifier.6.
//
//	source: Simonyan & Zisserman 2014, arXiv:1409.1556; torchvision.models.VGG
type VGG struct {
	Features   *nn.Sequential
	Classifier *nn.Sequential
}

// A VGGOption changes [NewVGG]: an [ImageOption], [BatchNorm].
type VGGOption interface{ vgg(*imageConfig) }

// BatchNorm puts a batch norm behind each convolution of a VGG.
var BatchNorm VGGOption = vggOption(func(c *imageConfig) { c.batchNorm = true })

type vggOption func(*imageConfig)

func (o vggOption) vgg(c *imageConfig) { o(c) }

// vggStages are the numbers of convolutions between poolings, by the number of
// layers in all.
var vggStages = map[int][5]int{11: {1, 1, 2, 2, 2}, 13: {2, 2, 2, 2, 2}, 16: {2, 2, 3, 3, 3}, 19: {2, 2, 4, 4, 4}}

// NewVGG returns a network of 11, 13, 16 or 19 layers: 133 to 144 million
// parameters for 1000 classes. From the same seed its first weights are
// torchvision's.
//
//	panics: *tensor.Error for another number of layers, and for a negative number
//	of classes or channels
func NewVGG(layers, classes int, opts ...VGGOption) *VGG {
	stages, ok := vggStages[layers]
	if !ok {
		tensor.Misuse("vgg", fmt.Errorf("%d layers; want 11, 13, 16 or 19", layers))
	}
	return newVGG(stages, 64, 4096, classes, opts)
}

// newVGG is a network whose first convolution has width channels, and whose
// linear layers have hidden features.
func newVGG(stages [5]int, width, hidden, classes int, opts []VGGOption) *VGG {
	c := &imageConfig{in: 3}
	for _, o := range opts {
		o.vgg(c)
	}
	g := nn.Gen(c.gen)
	var features []nn.Layer
	in := c.in
	for i, n := range stages {
		out := width << min(i, 3)
		for range n {
			features = append(features, nn.NewConv2d(in, out, 3, nn.Padding(1), g))
			if c.batchNorm {
				features = append(features, nn.NewBatchNorm2d(out))
			}
			features = append(features, nn.NewReLU())
			in = out
		}
		features = append(features, nn.NewMaxPool2d(2))
	}
	m := &VGG{nn.NewSequential(features...), nn.NewSequential(
		nn.NewLinear(in*7*7, hidden, g), nn.NewReLU(), nn.NewDropout(0.5, g),
		nn.NewLinear(hidden, hidden, g), nn.NewReLU(), nn.NewDropout(0.5, g),
		nn.NewLinear(hidden, classes, g),
	)}
	c.draw(m, true)
	return m
}

// Forward returns logits of shape [n, classes] for x of shape [n, channels, h, w],
// of at least 32×32.
//
//	panics: *tensor.Error for another number of dims or channels
func (m *VGG) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := m.Features.Forward(x).AdaptiveAvgPool2d(7, 7).Flatten(1, -1)
	return tensor.Observed(m, x, m.Classifier.Forward(y))
}
