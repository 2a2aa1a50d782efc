package nn

import (
	"math"

	"github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

// NoBias leaves out the bias of a Linear or convolution.
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
		b = tensor.Make{Gen: g}.Uniform(-bound, bound, shape[0]).RequireGrad()
	}
	return w, b
}

// A BetaOption is made by [Beta].
type BetaOption float64

// Beta is the sharpness of Softplus, or where a SmoothL1Loss turns from a
// square to a line; 1 without it.
func Beta(b float64) BetaOption { return BetaOption(b) }

// A WindowOption is one of convolutions and max pooling: Dilation.
type WindowOption interface {
	ConvOption
	MaxPoolOption
}

// A StepOption is one of everything that slides: Stride, Padding.
type StepOption interface {
	WindowOption
	AvgPoolOption
}

// Stride is how far apart windows are: one number for all dims of the image,
// or one each. Without it, it is 1 for convolutions, and for pooling the size
// of the window.
func Stride(n ...int) StepOption { return strideOption(n) }

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
