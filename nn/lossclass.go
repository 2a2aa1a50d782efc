package nn

import (
	"github.com/facula-ml/facula/tensor"
)

// NLLLoss is the negative log-likelihood: the mean of -logp[target], weighted
// by the targets' classes, for log-probabilities of classes.
//
//	source: torch.nn.NLLLoss
type NLLLoss struct {
	Weight      *tensor.Tensor `state:",buffer"` // of classes [c], or nil
	IgnoreIndex int            // targets of this value do not count
	Reduction   Reduction
}

// An NLLOption changes [NewNLLLoss]: Weight, IgnoreIndex, a Reduction.
type NLLOption interface{ nll(*NLLLoss) }

// An IgnoreIndexOption is made by [IgnoreIndex].
type IgnoreIndexOption int

// IgnoreIndex is the target that does not count, -100 without it.
func IgnoreIndex(i int) IgnoreIndexOption { return IgnoreIndexOption(i) }

const defaultIgnore = -100

func (w WeightOption) nll(l *NLLLoss)      { l.Weight = w.t }
func (i IgnoreIndexOption) nll(l *NLLLoss) { l.IgnoreIndex = int(i) }
func (r Reduction) nll(l *NLLLoss)         { l.Reduction = r }

// NewNLLLoss returns the loss.
func NewNLLLoss(opts ...NLLOption) *NLLLoss {
	l := &NLLLoss{IgnoreIndex: defaultIgnore}
	for _, o := range opts {
		o.nll(l)
	}
	return l
}

// Forward returns the loss of log-probabilities logp against class indices.
//
//	shape:  [n, c, ...] and [n, ...], or [c] and []
//	dtype:  the target int64 or int32
//	panics: *tensor.Error for other shapes, and a class outside 0 … c-1
func (l *NLLLoss) Forward(logp, target *tensor.Tensor) *tensor.Tensor {
	y := tensor.NLLLoss(logp, target, tensor.ClassWeight(l.Weight), tensor.IgnoreIndex(l.IgnoreIndex), tensor.Reduction(l.Reduction))
	return tensor.Observed(l, logp, y)
}

// CrossEntropyLoss is the mean of -log softmax(x)[target], weighted by the
// targets' classes, for scores x of classes (logits). Targets are indices of
// classes, or a probability for each class.
//
//	source: torch.nn.CrossEntropyLoss
type CrossEntropyLoss struct {
	Weight         *tensor.Tensor `state:",buffer"` // of classes [c], or nil
	IgnoreIndex    int            // targets of this value do not count
	LabelSmoothing float64        // the share of the target that is spread over all classes
	Reduction      Reduction
}

// A CrossEntropyOption changes [NewCrossEntropyLoss]: Weight, IgnoreIndex,
// LabelSmoothing, a Reduction.
type CrossEntropyOption interface{ crossEntropy(*CrossEntropyLoss) }

// LabelSmoothing spreads a share s of the target evenly over all classes.
func LabelSmoothing(s float64) CrossEntropyOption { return labelSmoothing(s) }

type labelSmoothing float64

func (s labelSmoothing) crossEntropy(l *CrossEntropyLoss)    { l.LabelSmoothing = float64(s) }
func (w WeightOption) crossEntropy(l *CrossEntropyLoss)      { l.Weight = w.t }
func (i IgnoreIndexOption) crossEntropy(l *CrossEntropyLoss) { l.IgnoreIndex = int(i) }
func (r Reduction) crossEntropy(l *CrossEntropyLoss)         { l.Reduction = r }

// NewCrossEntropyLoss returns the loss.
//
//	panics: *tensor.Error unless LabelSmoothing is in [0, 1]
func NewCrossEntropyLoss(opts ...CrossEntropyOption) *CrossEntropyLoss {
	l := &CrossEntropyLoss{IgnoreIndex: defaultIgnore}
	for _, o := range opts {
		o.crossEntropy(l)
	}
	wantProbability("cross_entropy", "label smoothing is", l.LabelSmoothing)
	return l
}

// Forward returns the loss of the logits x against class indices, or against
// probabilities if target has x's shape.
//
//	shape:  x [n, c, ...] and indices [n, ...] or probabilities [n, c, ...];
//	        without n for one sample
//	dtype:  indices int64 or int32, probabilities floating point
//	panics: *tensor.Error for other shapes or dtypes, and a class outside 0 … c-1
func (l *CrossEntropyLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	y := tensor.CrossEntropy(x, target, tensor.ClassWeight(l.Weight), tensor.IgnoreIndex(l.IgnoreIndex),
		tensor.LabelSmoothing(l.LabelSmoothing), tensor.Reduction(l.Reduction))
	return tensor.Observed(l, x, y)
}
