package nn

import "github.com/facula-ml/facula/tensor"

// SwiGLU is the feed-forward part of Llama's layers:
// Down(SiLU(Gate(x)) · Up(x)).
//
//	source: Shazeer 2020, arXiv:2002.05202; the state names are those of
//	transformers.models.llama
type SwiGLU struct {
	Gate *Linear `state:"gate_proj"`
	Up   *Linear `state:"up_proj"`
	Down *Linear `state:"down_proj"`
}

// NewSwiGLU returns a layer from and to model features, with hidden ones between.
// Without NoBias the Linear have biases; Llama's have none.
//
//	panics: *tensor.Error for a negative size
func NewSwiGLU(model, hidden int, opts ...LinearOption) *SwiGLU {
	return &SwiGLU{NewLinear(model, hidden, opts...), NewLinear(model, hidden, opts...), NewLinear(hidden, model, opts...)}
}

// Forward returns a tensor of x's shape.
//
//	shape:  [..., model]
//	panics: *tensor.Error for another shape
func (l *SwiGLU) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.Down.Forward(l.Gate.Forward(x).SiLU().Mul(l.Up.Forward(x))))
}
