package nn

import "github.com/facula-ml/facula/tensor"

// ReLU is max(x, 0).
//
//	source: torch.nn.ReLU
type ReLU struct{ _ distinct }

// NewReLU returns a ReLU.
func NewReLU() *ReLU { return &ReLU{} }

// Forward applies it to each element of x.
func (l *ReLU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.ReLU()) }

// LeakyReLU is x where x >= 0, and NegativeSlope·x elsewhere.
//
//	source: torch.nn.LeakyReLU
type LeakyReLU struct{ NegativeSlope float64 }

// A LeakyReLUOption changes [NewLeakyReLU]: NegativeSlope.
type LeakyReLUOption interface{ leakyReLU(*LeakyReLU) }

// NegativeSlope is the slope of a LeakyReLU below 0, 0.01 without it.
func NegativeSlope(s float64) LeakyReLUOption { return negativeSlope(s) }

type negativeSlope float64

func (s negativeSlope) leakyReLU(l *LeakyReLU) { l.NegativeSlope = float64(s) }

// NewLeakyReLU returns a LeakyReLU.
func NewLeakyReLU(opts ...LeakyReLUOption) *LeakyReLU {
	l := &LeakyReLU{0.01}
	for _, o := range opts {
		o.leakyReLU(l)
	}
	return l
}

// Forward applies it to each element of x.
func (l *LeakyReLU) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LeakyReLU(l.NegativeSlope))
}

// GELU is x·Φ(x), where Φ is the distribution function of the standard normal
// distribution, or its approximation by a tanh.
//
//	source: torch.nn.GELU
type GELU struct{ Tanh bool }

// A GELUOption changes [NewGELU]: ApproximateTanh.
type GELUOption interface{ gelu(*GELU) }

// ApproximateTanh makes a GELU use a tanh, as GPT-2 does.
var ApproximateTanh approximateTanh

type approximateTanh struct{}

func (approximateTanh) gelu(l *GELU) { l.Tanh = true }

// NewGELU returns a GELU.
func NewGELU(opts ...GELUOption) *GELU {
	l := &GELU{}
	for _, o := range opts {
		o.gelu(l)
	}
	return l
}

// Forward applies it to each element of x.
func (l *GELU) Forward(x *tensor.Tensor) *tensor.Tensor {
	if l.Tanh {
		return tensor.Observed(l, x, x.GELUTanh())
	}
	return tensor.Observed(l, x, x.GELU())
}

// SiLU is x·σ(x), also known as swish.
//
//	source: torch.nn.SiLU
type SiLU struct{ _ distinct }

// NewSiLU returns a SiLU.
func NewSiLU() *SiLU { return &SiLU{} }

// Forward applies it to each element of x.
func (l *SiLU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.SiLU()) }

// Sigmoid is σ(x) = 1/(1 + e⁻ˣ).
//
//	source: torch.nn.Sigmoid
type Sigmoid struct{ _ distinct }

// NewSigmoid returns a Sigmoid.
func NewSigmoid() *Sigmoid { return &Sigmoid{} }

// Forward applies it to each element of x.
func (l *Sigmoid) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.Sigmoid()) }

// Tanh is the hyperbolic tangent.
//
//	source: torch.nn.Tanh
type Tanh struct{ _ distinct }

// NewTanh returns a Tanh.
func NewTanh() *Tanh { return &Tanh{} }

// Forward applies it to each element of x.
func (l *Tanh) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.Tanh()) }

// Softplus is log(1 + e^(Beta·x))/Beta, and x where Beta·x is above Threshold.
//
//	source: torch.nn.Softplus
type Softplus struct{ Beta, Threshold float64 }

// A SoftplusOption changes [NewSoftplus]: Beta, LinearAbove.
type SoftplusOption interface{ softplus(*Softplus) }

// LinearAbove is the Threshold of a Softplus, 20 without it.
func LinearAbove(threshold float64) SoftplusOption { return linearAbove(threshold) }

type linearAbove float64

func (t linearAbove) softplus(l *Softplus) { l.Threshold = float64(t) }
func (b BetaOption) softplus(l *Softplus)  { l.Beta = float64(b) }

// NewSoftplus returns a Softplus.
func NewSoftplus(opts ...SoftplusOption) *Softplus {
	l := &Softplus{Beta: 1, Threshold: 20}
	for _, o := range opts {
		o.softplus(l)
	}
	return l
}

// Forward applies it to each element of x.
func (l *Softplus) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Softplus(l.Beta, l.Threshold))
}

// Softmax is eˣ over the sum of eˣ along Dim.
//
//	source: torch.nn.Softmax
type Softmax struct{ Dim int }

// NewSoftmax returns a Softmax along dim; -1 is the last.
func NewSoftmax(dim int) *Softmax { return &Softmax{dim} }

// Forward returns a tensor of x's shape.
//
//	panics: *tensor.Error if x has no such dim
func (l *Softmax) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Softmax(l.Dim))
}

// LogSoftmax is the logarithm of Softmax.
//
//	source: torch.nn.LogSoftmax
type LogSoftmax struct{ Dim int }

// NewLogSoftmax returns a LogSoftmax along dim; -1 is the last.
func NewLogSoftmax(dim int) *LogSoftmax { return &LogSoftmax{dim} }

// Forward returns a tensor of x's shape.
//
//	panics: *tensor.Error if x has no such dim
func (l *LogSoftmax) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LogSoftmax(l.Dim))
}
