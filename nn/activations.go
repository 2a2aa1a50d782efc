package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// More functions of each element; activation.go has the common ones.

// ReLU6 is min(max(x, 0), 6); see [tensor.Tensor.ReLU6].
//
//	source: torch.nn.ReLU6
type ReLU6 struct{ _ distinct }

// NewReLU6 returns a ReLU6.
func NewReLU6() *ReLU6 { return &ReLU6{} }

// Forward applies it to each element of x.
func (l *ReLU6) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.ReLU6()) }

// SELU is a scaled ELU that keeps a mean of 0 and a variance of 1; see [tensor.Tensor.SELU].
//
//	source: torch.nn.SELU
type SELU struct{ _ distinct }

// NewSELU returns an SELU.
func NewSELU() *SELU { return &SELU{} }

// Forward applies it to each element of x.
func (l *SELU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.SELU()) }

// Hardsigmoid is min(max(x+3, 0), 6)/6; see [tensor.Tensor.Hardsigmoid].
//
//	source: torch.nn.Hardsigmoid
type Hardsigmoid struct{ _ distinct }

// NewHardsigmoid returns a Hardsigmoid.
func NewHardsigmoid() *Hardsigmoid { return &Hardsigmoid{} }

// Forward applies it to each element of x.
func (l *Hardsigmoid) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Hardsigmoid())
}

// Hardswish is x·min(max(x+3, 0), 6)/6; see [tensor.Tensor.Hardswish].
//
//	source: torch.nn.Hardswish
type Hardswish struct{ _ distinct }

// NewHardswish returns a Hardswish.
func NewHardswish() *Hardswish { return &Hardswish{} }

// Forward applies it to each element of x.
func (l *Hardswish) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Hardswish())
}

// Mish is x·tanh(ln(1 + eˣ)); see [tensor.Tensor.Mish].
//
//	source: torch.nn.Mish
type Mish struct{ _ distinct }

// NewMish returns a Mish.
func NewMish() *Mish { return &Mish{} }

// Forward applies it to each element of x.
func (l *Mish) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.Mish()) }

// Softsign is x/(1 + |x|); see [tensor.Tensor.Softsign].
//
//	source: torch.nn.Softsign
type Softsign struct{ _ distinct }

// NewSoftsign returns a Softsign.
func NewSoftsign() *Softsign { return &Softsign{} }

// Forward applies it to each element of x.
func (l *Softsign) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Softsign())
}

// Tanhshrink is x - tanh x; see [tensor.Tensor.Tanhshrink].
//
//	source: torch.nn.Tanhshrink
type Tanhshrink struct{ _ distinct }

// NewTanhshrink returns a Tanhshrink.
func NewTanhshrink() *Tanhshrink { return &Tanhshrink{} }

// Forward applies it to each element of x.
func (l *Tanhshrink) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Tanhshrink())
}

// LogSigmoid is ln σ(x); see [tensor.Tensor.LogSigmoid].
//
//	source: torch.nn.LogSigmoid
type LogSigmoid struct{ _ distinct }

// NewLogSigmoid returns a LogSigmoid.
func NewLogSigmoid() *LogSigmoid { return &LogSigmoid{} }

// Forward applies it to each element of x.
func (l *LogSigmoid) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LogSigmoid())
}

// ELU is x where x > 0, and Alpha·(eˣ - 1) elsewhere.
//
//	source: torch.nn.ELU
type ELU struct{ Alpha float64 }

// NewELU returns an ELU; PyTorch's alpha is 1 where none is given.
func NewELU(alpha float64) *ELU { return &ELU{alpha} }

// Forward applies it to each element of x.
func (l *ELU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.ELU(l.Alpha)) }

// CELU is x where x > 0, and Alpha·(e^(x/Alpha) - 1) elsewhere.
//
//	source: torch.nn.CELU
type CELU struct{ Alpha float64 }

// NewCELU returns a CELU; PyTorch's alpha is 1 where none is given.
func NewCELU(alpha float64) *CELU { return &CELU{alpha} }

// Forward applies it to each element of x.
func (l *CELU) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.CELU(l.Alpha))
}

// Hardshrink is x, but 0 within ±Lambda.
//
//	source: torch.nn.Hardshrink
type Hardshrink struct{ Lambda float64 }

// NewHardshrink returns a Hardshrink; PyTorch's lambda is 0.5 where none is given.
func NewHardshrink(lambda float64) *Hardshrink { return &Hardshrink{lambda} }

// Forward applies it to each element of x.
func (l *Hardshrink) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Hardshrink(l.Lambda))
}

// Softshrink is x moved by Lambda towards 0, and not beyond it.
//
//	source: torch.nn.Softshrink
type Softshrink struct{ Lambda float64 }

// NewSoftshrink returns a Softshrink; PyTorch's lambda is 0.5 where none is given.
func NewSoftshrink(lambda float64) *Softshrink { return &Softshrink{lambda} }

// Forward applies it to each element of x.
func (l *Softshrink) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Softshrink(l.Lambda))
}

// Hardtanh limits x to Min…Max.
//
//	source: torch.nn.Hardtanh
type Hardtanh struct{ Min, Max float64 }

// NewHardtanh returns a Hardtanh; PyTorch's limits are -1 and 1 where none are given.
func NewHardtanh(lo, hi float64) *Hardtanh { return &Hardtanh{lo, hi} }

// Forward applies it to each element of x.
func (l *Hardtanh) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Hardtanh(l.Min, l.Max))
}

// GLU is a·σ(b) of the halves a and b of Dim.
//
//	source: torch.nn.GLU
type GLU struct{ Dim int }

// NewGLU returns a GLU of dim; -1 is the last.
func NewGLU(dim int) *GLU { return &GLU{dim} }

// Forward returns a tensor with half of x's elements.
//
//	panics: *tensor.Error if x has no such dim, or its size is odd
func (l *GLU) Forward(x *tensor.Tensor) *tensor.Tensor { return tensor.Observed(l, x, x.GLU(l.Dim)) }

// PReLU is x where x > 0, and Weight·x elsewhere, with one weight for all or
// one for each channel.
//
//	source: torch.nn.PReLU
type PReLU struct{ Weight *tensor.Tensor } // [channels] or [1]

// NewPReLU returns a PReLU with n weights of value init; PyTorch has one, of
// 0.25, where none are given.
//
//	panics: *tensor.Error for a negative number
func NewPReLU(n int, init float64) *PReLU {
	wantSizes("prelu", "the weights are", n)
	return &PReLU{tensor.Full(init, n).RequireGrad()}
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

// An RReLUOption changes [NewRReLU]: Gen.
type RReLUOption interface{ rrelu(*RReLU) }

func (o GenOption) rrelu(l *RReLU) { l.Gen = o.g }

// NewRReLU returns an RReLU; PyTorch's bounds are 1/8 and 1/3 where none are given.
//
//	panics: *tensor.Error unless lower <= upper
func NewRReLU(lower, upper float64, opts ...RReLUOption) *RReLU {
	if !(lower <= upper) {
		tensor.Misuse("rrelu", fmt.Errorf("the slopes are %v to %v; want lower <= upper", lower, upper))
	}
	l := &RReLU{Lower: lower, Upper: upper, Training: true}
	for _, o := range opts {
		o.rrelu(l)
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

// Softmin is Softmax of -x.
//
//	source: torch.nn.Softmin
type Softmin struct{ Dim int }

// NewSoftmin returns a Softmin along dim; -1 is the last.
func NewSoftmin(dim int) *Softmin { return &Softmin{dim} }

// Forward returns a tensor of x's shape.
//
//	panics: *tensor.Error if x has no such dim
func (l *Softmin) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.Softmin(l.Dim))
}

// Softmax2d is Softmax over the channels of each place of an image.
//
//	source: torch.nn.Softmax2d
type Softmax2d struct{ _ distinct }

// NewSoftmax2d returns a Softmax2d.
func NewSoftmax2d() *Softmax2d { return &Softmax2d{} }

// Forward returns a tensor of x's shape.
//
//	shape:  [batch, channels, h, w] or [channels, h, w]
//	panics: *tensor.Error for another number of dims
func (l *Softmax2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	if d := x.Dim(); d != 3 && d != 4 {
		tensor.Misuse("softmax2d", fmt.Errorf("%d dims; want 3 or 4", d), x)
	}
	return tensor.Observed(l, x, x.Softmax(-3))
}
