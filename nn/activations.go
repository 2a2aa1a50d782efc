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
