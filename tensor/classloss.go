package tensor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
)

// What CrossEntropy and NLLLoss share.

// A LossOption changes a loss of classes: [ClassWeight], [IgnoreIndex],
// [LabelSmoothing], or a [Reduction].
type LossOption interface{ loss(*classLoss) }

// A Reduction says what becomes of the losses of the samples. It is a LossOption.
type Reduction int

const (
	ReduceMean Reduction = iota // their weighted mean, a scalar; the default
	ReduceSum                   // their sum, a scalar
	ReduceNone                  // nothing: one value a sample
)

type lossFunc func(*classLoss)

func (f lossFunc) loss(l *classLoss)  { f(l) }
func (r Reduction) loss(l *classLoss) { l.reduction = r }

// ClassWeight multiplies the loss of each class by its element of w, of shape
// [classes]; nil is none.
func ClassWeight(w *Tensor) LossOption { return lossFunc(func(l *classLoss) { l.weight = w }) }

// IgnoreIndex is the label of samples that do not count, -100 without it.
func IgnoreIndex(i int) LossOption {
	return lossFunc(func(l *classLoss) { l.ignore, l.ignores = i, true })
}

// LabelSmoothing spreads a share s of each target evenly over all classes.
func LabelSmoothing(s float64) LossOption { return lossFunc(func(l *classLoss) { l.smoothing = s }) }

// classLoss is one call of a loss on scores x for classes along dim.
type classLoss struct {
	op         string
	x          *Tensor
	dim, count int     // of the classes
	weight     *Tensor // of them, in x's dtype, or nil
	ignore     int
	ignores    bool // ignore was given
	smoothing  float64
	reduction  Reduction
}

func newClassLoss(op string, x, target *Tensor, opts []LossOption) *classLoss {
	l := &classLoss{op: op, x: x, ignore: -100}
	for _, o := range opts {
		o.loss(l)
	}
	switch {
	case x == nil || target == nil:
		misuse(op, errors.New("the input or the target is nil"), x, target)
	case x.Dim() == 0:
		misuse(op, errors.New("the input has no dim of classes"), x, target)
	case !x.DType().IsFloat():
		misuse(op, wantFloat(x.DType()), x, target)
	case !(l.smoothing >= 0 && l.smoothing <= 1):
		misuse(op, fmt.Errorf("label smoothing is %v; want 0 to 1", l.smoothing), x, target)
	case l.reduction < ReduceMean || l.reduction > ReduceNone:
		misuse(op, fmt.Errorf("reduction %d; want ReduceMean, ReduceSum or ReduceNone", l.reduction), x, target)
	}
	x = CastFor(CastFloat32, x)[0]
	l.x, l.dim = x, min(1, x.Dim()-1)
	l.count = x.shape()[l.dim]
	if w := l.weight; w != nil {
		if w.Dim() != 1 || w.Len() != l.count {
			misuse(op, fmt.Errorf("the class weight has shape %v; want [%d]", w.shape(), l.count), x, target)
		}
		l.weight = w.Cast(x.DType())
	}
	return l
}

// checkLabels refuses a target that is no class indices for each sample.
func (l *classLoss) checkLabels(target *Tensor) {
	want := slices.Delete(l.x.Shape(), l.dim, l.dim+1)
	switch d := target.DType(); {
	case d != Int64 && d != Int32:
		misuse(l.op, fmt.Errorf("the target is %v; want class indices as int64 or int32 of shape %v", d, want), l.x, target)
	case !slices.Equal(target.shape(), want):
		misuse(l.op, fmt.Errorf("the target has shape %v; want %v, a class index for each sample", target.shape(), want), l.x, target)
	}
}

// explain says what is wrong with a label.
func (l *classLoss) explain(err error) error {
	if bad := (*device.IndexError)(nil); errors.As(err, &bad) {
		return fmt.Errorf("label %d at %v is out of range; want 0 to %d (%d classes), or %d to ignore the sample", bad.Value, bad.At, l.count-1, l.count, l.ignore)
	}
	return err
}

// labels checks the class indices of a target: valid is where they count, and
// idx has 0 where they do not.
func (l *classLoss) labels(target *Tensor) (idx, valid *Tensor) {
	l.checkLabels(target)
	target = target.Cast(Int64)
	r := device.IndexRange{Size: l.count, Ignore: int64(l.ignore), HasIgnore: true}
	idx, err := run(resolveOp{r: r}, new(body), []*Tensor{target})
	if err != nil {
		misuse(l.op, l.explain(err), l.x, target)
	}
	return idx, target.NeScalar(l.ignore)
}

// counts is what each sample counts: its label's weight, 0 if it is ignored.
func (l *classLoss) counts(idx, valid *Tensor) *Tensor {
	w := valid.Cast(l.x.counted().DType())
	if l.weight != nil {
		w = w.Mul(Apply(indexSelectOp{}, l.weight.Cast(w.DType()), idx))
	}
	return w
}

// reduce weights the losses y of samples, to which smooth is added, and reduces them.
func (l *classLoss) reduce(y, smooth, idx, valid *Tensor) *Tensor {
	w := valid.Cast(y.DType())
	if l.weight != nil {
		picked := Apply(indexSelectOp{}, l.weight, idx)
		w, y = w.Mul(picked), y.Mul(picked)
	}
	if smooth != nil {
		y = y.MulScalar(1 - l.smoothing).Add(smooth)
	}
	y = Where(valid, y, scalarOf(y.b.dev, y.DType(), device.Number{})) // not y·0, which may be NaN
	switch l.reduction {
	case ReduceNone:
		return y
	case ReduceSum:
		return y.Sum()
	}
	return y.counted().Sum().Div(w.counted().Sum()).Cast(y.DType())
}

// counted is t in a dtype that can hold the sum of a batch.
func (t *Tensor) counted() *Tensor {
	if t.DType().Size() == 2 {
		return t.Cast(Float32)
	}
	return t
}

// byClass multiplies each class of y by its weight.
func (l *classLoss) byClass(y *Tensor) *Tensor {
	if l.weight == nil {
		return y
	}
	shape := make([]int, y.Dim())
	for i := range shape {
		shape[i] = 1
	}
	shape[l.dim] = l.count
	return y.Mul(l.weight.Reshape(shape...))
}
