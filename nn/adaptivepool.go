package nn

import "github.com/facula-ml/facula/tensor"

// AdaptiveAvgPool1d takes averages over as many windows as its Size says,
// whatever the size of a signal.
//
//	source: torch.nn.AdaptiveAvgPool1d
type AdaptiveAvgPool1d struct{ Size []int }

// NewAdaptiveAvgPool1d returns a pooling to the size of a signal.
func NewAdaptiveAvgPool1d(size int) *AdaptiveAvgPool1d {
	return &AdaptiveAvgPool1d{[]int{size}}
}

// Forward returns a tensor of shape [n, c, length'] for x of shape [n, c, length],
// or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *AdaptiveAvgPool1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AdaptiveAvgPool1d(l.Size...))
}

// AdaptiveAvgPool2d takes averages over as many windows as its Size says,
// whatever the size of an image.
//
//	source: torch.nn.AdaptiveAvgPool2d
type AdaptiveAvgPool2d struct{ Size []int }

// NewAdaptiveAvgPool2d returns a pooling to the size of an image, such as 1 or
// [2]int{7, 5}; -1 leaves a dim as it is.
func NewAdaptiveAvgPool2d[K Size2](size K) *AdaptiveAvgPool2d {
	return &AdaptiveAvgPool2d{size2(size)}
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape [n, c, h, w],
// or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *AdaptiveAvgPool2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AdaptiveAvgPool2d(l.Size...))
}

// AdaptiveAvgPool3d takes averages over as many windows as its Size says,
// whatever the size of a volume.
//
//	source: torch.nn.AdaptiveAvgPool3d
type AdaptiveAvgPool3d struct{ Size []int }

// NewAdaptiveAvgPool3d returns a pooling to the size of a volume, such as 1 or
// [3]int{2, 7, 5}; -1 leaves a dim as it is.
func NewAdaptiveAvgPool3d[K Size3](size K) *AdaptiveAvgPool3d {
	return &AdaptiveAvgPool3d{size3(size)}
}

// Forward returns a tensor of shape [n, c, d', h', w'] for x of shape [n, c, d, h, w],
// or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *AdaptiveAvgPool3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AdaptiveAvgPool3d(l.Size...))
}

// AdaptiveMaxPool1d takes maxima over as many windows as its Size says,
// whatever the size of a signal.
//
//	source: torch.nn.AdaptiveMaxPool1d
type AdaptiveMaxPool1d struct{ Size []int }

// NewAdaptiveMaxPool1d returns a pooling to the size of a signal.
func NewAdaptiveMaxPool1d(size int) *AdaptiveMaxPool1d {
	return &AdaptiveMaxPool1d{[]int{size}}
}

// Forward returns a tensor of shape [n, c, length'] for x of shape [n, c, length],
// or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *AdaptiveMaxPool1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AdaptiveMaxPool1d(l.Size...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *AdaptiveMaxPool1d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.AdaptiveMaxPool1dWithIndices(l.Size...)
	return tensor.Observed(l, x, y), index
}

// AdaptiveMaxPool2d takes maxima over as many windows as its Size says,
// whatever the size of an image.
//
//	source: torch.nn.AdaptiveMaxPool2d
type AdaptiveMaxPool2d struct{ Size []int }

// NewAdaptiveMaxPool2d returns a pooling to the size of an image, such as 1 or
// [2]int{7, 5}; -1 leaves a dim as it is.
func NewAdaptiveMaxPool2d[K Size2](size K) *AdaptiveMaxPool2d {
	return &AdaptiveMaxPool2d{size2(size)}
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape [n, c, h, w],
// or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *AdaptiveMaxPool2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AdaptiveMaxPool2d(l.Size...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *AdaptiveMaxPool2d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.AdaptiveMaxPool2dWithIndices(l.Size...)
	return tensor.Observed(l, x, y), index
}

// AdaptiveMaxPool3d takes maxima over as many windows as its Size says,
// whatever the size of a volume.
//
//	source: torch.nn.AdaptiveMaxPool3d
type AdaptiveMaxPool3d struct{ Size []int }

// NewAdaptiveMaxPool3d returns a pooling to the size of a volume, such as 1 or
// [3]int{2, 7, 5}; -1 leaves a dim as it is.
func NewAdaptiveMaxPool3d[K Size3](size K) *AdaptiveMaxPool3d {
	return &AdaptiveMaxPool3d{size3(size)}
}

// Forward returns a tensor of shape [n, c, d', h', w'] for x of shape [n, c, d, h, w],
// or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *AdaptiveMaxPool3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.AdaptiveMaxPool3d(l.Size...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *AdaptiveMaxPool3d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.AdaptiveMaxPool3dWithIndices(l.Size...)
	return tensor.Observed(l, x, y), index
}
