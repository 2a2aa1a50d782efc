package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// AdaptiveLogSoftmaxWithLoss is the log-softmax over many classes of which few
// are frequent. Classes are sorted, the most frequent first. Those before the
// first cutoff, and the clusters between further cutoffs as one class each, are
// told apart by Head; the classes of cluster i by Tail[i], through fewer features
// the rarer they are.
//
//	source: torch.nn.AdaptiveLogSoftmaxWithLoss; Grave et al. 2016, arXiv:1609.04309
type AdaptiveLogSoftmaxWithLoss struct {
	Head    *Linear       // in features → the shortlist and the clusters
	Tail    []*Sequential // in features → the classes of a cluster
	Cutoffs []int         // where clusters begin, and the number of classes
}

// An AdaptiveLogSoftmaxOption changes [NewAdaptiveLogSoftmaxWithLoss]: DivValue,
// HeadBias, Gen.
type AdaptiveLogSoftmaxOption interface{ adaptive(*adaptiveConfig) }

type adaptiveConfig struct {
	div  float64
	bias bool
	gen  *tensor.Generator
}

// DivValue is by how much the features of each cluster of an
// AdaptiveLogSoftmaxWithLoss are fewer than those of the one before, 4 without it.
func DivValue(v float64) AdaptiveLogSoftmaxOption { return divValue(v) }

// HeadBias gives the Head of an AdaptiveLogSoftmaxWithLoss a bias.
var HeadBias headBias

type (
	divValue float64
	headBias struct{}
)

func (d divValue) adaptive(c *adaptiveConfig)  { c.div = float64(d) }
func (headBias) adaptive(c *adaptiveConfig)    { c.bias = true }
func (o GenOption) adaptive(c *adaptiveConfig) { c.gen = o.g }

// NewAdaptiveLogSoftmaxWithLoss returns a layer for inputs of the given number of
// features.
//
//	panics: *tensor.Error unless the cutoffs increase, from 1 to classes-1
func NewAdaptiveLogSoftmaxWithLoss(features, classes int, cutoffs []int, opts ...AdaptiveLogSoftmaxOption) *AdaptiveLogSoftmaxWithLoss {
	c := adaptiveConfig{div: 4}
	for _, o := range opts {
		o.adaptive(&c)
	}
	ends := append(slices.Clone(cutoffs), classes)
	last := 0
	for _, e := range ends {
		if e <= last || len(cutoffs) == 0 {
			tensor.Misuse("adaptive_log_softmax", fmt.Errorf("the cutoffs %v do not increase from 1 to %d", cutoffs, classes-1))
		}
		last = e
	}
	linear := func(in, out int, bias bool) *Linear {
		opts := []LinearOption{Gen(c.gen)}
		if !bias {
			opts = append(opts, NoBias)
		}
		return NewLinear(in, out, opts...)
	}
	l := &AdaptiveLogSoftmaxWithLoss{Cutoffs: ends}
	l.Head = linear(features, ends[0]+len(cutoffs), c.bias)
	for i := range cutoffs {
		hidden := int(math.Floor(float64(features) / math.Pow(c.div, float64(i+1))))
		l.Tail = append(l.Tail, NewSequential(linear(features, hidden, false), linear(hidden, ends[i+1]-ends[i], false)))
	}
	return l
}

// Forward returns the log-probability of each sample's target, and the loss, the
// mean of them with the sign changed.
//
//	shape:  x [n, features] and target [n] → [n] and [], or [features] and [] → [] and []
//	dtype:  target int64 or int32
//	panics: *tensor.Error for other shapes and dtypes, and for classes out of range
func (l *AdaptiveLogSoftmaxWithLoss) Forward(x, target *tensor.Tensor) (output, loss *tensor.Tensor) {
	const op = "adaptive_log_softmax"
	rows, labels := samples(op, x, target)
	if target.Dim() != x.Dim()-1 || labels.Len() != rows.Size(0) {
		tensor.Misuse(op, errors.New("want inputs of shape [n, features] and a target of shape [n], or [features] and []"), x, target)
	}
	wantClasses(op, labels, 0, l.Cutoffs[len(l.Cutoffs)-1], x, target)
	n := rows.Size(0)
	inHead := tensor.Slice[int64](labels.Reshape(-1).Cast(tensor.Int64))
	var parts []*tensor.Tensor
	for i, tail := range l.Tail {
		var at, class []int64
		for k, c := range inHead {
			if c >= int64(l.Cutoffs[i]) && c < int64(l.Cutoffs[i+1]) {
				at, class = append(at, int64(k)), append(class, c-int64(l.Cutoffs[i]))
			}
		}
		if len(at) == 0 {
			continue
		}
		index := tensor.Of(at, len(at))
		y := tail.Forward(rows.IndexSelect(0, index)).LogSoftmax(1).Gather(1, tensor.Of(class, len(at), 1)).Squeeze(1)
		parts = append(parts, tensor.Make{DType: y.DType()}.Zeros(n).IndexAdd(0, index, y))
		for _, k := range at {
			inHead[k] = int64(l.Cutoffs[0] + i)
		}
	}
	output = l.Head.Forward(rows).LogSoftmax(1).Gather(1, tensor.Of(inHead, n, 1)).Squeeze(1)
	for _, p := range parts {
		output = output.Add(p)
	}
	if x.Dim() == 1 {
		output = output.Squeeze(0)
	}
	output = tensor.Observed(l, x, output)
	return output, output.Mean().Neg()
}

// LogProb returns the log-probabilities of all classes.
//
//	shape:  [n, features] → [n, classes]
//	panics: *tensor.Error for another shape
//	source: torch.nn.AdaptiveLogSoftmaxWithLoss.log_prob
func (l *AdaptiveLogSoftmaxWithLoss) LogProb(x *tensor.Tensor) *tensor.Tensor {
	head := l.Head.Forward(x).LogSoftmax(1)
	short := l.Cutoffs[0]
	parts := []*tensor.Tensor{head.Narrow(1, 0, short)}
	for i, tail := range l.Tail {
		parts = append(parts, tail.Forward(x).LogSoftmax(1).Add(head.Narrow(1, short+i, 1)))
	}
	return tensor.Cat(1, parts...)
}

// Predict returns the most probable class of each sample.
//
//	shape:  [n, features] → [n]
//	dtype:  int64
//	panics: *tensor.Error for another shape
//	source: torch.nn.AdaptiveLogSoftmaxWithLoss.predict
func (l *AdaptiveLogSoftmaxWithLoss) Predict(x *tensor.Tensor) *tensor.Tensor {
	return l.LogProb(x).ArgMax(tensor.Dims(1))
}
