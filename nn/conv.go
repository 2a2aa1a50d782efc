package nn

import (
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// A Convolution says how filters slide: one number for all dims of the image,
// or one each; none is the default of PyTorch.
type Convolution struct {
	Stride, Padding, Dilation []int
	SamePadding               bool // the output has the input's size
	Groups                    int  // of channels that do not mix
}

// A ConvOption changes a convolution: Stride, Padding, SamePadding, Dilation,
// Groups, NoBias, Gen.
type ConvOption interface{ conv(*convConfig) }

type convConfig struct {
	Convolution
	noBias bool
	gen    *tensor.Generator
}

func (o strideOption) conv(c *convConfig)   { c.Stride = o }
func (o paddingOption) conv(c *convConfig)  { c.Padding = o }
func (o dilationOption) conv(c *convConfig) { c.Dilation = o }
func (noBias) conv(c *convConfig)           { c.noBias = true }
func (o GenOption) conv(c *convConfig)      { c.gen = o.g }

// Groups splits the channels of a convolution into n groups that do not mix.
func Groups(n int) ConvOption { return groups(n) }

type groups int

func (n groups) conv(c *convConfig) { c.Groups = int(n) }

// SamePadding pads a convolution of stride 1 so that its output has the
// input's size.
var SamePadding samePadding

type samePadding struct{}

func (samePadding) conv(c *convConfig) { c.SamePadding = true }

// newConv draws the parameters of a convolution.
func newConv(op string, in, out int, kernel []int, opts []ConvOption) (w, b *tensor.Tensor, how Convolution) {
	c := convConfig{Convolution: Convolution{Groups: 1}}
	for _, o := range opts {
		o.conv(&c)
	}
	wantSizes(op, "input and output channels are", in, out)
	wantWindow(op, kernel, c.Stride, c.Padding, c.Dilation)
	if c.Groups < 1 || in%c.Groups != 0 || out%c.Groups != 0 {
		tensor.Misuse(op, fmt.Errorf("%d input and %d output channels do not divide into %d groups", in, out, c.Groups))
	}
	w, b = weightAndBias(c.gen, !c.noBias, append([]int{out, in / c.Groups}, kernel...)...)
	return w, b, c.Convolution
}

func (c *Convolution) options(more ...tensor.ConvOption) []tensor.ConvOption {
	o := append(more, tensor.Stride(c.Stride...), tensor.Padding(c.Padding...), tensor.Dilation(c.Dilation...), tensor.Groups(c.Groups))
	if c.SamePadding {
		o = append(o, tensor.SamePadding)
	}
	return o
}

// Conv1d slides filters over signals, see [tensor.Tensor.Conv1d].
//
//	source: torch.nn.Conv1d
type Conv1d struct {
	Weight *tensor.Tensor // [out, in/groups, k]
	Bias   *tensor.Tensor // [out], or nil
	Convolution
}

// NewConv1d returns a layer from in to out channels, whose filters are kernel
// long. The parameters are uniform in ±1/√(in/groups·kernel).
//
//	panics: *tensor.Error for channels that do not divide into the groups, and
//	for sizes by which no window slides
func NewConv1d(in, out, kernel int, opts ...ConvOption) *Conv1d {
	l := &Conv1d{}
	l.Weight, l.Bias, l.Convolution = newConv("conv1d", in, out, []int{kernel}, opts)
	return l
}

// Forward returns a tensor of shape [n, out, length'] for x of shape
// [n, in, length], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *Conv1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantReady("conv1d", x, l.Weight)
	return tensor.Observed(l, x, x.Conv1d(l.Weight, l.Bias, l.options()...))
}

func (l *Conv1d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantReady("conv1d", x, l.Weight)
	return x.Conv1d(l.Weight, l.Bias, l.options(tensor.WithReLU)...)
}

// A Size2 is the size of a window over images: one number for a square, or
// height and width.
type Size2 interface{ int | [2]int }

// A Size3 is the size of a window over volumes: one number for a cube, or
// depth, height and width.
type Size3 interface{ int | [3]int }

// size2 is the pair that k stands for.
func size2[K Size2](k K) []int {
	if p, ok := any(k).([2]int); ok {
		return p[:]
	}
	return slices.Repeat([]int{any(k).(int)}, 2)
}

// size3 is the triple that k stands for.
func size3[K Size3](k K) []int {
	if p, ok := any(k).([3]int); ok {
		return p[:]
	}
	return slices.Repeat([]int{any(k).(int)}, 3)
}

// Conv2d slides filters over images, see [tensor.Tensor.Conv2d].
//
//	source: torch.nn.Conv2d
type Conv2d struct {
	Weight *tensor.Tensor // [out, in/groups, kh, kw]
	Bias   *tensor.Tensor // [out], or nil
	Convolution
}

// NewConv2d returns a layer from in to out channels with filters of size
// kernel, such as 3 or [2]int{3, 5}. The parameters are uniform in
// ±1/√(in/groups·kh·kw).
//
//	panics: *tensor.Error for channels that do not divide into the groups, and
//	for sizes by which no window slides
func NewConv2d[K Size2](in, out int, kernel K, opts ...ConvOption) *Conv2d {
	l := &Conv2d{}
	l.Weight, l.Bias, l.Convolution = newConv("conv2d", in, out, size2(kernel), opts)
	return l
}

// Forward returns a tensor of shape [n, out, h', w'] for x of shape
// [n, in, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *Conv2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantReady("conv2d", x, l.Weight)
	return tensor.Observed(l, x, x.Conv2d(l.Weight, l.Bias, l.options()...))
}

func (l *Conv2d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantReady("conv2d", x, l.Weight)
	return x.Conv2d(l.Weight, l.Bias, l.options(tensor.WithReLU)...)
}

// Conv3d slides filters over volumes, see [tensor.Tensor.Conv3d].
//
//	source: torch.nn.Conv3d
type Conv3d struct {
	Weight *tensor.Tensor // [out, in/groups, kd, kh, kw]
	Bias   *tensor.Tensor // [out], or nil
	Convolution
}

// NewConv3d returns a layer from in to out channels with filters of size
// kernel, such as 3 or [3]int{1, 3, 3}. The parameters are uniform in
// ±1/√(in/groups·kd·kh·kw).
//
//	panics: *tensor.Error for channels that do not divide into the groups, and
//	for sizes by which no window slides
func NewConv3d[K Size3](in, out int, kernel K, opts ...ConvOption) *Conv3d {
	l := &Conv3d{}
	l.Weight, l.Bias, l.Convolution = newConv("conv3d", in, out, size3(kernel), opts)
	return l
}

// Forward returns a tensor of shape [n, out, d', h', w'] for x of shape
// [n, in, d, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *Conv3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantReady("conv3d", x, l.Weight)
	return tensor.Observed(l, x, x.Conv3d(l.Weight, l.Bias, l.options()...))
}

func (l *Conv3d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantReady("conv3d", x, l.Weight)
	return x.Conv3d(l.Weight, l.Bias, l.options(tensor.WithReLU)...)
}
