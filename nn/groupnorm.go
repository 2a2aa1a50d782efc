package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// GroupNorm splits the channels into groups and brings each sample's groups to
// mean 0 and variance 1, then scales the channels by Weight and moves them by
// Bias.
//
//	source: torch.nn.GroupNorm; Wu & He 2018, arXiv:1803.08494
type GroupNorm struct {
	Weight *tensor.Tensor // [c], or nil
	Bias   *tensor.Tensor // [c], or nil
	Groups int
	Eps    float64 // is added to the variance
}

// A GroupNormOption changes [NewGroupNorm]: Eps, NoAffine, NoBias.
type GroupNormOption interface{ groupNorm(*layerNormConfig) }

func (e EpsOption) groupNorm(c *layerNormConfig) { c.eps = float64(e) }
func (noAffine) groupNorm(c *layerNormConfig)    { c.noAffine = true }
func (noBias) groupNorm(c *layerNormConfig)      { c.noBias = true }

// NewGroupNorm returns a layer that splits the given number of channels into
// groups.
//
//	panics: *tensor.Error if they do not divide evenly
func NewGroupNorm(groups, channels int, opts ...GroupNormOption) *GroupNorm {
	c := layerNormConfig{eps: 1e-5}
	for _, o := range opts {
		o.groupNorm(&c)
	}
	if groups < 1 || channels < 0 || channels%groups != 0 {
		tensor.Misuse("group_norm", fmt.Errorf("%d channels do not divide into %d groups", channels, groups))
	}
	l := &GroupNorm{Groups: groups, Eps: c.eps}
	l.Weight, l.Bias = scaleAndShift(c.noAffine, c.noBias, channels)
	return l
}

// Forward returns a tensor of x's shape.
//
//	shape:  [n, c, ...]
//	panics: *tensor.Error for another shape
func (l *GroupNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.GroupNorm(l.Groups, l.Weight, l.Bias, l.Eps))
}
