package nn

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// Bilinear maps two inputs to x1ᵀ·Weight[o]·x2 + Bias[o] for each output o.
//
//	source: torch.nn.Bilinear
type Bilinear struct {
	Weight *tensor.Tensor // [out, in1, in2]
	Bias   *tensor.Tensor // [out], or nil
}

// A BilinearOption changes [NewBilinear]: NoBias, Gen.
type BilinearOption interface{ bilinear(*bilinearConfig) }

type bilinearConfig struct {
	noBias bool
	gen    *tensor.Generator
}

func (noBias) bilinear(c *bilinearConfig)      { c.noBias = true }
func (o GenOption) bilinear(c *bilinearConfig) { c.gen = o.g }

// NewBilinear returns a layer with weights uniform in ±1/√in1.
//
//	panics: *tensor.Error for a negative size
func NewBilinear(in1, in2, out int, opts ...BilinearOption) *Bilinear {
	var c bilinearConfig
	for _, o := range opts {
		o.bilinear(&c)
	}
	wantSizes("bilinear", "input and output features are", in1, in2, out)
	bound := 0.0
	if in1 > 0 {
		bound = 1 / math.Sqrt(float64(in1))
	}
	m := tensor.Make{Gen: c.gen}
	l := &Bilinear{Weight: m.Uniform(-bound, bound, out, in1, in2).RequireGrad()}
	if !c.noBias {
		l.Bias = m.Uniform(-bound, bound, out).RequireGrad()
	}
	return l
}

// Forward returns a tensor of shape [..., out] for inputs of shape [..., in1]
// and [..., in2].
//
//	panics: *tensor.Error for other shapes, nil, or a Bilinear without Weight
func (l *Bilinear) Forward(x1, x2 *tensor.Tensor) *tensor.Tensor {
	wantReady("bilinear", x1, l.Weight)
	return tensor.Observed(l, x1, tensor.Bilinear(x1, x2, l.Weight, l.Bias))
}
