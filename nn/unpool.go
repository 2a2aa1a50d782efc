package nn

import (
	"github.com/facula-ml/facula/tensor"
)

// Unpooling says how the windows of the pooling slid that is undone.
type Unpooling struct{ Kernel, Stride, Padding []int }

// An UnpoolOption changes an unpooling: Stride, Padding.
type UnpoolOption interface{ unpool(*Unpooling) }

func (o strideOption) unpool(c *Unpooling)  { c.Stride = o }
func (o paddingOption) unpool(c *Unpooling) { c.Padding = o }

func newUnpooling(op string, kernel []int, opts []UnpoolOption) Unpooling {
	c := Unpooling{Kernel: kernel}
	for _, o := range opts {
		o.unpool(&c)
	}
	wantWindow(op, kernel, c.Stride, c.Padding, nil)
	return c
}

// options are those of the op, with the size of the output if it is given.
func (c *Unpooling) options(op string, x *tensor.Tensor, size []int) []tensor.PoolOption {
	wantInput(op, x)
	o := []tensor.PoolOption{tensor.Stride(c.Stride...), tensor.Padding(c.Padding...)}
	if len(size) > 0 {
		o = append(o, tensor.OutputSize(size...))
	}
	return o
}

// MaxUnpool1d puts maxima where MaxPool1d found them, see [tensor.Tensor.MaxUnpool1d].
//
//	source: torch.nn.MaxUnpool1d
type MaxUnpool1d struct{ Unpooling }

// NewMaxUnpool1d returns what undoes a MaxPool1d with the same arguments.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewMaxUnpool1d(kernel int, opts ...UnpoolOption) *MaxUnpool1d {
	return &MaxUnpool1d{newUnpooling("max_unpool1d", []int{kernel}, opts)}
}

// Forward returns a tensor of shape [n, c, length'] for x and an index of shape
// [n, c, length], or all without n.
//
//	panics: *tensor.Error for other shapes, and an index beyond the output
func (l *MaxUnpool1d) Forward(x, index *tensor.Tensor) *tensor.Tensor {
	return l.ForwardSize(x, index)
}

// ForwardSize is Forward to images of the given size, where several have as many windows.
func (l *MaxUnpool1d) ForwardSize(x, index *tensor.Tensor, size ...int) *tensor.Tensor {
	return tensor.Observed(l, x, x.MaxUnpool1d(index, l.Kernel, l.options("max_unpool1d", x, size)...))
}

// MaxUnpool2d puts maxima where MaxPool2d found them, see [tensor.Tensor.MaxUnpool2d].
//
//	source: torch.nn.MaxUnpool2d
type MaxUnpool2d struct{ Unpooling }

// NewMaxUnpool2d returns what undoes a MaxPool2d with the same arguments.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewMaxUnpool2d[K Size2](kernel K, opts ...UnpoolOption) *MaxUnpool2d {
	return &MaxUnpool2d{newUnpooling("max_unpool2d", size2(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, h', w'] for x and an index of shape
// [n, c, h, w], or all without n.
//
//	panics: *tensor.Error for other shapes, and an index beyond the output
func (l *MaxUnpool2d) Forward(x, index *tensor.Tensor) *tensor.Tensor {
	return l.ForwardSize(x, index)
}

// ForwardSize is Forward to images of the given size, where several have as many windows.
func (l *MaxUnpool2d) ForwardSize(x, index *tensor.Tensor, size ...int) *tensor.Tensor {
	return tensor.Observed(l, x, x.MaxUnpool2d(index, l.Kernel, l.options("max_unpool2d", x, size)...))
}

// MaxUnpool3d puts maxima where MaxPool3d found them, see [tensor.Tensor.MaxUnpool3d].
//
//	source: torch.nn.MaxUnpool3d
type MaxUnpool3d struct{ Unpooling }

// NewMaxUnpool3d returns what undoes a MaxPool3d with the same arguments.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewMaxUnpool3d[K Size3](kernel K, opts ...UnpoolOption) *MaxUnpool3d {
	return &MaxUnpool3d{newUnpooling("max_unpool3d", size3(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, d', h', w'] for x and an index of shape
// [n, c, d, h, w], or all without n.
//
//	panics: *tensor.Error for other shapes, and an index beyond the output
func (l *MaxUnpool3d) Forward(x, index *tensor.Tensor) *tensor.Tensor {
	return l.ForwardSize(x, index)
}

// ForwardSize is Forward to images of the given size, where several have as many windows.
func (l *MaxUnpool3d) ForwardSize(x, index *tensor.Tensor, size ...int) *tensor.Tensor {
	return tensor.Observed(l, x, x.MaxUnpool3d(index, l.Kernel, l.options("max_unpool3d", x, size)...))
}
