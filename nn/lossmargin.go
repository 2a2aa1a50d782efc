package nn

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// MultiMarginLoss is, for scores x of classes and the right class t,
//
//	Σ max(0, Margin - x[t] + x[i])^P / classes over i ≠ t
//
// times Weight[t], and the mean of that over the samples.
//
//	source: torch.nn.MultiMarginLoss
type MultiMarginLoss struct {
	P         int // 1 or 2
	Margin    float64
	Weight    *tensor.Tensor `state:",buffer"` // of classes [c], or nil
	Reduction Reduction
}

// A MultiMarginOption changes [NewMultiMarginLoss]: P, Margin, Weight, a Reduction.
type MultiMarginOption interface{ multiMargin(*MultiMarginLoss) }

func (p POption) multiMargin(l *MultiMarginLoss) {
	if l.P = int(p); p != 1 && p != 2 {
		tensor.Misuse("multi_margin_loss", fmt.Errorf("p is %v; want 1 or 2", float64(p)))
	}
}
func (m MarginOption) multiMargin(l *MultiMarginLoss) { l.Margin = float64(m) }
func (w WeightOption) multiMargin(l *MultiMarginLoss) { l.Weight = w.t }
func (r Reduction) multiMargin(l *MultiMarginLoss)    { l.Reduction = r }

// NewMultiMarginLoss returns the loss; P and Margin are 1 unless given.
//
//	panics: *tensor.Error unless P is 1 or 2
func NewMultiMarginLoss(opts ...MultiMarginOption) *MultiMarginLoss {
	l := &MultiMarginLoss{P: 1, Margin: 1}
	for _, o := range opts {
		o.multiMargin(l)
	}
	return l
}

// Forward returns the loss of the scores x against class indices.
//
//	shape:  x [n, c] and target [n], or x [c] and target [] or [1]
//	dtype:  x floating point, target int64 or int32
//	panics: *tensor.Error for other shapes, and a class outside 0 … c-1
func (l *MultiMarginLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	const op = "multi_margin_loss"
	rows, labels := samples(op, x, target)
	if labels.Dim() > 1 || labels.Len() != rows.Size(0) || x.Dim() == 2 && labels.Dim() != 1 {
		tensor.Misuse(op, fmt.Errorf("the target has shape %v; want [%d]", target.Shape(), rows.Size(0)), x, target)
	}
	labels = labels.Reshape(-1, 1)
	c := rows.Size(1)
	wantClasses(op, labels, 0, c, x, target)
	if w := l.Weight; w != nil && (w.Dim() != 1 || w.Len() != c) {
		tensor.Misuse(op, fmt.Errorf("the class weight has shape %v; want [%d]", w.Shape(), c), x, target)
	}
	return tensor.Observed(l, x, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		y := in[0].Sub(in[0].Gather(1, labels)).AddScalar(l.Margin).ReLU()
		if l.P == 2 {
			y = y.Square()
		}
		y = y.ScatterScalar(1, labels, 0) // the right class itself
		if l.Weight != nil {
			y = y.Mul(l.Weight.Cast(y.DType()).Take(labels))
		}
		y = y.Sum(tensor.Dims(1)).DivScalar(c)
		if target.Dim() == 0 {
			y = y.Squeeze(0)
		}
		return y
	}, rows))
}

// samples are scores of classes as [n, c], and a target of them.
func samples(op string, x, target *tensor.Tensor) (rows, labels *tensor.Tensor) {
	wantTarget(op, x, target)
	switch {
	case target.DType() != tensor.Int64 && target.DType() != tensor.Int32:
		tensor.Misuse(op, fmt.Errorf("the target is %v; want int64 or int32", target.DType()), x, target)
	case x.Dim() > 2 || x.Dim() > 0 && x.Size(-1) == 0:
		tensor.Misuse(op, errors.New("want an input of shape [n, c] or [c], with at least one class"), x, target)
	}
	if x.Dim() < 2 {
		return x.Reshape(1, -1), target
	}
	return x, target
}

// wantClasses refuses labels outside low … count-1.
func wantClasses(op string, labels *tensor.Tensor, low, count int, in ...*tensor.Tensor) {
	if labels.Len() == 0 {
		return
	}
	for _, v := range []int{labels.Min().Int(), labels.Max().Int()} {
		if v < low || v >= count {
			tensor.Misuse(op, fmt.Errorf("the target has a class %d; want %d to %d", v, low, count-1), in...)
		}
	}
}

// MultiLabelMarginLoss is, for scores x of classes and several right classes,
//
//	Σ max(0, 1 - (x[t] - x[i])) / classes
//
// over the right classes t and all i that are none, and the mean of that over
// the samples. The target lists the right classes; the list ends with the
// first -1.
//
//	source: torch.nn.MultiLabelMarginLoss
type MultiLabelMarginLoss struct{ Reduction Reduction }

// A MultiLabelMarginOption changes [NewMultiLabelMarginLoss]: a Reduction.
type MultiLabelMarginOption interface {
	multiLabelMargin(*MultiLabelMarginLoss)
}

func (r Reduction) multiLabelMargin(l *MultiLabelMarginLoss) { l.Reduction = r }

// NewMultiLabelMarginLoss returns the loss.
func NewMultiLabelMarginLoss(opts ...MultiLabelMarginOption) *MultiLabelMarginLoss {
	l := &MultiLabelMarginLoss{}
	for _, o := range opts {
		o.multiLabelMargin(l)
	}
	return l
}

// Forward returns the loss of the scores x against lists of classes.
//
//	shape:  both [n, c] or both [c]
//	dtype:  x floating point, target int64 or int32
//	panics: *tensor.Error for other shapes, and a class outside -1 … c-1
func (l *MultiLabelMarginLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	const op = "multilabel_margin_loss"
	rows, labels := samples(op, x, target)
	wantSame(op, x, target)
	labels = labels.Reshape(rows.Shape()...).Cast(tensor.Int64)
	wantClasses(op, labels, -1, rows.Size(1), x, target)
	given := labels.GeScalar(0).Cast(tensor.Int64).CumProd(1)
	longest := 0
	if given.Len() > 0 {
		longest = given.Sum(tensor.Dims(1)).Max().Int()
	}
	given, labels = given.Narrow(1, 0, longest), labels.Narrow(1, 0, longest)
	labels = labels.Mul(given) // any class where there is none
	right := tensor.Make{DType: tensor.Int64}.Zeros(rows.Shape()...).ScatterAdd(1, labels, given).GtScalar(0)
	counts := given.GtScalar(0).Unsqueeze(2).LogicalAnd(right.LogicalNot().Unsqueeze(1)) // [n, longest, c]
	return tensor.Observed(l, x, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		x := in[0]
		y := x.Unsqueeze(1).Sub(x.Gather(1, labels).Unsqueeze(2)).AddScalar(1).ReLU()
		y = tensor.Where(counts, y, tensor.ZerosLike(y)).Sum(tensor.Dims(1, 2)).DivScalar(x.Size(1))
		if target.Dim() < 2 {
			y = y.Squeeze(0)
		}
		return y
	}, rows))
}

// MultiLabelSoftMarginLoss is the mean over all classes and samples of the
// binary cross-entropy of σ(x) against targets 0 and 1.
//
//	source: torch.nn.MultiLabelSoftMarginLoss
type MultiLabelSoftMarginLoss struct {
	Weight    *tensor.Tensor `state:",buffer"` // of classes, broadcast to the input; or nil
	Reduction Reduction
}

// A MultiLabelSoftMarginOption changes [NewMultiLabelSoftMarginLoss]: Weight, a Reduction.
type MultiLabelSoftMarginOption interface {
	multiLabelSoftMargin(*MultiLabelSoftMarginLoss)
}

func (w WeightOption) multiLabelSoftMargin(l *MultiLabelSoftMarginLoss) { l.Weight = w.t }
func (r Reduction) multiLabelSoftMargin(l *MultiLabelSoftMarginLoss)    { l.Reduction = r }

// NewMultiLabelSoftMarginLoss returns the loss.
func NewMultiLabelSoftMarginLoss(opts ...MultiLabelSoftMarginOption) *MultiLabelSoftMarginLoss {
	l := &MultiLabelSoftMarginLoss{}
	for _, o := range opts {
		o.multiLabelSoftMargin(l)
	}
	return l
}

// Forward returns the loss of the logits x against target. The last dim has the
// classes; without a reduction there is one value for each of the others.
//
//	panics: *tensor.Error if their shapes differ, and for no dims
func (l *MultiLabelSoftMarginLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	const op = "multilabel_soft_margin_loss"
	wantSame(op, x, target)
	if x.Dim() == 0 {
		tensor.Misuse(op, errors.New("the input has no dim of classes"), x, target)
	}
	return tensor.Observed(l, x, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		x, t := in[0], in[1]
		y := t.Mul(x.LogSigmoid()).Add(t.RSubScalar(1).Mul(x.Neg().LogSigmoid())).Neg()
		return weigh(op, y, l.Weight).Sum(tensor.Dims(-1)).DivScalar(x.Size(-1))
	}, x, target))
}
