package nn

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/facula-ml/facula/tensor"
)

// WeightNorm is a layer whose Weight is WeightG·v/‖v‖ for v = WeightV: length and
// direction are trained apart. The layer itself has no Weight meanwhile.
//
//	source: torch.nn.utils.weight_norm; Salimans & Kingma 2016, arXiv:1602.07868
type WeightNorm struct {
	Layer   Layer          `state:",inline"` // a pointer to a struct with a field Weight, which is nil
	WeightG *tensor.Tensor // the lengths: 1 in all dims but Dim
	WeightV *tensor.Tensor // of the weight's shape
	Dim     int            // that has a length for each index; -1 is one length for all
}

// NewWeightNorm takes over the weight of a layer. Dim is 0 unless given; -1 is
// for one norm of the whole weight.
//
//	panics: *tensor.Error for a layer without a Weight, and a dim that it does not have
func NewWeightNorm(layer Layer, opts ...DimOption) *WeightNorm {
	const op = "weight_norm"
	dim := int(last(0, opts))
	field, v := weightOf(op, layer)
	if dim < -1 || dim >= v.Dim() {
		tensor.Misuse(op, fmt.Errorf("dim %d; want -1 to %d", dim, v.Dim()-1), v)
	}
	l := &WeightNorm{Layer: layer, WeightV: v, Dim: dim}
	l.WeightG = normExcept(v.Detach(), dim).Clone().RequireGrad()
	field.Set(reflect.Zero(field.Type()))
	return l
}

// weightOf is the field Weight of a layer.
func weightOf(op string, layer Layer) (reflect.Value, *tensor.Tensor) {
	if v := reflect.ValueOf(layer); v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct {
		if f := v.Elem().FieldByName("Weight"); f.IsValid() && f.CanSet() {
			if w, ok := f.Interface().(*tensor.Tensor); ok && w != nil {
				return f, w
			}
		}
	}
	tensor.Misuse(op, fmt.Errorf("%T is no pointer to a layer with a Weight", layer))
	return reflect.Value{}, nil
}

// normExcept is the norm over all dims but one, or over all for -1.
func normExcept(v *tensor.Tensor, dim int) *tensor.Tensor {
	if dim < 0 {
		return v.Norm(2)
	}
	var dims []int
	for i := range v.Dim() {
		if i != dim {
			dims = append(dims, i)
		}
	}
	if len(dims) == 0 {
		return v.Abs()
	}
	return v.Norm(2, tensor.Dims(dims...), tensor.KeepDim)
}

// weight is the layer's.
func (l *WeightNorm) weight() *tensor.Tensor {
	return l.WeightV.Mul(l.WeightG.Div(normExcept(l.WeightV, l.Dim)))
}

// withWeight is a copy of a layer with a weight, so that several goroutines may
// run it.
func withWeight(layer Layer, w *tensor.Tensor) Layer {
	from := reflect.ValueOf(layer).Elem()
	to := reflect.New(from.Type())
	to.Elem().Set(from)
	to.Elem().FieldByName("Weight").Set(reflect.ValueOf(w))
	return to.Interface().(Layer)
}

// Forward returns what the layer with its weight makes of x.
func (l *WeightNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, withWeight(l.Layer, l.weight()).Forward(x))
}

// Remove returns the layer with a weight of its own again; l is of no use then.
//
//	source: torch.nn.utils.remove_weight_norm
func (l *WeightNorm) Remove() Layer {
	return withWeight(l.Layer, l.weight().Detach().Clone().RequireGrad())
}

// SpectralNorm is a layer whose Weight is WeightOrig divided by its largest
// singular value, as a matrix whose rows are indices of Dim. The value is
// approached by power iteration, a step or more in each call in training mode.
// The layer itself has no Weight meanwhile.
//
//	source: torch.nn.utils.spectral_norm; Miyato et al. 2018, arXiv:1802.05957
type SpectralNorm struct {
	Layer      Layer          `state:",inline"` // a pointer to a struct with a field Weight, which is nil
	WeightOrig *tensor.Tensor // of the weight's shape
	WeightU    *tensor.Tensor `state:",buffer"` // the left singular vector, so far
	WeightV    *tensor.Tensor `state:",buffer"` // the right one

	Iterations int // in each call
	Eps        float64
	Dim        int
	Training   bool

	mu sync.Mutex // for the vectors: several goroutines may train
}

// A SpectralNormOption changes [NewSpectralNorm]: Dim, PowerIterations, Eps, Gen.
type SpectralNormOption interface{ spectralNorm(*spectralConfig) }

type spectralConfig struct {
	dim        int
	iterations int
	eps        float64
	gen        *tensor.Generator
}

// PowerIterations is how many steps a SpectralNorm takes in each call, 1 without it.
func PowerIterations(n int) SpectralNormOption { return powerIterations(n) }

type powerIterations int

func (n powerIterations) spectralNorm(c *spectralConfig) { c.iterations = int(n) }
func (d DimOption) spectralNorm(c *spectralConfig)       { c.dim = int(d) }
func (e EpsOption) spectralNorm(c *spectralConfig)       { c.eps = float64(e) }
func (o GenOption) spectralNorm(c *spectralConfig)       { c.gen = o.g }

// NewSpectralNorm takes over the weight of a layer. Unless given, Dim is 0, or 1
// for transposed convolutions, and Eps 1e-12.
//
//	panics: *tensor.Error for a layer without a Weight, a dim that it does not
//	have, and fewer than one iteration
func NewSpectralNorm(layer Layer, opts ...SpectralNormOption) *SpectralNorm {
	const op = "spectral_norm"
	c := spectralConfig{iterations: 1, eps: 1e-12}
	switch layer.(type) {
	case *ConvTranspose1d, *ConvTranspose2d, *ConvTranspose3d:
		c.dim = 1 // their weights have the output's channels there
	}
	for _, o := range opts {
		o.spectralNorm(&c)
	}
	field, w := weightOf(op, layer)
	dim := c.dim
	switch {
	case dim < 0 || dim >= w.Dim():
		tensor.Misuse(op, fmt.Errorf("dim %d; want 0 to %d", dim, w.Dim()-1), w)
	case c.iterations < 1:
		tensor.Misuse(op, fmt.Errorf("%d iterations; want at least one", c.iterations), w)
	}
	l := &SpectralNorm{Layer: layer, WeightOrig: w, Iterations: c.iterations, Eps: c.eps, Dim: dim, Training: true}
	m := tensor.Make{DType: w.DType(), Gen: c.gen}
	l.WeightU = m.Randn(w.Size(dim)).Normalize(2, 0, c.eps)
	l.WeightV = m.Randn(w.Len()/max(1, w.Size(dim))).Normalize(2, 0, c.eps)
	field.Set(reflect.Zero(field.Type()))
	return l
}

// matrix is the weight with the dim in front.
func (l *SpectralNorm) matrix() *tensor.Tensor {
	return l.WeightOrig.MoveDim(l.Dim, 0).Reshape(l.WeightOrig.Size(l.Dim), -1)
}

// vectors are those of this call, after its steps in training mode.
func (l *SpectralNorm) vectors(w *tensor.Tensor) (u, v *tensor.Tensor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, v = l.WeightU.Detach().Clone(), l.WeightV.Detach().Clone()
	if !l.Training {
		return u, v
	}
	for range l.Iterations {
		v = w.T().MatMul(u).Normalize(2, 0, l.Eps)
		u = w.MatMul(v).Normalize(2, 0, l.Eps)
	}
	l.WeightU.Detach().CopyFrom(u)
	l.WeightV.Detach().CopyFrom(v)
	return u, v
}

// Forward returns what the layer with its weight makes of x.
func (l *SpectralNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	w := l.matrix()
	u, v := l.vectors(w.Detach())
	sigma := u.Mul(w.MatMul(v)).Sum()
	return tensor.Observed(l, x, withWeight(l.Layer, l.WeightOrig.Div(sigma)).Forward(x))
}
