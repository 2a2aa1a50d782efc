package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Functions of each element that have numbers to choose.

// An AlphaOption is made by [Alpha].
type AlphaOption float64

// Alpha is how deep an ELU or CELU goes below 0, 1 without it; or the factor of
// the squares in a LocalResponseNorm, 1e-4 without it.
func Alpha(a float64) AlphaOption { return AlphaOption(a) }

// ELU is x where x > 0, and Alpha·(eˣ - 1) elsewhere.
//
//	source: torch.nn.ELU
type ELU struct{ Alpha float64 }

// NewELU returns an ELU.
func NewELU(opts ...AlphaOption) *ELU { return &ELU{float64(last(1, opts))} }

// Forward applies it to each element of x.
func (l *ELU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.ELU(l.Alpha)) }

// CELU is x where x > 0, and Alpha·(e^(x/Alpha) - 1) elsewhere.
//
//	source: torch.nn.CELU
type CELU struct{ Alpha float64 }

// NewCELU returns a CELU.
func NewCELU(opts ...AlphaOption) *CELU { return &CELU{float64(last(1, opts))} }

// Forward applies it to each element of x.
func (l *CELU) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.CELU(l.Alpha))
}

// A LambdaOption is made by [Lambda].
type LambdaOption float64

// Lambda is the distance from 0 up to which a Hardshrink or Softshrink gives 0,
// 0.5 without it.
func Lambda(l float64) LambdaOption { return LambdaOption(l) }

// Hardshrink is x, but 0 within ±Lambda.
//
//	source: torch.nn.Hardshrink
type Hardshrink struct{ Lambda float64 }

// NewHardshrink returns a Hardshrink.
func NewHardshrink(opts ...LambdaOption) *Hardshrink { return &Hardshrink{float64(last(0.5, opts))} }

// Forward applies it to each element of x.
func (l *Hardshrink) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Hardshrink(l.Lambda))
}

// Softshrink is x moved by Lambda towards 0, and not beyond it.
//
//	source: torch.nn.Softshrink
type Softshrink struct{ Lambda float64 }

// NewSoftshrink returns a Softshrink.
func NewSoftshrink(opts ...LambdaOption) *Softshrink { return &Softshrink{float64(last(0.5, opts))} }

// Forward applies it to each element of x.
func (l *Softshrink) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Softshrink(l.Lambda))
}

// Hardtanh limits x to Min…Max.
//
//	source: torch.nn.Hardtanh
type Hardtanh struct{ Min, Max float64 }

// A HardtanhOption changes [NewHardtanh]: MinVal, MaxVal.
type HardtanhOption func(*Hardtanh)

// MinVal is the least that a Hardtanh gives, -1 without it.
func MinVal(v float64) HardtanhOption { return func(l *Hardtanh) { l.Min = v } }

// MaxVal is the most that a Hardtanh gives, 1 without it.
func MaxVal(v float64) HardtanhOption { return func(l *Hardtanh) { l.Max = v } }

// NewHardtanh returns a Hardtanh.
//
//	panics: *tensor.Error unless MinVal is less than MaxVal
func NewHardtanh(opts ...HardtanhOption) *Hardtanh {
	l := &Hardtanh{-1, 1}
	for _, o := range opts {
		o(l)
	}
	if !(l.Min < l.Max) {
		tensor.Misuse("hardtanh", fmt.Errorf("the limits are %v and %v; want the first to be less", l.Min, l.Max))
	}
	return l
}

// Forward applies it to each element of x.
func (l *Hardtanh) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Hardtanh(l.Min, l.Max))
}

// Threshold is x where x > Threshold, and Value elsewhere.
//
//	source: torch.nn.Threshold
type Threshold struct{ Threshold, Value float64 }

// NewThreshold returns a Threshold.
func NewThreshold(threshold, value float64) *Threshold { return &Threshold{threshold, value} }

// Forward applies it to each element of x; see [tensor.Tensor.Threshold].
func (l *Threshold) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Threshold(l.Threshold, l.Value))
}

// GLU is a·σ(b) of the halves a and b of Dim.
//
//	source: torch.nn.GLU
type GLU struct{ Dim int }

// NewGLU returns a GLU; its Dim is the last unless given.
func NewGLU(opts ...DimOption) *GLU { return &GLU{int(last(-1, opts))} }

// Forward returns a tensor with half of x's elements.
//
//	panics: *tensor.Error if x has no such dim, or its size is odd
func (l *GLU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.GLU(l.Dim)) }

// PReLU is x where x > 0, and Weight·x elsewhere, with one weight for all or
// one for each channel.
//
//	source: torch.nn.PReLU
type PReLU struct{ Weight *tensor.Tensor } // [channels] or [1]

// A PReLUOption changes [NewPReLU]: NumParameters, Init.
type PReLUOption func(*preluConfig)

type preluConfig struct {
	n    int
	init float64
}

// NumParameters is how many weights a PReLU has: 1, as without it, or the
// number of channels.
func NumParameters(n int) PReLUOption { return func(c *preluConfig) { c.n = n } }

// Init is what the weights of a PReLU start from, 0.25 without it.
func Init(v float64) PReLUOption { return func(c *preluConfig) { c.init = v } }

// NewPReLU returns a PReLU.
//
//	panics: *tensor.Error for a negative number of weights
func NewPReLU(opts ...PReLUOption) *PReLU {
	c := preluConfig{1, 0.25}
	for _, o := range opts {
		o(&c)
	}
	wantSizes("prelu", "the weights are", c.n)
	return &PReLU{tensor.Full(c.init, c.n).RequireGrad()}
}

// Forward returns a tensor of x's shape.
//
//	shape:  [batch, channels, ...], any for one weight
//	panics: *tensor.Error for another shape
func (l *PReLU) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantReady("prelu", x, l.Weight)
	return tensor.Observed(l, x, x.PReLU(l.Weight))
}

// RReLU is x where x > 0, and r·x elsewhere, with an r of its own for each
// element, uniform in Lower…Upper; in evaluation mode r is the middle.
//
//	source: torch.nn.RReLU
type RReLU struct {
	Lower, Upper float64
	Gen          *tensor.Generator // nil means the default one
	Training     bool
}

// An RReLUOption changes [NewRReLU]: Lower, Upper, Gen.
type RReLUOption interface{ rrelu(*RReLU) }

type rreluOption func(*RReLU)

func (o rreluOption) rrelu(l *RReLU) { o(l) }
func (o GenOption) rrelu(l *RReLU)   { l.Gen = o.g }

// Lower is the least slope of an RReLU, 1/8 without it.
func Lower(v float64) RReLUOption { return rreluOption(func(l *RReLU) { l.Lower = v }) }

// Upper is the greatest slope of an RReLU, 1/3 without it.
func Upper(v float64) RReLUOption { return rreluOption(func(l *RReLU) { l.Upper = v }) }

// NewRReLU returns an RReLU.
//
//	panics: *tensor.Error unless Lower <= Upper
func NewRReLU(opts ...RReLUOption) *RReLU {
	l := &RReLU{Lower: 1. / 8, Upper: 1. / 3, Training: true}
	for _, o := range opts {
		o.rrelu(l)
	}
	if !(l.Lower <= l.Upper) {
		tensor.Misuse("rrelu", fmt.Errorf("the slopes are %v to %v; want lower <= upper", l.Lower, l.Upper))
	}
	return l
}

// Forward returns a tensor of x's shape.
func (l *RReLU) Forward(x *tensor.Tensor) *tensor.Tensor {
	if l.Training {
		return tensor.Observed(l, x, x.RReLU(l.Lower, l.Upper, l.Gen))
	}
	return tensor.Observed(l, x, x.LeakyReLU((l.Lower+l.Upper)/2))
}
