package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Linear maps features: y = x·Wᵀ + b.
//
//	source: torch.nn.Linear
type Linear struct {
	Weight *tensor.Tensor // [out, in]
	Bias   *tensor.Tensor // [out], or nil
}

// A LinearOption changes [NewLinear]: NoBias, Gen.
type LinearOption interface{ linear(*linearConfig) }

type linearConfig struct {
	noBias bool
	gen    *tensor.Generator
}

func (noBias) linear(c *linearConfig)      { c.noBias = true }
func (o GenOption) linear(c *linearConfig) { c.gen = o.g }

// NewLinear returns a layer from in to out features. Weight and Bias are
// uniform in ±1/√in.
//
//	panics: *tensor.Error for a negative size
func NewLinear(in, out int, opts ...LinearOption) *Linear {
	var c linearConfig
	for _, o := range opts {
		o.linear(&c)
	}
	wantSizes("linear", "input and output features are", in, out)
	l := &Linear{}
	l.Weight, l.Bias = weightAndBias(c.gen, !c.noBias, out, in)
	return l
}

// Forward returns a tensor of shape [..., out] for x of shape [..., in].
//
//	panics: *tensor.Error for another shape, nil, or a Linear without Weight
func (l *Linear) Forward(x *tensor.Tensor) *tensor.Tensor {
	l.check(x)
	return tensor.Observed(l, x, x.Linear(l.Weight, l.Bias))
}

func (l *Linear) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	l.check(x)
	return x.LinearReLU(l.Weight, l.Bias)
}

func (l *Linear) check(x *tensor.Tensor) {
	wantReady("linear", x, l.Weight)
	if in := l.Weight.Size(1); x.Dim() == 0 || x.Size(-1) != in {
		tensor.Misuse("linear", fmt.Errorf("want an input of shape [..., %d]", in), x)
	}
}
