package nn

import (
	"errors"
	"fmt"

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
	y := classLoss{"nll_loss", l.Weight, l.IgnoreIndex, 0, l.Reduction}.indices(logp, target)
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
	if !(l.LabelSmoothing >= 0 && l.LabelSmoothing <= 1) {
		tensor.Misuse("cross_entropy", fmt.Errorf("label smoothing is %v; want 0 to 1", l.LabelSmoothing))
	}
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
	c := classLoss{"cross_entropy", l.Weight, l.IgnoreIndex, l.LabelSmoothing, l.Reduction}
	c.check(x, target)
	logp := x.LogSoftmax(c.dim(x))
	if sameShape(x, target) {
		return tensor.Observed(l, x, c.probabilities(logp, target))
	}
	return tensor.Observed(l, x, c.indices(logp, target))
}

// classLoss is what NLLLoss and CrossEntropyLoss share.
type classLoss struct {
	op        string
	weight    *tensor.Tensor
	ignore    int
	smoothing float64
	reduction Reduction
}

// dim is the one of the classes.
func (classLoss) dim(x *tensor.Tensor) int { return min(1, x.Dim()-1) }

func (c *classLoss) check(x, target *tensor.Tensor) {
	if x == nil || target == nil || x.Dim() == 0 {
		tensor.Misuse(c.op, errors.New("want an input of shape [n, classes, ...] and a target"), x, target)
	}
	if w, n := c.weight, x.Size(c.dim(x)); w != nil && (w.Dim() != 1 || w.Len() != n) {
		tensor.Misuse(c.op, fmt.Errorf("the weight has shape %v; want [%d]", w.Shape(), n), x, target)
	}
}

// indices is the loss against class indices.
func (c classLoss) indices(logp, target *tensor.Tensor) *tensor.Tensor {
	c.check(logp, target)
	d := c.dim(logp)
	want := logp.Shape()
	classes := want[d]
	want = append(want[:d], want[d+1:]...)
	if fmt.Sprint(target.Shape()) != fmt.Sprint(want) {
		tensor.Misuse(c.op, fmt.Errorf("the target has shape %v; want %v, an index for each sample", target.Shape(), want), logp, target)
	}
	valid := target.NeScalar(c.ignore)
	index := tensor.Where(valid, target, tensor.ZerosLike(target))
	y := c.pick(logp, index)
	w := valid.Cast(logp.DType())
	if c.weight != nil {
		w = w.Mul(tensor.Embedding(c.weight.Unsqueeze(1), index).Squeeze(-1))
	}
	y = y.Mul(w).Neg()
	if c.smoothing > 0 {
		all := c.weighted(logp, d).Sum(tensor.Dims(d)).Neg()
		y = y.MulScalar(1 - c.smoothing).Add(all.MulScalar(c.smoothing / float64(classes)))
	}
	y = tensor.Where(valid, y, tensor.ZerosLike(y)) // also where logp is infinite
	if c.reduction == ReduceMean {
		return y.Sum().Div(w.Sum())
	}
	return c.reduction.of(c.op, y)
}

// pick is logp at the index of each sample.
func (c *classLoss) pick(logp, index *tensor.Tensor) (y *tensor.Tensor) {
	d := c.dim(logp)
	var e *tensor.Error
	if errors.As(tensor.Try(func() { y = logp.Gather(d, index.Unsqueeze(d)).Squeeze(d) }), &e) {
		tensor.Misuse(c.op, fmt.Errorf("target: %w", e.Err), logp, index)
	}
	return y
}

// weighted multiplies each class of y by its weight.
func (c *classLoss) weighted(y *tensor.Tensor, d int) *tensor.Tensor {
	if c.weight == nil {
		return y
	}
	shape := make([]int, y.Dim())
	for i := range shape {
		shape[i] = 1
	}
	shape[d] = -1
	return y.Mul(c.weight.Reshape(shape...))
}

// probabilities is the loss against a probability for each class.
func (c classLoss) probabilities(logp, target *tensor.Tensor) *tensor.Tensor {
	if !target.DType().IsFloat() {
		tensor.Misuse(c.op, fmt.Errorf("the target has the input's shape and dtype %v; want floating-point probabilities, or indices without the dim of the classes", target.DType()), logp, target)
	}
	d := c.dim(logp)
	classes := logp.Size(d)
	if c.smoothing > 0 {
		target = target.MulScalar(1 - c.smoothing).AddScalar(c.smoothing / float64(classes))
	}
	y := c.weighted(logp.Mul(target), d).Sum(tensor.Dims(d)).Neg()
	if c.reduction == ReduceMean {
		return y.Mean() // of samples, whatever their weights
	}
	return c.reduction.of(c.op, y)
}
