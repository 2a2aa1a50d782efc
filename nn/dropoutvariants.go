package nn

import "github.com/facula-ml/facula/tensor"

// Dropout1d is [Dropout] of whole channels of signals.
//
//	source: torch.nn.Dropout1d; Tompson et al. 2015, arXiv:1411.4280
type Dropout1d struct {
	P        float64
	Gen      *tensor.Generator // nil means the default one
	Training bool
}

// NewDropout1d returns a Dropout1d with probability p; PyTorch's default is 0.5.
//
//	panics: *tensor.Error unless 0 <= p <= 1
func NewDropout1d(p float64, opts ...DropoutOption) *Dropout1d {
	l := Dropout1d(*NewDropout(p, opts...))
	return &l
}

// Forward returns a tensor of x's shape, x itself in evaluation mode.
//
//	shape:  [c, l] or [n, c, l]
//	panics: *tensor.Error for another shape
func (l *Dropout1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantDims("dropout1d", x, 2, 3, "[c, l] or [n, c, l]")
	return tensor.Observed(l, x, dropChannels(x, 3, (*Dropout)(l)))
}

// dropChannels is feature dropout of x, which may lack the first of the dims.
func dropChannels(x *tensor.Tensor, dims int, l *Dropout) *tensor.Tensor {
	switch {
	case !l.Training:
		return x
	case x.Dim() < dims:
		return x.Unsqueeze(0).FeatureDropout(l.P, l.Gen).Squeeze(0)
	}
	return x.FeatureDropout(l.P, l.Gen)
}

// Dropout2d is [Dropout] of whole channels of images.
//
//	source: torch.nn.Dropout2d; Tompson et al. 2015, arXiv:1411.4280
type Dropout2d struct {
	P        float64
	Gen      *tensor.Generator // nil means the default one
	Training bool
}

// NewDropout2d returns a Dropout2d with probability p; PyTorch's default is 0.5.
//
//	panics: *tensor.Error unless 0 <= p <= 1
func NewDropout2d(p float64, opts ...DropoutOption) *Dropout2d {
	l := Dropout2d(*NewDropout(p, opts...))
	return &l
}

// Forward returns a tensor of x's shape, x itself in evaluation mode.
//
//	shape:  [n, c, h, w] or [n, c, l], as in PyTorch
//	panics: *tensor.Error for another shape
func (l *Dropout2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantDims("dropout2d", x, 3, 4, "[n, c, h, w] or [n, c, l]")
	return tensor.Observed(l, x, dropChannels(x, 3, (*Dropout)(l)))
}

// Dropout3d is [Dropout] of whole channels of volumes.
//
//	source: torch.nn.Dropout3d; Tompson et al. 2015, arXiv:1411.4280
type Dropout3d struct {
	P        float64
	Gen      *tensor.Generator // nil means the default one
	Training bool
}

// NewDropout3d returns a Dropout3d with probability p; PyTorch's default is 0.5.
//
//	panics: *tensor.Error unless 0 <= p <= 1
func NewDropout3d(p float64, opts ...DropoutOption) *Dropout3d {
	l := Dropout3d(*NewDropout(p, opts...))
	return &l
}

// Forward returns a tensor of x's shape, x itself in evaluation mode.
//
//	shape:  [c, d, h, w] or [n, c, d, h, w]
//	panics: *tensor.Error for another shape
func (l *Dropout3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantDims("dropout3d", x, 4, 5, "[c, d, h, w] or [n, c, d, h, w]")
	return tensor.Observed(l, x, dropChannels(x, 5, (*Dropout)(l)))
}

// AlphaDropout sets elements to the value that SELU has far on the left, with
// probability P and in training mode only, and keeps mean 0 and variance 1.
//
//	source: torch.nn.AlphaDropout; Klambauer et al. 2017, arXiv:1706.02515
type AlphaDropout struct {
	P        float64
	Gen      *tensor.Generator // nil means the default one
	Training bool
}

// NewAlphaDropout returns an AlphaDropout with probability p; PyTorch's default is 0.5.
//
//	panics: *tensor.Error unless 0 <= p <= 1
func NewAlphaDropout(p float64, opts ...DropoutOption) *AlphaDropout {
	l := AlphaDropout(*NewDropout(p, opts...))
	return &l
}

// Forward returns a tensor of x's shape, x itself in evaluation mode.
func (l *AlphaDropout) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := x
	if l.Training {
		y = x.AlphaDropout(l.P, l.Gen)
	}
	return tensor.Observed(l, x, y)
}

// FeatureAlphaDropout is [AlphaDropout] of whole channels.
//
//	source: torch.nn.FeatureAlphaDropout
type FeatureAlphaDropout struct {
	P        float64
	Gen      *tensor.Generator // nil means the default one
	Training bool
}

// NewFeatureAlphaDropout returns a FeatureAlphaDropout with probability p;
// PyTorch's default is 0.5.
//
//	panics: *tensor.Error unless 0 <= p <= 1
func NewFeatureAlphaDropout(p float64, opts ...DropoutOption) *FeatureAlphaDropout {
	l := FeatureAlphaDropout(*NewDropout(p, opts...))
	return &l
}

// Forward returns a tensor of x's shape, x itself in evaluation mode.
//
//	shape:  [n, c, ...]
//	panics: *tensor.Error for fewer dims
func (l *FeatureAlphaDropout) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := x
	if l.Training {
		y = x.FeatureAlphaDropout(l.P, l.Gen)
	}
	return tensor.Observed(l, x, y)
}
