package nn

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// Upsample resizes signals, images or volumes, see [vision.Interpolate].
//
//	source: torch.nn.Upsample
type Upsample struct {
	Size           []int     // or
	Scale          []float64 // one number for all dims, or one each
	Mode           vision.Mode
	AlignCorners   bool
	RecomputeScale bool
}

// An UpsampleOption changes an Upsample: OutputSize, ScaleFactor, Interpolation,
// AlignCorners, RecomputeScale.
type UpsampleOption interface{ upsample(*Upsample) }

// ScaleFactor is the size of the output as a multiple of the input's: one
// number for all dims of the image, or one each.
func ScaleFactor(f ...float64) UpsampleOption { return scaleFactor(f) }

// Interpolation is the mode of an Upsample, [vision.Nearest] without it.
func Interpolation(m vision.Mode) UpsampleOption { return interpolation(m) }

// AlignCorners makes the elements at the corners of input and output fall together.
var AlignCorners UpsampleOption = upsampleFlag(func(l *Upsample) { l.AlignCorners = true })

// RecomputeScale places elements by the sizes of input and output, instead of by ScaleFactor.
var RecomputeScale UpsampleOption = upsampleFlag(func(l *Upsample) { l.RecomputeScale = true })

type (
	scaleFactor   []float64
	interpolation vision.Mode
	upsampleFlag  func(*Upsample)
)

func (o outputSize) upsample(l *Upsample)    { l.Size = o }
func (o scaleFactor) upsample(l *Upsample)   { l.Scale = o }
func (o interpolation) upsample(l *Upsample) { l.Mode = vision.Mode(o) }
func (f upsampleFlag) upsample(l *Upsample)  { f(l) }

// NewUpsample returns a layer that resizes to an OutputSize or by a ScaleFactor.
//
//	panics: *tensor.Error unless one of the two is given
func NewUpsample(opts ...UpsampleOption) *Upsample {
	l := newUpsample("upsample", vision.Nearest, opts)
	return &l
}

func newUpsample(op string, mode vision.Mode, opts []UpsampleOption) Upsample {
	l := Upsample{Mode: mode}
	for _, o := range opts {
		o.upsample(&l)
	}
	if (len(l.Size) == 0) == (len(l.Scale) == 0) {
		tensor.Misuse(op, errors.New("want an OutputSize or a ScaleFactor, and not both"))
	}
	return l
}

// Forward returns x resized.
//
//	panics: *tensor.Error for shapes that do not fit the mode
func (l *Upsample) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.resize(x))
}

func (l *Upsample) resize(x *tensor.Tensor) *tensor.Tensor {
	opts := []vision.InterpolateOption{l.Mode}
	if len(l.Size) > 0 {
		opts = append(opts, vision.Size(l.Size...))
	}
	if len(l.Scale) > 0 {
		opts = append(opts, vision.Scale(l.Scale...))
	}
	if l.AlignCorners {
		opts = append(opts, vision.AlignCorners)
	}
	if l.RecomputeScale {
		opts = append(opts, vision.RecomputeScale)
	}
	return vision.Interpolate(x, opts...)
}

// UpsamplingNearest2d is an Upsample of images by the nearest element.
//
//	source: torch.nn.UpsamplingNearest2d
type UpsamplingNearest2d struct{ Upsampling }

// UpsamplingBilinear2d is an Upsample of images by bilinear sums, with aligned corners.
//
//	source: torch.nn.UpsamplingBilinear2d
type UpsamplingBilinear2d struct{ Upsampling }

// Upsampling says how large the output of an Upsample with a fixed mode is.
type Upsampling struct {
	Size  []int     // or
	Scale []float64 // one number for all dims, or one each
}

// NewUpsamplingNearest2d returns a layer that resizes to an OutputSize or by a ScaleFactor.
//
//	panics: *tensor.Error unless one of the two is given
func NewUpsamplingNearest2d(opts ...UpsampleOption) *UpsamplingNearest2d {
	l := newUpsample("upsampling_nearest2d", vision.Nearest, opts)
	return &UpsamplingNearest2d{Upsampling{l.Size, l.Scale}}
}

// NewUpsamplingBilinear2d returns a layer that resizes to an OutputSize or by a ScaleFactor.
//
//	panics: *tensor.Error unless one of the two is given
func NewUpsamplingBilinear2d(opts ...UpsampleOption) *UpsamplingBilinear2d {
	l := newUpsample("upsampling_bilinear2d", vision.Bilinear, opts)
	return &UpsamplingBilinear2d{Upsampling{l.Size, l.Scale}}
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape [n, c, h, w].
//
//	panics: *tensor.Error for other shapes
func (l *UpsamplingNearest2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	u := Upsample{Size: l.Size, Scale: l.Scale, Mode: vision.Nearest}
	return tensor.Observed(l, x, u.resize(x))
}

// Forward returns a tensor of shape [n, c, h', w'] for x of shape [n, c, h, w].
//
//	panics: *tensor.Error for other shapes
func (l *UpsamplingBilinear2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	u := Upsample{Size: l.Size, Scale: l.Scale, Mode: vision.Bilinear, AlignCorners: true}
	return tensor.Observed(l, x, u.resize(x))
}
