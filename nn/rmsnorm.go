package nn

import "github.com/facula-ml/facula/tensor"

// RMSNorm divides each sample's last dims, together, by the root of their mean
// square, then scales by Weight.
//
//	source: torch.nn.RMSNorm; Zhang & Sennrich 2019, arXiv:1910.07467
type RMSNorm struct {
	Weight *tensor.Tensor // of the dims' shape, or nil
	Shape  []int          // the last dims
	Eps    float64        // is added to the mean square; 0 is the dtype's, see [tensor.Tensor.RMSNorm]
}

// An RMSNormOption changes [NewRMSNorm]: Eps, NoAffine.
type RMSNormOption interface{ rmsNorm(*layerNormConfig) }

func (e EpsOption) rmsNorm(c *layerNormConfig) { c.eps = float64(e) }
func (noAffine) rmsNorm(c *layerNormConfig)    { c.noAffine = true }

// NewRMSNorm returns a layer for inputs whose last dims have the given shape:
// one number, or a []int. Eps is the dtype's unless given.
//
//	panics: *tensor.Error for no dims, or a negative one
func NewRMSNorm[S int | []int](shape S, opts ...RMSNormOption) *RMSNorm {
	var c layerNormConfig
	for _, o := range opts {
		o.rmsNorm(&c)
	}
	l := &RMSNorm{Eps: c.eps, Shape: lastDims("rms_norm", shape)}
	l.Weight, _ = scaleAndShift(c.noAffine, true, l.Shape...)
	return l
}

// Forward returns a tensor of x's shape.
//
//	shape:  [..., Shape]
//	panics: *tensor.Error for another shape
func (l *RMSNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.RMSNorm(l.Shape, l.Weight, l.Eps))
}
