package models

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// ResNet is a residual network with torchvision's names: conv1, bn1,
// layer1.0.conv1, layer2.0.downsample.0, fc, …
//
//	source: He et al. 2015, arXiv:1512.03385; torchvision.models.ResNet, which
//	has the stride of a bottleneck in its 3×3 convolution
type ResNet struct {
	Conv1                          *nn.Conv2d
	BN1                            *nn.BatchNorm2d
	MaxPool                        *nn.MaxPool2d // nil with SmallImages
	Layer1, Layer2, Layer3, Layer4 []*ResNetBlock
	FC                             *nn.Linear
}

// A ResNetBlock is two convolutions, or three that form a bottleneck, and a way
// around them.
type ResNetBlock struct {
	Conv1 *nn.Conv2d
	BN1   *nn.BatchNorm2d
	Conv2 *nn.Conv2d
	BN2   *nn.BatchNorm2d
	Conv3 *nn.Conv2d      // of a bottleneck, or nil
	BN3   *nn.BatchNorm2d // of a bottleneck, or nil

	Downsample *nn.Sequential // on the way around, where sizes change, or nil
}

// A ResNetOption changes a [ResNet]: an [ImageOption], [SmallImages].
type ResNetOption interface{ resNet(*imageConfig) }

// SmallImages begins a ResNet with a 3×3 convolution of stride 1, and no pooling,
// for images of 32×32 such as CIFAR's.
//
//	source: He et al. 2015, section 4.2
var SmallImages ResNetOption = resNetOption(func(c *imageConfig) { c.small = true })

type resNetOption func(*imageConfig)

func (o resNetOption) resNet(c *imageConfig) { o(c) }

// NewResNet18 returns a network of 18 layers: 11.7 million parameters for 1000
// classes.
func NewResNet18(classes int, opts ...ResNetOption) *ResNet {
	return NewResNet(classes, [4]int{2, 2, 2, 2}, false, opts...)
}

// NewResNet34 returns a network of 34 layers: 21.8 million parameters for 1000
// classes.
func NewResNet34(classes int, opts ...ResNetOption) *ResNet {
	return NewResNet(classes, [4]int{3, 4, 6, 3}, false, opts...)
}

// NewResNet50 returns a network of 50 layers, with bottlenecks: 25.6 million
// parameters for 1000 classes.
func NewResNet50(classes int, opts ...ResNetOption) *ResNet {
	return NewResNet(classes, [4]int{3, 4, 6, 3}, true, opts...)
}

// NewResNet returns a network with so many blocks in each of its layers. From the
// same seed its first weights are torchvision's.
//
//	panics: *tensor.Error for a negative number of classes or channels
func NewResNet(classes int, blocks [4]int, bottleneck bool, opts ...ResNetOption) *ResNet {
	c := &imageConfig{in: 3}
	for _, o := range opts {
		o.resNet(c)
	}
	g := nn.Gen(c.gen)
	m := &ResNet{BN1: nn.NewBatchNorm2d(64)}
	if c.small {
		m.Conv1 = nn.NewConv2d(c.in, 64, 3, nn.Padding(1), nn.NoBias, g)
	} else {
		m.Conv1 = nn.NewConv2d(c.in, 64, 7, nn.Stride(2), nn.Padding(3), nn.NoBias, g)
		m.MaxPool = nn.NewMaxPool2d(3, nn.Stride(2), nn.Padding(1))
	}
	in := 64
	for i, layer := range []*[]*ResNetBlock{&m.Layer1, &m.Layer2, &m.Layer3, &m.Layer4} {
		for k := range blocks[i] {
			stride := 1
			if i > 0 && k == 0 {
				stride = 2
			}
			*layer = append(*layer, newResNetBlock(in, 64<<i, stride, bottleneck, g))
			in = (*layer)[k].out()
		}
	}
	m.FC = nn.NewLinear(in, classes, g)
	c.draw(m, false)
	return m
}

// newResNetBlock draws in the order of torchvision: the way around first.
func newResNetBlock(in, width, stride int, bottleneck bool, g nn.GenOption) *ResNetBlock {
	conv := func(in, out, kernel, stride int) *nn.Conv2d {
		return nn.NewConv2d(in, out, kernel, nn.Stride(stride), nn.Padding(kernel/2), nn.NoBias, g)
	}
	out := width
	if bottleneck {
		out *= 4
	}
	b := &ResNetBlock{BN1: nn.NewBatchNorm2d(width), BN2: nn.NewBatchNorm2d(width)}
	if stride > 1 || in != out {
		b.Downsample = nn.NewSequential(conv(in, out, 1, stride), nn.NewBatchNorm2d(out))
	}
	if bottleneck {
		b.Conv1, b.Conv2, b.Conv3 = conv(in, width, 1, 1), conv(width, width, 3, stride), conv(width, out, 1, 1)
		b.BN3 = nn.NewBatchNorm2d(out)
	} else {
		b.Conv1, b.Conv2 = conv(in, width, 3, stride), conv(width, width, 3, 1)
	}
	return b
}

// out is the number of channels behind the block.
func (b *ResNetBlock) out() int {
	if b.Conv3 != nil {
		return b.Conv3.Weight.Size(0)
	}
	return b.Conv2.Weight.Size(0)
}

// Forward returns a tensor of shape [n, out, h', w'] for x of shape [n, in, h, w].
//
//	panics: *tensor.Error for another shape
func (b *ResNetBlock) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := nn.WithReLU(b.BN1, b.Conv1.Forward(x))
	if b.Conv3 == nil {
		y = b.BN2.Forward(b.Conv2.Forward(y))
	} else {
		y = nn.WithReLU(b.BN2, b.Conv2.Forward(y))
		y = b.BN3.Forward(b.Conv3.Forward(y))
	}
	around := x
	if b.Downsample != nil {
		around = b.Downsample.Forward(x)
	}
	return tensor.Observed(b, x, y.AddReLU(around))
}

// Forward returns logits of shape [n, classes] for x of shape [n, channels, h, w].
//
//	panics: *tensor.Error for another number of dims or channels
func (m *ResNet) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := nn.WithReLU(m.BN1, m.Conv1.Forward(x))
	if m.MaxPool != nil {
		y = m.MaxPool.Forward(y)
	}
	for _, layer := range [][]*ResNetBlock{m.Layer1, m.Layer2, m.Layer3, m.Layer4} {
		for _, b := range layer {
			y = b.Forward(y)
		}
	}
	y = m.FC.Forward(y.AdaptiveAvgPool2d(1, 1).Flatten(1, -1))
	return tensor.Observed(m, x, y)
}
