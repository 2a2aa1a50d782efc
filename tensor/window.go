package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// A ConvOption changes a convolution.
type ConvOption interface{ conv(*windowConfig) }

// A PoolOption changes a pooling.
type PoolOption interface{ pool(*windowConfig) }

// A WindowOption changes either.
type WindowOption interface {
	ConvOption
	PoolOption
}

type (
	windowOption func(*windowConfig)
	convOption   func(*windowConfig)
	poolOption   func(*windowConfig)
)

func (o windowOption) conv(c *windowConfig) { o(c) }
func (o windowOption) pool(c *windowConfig) { o(c) }
func (o convOption) conv(c *windowConfig)   { o(c) }
func (o poolOption) pool(c *windowConfig)   { o(c) }

// Stride sets how far apart windows are: one number for all spatial dims, or
// one each. It is 1 for convolutions and the kernel's size for pooling without it.
func Stride(n ...int) WindowOption { return windowOption(func(c *windowConfig) { c.stride = n }) }

// Padding sets how many elements are added on both sides of each spatial dim:
// zeros for convolutions, nothing that could be a maximum for max pooling.
func Padding(n ...int) WindowOption { return windowOption(func(c *windowConfig) { c.padding = n }) }

// Dilation sets how far apart the elements of one window are, 1 without it.
func Dilation(n ...int) WindowOption { return windowOption(func(c *windowConfig) { c.dilation = n }) }

// Groups splits the channels of a convolution into n groups that do not mix.
func Groups(n int) ConvOption { return convOption(func(c *windowConfig) { c.groups = n }) }

// SamePadding pads so that the result has the input's size: PyTorch's
// padding="same". The stride must be 1.
var SamePadding ConvOption = convOption(func(c *windowConfig) { c.same = true })

// WithReLU makes the result max(y, 0), elementwise, in the same pass: a
// convolution and its ReLU. NaN stays, as in ReLU.
var WithReLU ConvOption = convOption(func(c *windowConfig) { c.relu = true })

// CeilMode rounds the number of windows up: the last one may reach beyond the
// padding, if it starts within the input or the padding before it.
var CeilMode PoolOption = poolOption(func(c *windowConfig) { c.ceil = true })

// ExcludePad makes an average that of the input's elements only, where padding
// counts otherwise.
var ExcludePad PoolOption = poolOption(func(c *windowConfig) { c.excludePad = true })

// Divisor divides the sum of a window by n, where an average pooling divides
// by the number of elements otherwise.
func Divisor(n int) PoolOption {
	return poolOption(func(c *windowConfig) { c.divisor = &n })
}

type windowConfig struct {
	stride, padding, dilation []int
	groups                    int
	same, ceil, excludePad    bool
	relu                      bool
	divisor                   *int
	outputPadding, outputSize []int
	ratio                     []float64
	samples                   *Tensor
}

// A sliding window: the device's, and how it ends.
type sliding struct {
	device.Window
	dims int // spatial dims, 1 to 3
	ceil bool
	same bool
}

// sliding checks a window over the given number of spatial dims.
func (c *windowConfig) sliding(dims int, kernel []int) (sliding, error) {
	s := sliding{dims: dims, ceil: c.ceil, same: c.same}
	for _, f := range []struct {
		name    string
		given   []int
		to      *[3]int
		low     int
		neutral int
		dflt    []int
	}{
		{"kernel size", kernel, &s.Size, 1, 1, nil},
		{"stride", c.stride, &s.Stride, 1, 1, []int{1}},
		{"padding", c.padding, &s.Padding, 0, 0, []int{0}},
		{"dilation", c.dilation, &s.Dilation, 1, 1, []int{1}},
	} {
		if len(f.given) == 0 {
			f.given = f.dflt
		}
		if len(f.given) != 1 && len(f.given) != dims {
			return s, fmt.Errorf("%s %v has %d numbers; want 1 or %d", f.name, f.given, len(f.given), dims)
		}
		*f.to = [3]int{f.neutral, f.neutral, f.neutral}
		for i := range dims {
			v := f.given[i%len(f.given)]
			if v < f.low {
				return s, fmt.Errorf("%s is %d; want at least %d", f.name, v, f.low)
			}
			if v > maxElements {
				return s, fmt.Errorf("%s is %d; want at most %d", f.name, v, maxElements)
			}
			f.to[3-dims+i] = v
		}
	}
	for i, k := range s.Size {
		if k-1 > maxElements/s.Dilation[i] { // or span would overflow
			return s, fmt.Errorf("a window of %d elements with dilation %d is too large", k, s.Dilation[i])
		}
	}
	return s, nil
}

// image returns the spatial dims of a batch of images as a window counts them.
func image(v *device.Spec) [3]int {
	d := [3]int{1, 1, 1}
	n := int(v.Rank) - 2
	copy(d[3-n:], v.Dim[2:2+n])
	return d
}

// span is how many elements a window's cells reach over.
func (s *sliding) span(i int) int { return s.Dilation[i]*(s.Size[i]-1) + 1 }

// count is how many windows fit in each dim of an image.
func (s *sliding) count(in [3]int) (out [3]int, err error) {
	for i := range in {
		if s.same {
			out[i] = in[i]
			continue
		}
		room := in[i] + 2*s.Padding[i] - s.span(i)
		if s.ceil {
			room += s.Stride[i] - 1
		}
		if room < 0 {
			return out, fmt.Errorf("the window reaches over %d in dim %d of the image, which with padding has %d",
				s.span(i), i-3, in[i]+2*s.Padding[i])
		}
		out[i] = room/s.Stride[i] + 1
		if s.ceil && (out[i]-1)*s.Stride[i] >= in[i]+s.Padding[i] {
			out[i]--
		}
	}
	return out, nil
}

// result is the shape of n images with c channels, one element a window.
func (s *sliding) result(in *device.Spec, c int) (device.Spec, error) {
	out, err := s.count(image(in))
	if err != nil {
		return device.Spec{}, err
	}
	if product(append(s.Size[:], out[:]...)) > maxCells {
		return device.Spec{}, fmt.Errorf("%v windows of %v have too many cells", out[3-s.dims:], s.Size[3-s.dims:])
	}
	return shapeSpec(in.DType, append([]int{in.Dim[0], c}, out[3-s.dims:]...))
}

// maxCells is how many cells all windows over one image may have. Kernels list
// them; a window this large is a mistake.
const maxCells = min(1<<33, maxElements)

// wantImages refuses a tensor that is not [batch, channels, ...].
func wantImages(s *device.Spec, dims int) error {
	if int(s.Rank) != dims+2 {
		return fmt.Errorf("the input has %d dims; want %d, or %d for one image", s.Rank, dims+2, dims+1)
	}
	return nil
}

// wantChannels refuses, for pooling, images without channels too.
func wantChannels(s *device.Spec, dims int) error {
	if err := wantImages(s, dims); err != nil {
		return err
	}
	if s.Dim[1] == 0 {
		return errors.New("the input has no channels")
	}
	return nil
}

// batched calls f on images, and on one image without a batch dim as on a
// batch of one.
func (t *Tensor) batched(dims int, f func(*Tensor) []*Tensor) []*Tensor {
	if t == nil || t.Dim() != dims+1 {
		return f(t)
	}
	out := f(t.Unsqueeze(0))
	for i, y := range out {
		out[i] = y.Select(0, 0)
	}
	return out
}

// unfoldOp is the definition of every sliding window: [n, c, ...] → [n, c,
// cells, windows], what each cell of each window sees, 0 in the padding. Its
// gradient is foldOp, and the other way round.
type unfoldOp struct {
	sliding
	in, out [3]int
}

func (unfoldOp) Name() string          { return "unfold" }
func (unfoldOp) Kernel() device.Kernel { return device.NoKernel }
func (unfoldOp) Reads() Reads          { return Nothing }
func (o unfoldOp) Infer(in []*Tensor) (device.Spec, error) {
	s := in[0].spec()
	return device.Spec{DType: s.DType, Rank: 4, Dim: [device.MaxRank]int{s.Dim[0], s.Dim[1], volume(o.Size), volume(o.out)}}, nil
}
func (o unfoldOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{Apply(foldOp(o), dy)} }
func (o unfoldOp) Body(in []*Tensor) *Tensor {
	before, after := o.padding()
	x := in[0].Reshape(in[0].Size(0), in[0].Size(1), o.in[0], o.in[1], o.in[2]).pad(before, after)
	y := x.see(windowsOp(o)).Permute(0, 1, 5, 6, 7, 2, 3, 4)
	return y.Reshape(x.Size(0), x.Size(1), volume(o.Size), volume(o.out))
}

// padding is what the windows see around the image; less than nothing where
// they leave out its end.
func (o unfoldOp) padding() (before, after [device.MaxRank]int) {
	for i := range 3 {
		before[2+i] = o.Padding[i]
		after[2+i] = (o.out[i]-1)*o.Stride[i] + o.span(i) - o.in[i] - o.Padding[i]
	}
	return before, after
}

func volume(d [3]int) int { return d[0] * d[1] * d[2] }

// windowsOp is the view [n, c, windows..., cells...] of padded images. It
// shows elements twice, so it has no gradient of its own: unfoldOp has it.
type windowsOp unfoldOp

func (windowsOp) Name() string { return "windows" }
func (o windowsOp) view(v *device.View) error {
	v.Rank = 8
	for i := range 3 {
		v.Dim[5+i], v.Stride[5+i] = o.Size[i], v.Stride[2+i]*o.Dilation[i]
		v.Dim[2+i], v.Stride[2+i] = o.out[i], v.Stride[2+i]*o.Stride[i]
	}
	return nil
}
func (windowsOp) grad(dy *Tensor, in *device.Spec) *Tensor { return nil }

// foldOp adds what the cells of windows hold to the elements that they look at.
type foldOp unfoldOp

func (foldOp) Name() string          { return "fold" }
func (foldOp) Kernel() device.Kernel { return device.NoKernel }
func (foldOp) Reads() Reads          { return Nothing }
func (o foldOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	s.Rank = uint8(2 + o.dims)
	clear(s.Dim[2:])
	copy(s.Dim[2:], o.in[3-o.dims:])
	return s, nil
}
func (o foldOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{Apply(unfoldOp(o), dy)} }
func (o foldOp) Body(in []*Tensor) *Tensor {
	before, after := unfoldOp(o).padding()
	n, c := in[0].Size(0), in[0].Size(1)
	z := like(in[0]).Zeros(n, c, before[2]+o.in[0]+after[2], before[3]+o.in[1]+after[3], before[4]+o.in[2]+after[4])
	for k := range volume(o.Size) {
		cell := [3]int{k / o.Size[2] / o.Size[1], k / o.Size[2] % o.Size[1], k % o.Size[2]}
		to := z.NoGrad()
		for i := range 3 {
			start := cell[i] * o.Dilation[i]
			to = to.Slice(2+i, start, start+(o.out[i]-1)*o.Stride[i]+1, o.Stride[i])
		}
		to.AddInPlace(in[0].Select(2, k).Reshape(n, c, o.out[0], o.out[1], o.out[2]))
	}
	for i := range before {
		before[i], after[i] = -before[i], -after[i]
	}
	spec, _ := o.Infer(in)
	return z.pad(before, after).Reshape(spec.Shape()...)
}
