package nn

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

// loss computes the values of a loss and reduces them: in the inputs' common
// dtype, but half precision by way of float32, so that it is rounded once.
func (r Reduction) loss(op string, values func(in []*tensor.Tensor) *tensor.Tensor, in ...*tensor.Tensor) *tensor.Tensor {
	for _, t := range in {
		if t == nil {
			tensor.Misuse(op, errors.New("an input is nil"), in...)
		}
	}
	in = tensor.CastFor(tensor.CastFloat32, in...)
	return tensor.Composed(op, func(in []*tensor.Tensor) *tensor.Tensor { return r.wide(op, values, in) }, in...)
}

// wide computes in float32 what comes in half precision.
func (r Reduction) wide(op string, values func(in []*tensor.Tensor) *tensor.Tensor, in []*tensor.Tensor) *tensor.Tensor {
	d := tensor.ResultType(in...)
	if d.Size() > 2 || !d.IsFloat() {
		return r.of(op, values(in))
	}
	wide := make([]*tensor.Tensor, len(in))
	for i, t := range in {
		if wide[i] = t; t.DType().IsFloat() {
			wide[i] = t.Cast(tensor.Float32)
		}
	}
	return r.of(op, values(wide)).Cast(d)
}

// A MarginOption is made by [Margin].
type MarginOption float64

// Margin is how far apart a loss wants things to be. Without it, it is 1 for
// HingeEmbeddingLoss, MultiMarginLoss and the losses of triplets, and 0 for
// MarginRankingLoss and CosineEmbeddingLoss.
func Margin(m float64) MarginOption { return MarginOption(m) }

// A POption is made by [P].
type POption float64

// P is the order of a norm, 2 without it; for MultiMarginLoss the power of the
// margin, 1 or 2, and 1 without it.
func P(p float64) POption { return POption(p) }

// Swap makes a loss of triplets take the distance between the positive and the
// negative where that is less than the one between the anchor and the negative.
//
//	source: Balntas, Riba, Ponsa & Mikolajczyk 2016, "Learning local feature
//	descriptors with triplets and shallow convolutional neural networks"
var Swap swap

type swap struct{}
