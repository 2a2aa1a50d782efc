package nn

import (
	"sync"

	"github.com/facula-ml/facula/tensor"
)

// An InstanceNorm is what InstanceNorm1d, InstanceNorm2d and InstanceNorm3d
// share: each channel of each sample is brought to mean 0 and variance 1, then
// scaled by Weight and moved by Bias. Where there are running averages, they take
// the place of the samples' own in evaluation mode.
type InstanceNorm struct {
	Weight            *tensor.Tensor // [c], or nil
	Bias              *tensor.Tensor // [c], or nil
	RunningMean       *tensor.Tensor `state:",buffer"` // [c], or nil: always the sample's
	RunningVar        *tensor.Tensor `state:",buffer"` // [c], unbiased
	NumBatchesTracked *tensor.Tensor `state:",buffer"` // [], int64; 0, as in PyTorch

	Eps      float64 // is added to the variance
	Momentum float64 // the share of a batch in the running averages
	Training bool

	mu sync.Mutex // for the running averages: several goroutines may train
}

// An InstanceNormOption changes an InstanceNorm: Eps, Momentum, Affine,
// NoBias, RunningStats.
type InstanceNormOption interface{ instanceNorm(*instanceNormConfig) }

type instanceNormConfig struct {
	eps, momentum         float64
	affine, noBias, stats bool
}

// Affine gives an InstanceNorm a Weight and a Bias.
var Affine affine

// RunningStats gives an InstanceNorm running averages.
var RunningStats runningStats

type (
	affine       struct{}
	runningStats struct{}
)

func (e EpsOption) instanceNorm(c *instanceNormConfig)      { c.eps = float64(e) }
func (m MomentumOption) instanceNorm(c *instanceNormConfig) { c.momentum = float64(m) }
func (affine) instanceNorm(c *instanceNormConfig)           { c.affine = true }
func (noBias) instanceNorm(c *instanceNormConfig)           { c.noBias = true }
func (runningStats) instanceNorm(c *instanceNormConfig)     { c.stats = true }

func (l *InstanceNorm) start(features int, opts []InstanceNormOption) {
	wantSizes("instance_norm", "the channels are", features)
	c := instanceNormConfig{eps: 1e-5, momentum: 0.1}
	for _, o := range opts {
		o.instanceNorm(&c)
	}
	l.Eps, l.Momentum, l.Training = c.eps, c.momentum, true
	l.Weight, l.Bias = scaleAndShift(!c.affine, c.noBias, features)
	if c.stats {
		l.RunningMean, l.RunningVar = tensor.Zeros(features), tensor.Ones(features)
		l.NumBatchesTracked = tensor.Scalar(0)
	}
}

// forward normalises x, which has dims spatial dims.
func (l *InstanceNorm) forward(op string, x *tensor.Tensor, dims int, shapes string) *tensor.Tensor {
	wantDims(op, x, dims+1, dims+2, shapes)
	if x.Dim() == dims+1 {
		return l.normalize(x.Unsqueeze(0)).Squeeze(0)
	}
	return l.normalize(x)
}

func (l *InstanceNorm) normalize(x *tensor.Tensor) *tensor.Tensor {
	switch {
	case l.RunningMean == nil:
		return x.InstanceNorm(nil, nil, l.Weight, l.Bias, true, 0, l.Eps)
	case !l.Training:
		return x.InstanceNorm(l.RunningMean, l.RunningVar, l.Weight, l.Bias, false, 0, l.Eps)
	}
	mean, variance := tensor.ZerosLike(l.RunningMean), tensor.ZerosLike(l.RunningVar)
	y := x.InstanceNorm(mean, variance, l.Weight, l.Bias, true, 1, l.Eps) // a share of 1: those of the samples
	if x.Len() > 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.RunningMean.Detach().MulScalarInPlace(1 - l.Momentum).AddInPlace(mean.MulScalar(l.Momentum))
		l.RunningVar.Detach().MulScalarInPlace(1 - l.Momentum).AddInPlace(variance.MulScalar(l.Momentum))
	}
	return y
}

// InstanceNorm1d normalises the channels of signals.
//
//	source: torch.nn.InstanceNorm1d; Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022
type InstanceNorm1d struct{ InstanceNorm }

// NewInstanceNorm1d returns a layer for the given number of channels.
//
//	panics: *tensor.Error for a negative one
func NewInstanceNorm1d(features int, opts ...InstanceNormOption) *InstanceNorm1d {
	l := &InstanceNorm1d{}
	l.start(features, opts)
	return l
}

// Forward returns a tensor of x's shape, which is [c, length] or [n, c, length].
//
//	panics: *tensor.Error for another shape, and for a length of 1
func (l *InstanceNorm1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.forward("instance_norm1d", x, 1, "[c, length] or [n, c, length]"))
}

// InstanceNorm2d normalises the channels of images.
//
//	source: torch.nn.InstanceNorm2d; Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022
type InstanceNorm2d struct{ InstanceNorm }

// NewInstanceNorm2d returns a layer for the given number of channels.
//
//	panics: *tensor.Error for a negative one
func NewInstanceNorm2d(features int, opts ...InstanceNormOption) *InstanceNorm2d {
	l := &InstanceNorm2d{}
	l.start(features, opts)
	return l
}

// Forward returns a tensor of x's shape, which is [c, h, w] or [n, c, h, w].
//
//	panics: *tensor.Error for another shape, and for images of one element
func (l *InstanceNorm2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.forward("instance_norm2d", x, 2, "[c, h, w] or [n, c, h, w]"))
}

// InstanceNorm3d normalises the channels of volumes.
//
//	source: torch.nn.InstanceNorm3d; Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022
type InstanceNorm3d struct{ InstanceNorm }

// NewInstanceNorm3d returns a layer for the given number of channels.
//
//	panics: *tensor.Error for a negative one
func NewInstanceNorm3d(features int, opts ...InstanceNormOption) *InstanceNorm3d {
	l := &InstanceNorm3d{}
	l.start(features, opts)
	return l
}

// Forward returns a tensor of x's shape, which is [c, d, h, w] or [n, c, d, h, w].
//
//	panics: *tensor.Error for another shape, and for volumes of one element
func (l *InstanceNorm3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.forward("instance_norm3d", x, 3, "[c, d, h, w] or [n, c, d, h, w]"))
}
