package models

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// UNet maps images to images of as many channels as there are classes: four
// times half the size, and back with what was there before. Borders are padded,
// so that the size stays, and each convolution has a batch norm, as is usual
// today.
//
// Its names are those of the most used PyTorch version, milesial/Pytorch-UNet
// with transposed convolutions: inc.double_conv.0,
// down1.maxpool_conv.1.double_conv.0, up1.up, up1.conv.double_conv.0, outc.conv.
//
//	source: Ronneberger et al. 2015, arXiv:1505.04597
type UNet struct {
	Inc                        *nn.Sequential `state:"inc.double_conv"`
	Down1, Down2, Down3, Down4 *UNetDown
	Up1, Up2, Up3, Up4         *UNetUp
	Outc                       *nn.Conv2d `state:"outc.conv"`
}

// UNetDown halves the size: the largest of four, and two convolutions.
type UNetDown struct {
	Pool *nn.MaxPool2d
	Conv *nn.Sequential `state:"maxpool_conv.1.double_conv"`
}

// UNetUp doubles the size, and joins what had that size on the way down.
type UNetUp struct {
	Up   *nn.ConvTranspose2d
	Conv *nn.Sequential `state:"conv.double_conv"`
}

// A UNetOption changes [NewUNet]: an [ImageOption], [Width].
type UNetOption interface{ uNet(*imageConfig) }

// Width is how many channels a UNet has at the full size, 64 without it; it has
// 16 times as many at the smallest.
func Width(n int) UNetOption { return uNetOption(func(c *imageConfig) { c.width = n }) }

type uNetOption func(*imageConfig)

func (o uNetOption) uNet(c *imageConfig) { o(c) }

// NewUNet returns a network of 31 million parameters, unless [Width] says
// otherwise. Weights are those of PyTorch's layers, uniform in ±1/√inputs.
//
//	panics: *tensor.Error for a negative number of classes, channels or width
func NewUNet(classes int, opts ...UNetOption) *UNet {
	c := &imageConfig{in: 3, width: 64}
	for _, o := range opts {
		o.uNet(c)
	}
	g, w := nn.Gen(c.gen), c.width
	return &UNet{
		Inc:   doubleConv(c.in, w, g),
		Down1: newUNetDown(w, g), Down2: newUNetDown(2*w, g), Down3: newUNetDown(4*w, g), Down4: newUNetDown(8*w, g),
		Up1: newUNetUp(16*w, g), Up2: newUNetUp(8*w, g), Up3: newUNetUp(4*w, g), Up4: newUNetUp(2*w, g),
		Outc: nn.NewConv2d(w, classes, 1, g),
	}
}

// doubleConv is twice a convolution, a norm and a ReLU.
func doubleConv(in, out int, g nn.GenOption) *nn.Sequential {
	return nn.NewSequential(
		nn.NewConv2d(in, out, 3, nn.Padding(1), nn.NoBias, g), nn.NewBatchNorm2d(out), nn.NewReLU(),
		nn.NewConv2d(out, out, 3, nn.Padding(1), nn.NoBias, g), nn.NewBatchNorm2d(out), nn.NewReLU(),
	)
}

func newUNetDown(in int, g nn.GenOption) *UNetDown {
	return &UNetDown{nn.NewMaxPool2d(2), doubleConv(in, 2*in, g)}
}

func newUNetUp(in int, g nn.GenOption) *UNetUp {
	return &UNetUp{nn.NewConvTranspose2d(in, in/2, 2, nn.Stride(2), g), doubleConv(in, in/2, g)}
}

// Forward returns a tensor of shape [n, 2·c, h/2, w/2] for x of shape [n, c, h, w].
//
//	panics: *tensor.Error for another shape
func (l *UNetDown) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.Conv.Forward(l.Pool.Forward(x)))
}

// Forward returns a tensor of skip's shape [n, c/2, h, w], for x of shape
// [n, c, h/2, w/2].
//
//	panics: *tensor.Error for other shapes
func (l *UNetUp) Forward(x, skip *tensor.Tensor) *tensor.Tensor {
	y := l.Up.Forward(x)
	if dh, dw := skip.Size(2)-y.Size(2), skip.Size(3)-y.Size(3); dh != 0 || dw != 0 { // of an odd size
		y = y.Pad([]int{dw / 2, dw - dw/2, dh / 2, dh - dh/2})
	}
	return tensor.Observed(l, x, l.Conv.Forward(tensor.Cat(1, skip, y)))
}

// Forward returns logits of shape [n, classes, h, w] for x of shape
// [n, channels, h, w], of at least 16×16.
//
//	panics: *tensor.Error for another number of dims or channels
func (m *UNet) Forward(x *tensor.Tensor) *tensor.Tensor {
	x1 := m.Inc.Forward(x)
	x2 := m.Down1.Forward(x1)
	x3 := m.Down2.Forward(x2)
	x4 := m.Down3.Forward(x3)
	y := m.Up1.Forward(m.Down4.Forward(x4), x4)
	y = m.Up4.Forward(m.Up3.Forward(m.Up2.Forward(y, x3), x2), x1)
	return tensor.Observed(m, x, m.Outc.Forward(y))
}
