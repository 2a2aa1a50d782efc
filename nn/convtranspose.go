package nn

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

// A TransposedConvolution says how filters slide: one number for all dims of
// the image, or one each; none is the default of PyTorch.
type TransposedConvolution struct {
	Stride, Padding, Dilation []int
	OutputPadding             []int // makes the output larger at the end of each dim
	Groups                    int   // of channels that do not mix
}

// OutputPadding makes the output of a transposed convolution larger at the end
// of each dim: one number for all, or one each.
func OutputPadding(n ...int) ConvOption { return outputPadding(n) }

type outputPadding []int

func (o outputPadding) conv(c *convConfig) { c.outputPadding = o }

// newConvTranspose draws the parameters of a transposed convolution, whose
// weight has the input channels first.
func newConvTranspose(op string, in, out int, kernel []int, opts []ConvOption) (w, b *tensor.Tensor, how TransposedConvolution) {
	c := convConfig{Convolution: Convolution{Groups: 1}}
	for _, o := range opts {
		o.conv(&c)
	}
	if c.SamePadding || c.PaddingMode.pads() != nil {
		tensor.Misuse(op, errors.New("SamePadding and padding modes but zeros are for convolutions"))
	}
	c.check(op, in, out, kernel)
	w, b = weightAndBiasOf(out, c.gen, !c.noBias, append([]int{in, out / c.Groups}, kernel...))
	return w, b, TransposedConvolution{c.Stride, c.Padding, c.Dilation, c.outputPadding, c.Groups}
}

func (c *TransposedConvolution) options() []tensor.ConvOption {
	return []tensor.ConvOption{tensor.Stride(c.Stride...), tensor.Padding(c.Padding...), tensor.Dilation(c.Dilation...),
		tensor.OutputPadding(c.OutputPadding...), tensor.Groups(c.Groups)}
}

// ConvTranspose1d makes signals larger by filters, see [tensor.Tensor.ConvTranspose1d].
//
//	source: torch.nn.ConvTranspose1d
type ConvTranspose1d struct {
	Weight *tensor.Tensor // [in, out/groups, k]
	Bias   *tensor.Tensor // [out], or nil
	TransposedConvolution
}

// NewConvTranspose1d returns a layer from in to out channels, whose filters are kernel long.
// The parameters are uniform in ±1/√(out/groups·kernel).
//
//	panics: *tensor.Error for channels that do not divide into the groups, and
//	for sizes by which no window slides
func NewConvTranspose1d(in, out, kernel int, opts ...ConvOption) *ConvTranspose1d {
	l := &ConvTranspose1d{}
	l.Weight, l.Bias, l.TransposedConvolution = newConvTranspose("conv_transpose1d", in, out, []int{kernel}, opts)
	return l
}

// Forward returns a tensor of shape [n, out, length'] for x of shape
// [n, in, length], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *ConvTranspose1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantReady("conv_transpose1d", x, l.Weight)
	return tensor.Observed(l, x, x.ConvTranspose1d(l.Weight, l.Bias, l.options()...))
}

// ConvTranspose2d makes images larger by filters, see [tensor.Tensor.ConvTranspose2d].
//
//	source: torch.nn.ConvTranspose2d
type ConvTranspose2d struct {
	Weight *tensor.Tensor // [in, out/groups, kh, kw]
	Bias   *tensor.Tensor // [out], or nil
	TransposedConvolution
}

// NewConvTranspose2d returns a layer from in to out channels, with filters of size
// kernel, such as 3 or [2]int{3, 5}.
// The parameters are uniform in ±1/√(out/groups·kh·kw).
//
//	panics: *tensor.Error for channels that do not divide into the groups, and
//	for sizes by which no window slides
func NewConvTranspose2d[K Size2](in, out int, kernel K, opts ...ConvOption) *ConvTranspose2d {
	l := &ConvTranspose2d{}
	l.Weight, l.Bias, l.TransposedConvolution = newConvTranspose("conv_transpose2d", in, out, size2(kernel), opts)
	return l
}

// Forward returns a tensor of shape [n, out, h', w'] for x of shape
// [n, in, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *ConvTranspose2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantReady("conv_transpose2d", x, l.Weight)
	return tensor.Observed(l, x, x.ConvTranspose2d(l.Weight, l.Bias, l.options()...))
}

// ConvTranspose3d makes volumes larger by filters, see [tensor.Tensor.ConvTranspose3d].
//
//	source: torch.nn.ConvTranspose3d
type ConvTranspose3d struct {
	Weight *tensor.Tensor // [in, out/groups, kd, kh, kw]
	Bias   *tensor.Tensor // [out], or nil
	TransposedConvolution
}

// NewConvTranspose3d returns a layer from in to out channels, with filters of size
// kernel, such as 3 or [3]int{1, 3, 3}.
// The parameters are uniform in ±1/√(out/groups·kd·kh·kw).
//
//	panics: *tensor.Error for channels that do not divide into the groups, and
//	for sizes by which no window slides
func NewConvTranspose3d[K Size3](in, out int, kernel K, opts ...ConvOption) *ConvTranspose3d {
	l := &ConvTranspose3d{}
	l.Weight, l.Bias, l.TransposedConvolution = newConvTranspose("conv_transpose3d", in, out, size3(kernel), opts)
	return l
}

// Forward returns a tensor of shape [n, out, d', h', w'] for x of shape
// [n, in, d, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *ConvTranspose3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantReady("conv_transpose3d", x, l.Weight)
	return tensor.Observed(l, x, x.ConvTranspose3d(l.Weight, l.Bias, l.options()...))
}
