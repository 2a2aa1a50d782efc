package nn

import (
	"fmt"
	"sync"

	"github.com/facula-ml/facula/tensor"
)

// A BatchNorm is what BatchNorm1d, BatchNorm2d and BatchNorm3d share: each channel is
// brought to mean 0 and variance 1, then scaled by Weight and moved by Bias.
// In training mode mean and variance are those of the batch, and go into the
// running averages; in evaluation mode they are the running averages.
type BatchNorm struct {
	Weight            *tensor.Tensor // [c], or nil
	Bias              *tensor.Tensor // [c], or nil
	RunningMean       *tensor.Tensor `state:",buffer"` // [c], or nil: always the batch's
	RunningVar        *tensor.Tensor `state:",buffer"` // [c], unbiased
	NumBatchesTracked *tensor.Tensor `state:",buffer"` // [], int64

	Eps        float64 // is added to the variance
	Momentum   float64 // the share of a batch in the running averages
	Cumulative bool    // the running averages are those of all batches instead
	Training   bool

	mu sync.Mutex // for the running averages: several goroutines may train
}

// A BatchNormOption changes a BatchNorm: Eps, Momentum, CumulativeAverage,
// NoAffine, NoBias, NoRunningStats.
type BatchNormOption interface{ batchNorm(*batchNormConfig) }

type batchNormConfig struct {
	eps, momentum                        float64
	cumulative, noAffine, noBias, noStat bool
}

// An EpsOption is made by [Eps].
type EpsOption float64

// Eps is a small number that keeps a layer from dividing by 0 or taking the
// logarithm of it. A normalisation adds 10⁻⁵ to the variance without it; the
// others say theirs.
func Eps(e float64) EpsOption { return EpsOption(e) }

// A MomentumOption is made by [Momentum].
type MomentumOption float64

// Momentum is the share of a batch in the running averages of a BatchNorm or
// InstanceNorm, 0.1 without it.
func Momentum(m float64) MomentumOption { return MomentumOption(m) }

// CumulativeAverage makes the running averages of a BatchNorm those of all
// batches so far: PyTorch's momentum=None.
var CumulativeAverage cumulativeAverage

// NoAffine leaves out the Weight and Bias of a normalisation.
var NoAffine noAffine

// NoRunningStats makes a BatchNorm use the batch's mean and variance in
// evaluation mode too.
var NoRunningStats noRunningStats

type (
	cumulativeAverage struct{}
	noAffine          struct{}
	noRunningStats    struct{}
)

func (e EpsOption) batchNorm(c *batchNormConfig)       { c.eps = float64(e) }
func (m MomentumOption) batchNorm(c *batchNormConfig)  { c.momentum = float64(m) }
func (cumulativeAverage) batchNorm(c *batchNormConfig) { c.cumulative = true }
func (noAffine) batchNorm(c *batchNormConfig)          { c.noAffine = true }
func (noBias) batchNorm(c *batchNormConfig)            { c.noBias = true }
func (noRunningStats) batchNorm(c *batchNormConfig)    { c.noStat = true }

func (l *BatchNorm) start(features int, opts []BatchNormOption) {
	wantSizes("batch_norm", "the channels are", features)
	c := batchNormConfig{eps: 1e-5, momentum: 0.1}
	for _, o := range opts {
		o.batchNorm(&c)
	}
	l.Eps, l.Momentum, l.Cumulative, l.Training = c.eps, c.momentum, c.cumulative, true
	l.Weight, l.Bias = scaleAndShift(c.noAffine, c.noBias, features)
	if !c.noStat {
		l.RunningMean, l.RunningVar = tensor.Zeros(features), tensor.Ones(features)
		l.NumBatchesTracked = tensor.Scalar(0)
	}
}

// normalization is BatchNorm or BatchNormReLU.
type normalization func(x, mean, variance, weight, bias *tensor.Tensor, training bool, momentum, eps float64) *tensor.Tensor

// forward normalises x, whose channels are dim 1.
func (l *BatchNorm) forward(norm normalization, x *tensor.Tensor) *tensor.Tensor {
	switch {
	case l.RunningMean == nil:
		return norm(x, nil, nil, l.Weight, l.Bias, true, 0, l.Eps)
	case !l.Training:
		return norm(x, l.RunningMean, l.RunningVar, l.Weight, l.Bias, false, 0, l.Eps)
	}
	mean, variance := tensor.ZerosLike(l.RunningMean), tensor.ZerosLike(l.RunningVar)
	y := norm(x, mean, variance, l.Weight, l.Bias, true, 1, l.Eps) // a share of 1: those of the batch
	l.track(x, mean, variance)
	return y
}

// track brings the mean and variance of the batch x into the running averages.
func (l *BatchNorm) track(x, mean, variance *tensor.Tensor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	share := l.Momentum
	if l.Cumulative {
		share = 1 / (l.NumBatchesTracked.Float() + 1)
	}
	if x.Len() > 0 {
		l.RunningMean.Detach().MulScalarInPlace(1 - share).AddInPlace(mean.MulScalar(share))
		l.RunningVar.Detach().MulScalarInPlace(1 - share).AddInPlace(variance.MulScalar(share))
	}
	l.NumBatchesTracked.Detach().AddScalarInPlace(1)
}

// wantDims refuses x unless it has lo to hi dims, and names them.
func wantDims(op string, x *tensor.Tensor, lo, hi int, shapes string) {
	wantInput(op, x)
	if x.Dim() < lo || x.Dim() > hi {
		tensor.Misuse(op, fmt.Errorf("%d dims; want an input of shape %s", x.Dim(), shapes), x)
	}
}

// BatchNorm1d normalises the channels of vectors or signals.
//
//	source: torch.nn.BatchNorm1d; Ioffe & Szegedy 2015, arXiv:1502.03167
type BatchNorm1d struct{ BatchNorm }

// NewBatchNorm1d returns a layer for the given number of channels.
//
//	panics: *tensor.Error for a negative one
func NewBatchNorm1d(features int, opts ...BatchNormOption) *BatchNorm1d {
	l := &BatchNorm1d{}
	l.start(features, opts)
	return l
}

// Forward returns a tensor of x's shape, which is [n, c] or [n, c, length].
//
//	panics: *tensor.Error for another shape, and in training mode for one
//	element a channel
func (l *BatchNorm1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantDims("batch_norm1d", x, 2, 3, "[n, c] or [n, c, length]")
	return tensor.Observed(l, x, l.forward((*tensor.Tensor).BatchNorm, x))
}

func (l *BatchNorm1d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantDims("batch_norm1d", x, 2, 3, "[n, c] or [n, c, length]")
	return l.forward((*tensor.Tensor).BatchNormReLU, x)
}

// BatchNorm2d normalises the channels of images.
//
//	source: torch.nn.BatchNorm2d; Ioffe & Szegedy 2015, arXiv:1502.03167
type BatchNorm2d struct{ BatchNorm }

// NewBatchNorm2d returns a layer for the given number of channels.
//
//	panics: *tensor.Error for a negative one
func NewBatchNorm2d(features int, opts ...BatchNormOption) *BatchNorm2d {
	l := &BatchNorm2d{}
	l.start(features, opts)
	return l
}

// Forward returns a tensor of x's shape, which is [n, c, h, w].
//
//	panics: *tensor.Error for another shape, and in training mode for one
//	element a channel
func (l *BatchNorm2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantDims("batch_norm2d", x, 4, 4, "[n, c, h, w]")
	return tensor.Observed(l, x, l.forward((*tensor.Tensor).BatchNorm, x))
}

func (l *BatchNorm2d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantDims("batch_norm2d", x, 4, 4, "[n, c, h, w]")
	return l.forward((*tensor.Tensor).BatchNormReLU, x)
}

// BatchNorm3d normalises the channels of volumes.
//
//	source: torch.nn.BatchNorm3d; Ioffe & Szegedy 2015, arXiv:1502.03167
type BatchNorm3d struct{ BatchNorm }

// NewBatchNorm3d returns a layer for the given number of channels.
//
//	panics: *tensor.Error for a negative one
func NewBatchNorm3d(features int, opts ...BatchNormOption) *BatchNorm3d {
	l := &BatchNorm3d{}
	l.start(features, opts)
	return l
}

// Forward returns a tensor of x's shape, which is [n, c, d, h, w].
//
//	panics: *tensor.Error for another shape, and in training mode for one
//	element a channel
func (l *BatchNorm3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	wantDims("batch_norm3d", x, 5, 5, "[n, c, d, h, w]")
	return tensor.Observed(l, x, l.forward((*tensor.Tensor).BatchNorm, x))
}

func (l *BatchNorm3d) forwardReLU(as Layer, x *tensor.Tensor) *tensor.Tensor {
	if as != Layer(l) || tensor.Observing(l.Weight, l.Bias) {
		return nil
	}
	wantDims("batch_norm3d", x, 5, 5, "[n, c, d, h, w]")
	return l.forward((*tensor.Tensor).BatchNormReLU, x)
}
