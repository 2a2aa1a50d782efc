package tensor

import (
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
)

// CrossEntropy returns -log softmax(x)[label] for each sample, from scores x of
// classes (logits), and reduces it to the mean unless a [Reduction] says
// otherwise. The mean is weighted by the labels' class weights, and is NaN if
// no sample counts. The target is a label for each sample, or, with x's shape,
// a probability for each class.
//
//	shape:  x [n, classes, ...] or [classes]; target without the classes, or x's
//	dtype:  x floating point; labels int64 or int32, probabilities floating point
//	panics: *Error for other shapes and dtypes, and for a label outside
//	0 … classes-1 that is not IgnoreIndex
//	source: torch.nn.functional.cross_entropy
func CrossEntropy(x, target *Tensor, opts ...LossOption) *Tensor {
	l := newClassLoss("cross_entropy", x, target, opts)
	if slices.Equal(x.shape(), target.shape()) {
		return l.probabilities(target)
	}
	idx, valid := l.labels(target)
	y := Apply(crossEntropyOp{along: l.dim}, x, idx)
	if l.smoothing == 0 {
		return l.reduce(y, nil, idx, valid)
	}
	smooth := l.byClass(x.LogSoftmax(l.dim)).Sum(Dims(l.dim)).MulScalar(-l.smoothing / float64(l.count))
	return l.reduce(y, smooth, idx, valid)
}

// probabilities is the loss against a probability for each class. Its mean is
// that of the samples, whatever the weights.
func (l *classLoss) probabilities(p *Tensor) *Tensor {
	switch {
	case !p.DType().IsFloat():
		misuse(l.op, fmt.Errorf("the target has the input's shape and is %v; want floating-point probabilities, or class indices of shape %v",
			p.DType(), slices.Delete(p.Shape(), l.dim, l.dim+1)), l.x, p)
	case l.ignores && l.ignore >= 0:
		misuse(l.op, fmt.Errorf("ignore index %d has no meaning for probabilities", l.ignore), l.x, p)
	}
	if l.smoothing > 0 {
		p = p.MulScalar(1 - l.smoothing).AddScalar(l.smoothing / float64(l.count))
	}
	y := l.byClass(l.x.LogSoftmax(l.dim).Mul(p)).Sum(Dims(l.dim)).Neg()
	switch l.reduction {
	case ReduceNone:
		return y
	case ReduceSum:
		return y.Sum()
	}
	return y.Mean()
}

// crossEntropyOp is -log softmax(x)[label] along a dim of x, for labels that
// are known to be in range. It saves no softmax: backward computes it again.
type crossEntropyOp struct{ along int }

func (crossEntropyOp) Name() string          { return "cross_entropy" }
func (crossEntropyOp) Kernel() device.Kernel { return device.NoKernel }
func (crossEntropyOp) Reads() Reads          { return In0 | In1 }
func (crossEntropyOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[1].spec()
	s.DType = in[0].DType()
	return s, nil
}
func (o crossEntropyOp) Body(in []*Tensor) *Tensor {
	return pickClass(in[0].LogSoftmax(o.along), o.along, in[1])
}

// dx = softmax(x)·dy, less dy at the label.
func (o crossEntropyOp) Grad(c *Ctx, dy *Tensor) Grads {
	x, idx := c.In(0), c.In(1).Unsqueeze(o.along)
	dy = dy.Unsqueeze(o.along)
	return Grads{x.Softmax(o.along).Mul(dy).ScatterAdd(o.along, idx, dy.Neg())}
}

// pickClass is -t at the labels.
func pickClass(t *Tensor, dim int, idx *Tensor) *Tensor {
	return t.Gather(dim, idx.Unsqueeze(dim)).Squeeze(dim).Neg()
}
