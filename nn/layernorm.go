package nn

import (
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// LayerNorm brings each sample's last dims, together, to mean 0 and variance 1,
// then scales by Weight and moves by Bias.
//
//	source: torch.nn.LayerNorm
type LayerNorm struct {
	Weight *tensor.Tensor // of the dims' shape, or nil
	Bias   *tensor.Tensor // of the dims' shape, or nil
	Shape  []int          // the last dims
	Eps    float64        // is added to the variance
}

// A LayerNormOption changes [NewLayerNorm]: Eps, NoAffine, NoBias.
type LayerNormOption interface{ layerNorm(*layerNormConfig) }

type layerNormConfig struct {
	eps              float64
	noAffine, noBias bool
}

func (e EpsOption) layerNorm(c *layerNormConfig) { c.eps = float64(e) }
func (noAffine) layerNorm(c *layerNormConfig)    { c.noAffine = true }
func (noBias) layerNorm(c *layerNormConfig)      { c.noBias = true }

// NewLayerNorm returns a layer for inputs whose last dims have the given shape:
// one number, or a []int.
//
//	panics: *tensor.Error for no dims, or a negative one
func NewLayerNorm[S int | []int](shape S, opts ...LayerNormOption) *LayerNorm {
	c := layerNormConfig{eps: 1e-5}
	for _, o := range opts {
		o.layerNorm(&c)
	}
	l := &LayerNorm{Eps: c.eps, Shape: lastDims("layer_norm", shape)}
	l.Weight, l.Bias = scaleAndShift(c.noAffine, c.noBias, l.Shape...)
	return l
}

// Forward returns a tensor of x's shape.
//
//	shape:  [..., Shape]
//	panics: *tensor.Error for another shape
func (l *LayerNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.LayerNorm(l.Shape, l.Weight, l.Bias, l.Eps))
}

// ForwardSum returns x + dx, and what Forward makes of it: in one pass, unless
// an observer wants to see the layer. It is what a transformer does at each way
// around a part of it.
//
//	shape:  [..., Shape], both alike
//	panics: *tensor.Error for other shapes
func (l *LayerNorm) ForwardSum(x, dx *tensor.Tensor) (sum, y *tensor.Tensor) {
	if tensor.Observing(x, dx, l.Weight, l.Bias) {
		sum = x.Add(dx)
		return sum, l.Forward(sum)
	}
	return x.AddLayerNorm(dx, l.Shape, l.Weight, l.Bias, l.Eps)
}

// lastDims reads the shape of a normalisation's last dims.
func lastDims[S int | []int](op string, shape S) []int {
	dims, ok := any(shape).([]int)
	if !ok {
		dims = []int{any(shape).(int)}
	}
	if len(dims) == 0 {
		tensor.Misuse(op, fmt.Errorf("the shape has no dims; want at least one"))
	}
	wantSizes(op, "the shape is", dims...)
	return slices.Clone(dims)
}
