package cpu

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// A convolution runs in one of four ways, by its sizes alone: cell by cell
// where groups are small (conv_depth.go), by Winograd's tiles
// (conv_winograd.go), as a product of the filters and the image where it has
// one cell (conv_point.go), or as a product of the filters and the matrix of
// windows, which is never made: its elements go from frames of the images to
// the product's packed panels (conv_product.go).
type convolution struct {
	device.Conv
	from, to              [3]int // the sizes of an image and its result
	image, windows, cells int    // elements of an image, of its result, of a window
	images, groups        int
	in, out               int // channels of one group
}

// newConvolution describes a call, given the views of its three tensors.
func newConvolution(c *device.Call, x, w, y *device.View) convolution {
	v := convolution{
		Conv: c.Attr.(device.Conv), from: spatial(x), to: spatial(y),
		images: x.Dim[0], in: w.Dim[1],
	}
	v.groups = v.Conv.Groups
	v.out = w.Dim[0] / v.groups
	v.image, v.windows, v.cells = volume(v.from), volume(v.to), volume(v.Size)
	return v
}

// rows is how many elements one window sees: the inner dim of the product.
func (c *convolution) rows() int { return c.in * c.cells }

// A convolver has the kernels of one type of element.
type convolver[T number] struct {
	cells     *simd.Conv[T] // what a tier lacks is nil
	wino      *simd.Winograd[T]
	mul       *engine[T]
	packSpans func(dst, src *T, rows []int, spans []simd.Span, pitch int)
	shift     func(dst, a []T, s T) // a + s
	shiftReLU func(dst, a []T, s T)
	relu      func(dst, a []T)
	ws        scratch[T]
	spans     scratch[simd.Span]
}

func newConvolver[T number](k *simd.Kernels[T], mul *engine[T], relu func(dst, a []T)) *convolver[T] {
	v := &convolver[T]{cells: &k.Conv, wino: &k.Winograd, mul: mul, packSpans: k.PackSpans, shift: k.Shift, shiftReLU: k.AddNumberReLU, relu: relu}
	if v.packSpans == nil {
		v.packSpans, v.shift = plainSpans[T](mul.lanes), plainShift[T]
		v.shiftReLU = func(dst, a []T, s T) {
			plainShift(dst, a, s)
			relu(dst, dst)
		}
	}
	return v
}

func plainShift[T number](dst, a []T, s T) {
	for i, x := range a[:len(dst)] {
		dst[i] = x + s
	}
}

// place is to = from, with a filter's bias if there is one, and clamped if asked.
func (v *convolver[T]) place(to, from, bias []T, filter int, relu bool) {
	switch {
	case bias != nil && relu:
		v.shiftReLU(to, from, bias[filter])
	case bias != nil:
		v.shift(to, from, bias[filter])
	case relu:
		v.relu(to, from[:len(to)])
	case &to[0] != &from[0]:
		copy(to, from)
	}
}

// forward is y = w ∗ x + b, or its relu.
func (v *convolver[T]) forward(call device.Call) error {
	c := newConvolution(&call, call.In[0], call.In[1], call.Out[0])
	x, w, y := elements[T](call.In[0]), elements[T](call.In[1]), elements[T](call.Out[0])
	var bias []T
	if call.In[2] != nil {
		bias = elements[T](call.In[2])
	}
	switch {
	case len(y) == 0:
		return nil
	case deep(v.cells, &c):
		return v.depthForward(&c, x, w, bias, y)
	case v.suits(&c):
		v.winogradForward(&c, x, w, bias, y)
		return nil
	case c.pointwise():
		v.pointForward(&c, x, w, bias, y)
		return nil
	}
	return v.productForward(&c, x, w, bias, y)
}

// gradInput is what each element of the image gets from the windows that see it.
func (v *convolver[T]) gradInput(call device.Call) error {
	c := newConvolution(&call, call.Out[0], call.In[1], call.In[0])
	dy, w, dx := elements[T](call.In[0]), elements[T](call.In[1]), elements[T](call.Out[0])
	switch {
	case len(dx) == 0:
		return nil
	case len(dy) == 0:
		clear(dx)
		return nil
	case deep(v.cells, &c):
		return v.depthGradInput(&c, dy, w, dx)
	case v.suits(&c):
		v.winogradGradInput(&c, dy, w, dx)
		return nil
	case c.pointwise():
		v.pointGradInput(&c, dy, w, dx)
		return nil
	}
	return v.productGradInput(&c, dy, w, dx)
}

// gradWeight is the sum over images and windows of dy and what the window sees.
func (v *convolver[T]) gradWeight(call device.Call) error {
	c := newConvolution(&call, call.In[0], call.Out[0], call.In[1])
	x, dy, dw := elements[T](call.In[0]), elements[T](call.In[1]), elements[T](call.Out[0])
	switch {
	case len(dw) == 0:
		return nil
	case len(dy) == 0:
		clear(dw)
		return nil
	case deep(v.cells, &c):
		return v.depthGradWeight(&c, x, dy, dw)
	case c.pointwise():
		v.pointGradWeight(&c, x, dy, dw)
		return nil
	}
	return v.productGradWeight(&c, x, dy, dw)
}

// The convolvers of floats, on the kernels of this machine.
var (
	conv32 = newConvolver(&asm.F32, gemm32, relu32)
	conv64 = newConvolver(&asm.F64, gemm64, relu64)
)

func convKernels() byDType {
	return denseFloats(conv32.forward, conv64.forward).with(byDType{
		device.Int8: convPlain[int8](), device.Int16: convPlain[int16](), device.Int32: convPlain[int32](),
		device.Int64: convPlain[int64](), device.UInt8: convPlain[uint8](),
	})
}

func convPlain[T integer]() kernel {
	return dense(newConvolver(new(simd.Kernels[T]), plainEngine[T](), reluInt[T]).forward)
}
