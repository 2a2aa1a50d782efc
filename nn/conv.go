package nn

import (
	"errors"
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
	PaddingMode               PaddingMode
}

// A PaddingMode is what the padding of a convolution holds. It is an option of NewConv1d and so on.
type PaddingMode string

// The padding modes.
const (
	PadZeros     PaddingMode = "zeros"     // and what "" means
	PadReflect   PaddingMode = "reflect"   // the elements next to the edge, mirrored at it
	PadReplicate PaddingMode = "replicate" // the element at the edge
	PadCircular  PaddingMode = "circular"  // the elements from the other end
)

func (m PaddingMode) conv(c *convConfig) { c.PaddingMode = m }

// pads is the option of Pad, nil for zeros, which are the convolution's own.
func (m PaddingMode) pads() tensor.PadOption {
	switch m {
	case "", PadZeros:
		return nil
	case PadReflect:
		return tensor.PadReflect
	case PadReplicate:
		return tensor.PadReplicate
	case PadCircular:
		return tensor.PadCircular
	}
	tensor.Misuse("conv", fmt.Errorf("the padding mode is %q; want one of the constants", string(m)))
	return nil
}

// A ConvOption changes a convolution: Stride, Padding, SamePadding, Dilation,
// Groups, a PaddingMode, NoBias, Gen; or, of transposed ones, OutputPadding.
type ConvOption interface{ conv(*convConfig) }

type convConfig struct {
	Convolution
	outputPadding []int
	noBias        bool
	gen           *tensor.Generator
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
	if c.outputPadding != nil {
		tensor.Misuse(op, errors.New("OutputPadding is for transposed convolutions"))
	}
	c.check(op, in, out, kernel)
	w, b = weightAndBias(c.gen, !c.noBias, append([]int{out, in / c.Groups}, kernel...)...)
	return w, b, c.Convolution
}

// check refuses sizes by which no window slides.
func (c *convConfig) check(op string, in, out int, kernel []int) {
	c.PaddingMode.pads()
	wantSizes(op, "input and output channels are", in, out)
	wantWindow(op, kernel, c.Stride, c.Padding, c.Dilation)
	if c.Groups < 1 || in%c.Groups != 0 || out%c.Groups != 0 {
		tensor.Misuse(op, fmt.Errorf("%d input and %d output channels do not divide into %d groups", in, out, c.Groups))
	}
}

// padded is x with the padding that is not zeros.
func (c *Convolution) padded(op string, x, w *tensor.Tensor) *tensor.Tensor {
	mode := c.PaddingMode.pads()
	if mode == nil {
		return x
	}
	kernel := w.Shape()[2:]
	dims := len(kernel)
	if x.Dim() != dims+1 && x.Dim() != dims+2 {
		tensor.Misuse(op, fmt.Errorf("the input has %d dims; want %d, or %d for one image", x.Dim(), dims+2, dims+1), x, w)
	}
	pick := func(v []int, i, dflt int) int {
		if len(v) == 0 {
			return dflt
		}
		return v[i%len(v)]
	}
	pad := make([]int, 2*dims)
	for i, k := range kernel {
		before, after := pick(c.Padding, i, 0), pick(c.Padding, i, 0)
		if c.SamePadding {
			if pick(c.Stride, i, 1) != 1 {
				tensor.Misuse(op, fmt.Errorf("stride %v with the same size; want 1", c.Stride), x, w)
			}
			reach := pick(c.Dilation, i, 1) * (k - 1)
			before, after = reach/2, reach-reach/2
		}
		pad[2*(dims-1-i)], pad[2*(dims-1-i)+1] = before, after
	}
	return x.Pad(pad, mode)
}

func (c *Convolution) options(more ...tensor.ConvOption) []tensor.ConvOption {
	o := append(more, tensor.Stride(c.Stride...), tensor.Dilation(c.Dilation...), tensor.Groups(c.Groups))
	switch {
	case c.PaddingMode.pads() != nil: // see padded
	case len(c.Padding) > 0:
		o = append(o, tensor.Padding(c.Padding...))
	}
	if c.SamePadding && c.PaddingMode.pads() == nil {
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
	return tensor.Observed(l, x, l.padded("conv1d", x, l.Weight).Conv1d(l.Weight, l.Bias, l.options()...))
}

func (l *Conv1d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantReady("conv1d", x, l.Weight)
	return l.padded("conv1d", x, l.Weight).Conv1d(l.Weight, l.Bias, l.options(tensor.WithReLU)...)
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
	return tensor.Observed(l, x, l.padded("conv2d", x, l.Weight).Conv2d(l.Weight, l.Bias, l.options()...))
}

func (l *Conv2d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantReady("conv2d", x, l.Weight)
	return l.padded("conv2d", x, l.Weight).Conv2d(l.Weight, l.Bias, l.options(tensor.WithReLU)...)
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
	return tensor.Observed(l, x, l.padded("conv3d", x, l.Weight).Conv3d(l.Weight, l.Bias, l.options()...))
}

func (l *Conv3d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantReady("conv3d", x, l.Weight)
	return l.padded("conv3d", x, l.Weight).Conv3d(l.Weight, l.Bias, l.options(tensor.WithReLU)...)
}
