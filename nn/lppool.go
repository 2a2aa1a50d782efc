package nn

import "github.com/facula-ml/facula/tensor"

// LPPooling says how the windows of a pooling by a norm slide.
type LPPooling struct {
	P        float64 // the power
	Kernel   []int
	Stride   []int // none is the default
	CeilMode bool  // the last window may reach beyond the image
}

// An LPPoolOption changes a pooling by a norm: Stride, CeilMode.
type LPPoolOption interface{ lpPool(*LPPooling) }

func (o strideOption) lpPool(c *LPPooling) { c.Stride = o }
func (ceilMode) lpPool(c *LPPooling)       { c.CeilMode = true }

func newLPPooling(op string, p float64, kernel []int, opts []LPPoolOption) LPPooling {
	c := LPPooling{P: p, Kernel: kernel}
	for _, o := range opts {
		o.lpPool(&c)
	}
	wantWindow(op, kernel, c.Stride, nil, nil)
	return c
}

func (c *LPPooling) options() []tensor.PoolOption {
	return pooling(c.CeilMode, tensor.Stride(c.Stride...))
}

// LPPool1d takes the norm of each window of a signal, see [tensor.Tensor.LPPool1d].
//
//	source: torch.nn.LPPool1d
type LPPool1d struct{ LPPooling }

// NewLPPool1d returns a pooling by the norm of power p over windows of size kernel.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewLPPool1d(p float64, kernel int, opts ...LPPoolOption) *LPPool1d {
	return &LPPool1d{newLPPooling("lp_pool1d", p, []int{kernel}, opts)}
}

// Forward returns a tensor of shape [n, c, length'] for x of shape
// [n, c, length], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *LPPool1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LPPool1d(l.P, l.Kernel, l.options()...))
}

// LPPool2d takes the norm of each window of an image, see [tensor.Tensor.LPPool2d].
//
//	source: torch.nn.LPPool2d
type LPPool2d struct{ LPPooling }

// NewLPPool2d returns a pooling by the norm of power p over windows of size kernel.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewLPPool2d[K Size2](p float64, kernel K, opts ...LPPoolOption) *LPPool2d {
	return &LPPool2d{newLPPooling("lp_pool2d", p, size2(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape
// [n, c, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *LPPool2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LPPool2d(l.P, l.Kernel, l.options()...))
}

// LPPool3d takes the norm of each window of a volume, see [tensor.Tensor.LPPool3d].
//
//	source: torch.nn.LPPool3d
type LPPool3d struct{ LPPooling }

// NewLPPool3d returns a pooling by the norm of power p over windows of size kernel.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewLPPool3d[K Size3](p float64, kernel K, opts ...LPPoolOption) *LPPool3d {
	return &LPPool3d{newLPPooling("lp_pool3d", p, size3(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, d', h', w'] for x of shape
// [n, c, d, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *LPPool3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LPPool3d(l.P, l.Kernel, l.options()...))
}
