package vision

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// An InterpolateOption changes [Interpolate]: Size, Scale, a Mode, AlignCorners,
// RecomputeScale, Antialias.
type InterpolateOption interface{ interpolate(*interpolation) }

type interpolation struct {
	size      []int
	scale     []float64
	mode      Mode
	corners   bool
	recompute bool
	antialias bool
}

// A Mode says which elements around a point count, and how much.
type Mode string

// The modes. GridSample knows Nearest, Bilinear and Bicubic.
const (
	Nearest      Mode = "nearest"       // the element that begins before the point
	NearestExact Mode = "nearest-exact" // the element whose middle is nearest
	Linear       Mode = "linear"        // the two next ones of a signal
	Bilinear     Mode = "bilinear"      // the four next ones of an image
	Trilinear    Mode = "trilinear"     // the eight next ones of a volume
	Bicubic      Mode = "bicubic"       // the sixteen next ones of an image
	Area         Mode = "area"          // the average of all that the new element covers
)

func (m Mode) interpolate(c *interpolation) { c.mode = m }

// Size is the new size: one number for all spatial dims, or one each.
func Size(n ...int) InterpolateOption { return sizeOption(n) }

// Scale is the new size as a multiple of the old one: one number for all
// spatial dims, or one each. What is left of an element is cut off.
func Scale(f ...float64) InterpolateOption { return scaleOption(f) }

// RecomputeScale places the elements by the sizes of both images, instead of by Scale.
var RecomputeScale InterpolateOption = flag(func(c *interpolation) { c.recompute = true })

// Antialias widens the filter of Bilinear or Bicubic where an image becomes smaller,
// so that all of its elements count.
var Antialias InterpolateOption = flag(func(c *interpolation) { c.antialias = true })

// AlignCorners makes the middles of the elements at the corners of both images
// fall together, where otherwise the corners of the images do.
var AlignCorners alignCorners

type (
	sizeOption   []int
	scaleOption  []float64
	flag         func(*interpolation)
	alignCorners struct{}
)

func (o sizeOption) interpolate(c *interpolation)   { c.size = o }
func (o scaleOption) interpolate(c *interpolation)  { c.scale = o }
func (f flag) interpolate(c *interpolation)         { f(c) }
func (alignCorners) interpolate(c *interpolation)   { c.corners = true }
func (alignCorners) affine(c *bool)                 { *c = true }
func (alignCorners) gridSample(c *gridSampleConfig) { c.grid.Corners = true }

// modeDims is how many spatial dims a mode is for, 0 for any.
var modeDims = map[Mode]int{Nearest: 0, NearestExact: 0, Area: 0, Linear: 1, Bilinear: 2, Bicubic: 2, Trilinear: 3}

// Interpolate resizes signals, images or volumes to [Size] or by [Scale], one of
// which must be given. Each new element is a weighted sum of the old ones
// around its place, dim by dim; the [Mode] is Nearest without one.
//
//	shape:  [n, c, …] → [n, c, size…], one to three spatial dims; with the channels
//	        last if x's are, except for Bicubic
//	dtype:  floating point; half precision computes in float32. Nearest takes uint8 too
//	panics: *tensor.Error for other shapes and dtypes, images without elements, and
//	options that do not fit the mode
//	source: torch.nn.functional.interpolate; for the cubic filter Keys, Cubic
//	Convolution Interpolation for Digital Image Processing, 1981
func Interpolate(x *tensor.Tensor, opts ...InterpolateOption) *tensor.Tensor {
	c := interpolation{mode: Nearest}
	for _, o := range opts {
		o.interpolate(&c)
	}
	if err := c.check(x); err != nil {
		tensor.Misuse("interpolate", err, x)
	}
	y := c.apply(x)
	if y == x {
		y = x.Contiguous().Clone()
	}
	if x.IsChannelsLast() && c.mode != Bicubic && c.mode != Area {
		y = y.ChannelsLast()
	}
	return y
}

// check refuses what does not fit, and sets the size.
func (c *interpolation) check(x *tensor.Tensor) error {
	dims, known := modeDims[c.mode]
	switch {
	case x == nil:
		return errors.New("the input is nil")
	case !known:
		return fmt.Errorf("the mode is %q; want one of the constants", c.mode)
	case x.Dim() < 3 || x.Dim() > 5 || dims > 0 && x.Dim() != dims+2:
		return fmt.Errorf("the input has %d dims; want %s for the mode %s", x.Dim(), dimsText(dims), c.mode)
	case slices.Contains(x.Shape()[1:], 0):
		return errors.New("an image has no elements")
	case !x.DType().IsFloat() && !(x.DType() == tensor.UInt8 && (c.mode == Nearest || c.mode == NearestExact)):
		return fmt.Errorf("dtype %v; want a floating-point dtype, or uint8 for the nearest element", x.DType())
	case c.corners && (dims == 0):
		return fmt.Errorf("want no AlignCorners but for weighted sums; the mode is %s", c.mode)
	case c.antialias && c.mode != Bilinear && c.mode != Bicubic:
		return fmt.Errorf("want no Antialias but for Bilinear and Bicubic; the mode is %s", c.mode)
	case (c.size == nil) == (c.scale == nil):
		return errors.New("want a size or a scale, and not both")
	case c.size != nil && c.recompute:
		return errors.New("want a scale with RecomputeScale, not a size")
	}
	return c.resize(x)
}

func dimsText(dims int) string {
	if dims == 0 {
		return "3 to 5"
	}
	return fmt.Sprint(dims + 2)
}

// resize sets one size, and one scale if there is any, for each dim.
func (c *interpolation) resize(x *tensor.Tensor) error {
	dims := x.Dim() - 2
	if n := max(len(c.size), len(c.scale)); n != 1 && n != dims {
		return fmt.Errorf("%d numbers for the size; want 1 or %d", n, dims)
	}
	size, scale := make([]int, dims), make([]float64, dims)
	for i := range dims {
		if c.size != nil {
			size[i] = c.size[i%len(c.size)]
		} else {
			scale[i] = c.scale[i%len(c.scale)]
			size[i] = int(min(math.Floor(float64(x.Size(2+i))*scale[i]), math.MaxInt32))
		}
		if size[i] < 1 || !(scale[i] >= 0) {
			return fmt.Errorf("dim %d of the result would be %d; want at least 1", i-dims, size[i])
		}
		if size[i] >= math.MaxInt32 {
			return fmt.Errorf("dim %d of the result would be too large", i-dims)
		}
	}
	if c.size = size; c.scale == nil || c.recompute {
		c.scale = make([]float64, dims) // as the sizes say
	} else {
		c.scale = scale
	}
	return nil
}

// apply resizes dim by dim.
func (c *interpolation) apply(x *tensor.Tensor) *tensor.Tensor {
	if c.mode == Area {
		switch x.Dim() {
		case 3:
			return x.AdaptiveAvgPool1d(c.size...)
		case 4:
			return x.AdaptiveAvgPool2d(c.size...)
		}
		return x.AdaptiveAvgPool3d(c.size...)
	}
	y, d := x, x.DType()
	if d == tensor.Float16 || d == tensor.BFloat16 {
		y = x.Cast(tensor.Float32)
	}
	wide := y
	for _, i := range c.order(x) {
		taps := c.taps(x.Size(2+i), i, d)
		switch {
		case taps == nil: // nothing changes
		case d == tensor.UInt8:
			from := make([]int64, len(taps.At))
			for k, at := range taps.At {
				from[k] = int64(at)
			}
			y = y.IndexSelect(2+i, tensor.Of(from, len(from)).To(x.Device()))
		default:
			taps.Dim = 2 + i
			y = tensor.Apply(&resampleOp{taps: taps, in: x.Size(2 + i)}, y)
		}
	}
	if y == wide {
		return x
	}
	return y.Cast(d)
}

// order is the order of the dims: first those that become smaller, from the
// first on, where whole rows are added; then the others, the last one of
// which has rows to copy only.
func (c *interpolation) order(x *tensor.Tensor) []int {
	var order []int
	for i := range c.size {
		if c.size[i] < x.Size(2+i) {
			order = append(order, i)
		}
	}
	for i := len(c.size) - 1; i >= 0; i-- {
		if c.size[i] >= x.Size(2+i) {
			order = append(order, i)
		}
	}
	return order
}
