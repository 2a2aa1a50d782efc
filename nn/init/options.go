package nninit

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// An Option is one of every function that draws random numbers: Gen.
type Option interface {
	option(*config)
	GainOption
	FanOption
}

// A GainOption changes the Xavier functions and Orthogonal: a [Gain], Gen.
type GainOption interface {
	gainOption(*config)
	FanOption
}

// A FanOption changes the Kaiming functions: a [Gain], FanOut, Gen.
type FanOption interface{ fanOption(*config) }

type config struct {
	gen    *tensor.Generator
	gain   Gain
	fanOut bool
}

// Gen draws from g instead of the default generator; nil is that one.
func Gen(g *tensor.Generator) Option { return genOption{g} }

type genOption struct{ g *tensor.Generator }

func (o genOption) option(c *config)     { c.gen = o.g }
func (o genOption) gainOption(c *config) { c.gen = o.g }
func (o genOption) fanOption(c *config)  { c.gen = o.g }

// FanOut keeps the variance of gradients on the way back, instead of that of
// values on the way forward.
var FanOut fanOut

type fanOut struct{}

func (fanOut) fanOption(c *config) { c.fanOut = true }

// A Gain is the factor by which the nonlinearity after a layer asks for larger
// weights.
//
//	source: torch.nn.init.calculate_gain
type Gain float64

// The gains of the nonlinearities; Linear is that of convolutions too.
const (
	Linear  Gain = 1
	Sigmoid Gain = 1
	Tanh    Gain = 5.0 / 3
	ReLU    Gain = math.Sqrt2
	SELU    Gain = 3.0 / 4
)

// LeakyReLU returns the gain √(2/(1+slope²)).
func LeakyReLU(slope float64) Gain {
	square := slope * slope
	return Gain(math.Sqrt(2 / (1 + square)))
}

func (g Gain) gainOption(c *config) { c.gain = g }
func (g Gain) fanOption(c *config)  { c.gain = g }

// fans are the numbers of inputs and outputs that a weight connects: dims 1
// and 0, each times the size of the kernel in the dims after them.
func fans(op string, t *tensor.Tensor) (in, out float64) {
	shape := t.Shape()
	if len(shape) < 2 {
		tensor.Misuse(op, fmt.Errorf("%d dims; want at least 2 for fan-in and fan-out", len(shape)), t)
	}
	kernel := 1
	for _, d := range shape[2:] {
		kernel *= d
	}
	return float64(shape[1] * kernel), float64(shape[0] * kernel)
}

// wantDims refuses a t that is not floating point or has not the right number of dims.
func wantDims(op string, t *tensor.Tensor, lo, hi int) {
	if !t.DType().IsFloat() {
		tensor.Misuse(op, fmt.Errorf("dtype is %v; want floating point", t.DType()), t)
	}
	switch n := t.Dim(); {
	case lo == hi && n != lo:
		tensor.Misuse(op, fmt.Errorf("%d dims; want %d", n, lo), t)
	case n < lo:
		tensor.Misuse(op, fmt.Errorf("%d dims; want at least %d", n, lo), t)
	case n > hi:
		tensor.Misuse(op, fmt.Errorf("%d dims; want at most %d", n, hi), t)
	}
}
