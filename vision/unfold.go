package vision

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// A Window is what slides over images: one number for both dims, or height and
// width. Without Stride and Dilation they are 1, without Padding it is 0.
type Window struct{ Kernel, Stride, Padding, Dilation []int }

// Unfold writes what each cell of each window sees, 0 in the padding, as a
// column: the windows of a convolution as a matrix.
//
//	shape:  [n, c, h, w] → [n, c·kh·kw, windows], where windows of a dim are
//	        (h + 2·padding - dilation·(k-1) - 1)/stride + 1; without n for one image
//	dtype:  floating point, and bool
//	panics: *tensor.Error for other shapes and dtypes, images without elements, and
//	windows larger than the padded image
//	source: torch.nn.functional.unfold
func Unfold(x *tensor.Tensor, w Window) *tensor.Tensor {
	if x != nil && x.Dim() == 3 {
		return unfold(x.Unsqueeze(0), x, w).Squeeze(0)
	}
	return unfold(x, x, w)
}

// unfold is Unfold of a batch; errors tell of the tensor that was given.
func unfold(x, given *tensor.Tensor, w Window) *tensor.Tensor {
	o := &unfoldOp{}
	err := o.set(w)
	switch {
	case x == nil:
		err = errors.New("the input is nil")
	case err != nil:
	case x.Dim() != 4:
		err = fmt.Errorf("the input has %d dims; want 4, or 3 for one image", x.Dim())
	case !x.DType().IsFloat() && x.DType() != tensor.Bool:
		err = fmt.Errorf("dtype %v; want a floating-point dtype or bool", x.DType())
	case slices.Contains(x.Shape()[1:], 0):
		err = errors.New("an image has no elements")
	default:
		o.image = [2]int(x.Shape()[2:])
		_, err = o.windows()
	}
	if err != nil {
		tensor.Misuse("unfold", err, given)
	}
	return tensor.Apply(o, x)
}

// Fold adds what the cells of windows hold to the elements that they look at,
// in images of the given height and width: the transpose of [Unfold].
//
//	shape:  [n, c·kh·kw, windows] → [n, c, size...]; without n for one image
//	dtype:  floating point
//	panics: *tensor.Error for other shapes and dtypes, and if the windows are not as many as slide over the images
//	source: torch.nn.functional.fold
func Fold(x *tensor.Tensor, size []int, w Window) *tensor.Tensor {
	if x != nil && x.Dim() == 2 {
		return fold(x.Unsqueeze(0), x, size, w).Squeeze(0)
	}
	return fold(x, x, size, w)
}

func fold(x, given *tensor.Tensor, size []int, w Window) *tensor.Tensor {
	o := &foldOp{}
	err := o.set(w)
	switch {
	case x == nil:
		err = errors.New("the input is nil")
	case err != nil:
	case x.Dim() != 3:
		err = fmt.Errorf("the input has %d dims; want 3, or 2 for one image", x.Dim())
	case !x.DType().IsFloat():
		err = fmt.Errorf("dtype %v; want a floating-point dtype", x.DType())
	default:
		err = o.fits(x, size)
	}
	if err != nil {
		tensor.Misuse("fold", err, given)
	}
	return tensor.Apply(o, x)
}

// fits sets the image's size and holds x to it.
func (o *foldOp) fits(x *tensor.Tensor, size []int) error {
	if len(size) == 1 {
		size = []int{size[0], size[0]}
	}
	if len(size) != 2 || slices.Min(size) < 1 || slices.Max(size) > math.MaxInt32 {
		return fmt.Errorf("the size is %v; want two numbers, 1 or more", size)
	}
	o.image = [2]int(size)
	n, err := o.windows()
	cells := o.Size[1] * o.Size[2]
	switch {
	case err != nil:
		return err
	case x.Size(1) == 0 || x.Size(1)%cells != 0:
		return fmt.Errorf("dim -2 is %d; want a multiple of the %d cells of a window", x.Size(1), cells)
	case x.Size(2) != n[0]*n[1]:
		return fmt.Errorf("dim -1 is %d; want %d for %d by %d windows", x.Size(2), n[0]*n[1], n[0], n[1])
	}
	return nil
}

// A lowering is what the two ops share.
type lowering struct {
	device.Window
	image [2]int
}

func (o *lowering) Attr() any { return o.Window }

// set checks a window.
func (o *lowering) set(w Window) error {
	one := [3]int{1, 1, 1}
	o.Window = device.Window{Size: one, Stride: one, Dilation: one}
	for _, f := range []struct {
		name  string
		given []int
		to    *[3]int
		low   int
	}{{"kernel size", w.Kernel, &o.Size, 1}, {"stride", w.Stride, &o.Stride, 1}, {"padding", w.Padding, &o.Padding, 0}, {"dilation", w.Dilation, &o.Dilation, 1}} {
		if f.given == nil && f.name != "kernel size" {
			continue
		}
		if n := len(f.given); n != 1 && n != 2 {
			return fmt.Errorf("%s %v has %d numbers; want 1 or 2", f.name, f.given, n)
		}
		for i := range 2 {
			v := f.given[i%len(f.given)]
			if v < f.low || v > math.MaxInt16 {
				return fmt.Errorf("%s is %d; want %d to %d", f.name, v, f.low, math.MaxInt16)
			}
			f.to[1+i] = v
		}
	}
	return nil
}

// windows is how many fit in each dim.
func (o *lowering) windows() (n [2]int, err error) {
	for i := range n {
		span, room := o.Dilation[1+i]*(o.Size[1+i]-1)+1, o.image[i]+2*o.Padding[1+i]
		if span > room {
			return n, fmt.Errorf("the window reaches over %d in dim %d of the image, which with padding has %d", span, i-2, room)
		}
		n[i] = (room-span)/o.Stride[1+i] + 1
	}
	return n, nil
}

type unfoldOp struct{ lowering }

func (*unfoldOp) Name() string          { return "unfold" }
func (*unfoldOp) Kernel() device.Kernel { return device.Unfold }
func (*unfoldOp) Reads() tensor.Reads   { return tensor.Nothing }
func (o *unfoldOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	n, err := o.windows()
	return specOf(in[0].DType(), []int{in[0].Size(0), in[0].Size(1) * o.Size[1] * o.Size[2], n[0] * n[1]}), err
}
func (o *unfoldOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	return tensor.Grads{tensor.Apply(&foldOp{o.lowering}, dy)}
}

type foldOp struct{ lowering }

func (*foldOp) Name() string          { return "fold" }
func (*foldOp) Kernel() device.Kernel { return device.Fold }
func (*foldOp) Reads() tensor.Reads   { return tensor.Nothing }
func (o *foldOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[0].DType(), []int{in[0].Size(0), in[0].Size(1) / (o.Size[1] * o.Size[2]), o.image[0], o.image[1]}), nil
}
func (o *foldOp) Grad(c *tensor.Ctx, dx *tensor.Tensor) tensor.Grads {
	return tensor.Grads{tensor.Apply(&unfoldOp{o.lowering}, dx)}
}
