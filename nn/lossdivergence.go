package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// KLDivLoss is the mean of target·(log target - x) for log-probabilities x: the
// Kullback-Leibler divergence, if BatchMean divides by the samples only.
//
//	source: torch.nn.KLDivLoss
type KLDivLoss struct {
	LogTarget bool // targets are logarithms of probabilities too
	BatchMean bool // the sum is divided by the size of the first dim, whatever Reduction is
	Reduction Reduction
}

// A KLDivOption changes [NewKLDivLoss]: LogTarget, BatchMean, a Reduction.
type KLDivOption interface{ klDiv(*KLDivLoss) }

// LogTarget says that the targets of a KLDivLoss are logarithms of probabilities.
var LogTarget logTarget

// BatchMean makes a KLDivLoss divide its sum by the number of samples, which is
// what the divergence is defined as, and not by the number of elements.
var BatchMean batchMean

type (
	logTarget struct{}
	batchMean struct{}
)

func (logTarget) klDiv(l *KLDivLoss)   { l.LogTarget = true }
func (batchMean) klDiv(l *KLDivLoss)   { l.BatchMean = true }
func (r Reduction) klDiv(l *KLDivLoss) { l.Reduction = r }

// NewKLDivLoss returns the loss.
func NewKLDivLoss(opts ...KLDivOption) *KLDivLoss {
	l := &KLDivLoss{}
	for _, o := range opts {
		o.klDiv(l)
	}
	return l
}

// Forward returns the loss of the log-probabilities x against target.
//
//	shape:  both broadcast
//	dtype:  floating point
//	panics: *tensor.Error for shapes that do not broadcast, and for integers
func (l *KLDivLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	const op = "kl_div"
	r := l.Reduction
	if l.BatchMean {
		r = ReduceSum
	}
	y := r.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		x, t := in[0], in[1]
		if !x.DType().IsFloat() || !t.DType().IsFloat() {
			tensor.Misuse(op, fmt.Errorf("the input is %v and the target %v; want floating point", x.DType(), t.DType()), x, t)
		}
		if l.LogTarget {
			return t.Exp().Mul(t.Sub(x))
		}
		return t.XLogY(t).Sub(t.Mul(x))
	}, x, target)
	if l.BatchMean && x.Dim() > 0 {
		y = y.DivScalar(x.Size(0))
	}
	return tensor.Observed(l, x, y)
}

// PoissonNLLLoss is the mean of exp(x) - target·x, the negative log-likelihood of
// counts that have the rate exp(x), or of x - target·log(x + Eps) if x is the rate
// itself. Full adds Stirling's formula for log target! where target is above 1:
//
//	target·log target - target + log(2π·target)/2
//
//	source: torch.nn.PoissonNLLLoss
type PoissonNLLLoss struct {
	LogInput  bool // x is the logarithm of the rate
	Full      bool
	Eps       float64 // keeps the logarithm of x finite
	Reduction Reduction
}

// A PoissonNLLOption changes [NewPoissonNLLLoss]: LogInput, Full, Eps, a Reduction.
type PoissonNLLOption interface{ poissonNLL(*PoissonNLLLoss) }

// LogInput says whether the input of a PoissonNLLLoss is the logarithm of the
// rate, which it is without it.
func LogInput(on bool) PoissonNLLOption { return logInput(on) }

// Full adds to PoissonNLLLoss and GaussianNLLLoss the terms that are constant
// for a target.
var Full full

type (
	logInput bool
	full     struct{}
)

func (b logInput) poissonNLL(l *PoissonNLLLoss)  { l.LogInput = bool(b) }
func (full) poissonNLL(l *PoissonNLLLoss)        { l.Full = true }
func (e EpsOption) poissonNLL(l *PoissonNLLLoss) { l.Eps = float64(e) }
func (r Reduction) poissonNLL(l *PoissonNLLLoss) { l.Reduction = r }

// NewPoissonNLLLoss returns the loss; LogInput is true and Eps 1e-8 unless given.
func NewPoissonNLLLoss(opts ...PoissonNLLOption) *PoissonNLLLoss {
	l := &PoissonNLLLoss{LogInput: true, Eps: 1e-8}
	for _, o := range opts {
		o.poissonNLL(l)
	}
	return l
}

// Forward returns the loss of x against counts.
//
//	shape:  both broadcast
//	dtype:  any; integers give float32
//	panics: *tensor.Error for shapes that do not broadcast
func (l *PoissonNLLLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.Reduction.loss("poisson_nll_loss", func(in []*tensor.Tensor) *tensor.Tensor {
		x, t := in[0], in[1]
		var y *tensor.Tensor
		if l.LogInput {
			y = x.Exp().Sub(t.Mul(x))
		} else {
			y = x.Sub(t.Mul(x.AddScalar(l.Eps).Log()))
		}
		if l.Full {
			more := t.Mul(t.Log()).Sub(t).Add(t.MulScalar(2 * math.Pi).Log().MulScalar(0.5))
			y = y.Add(more.MaskedFill(t.LeScalar(1), 0))
		}
		return y
	}, x, target))
}

// GaussianNLLLoss is the mean of
//
//	(log v + (x - target)²/v)/2, v = max(variance, Eps)
//
// the negative log-likelihood of normally distributed targets. The gradient is
// that of the formula with v, also where Eps takes the variance's place. Full
// adds log(2π)/2.
//
//	source: torch.nn.GaussianNLLLoss; Nix & Weigend 1994, "Estimating the mean
//	and variance of the target probability distribution"
type GaussianNLLLoss struct {
	Full      bool
	Eps       float64
	Reduction Reduction
}

// A GaussianNLLOption changes [NewGaussianNLLLoss]: Full, Eps, a Reduction.
type GaussianNLLOption interface{ gaussianNLL(*GaussianNLLLoss) }

func (full) gaussianNLL(l *GaussianNLLLoss)        { l.Full = true }
func (e EpsOption) gaussianNLL(l *GaussianNLLLoss) { l.Eps = float64(e) }
func (r Reduction) gaussianNLL(l *GaussianNLLLoss) { l.Reduction = r }

// NewGaussianNLLLoss returns the loss; Eps is 1e-6 unless given.
func NewGaussianNLLLoss(opts ...GaussianNLLOption) *GaussianNLLLoss {
	l := &GaussianNLLLoss{Eps: 1e-6}
	for _, o := range opts {
		o.gaussianNLL(l)
	}
	return l
}

// Forward returns the loss of x against target, for a variance that is known or
// predicted.
//
//	shape:  target broadcasts with x; the variance has x's shape, or 1 in the
//	        place of the last dim, or lacks it
//	dtype:  floating point
//	panics: *tensor.Error for other shapes, and for a negative variance
func (l *GaussianNLLLoss) Forward(x, target, variance *tensor.Tensor) *tensor.Tensor {
	const op = "gaussian_nll_loss"
	return tensor.Observed(l, x, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		x, t, v := in[0], in[1], fitVariance(op, in)
		if v.Len() > 0 && v.Detach().LtScalar(0).Any().Int() != 0 {
			tensor.Misuse(op, errors.New("the variance has a negative element"), in...)
		}
		v = tensor.Where(v.LtScalar(l.Eps), v.Sub(v.Detach()).AddScalar(l.Eps), v)
		y := v.Log().Add(x.Sub(t).Square().Div(v)).MulScalar(0.5)
		if l.Full {
			y = y.AddScalar(math.Log(2*math.Pi) / 2)
		}
		return y
	}, x, target, variance))
}

// fitVariance is the variance of a Gaussian loss, with a last dim.
func fitVariance(op string, in []*tensor.Tensor) *tensor.Tensor {
	x, v := in[0].Shape(), in[2].Shape()
	n := len(x) - 1
	switch {
	case slices.Equal(x, v):
		return in[2]
	case n >= 0 && slices.Equal(x[:n], v):
		return in[2].Unsqueeze(-1)
	case n >= 0 && len(v) == n+1 && slices.Equal(x[:n], v[:n]) && v[n] == 1:
		return in[2]
	}
	tensor.Misuse(op, errors.New("the variance has neither the input's shape, nor that with a last dim of 1, nor that without the last dim"), in...)
	return nil
}
