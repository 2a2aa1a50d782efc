package tensor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
)

// OutputPadding makes the result of a transposed convolution larger at the end
// of each spatial dim, by one number for all or one each: with a stride, images
// of several sizes have as many windows.
func OutputPadding(n ...int) ConvOption {
	return convOption(func(c *windowConfig) { c.outputPadding = n })
}

// ConvTranspose1d is ConvTranspose2d for signals [n, c, length].
//
//	shape:  [n, c, l], [c, out/groups, k], [out] → [n, out, (l - 1)·stride - 2·padding + dilation·(k-1) + 1 + output padding];
//	        without n for one signal
//	dtype:  numbers, all the same; half precision adds in float32
//	panics: *Error as ConvTranspose2d does
//	source: torch.nn.functional.conv_transpose1d
func (t *Tensor) ConvTranspose1d(w, bias *Tensor, opts ...ConvOption) *Tensor {
	return t.convTranspose(1, w, bias, opts)
}

// ConvTranspose2d adds, for each element of the images t, a filter times that
// element to the result, where a convolution with these filters would have
// looked to compute the element: the gradient of Conv2d with respect to its input. bias
// may be nil. The options are [Stride], [Padding], [OutputPadding], [Dilation] and [Groups].
//
//	shape:  [n, c, h, w], [c, out/groups, kh, kw], [out] → [n, out, h', w'], sizes as for
//	        ConvTranspose1d; without n for one image
//	dtype:  numbers, all the same; half precision adds in float32
//	panics: *Error for other shapes or dtypes, images without elements or channels, an output
//	padding that reaches both the stride and the dilation, and a result without elements
//	source: torch.nn.functional.conv_transpose2d
func (t *Tensor) ConvTranspose2d(w, bias *Tensor, opts ...ConvOption) *Tensor {
	return t.convTranspose(2, w, bias, opts)
}

// ConvTranspose3d is ConvTranspose2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w], [c, out/groups, kd, kh, kw], [out] → [n, out, d', h', w'], sizes as
//	        for ConvTranspose1d; without n for one volume
//	dtype:  numbers, all the same; half precision adds in float32
//	panics: *Error as ConvTranspose2d does
//	source: torch.nn.functional.conv_transpose3d
func (t *Tensor) ConvTranspose3d(w, bias *Tensor, opts ...ConvOption) *Tensor {
	return t.convTranspose(3, w, bias, opts)
}

func (t *Tensor) convTranspose(dims int, w, bias *Tensor, opts []ConvOption) *Tensor {
	name := fmt.Sprintf("conv_transpose%dd", dims)
	c := windowConfig{groups: 1}
	for _, o := range opts {
		o.conv(&c)
	}
	switch {
	case t == nil || w == nil:
		misuse(name, errors.New("the input or the weight is nil"), t, w)
	case c.same || c.relu:
		misuse(name, errors.New("SamePadding and WithReLU are for convolutions"), t, w)
	case w.Dim() != dims+2:
		misuse(name, fmt.Errorf("the weight has %d dims; want %d", w.Dim(), dims+2), t, w)
	case c.groups < 1:
		misuse(name, fmt.Errorf("groups is %d; want at least 1", c.groups), t, w)
	}
	if len(c.outputPadding) == 0 {
		c.outputPadding = []int{0}
	}
	s, err := c.sliding(dims, w.shape()[2:])
	if err == nil {
		err = s.wantOutputPadding(c.outputPadding)
	}
	if err != nil {
		misuse(name, err, t, w)
	}
	in := CastFor(CastLower, t, w, bias)
	t, w, bias = in[0], in[1], in[2]
	return t.batched(dims, func(t *Tensor) []*Tensor {
		op := &convTransposeOp{convInputOp{convOp: convOp{sliding: s, groups: c.groups}}}
		cut, err := op.size(t, w, bias, c.outputPadding)
		if err != nil {
			misuse(name, err, t, w)
		}
		y := Apply(op, t, w)
		if cut != nil {
			y = y.Pad(cut)
		}
		if bias != nil {
			y = y.Add(bias.Reshape(cube(dims, 1, 1, bias.Len())...))
		}
		return one(y)
	})[0]
}

func (s *sliding) wantOutputPadding(pad []int) error {
	if n := len(pad); n > 1 && n != s.dims {
		return fmt.Errorf("output padding %v has %d numbers; want 1 or %d", pad, n, s.dims)
	}
	for i := range s.dims {
		p, k := pad[i%len(pad)], 3-s.dims+i
		if most := max(s.Stride[k], s.Dilation[k]); p < 0 || p >= most {
			return fmt.Errorf("output padding is %d; want 0 or more, and less than the stride or the dilation, %d", p, most)
		}
	}
	return nil
}

// convTransposeOp is the gradient of a convolution as an op of its own.
type convTransposeOp struct{ convInputOp }

func (o *convTransposeOp) Name() string { return fmt.Sprintf("conv_transpose%dd", o.dims) }

// size sets the size of the result. An output padding of a stride or more would
// make room for more windows than t has elements: the result is without
// padding then, and comes back as what to pad it by, less than nothing at the start.
func (o *convTransposeOp) size(t, w, bias *Tensor, pad []int) (cut []int, err error) {
	x, f := t.spec(), w.spec()
	if err := wantImages(x, o.dims); err != nil {
		return nil, err
	}
	out := f.Dim[1] * o.groups
	switch {
	case x.DType != f.DType || bias != nil && bias.DType() != x.DType:
		return nil, fmt.Errorf("the input is %v; want a weight and a bias of its dtype", x.DType)
	case x.Dim[1] != f.Dim[0]:
		return nil, fmt.Errorf("the input has %d channels; the weight wants %d", x.Dim[1], f.Dim[0])
	case f.Dim[0]%o.groups != 0:
		return nil, fmt.Errorf("%d channels do not divide into %d groups", f.Dim[0], o.groups)
	case bias != nil && (bias.Dim() != 1 || bias.Len() != out):
		return nil, fmt.Errorf("the bias has shape %v; want [%d]", bias.shape(), out)
	case slices.Contains(x.Dim[1:o.dims+2], 0) || out == 0:
		return nil, errors.New("the input or the result has no elements in an image")
	}
	shape, pad := []int{x.Dim[0], out}, perDim(pad, o.dims)
	for i, n := range image(x) {
		if i < 3-o.dims {
			continue
		}
		if n-1 > maxElements/o.Stride[i] {
			return nil, fmt.Errorf("%d windows with stride %d reach too far", n, o.Stride[i])
		}
		more := pad[i-3+o.dims]
		size := (n-1)*o.Stride[i] + o.span(i) - 2*o.Padding[i] + more
		if size <= 0 {
			return nil, fmt.Errorf("dim %d of the result would be %d", i-3, size)
		}
		if more >= o.Stride[i] {
			if cut == nil {
				cut = make([]int, 2*o.dims)
			}
			cut[2*(2-i)], cut[2*(2-i)+1] = -o.Padding[i], more-o.Padding[i]
			size += 2*o.Padding[i] - more
			o.Padding[i] = 0
		}
		shape = append(shape, size)
	}
	o.x, err = shapeSpec(x.DType, shape)
	if err == nil && product(append(o.Size[:], image(x)[0], image(x)[1], image(x)[2])) > maxCells {
		err = fmt.Errorf("%v windows of %v have too many cells", x.Shape()[2:], o.Size[3-o.dims:])
	}
	return cut, err
}

// Kernel is the convolution's, which adds in whatever order is quick. Small
// sums go by the definition, whose order is PyTorch's: channels, then cells.
func (o *convTransposeOp) Kernel() device.Kernel {
	if d := o.x.DType; (d == Float32 || d == Float64) && o.x.Rank > 0 && o.x.Len() <= smallImages {
		return device.NoKernel
	}
	return o.convInputOp.Kernel()
}

// smallImages is how many elements take no time worth a word.
const smallImages = 1 << 13

// Body adds half precision in float32.
func (o *convTransposeOp) Body(in []*Tensor) *Tensor {
	d := o.x.DType
	if d != Float16 && d != BFloat16 {
		return o.convInputOp.Body(in)
	}
	wide := o.convInputOp
	wide.x.DType = Float32
	return wide.Body([]*Tensor{in[0].Cast(Float32), in[1].Cast(Float32)}).Cast(d)
}
