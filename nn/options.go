package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

// NoBias leaves out the bias of a Linear, a convolution, a recurrent layer,
// attention or a normalisation.
var NoBias noBias

type noBias struct{}

// Gen makes a layer draw its random numbers from g instead of the default
// generator.
func Gen(g *tensor.Generator) GenOption { return GenOption{g} }

// A GenOption is an option of every layer that draws random numbers.
type GenOption struct{ g *tensor.Generator }

// weightAndBias draws the parameters of a Linear or convolution, whose weight
// has the given shape, as PyTorch does: first the weight, then the bias, both
// uniform in ±1/√fan-in.
func weightAndBias(g *tensor.Generator, bias bool, shape ...int) (w, b *tensor.Tensor) {
	return weightAndBiasOf(shape[0], g, bias, shape)
}

// weightAndBiasOf is weightAndBias for a bias of n numbers.
func weightAndBiasOf(n int, g *tensor.Generator, bias bool, shape []int) (w, b *tensor.Tensor) {
	w = tensor.Empty(shape...)
	nninit.KaimingUniform(w, nninit.LeakyReLU(math.Sqrt(5)), nninit.Gen(g))
	w.RequireGrad()
	if bias {
		fanIn := 1
		for _, d := range shape[1:] {
			fanIn *= d
		}
		bound := 0.0
		if fanIn > 0 {
			bound = 1 / math.Sqrt(float64(fanIn))
		}
		b = tensor.Make{Gen: g}.Uniform(-bound, bound, n).RequireGrad()
	}
	return w, b
}

// wantSizes refuses negative ones.
func wantSizes(op, what string, sizes ...int) {
	if slices.Min(sizes) < 0 {
		tensor.Misuse(op, fmt.Errorf("%s %v; want 0 or more", what, sizes))
	}
}

// wantProbability refuses what is none; what is its name and a verb.
func wantProbability(op, what string, p float64) {
	if !(p >= 0 && p <= 1) {
		tensor.Misuse(op, fmt.Errorf("%s %v; want 0 to 1", what, p))
	}
}

// wantInput refuses nil.
func wantInput(op string, x *tensor.Tensor) {
	if x == nil {
		tensor.Misuse(op, errors.New("the input is nil"))
	}
}

// wantTarget refuses nil for either.
func wantTarget(op string, x, target *tensor.Tensor) {
	if x == nil || target == nil {
		tensor.Misuse(op, errors.New("the input or the target is nil"), x, target)
	}
}

// scaleAndShift makes the parameters of a normalisation: ones, and zeros.
func scaleAndShift(none, noBias bool, shape ...int) (w, b *tensor.Tensor) {
	if none {
		return nil, nil
	}
	w = tensor.Ones(shape...).RequireGrad()
	if !noBias {
		b = tensor.Zeros(shape...).RequireGrad()
	}
	return w, b
}

// wantReady refuses a nil input, and a layer that is the zero value of its type.
func wantReady(op string, x, weight *tensor.Tensor) {
	wantInput(op, x)
	if weight == nil {
		tensor.Misuse(op, errors.New("the layer has no Weight; make it with its New function"), x)
	}
}

// wantWindow refuses a window that cannot slide.
func wantWindow(op string, kernel, stride, padding, dilation []int) {
	for _, f := range []struct {
		name  string
		given []int
		low   int
	}{{"kernel size", kernel, 1}, {"stride", stride, 1}, {"padding", padding, 0}, {"dilation", dilation, 1}} {
		if n := len(f.given); n > 1 && n != len(kernel) {
			tensor.Misuse(op, fmt.Errorf("%s %v has %d numbers; want 1 or %d", f.name, f.given, n, len(kernel)))
		}
		for _, v := range f.given {
			if v < f.low {
				tensor.Misuse(op, fmt.Errorf("%s is %d; want at least %d", f.name, v, f.low))
			}
		}
	}
}

// last is the last of the options, or what it is without any.
func last[O any](otherwise O, opts []O) O {
	if n := len(opts); n > 0 {
		return opts[n-1]
	}
	return otherwise
}

// A BetaOption is made by [Beta].
type BetaOption float64

// Beta is the sharpness of Softplus, or where a SmoothL1Loss turns from a
// square to a line, 1 without it; or the power of a LocalResponseNorm, 0.75
// without it.
func Beta(b float64) BetaOption { return BetaOption(b) }

// A DimOption is made by [Dim].
type DimOption int

// Dim is the dim that a layer works along. Without it, it is the last for GLU,
// 1 for CosineSimilarity, and 0 for WeightNorm and SpectralNorm.
func Dim(d int) DimOption { return DimOption(d) }

// A WindowOption is one of convolutions, max pooling and folding: Dilation.
type WindowOption interface {
	ConvOption
	MaxPoolOption
	FoldOption
}

// A StepOption is one of everything that slides: Stride, Padding.
type StepOption interface {
	WindowOption
	AvgPoolOption
	UnpoolOption
}

// A StrideOption is one of everything that has steps: Stride.
type StrideOption interface {
	StepOption
	LPPoolOption
}

// Stride is how far apart windows are: one number for all dims of the image,
// or one each. Without it, it is 1 for convolutions, and for pooling the size
// of the window.
func Stride(n ...int) StrideOption { return strideOption(n) }

// Padding is how many elements are added on both sides of each dim of the
// image: one number for all, or one each.
func Padding(n ...int) StepOption { return paddingOption(n) }

// Dilation is how far apart the elements of one window are: one number for
// all dims of the image, or one each.
func Dilation(n ...int) WindowOption { return dilationOption(n) }

type (
	strideOption   []int
	paddingOption  []int
	dilationOption []int
)
