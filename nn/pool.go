package nn

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

// MaxPooling says how the windows of max pooling slide: one number for all
// dims of the image, or one each.
type MaxPooling struct {
	Kernel                    []int
	Stride, Padding, Dilation []int // none is the default
	CeilMode                  bool  // the last window may reach beyond the image
}

// A MaxPoolOption changes max pooling: Stride, Padding, Dilation, CeilMode.
type MaxPoolOption interface{ maxPool(*MaxPooling) }

func (o strideOption) maxPool(c *MaxPooling)   { c.Stride = o }
func (o paddingOption) maxPool(c *MaxPooling)  { c.Padding = o }
func (o dilationOption) maxPool(c *MaxPooling) { c.Dilation = o }
func (ceilMode) maxPool(c *MaxPooling)         { c.CeilMode = true }

// CeilMode rounds the number of windows of a pooling up: the last one may reach
// beyond the image and its padding.
var CeilMode ceilMode

type ceilMode struct{}

func newMaxPooling(op string, kernel []int, opts []MaxPoolOption) MaxPooling {
	c := MaxPooling{Kernel: kernel}
	for _, o := range opts {
		o.maxPool(&c)
	}
	wantWindow(op, kernel, c.Stride, c.Padding, c.Dilation)
	return c
}

func (c *MaxPooling) options() []tensor.PoolOption {
	return pooling(c.CeilMode, tensor.Stride(c.Stride...), tensor.Padding(c.Padding...), tensor.Dilation(c.Dilation...))
}

func pooling(ceil bool, o ...tensor.PoolOption) []tensor.PoolOption {
	if ceil {
		o = append(o, tensor.CeilMode)
	}
	return o
}

// MaxPool1d takes the largest element of each window of a signal.
//
//	source: torch.nn.MaxPool1d
type MaxPool1d struct{ MaxPooling }

// NewMaxPool1d returns a pooling by windows of length kernel.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewMaxPool1d(kernel int, opts ...MaxPoolOption) *MaxPool1d {
	return &MaxPool1d{newMaxPooling("max_pool1d", []int{kernel}, opts)}
}

// Forward returns a tensor of shape [n, c, length'] for x of shape
// [n, c, length], or both without n.
//
//	panics: *tensor.Error for other shapes, and padding over half the window
func (l *MaxPool1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.MaxPool1d(l.Kernel, l.options()...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *MaxPool1d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.MaxPool1dWithIndices(l.Kernel, l.options()...)
	return tensor.Observed(l, x, y), index
}

// MaxPool2d takes the largest element of each window of an image.
//
//	source: torch.nn.MaxPool2d
type MaxPool2d struct{ MaxPooling }

// NewMaxPool2d returns a pooling by windows of size kernel, such as 2 or
// [2]int{2, 3}.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewMaxPool2d[K Size2](kernel K, opts ...MaxPoolOption) *MaxPool2d {
	return &MaxPool2d{newMaxPooling("max_pool2d", size2(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape [n, c, h, w],
// or both without n.
//
//	panics: *tensor.Error for other shapes, and padding over half the window
func (l *MaxPool2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.MaxPool2d(l.Kernel, l.options()...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *MaxPool2d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.MaxPool2dWithIndices(l.Kernel, l.options()...)
	return tensor.Observed(l, x, y), index
}

// MaxPool3d takes the largest element of each window of a volume.
//
//	source: torch.nn.MaxPool3d
type MaxPool3d struct{ MaxPooling }

// NewMaxPool3d returns a pooling by windows of size kernel, such as 2 or
// [3]int{1, 2, 2}.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewMaxPool3d[K Size3](kernel K, opts ...MaxPoolOption) *MaxPool3d {
	return &MaxPool3d{newMaxPooling("max_pool3d", size3(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, d', h', w'] for x of shape
// [n, c, d, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes, and padding over half the window
func (l *MaxPool3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.MaxPool3d(l.Kernel, l.options()...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *MaxPool3d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.MaxPool3dWithIndices(l.Kernel, l.options()...)
	return tensor.Observed(l, x, y), index
}

// AvgPooling says how the windows of average pooling slide: one number for all
// dims of the image, or one each.
type AvgPooling struct {
	Kernel          []int
	Stride, Padding []int // none is the default
	CeilMode        bool  // the last window may reach beyond the image
	ExcludePad      bool  // padding does not count
	Divisor         int   // instead of the number of elements, if not 0
}

// An AvgPoolOption changes average pooling: Stride, Padding, CeilMode,
// ExcludePad, Divisor.
type AvgPoolOption interface{ avgPool(*AvgPooling) }

func (o strideOption) avgPool(c *AvgPooling)  { c.Stride = o }
func (o paddingOption) avgPool(c *AvgPooling) { c.Padding = o }
func (ceilMode) avgPool(c *AvgPooling)        { c.CeilMode = true }
func (excludePad) avgPool(c *AvgPooling)      { c.ExcludePad = true }
func (d divisor) avgPool(c *AvgPooling)       { c.Divisor = int(d) }

// ExcludePad makes an average that of the image's elements only, where the
// zeros of the padding count otherwise.
var ExcludePad excludePad

type excludePad struct{}

// Divisor divides the sum of a window by n instead of the number of elements.
func Divisor(n int) AvgPoolOption { return divisor(n) }

type divisor int

func newAvgPooling(op string, kernel []int, opts []AvgPoolOption) AvgPooling {
	c := AvgPooling{Kernel: kernel}
	for _, o := range opts {
		if o == divisor(0) {
			tensor.Misuse(op, errors.New("the divisor is 0"))
		}
		o.avgPool(&c)
	}
	wantWindow(op, kernel, c.Stride, c.Padding, nil)
	return c
}

func (c *AvgPooling) options() []tensor.PoolOption {
	o := pooling(c.CeilMode, tensor.Stride(c.Stride...), tensor.Padding(c.Padding...))
	if c.ExcludePad {
		o = append(o, tensor.ExcludePad)
	}
	if c.Divisor != 0 {
		o = append(o, tensor.Divisor(c.Divisor))
	}
	return o
}

// AvgPool1d takes the average of each window of a signal.
//
//	source: torch.nn.AvgPool1d
type AvgPool1d struct{ AvgPooling }

// NewAvgPool1d returns a pooling by windows of length kernel.
//
//	panics: *tensor.Error for sizes by which no window slides, and a divisor of 0
func NewAvgPool1d(kernel int, opts ...AvgPoolOption) *AvgPool1d {
	return &AvgPool1d{newAvgPooling("avg_pool1d", []int{kernel}, opts)}
}

// Forward returns a tensor of shape [n, c, length'] for x of shape
// [n, c, length], or both without n.
//
//	panics: *tensor.Error for other shapes, and padding over half the window
func (l *AvgPool1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AvgPool1d(l.Kernel, l.options()...))
}

// AvgPool2d takes the average of each window of an image.
//
//	source: torch.nn.AvgPool2d
type AvgPool2d struct{ AvgPooling }

// NewAvgPool2d returns a pooling by windows of size kernel, such as 2 or
// [2]int{2, 3}.
//
//	panics: *tensor.Error for sizes by which no window slides, and a divisor of 0
func NewAvgPool2d[K Size2](kernel K, opts ...AvgPoolOption) *AvgPool2d {
	return &AvgPool2d{newAvgPooling("avg_pool2d", size2(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape [n, c, h, w],
// or both without n.
//
//	panics: *tensor.Error for other shapes, and padding over half the window
func (l *AvgPool2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AvgPool2d(l.Kernel, l.options()...))
}

// AvgPool3d takes the average of each window of a volume.
//
//	source: torch.nn.AvgPool3d
type AvgPool3d struct{ AvgPooling }

// NewAvgPool3d returns a pooling by windows of size kernel, such as 2 or
// [3]int{1, 2, 2}.
//
//	panics: *tensor.Error for sizes by which no window slides, and a divisor of 0
func NewAvgPool3d[K Size3](kernel K, opts ...AvgPoolOption) *AvgPool3d {
	return &AvgPool3d{newAvgPooling("avg_pool3d", size3(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, d', h', w'] for x of shape
// [n, c, d, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes, and padding over half the window
func (l *AvgPool3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AvgPool3d(l.Kernel, l.options()...))
}
