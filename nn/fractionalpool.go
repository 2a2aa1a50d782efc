package nn

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

// FractionalPooling says how large the output of a fractional pooling is.
type FractionalPooling struct {
	Kernel      []int
	OutputSize  []int             // or
	OutputRatio []float64         // of the input's size
	Gen         *tensor.Generator // nil means the default one
}

// A FractionalOption changes a fractional pooling: OutputSize, OutputRatio, Gen.
type FractionalOption interface{ fractional(*FractionalPooling) }

// A SizeOption is one of layers whose output has a size of its own: OutputSize.
type SizeOption interface {
	FractionalOption
	UpsampleOption
}

// OutputSize is the size of a layer's output: one number for all dims of the image, or one each.
func OutputSize(n ...int) SizeOption { return outputSize(n) }

// OutputRatio is the size of a fractional pooling's output, as parts of the
// input's: one number for all dims of the image, or one each.
func OutputRatio(r ...float64) FractionalOption { return outputRatio(r) }

type (
	outputSize  []int
	outputRatio []float64
)

func (o outputSize) fractional(c *FractionalPooling)  { c.OutputSize = o }
func (o outputRatio) fractional(c *FractionalPooling) { c.OutputRatio = o }
func (o GenOption) fractional(c *FractionalPooling)   { c.Gen = o.g }

func newFractionalPooling(op string, kernel []int, opts []FractionalOption) FractionalPooling {
	c := FractionalPooling{Kernel: kernel}
	for _, o := range opts {
		o.fractional(&c)
	}
	wantWindow(op, kernel, nil, nil, nil)
	if (len(c.OutputSize) == 0) == (len(c.OutputRatio) == 0) {
		tensor.Misuse(op, errors.New("want an OutputSize or an OutputRatio, and not both"))
	}
	return c
}

// options are those of the op; the random numbers are drawn here if they are not the default generator's.
func (c *FractionalPooling) options(x *tensor.Tensor, dims int) []tensor.PoolOption {
	var o []tensor.PoolOption
	if len(c.OutputSize) > 0 {
		o = append(o, tensor.OutputSize(c.OutputSize...))
	}
	if len(c.OutputRatio) > 0 {
		o = append(o, tensor.OutputRatio(c.OutputRatio...))
	}
	if c.Gen != nil && x != nil && x.Dim() > dims {
		n := 1
		if x.Dim() > dims+1 {
			n = x.Size(0)
		}
		d := x.DType()
		if d != tensor.Float64 {
			d = tensor.Float32
		}
		o = append(o, tensor.RandomSamples(tensor.Make{DType: d, Gen: c.Gen}.Rand(n, x.Size(-dims-1), dims)))
	}
	return o
}

// FractionalMaxPool2d takes the largest element of windows that start random
// steps apart, see [tensor.Tensor.FractionalMaxPool2d].
//
//	source: torch.nn.FractionalMaxPool2d
type FractionalMaxPool2d struct{ FractionalPooling }

// NewFractionalMaxPool2d returns a pooling by windows of size kernel, to an OutputSize or by an OutputRatio.
//
//	panics: *tensor.Error for sizes less than 1, and unless one of the two is given
func NewFractionalMaxPool2d[K Size2](kernel K, opts ...FractionalOption) *FractionalMaxPool2d {
	return &FractionalMaxPool2d{newFractionalPooling("fractional_max_pool2d", size2(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape
// [n, c, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *FractionalMaxPool2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.FractionalMaxPool2d(l.Kernel, l.options(x, 2)...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *FractionalMaxPool2d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.FractionalMaxPool2dWithIndices(l.Kernel, l.options(x, 2)...)
	return tensor.Observed(l, x, y), index
}

// FractionalMaxPool3d takes the largest element of windows that start random
// steps apart, see [tensor.Tensor.FractionalMaxPool3d].
//
//	source: torch.nn.FractionalMaxPool3d
type FractionalMaxPool3d struct{ FractionalPooling }

// NewFractionalMaxPool3d returns a pooling by windows of size kernel, to an OutputSize or by an OutputRatio.
//
//	panics: *tensor.Error for sizes less than 1, and unless one of the two is given
func NewFractionalMaxPool3d[K Size3](kernel K, opts ...FractionalOption) *FractionalMaxPool3d {
	return &FractionalMaxPool3d{newFractionalPooling("fractional_max_pool3d", size3(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, d', h', w'] for x of shape
// [n, c, d, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *FractionalMaxPool3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.FractionalMaxPool3d(l.Kernel, l.options(x, 3)...))
}

// ForwardWithIndices is Forward, and where each maximum was found: PyTorch's return_indices.
func (l *FractionalMaxPool3d) ForwardWithIndices(x *tensor.Tensor) (y, index *tensor.Tensor) {
	y, index = x.FractionalMaxPool3dWithIndices(l.Kernel, l.options(x, 3)...)
	return tensor.Observed(l, x, y), index
}
