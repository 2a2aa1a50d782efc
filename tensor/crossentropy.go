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
	if l.smoothing == 0 && (l.weight == nil || !l.weight.RequiresGrad()) {
		return l.fused(target, l.reduction, l.weight)
	}
	idx, valid := l.labels(target)
	y := l.fused(target, ReduceNone, nil)
	if l.smoothing == 0 {
		return l.reduce(y, nil, idx, valid)
	}
	smooth := l.byClass(x.LogSoftmax(l.dim)).Sum(Dims(l.dim)).MulScalar(-l.smoothing / float64(l.count))
	return l.reduce(y, smooth, idx, valid)
}

// fused is the loss in one op.
func (l *classLoss) fused(target *Tensor, r Reduction, weight *Tensor) *Tensor {
	l.checkLabels(target)
	o := &crossEntropyOp{device.ClassLoss{Dim: l.dim, Ignore: l.ignore, Mean: r == ReduceMean, Each: r == ReduceNone}}
	in := []*Tensor{l.x, target.Cast(Int64), weight}
	if weight == nil {
		in = in[:2]
	}
	y, err := runMulti(o, in)
	if err != nil {
		misuse(l.op, l.explain(err), l.x, target)
	}
	return y[0]
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

// crossEntropyOp maps x, labels and weights of the classes, if there are any, to
// the loss and what its gradient needs to know, so that neither saves a softmax.
type crossEntropyOp struct{ device.ClassLoss }

func (*crossEntropyOp) Name() string          { return "cross_entropy" }
func (*crossEntropyOp) Kernel() device.Kernel { return device.CrossEntropy }
func (o *crossEntropyOp) Attr() any           { return &o.ClassLoss }
func (*crossEntropyOp) Reads() Reads          { return AllIn | Out1 }
func (o *crossEntropyOp) Infer(in []*Tensor) ([]device.Spec, error) {
	x, loss := in[0].spec(), device.Spec{}
	if o.Each {
		loss = *in[1].spec()
	}
	loss.DType = x.DType
	return []device.Spec{loss, {DType: statDType(x.DType), Rank: 1, Dim: [device.MaxRank]int{2*in[1].Len() + 1}}}, nil
}

// lossOf is the call that an op's attributes describe.
func lossOf(op string, a *device.ClassLoss, x *Tensor, weights []*Tensor) *classLoss {
	l := &classLoss{op: op, x: x, dim: a.Dim, count: x.shape()[a.Dim], ignore: a.Ignore, reduction: ReduceSum}
	if a.Mean {
		l.reduction = ReduceMean
	} else if a.Each {
		l.reduction = ReduceNone
	}
	for _, w := range weights {
		l.weight = w
	}
	return l
}

func (o *crossEntropyOp) Body(in []*Tensor) []*Tensor {
	x := in[0].counted()
	l := lossOf(o.Name(), &o.ClassLoss, x, in[2:])
	idx, valid := l.labels(in[1])
	y := l.reduce(pickClass(x.LogSoftmax(l.dim), l.dim, idx), nil, idx, valid).Cast(in[0].DType())
	divisor := like(x).Ones(1)
	if o.Mean {
		divisor = l.counts(idx, valid).Sum().Reshape(1)
	}
	if x.Len() == 0 {
		return []*Tensor{y, Cat(0, like(x).Zeros(2*idx.Len()), divisor)}
	}
	top := Apply(extremeOp{reduction{1 << l.dim, true}, false}, x)
	sum := x.Sub(top).Exp().Sum(Dims(l.dim))
	return []*Tensor{y, Cat(0, top.Reshape(-1), sum.Reshape(-1), divisor)}
}

func (o *crossEntropyOp) Grad(c *Ctx, dy *Tensor) Grads {
	in := []*Tensor{dy, c.In(0), c.In(1), c.Out(1)}
	if c.Inputs() > 2 {
		in = append(in, c.In(2))
	}
	return Grads{Apply(&crossEntropyGradOp{ClassLoss: o.ClassLoss}, in...)}
}

// crossEntropyGradOp maps dy, x, labels, what the loss left and weights to the
// gradient of x. Its definition needs nothing of the loss, so that it can be
// differentiated.
type crossEntropyGradOp struct {
	device.ClassLoss
	ThroughBody
}

func (*crossEntropyGradOp) Name() string                            { return "cross_entropy_backward" }
func (*crossEntropyGradOp) Kernel() device.Kernel                   { return device.CrossEntropyGrad }
func (o *crossEntropyGradOp) Attr() any                             { return &o.ClassLoss }
func (*crossEntropyGradOp) Infer(in []*Tensor) (device.Spec, error) { return *in[1].spec(), nil }

// dx = softmax(x)·g, less g at the label, for g = dy·weight, over the sum of
// the weights for their mean.
func (o *crossEntropyGradOp) Body(in []*Tensor) *Tensor {
	dy, x := in[0].counted(), in[1].counted()
	l := lossOf(o.Name(), &o.ClassLoss, x, in[4:])
	idx, valid := l.labels(in[2])
	w := l.counts(idx, valid)
	g := dy.Mul(w)
	if o.Mean {
		g = g.Div(w.Sum())
	}
	g = g.Unsqueeze(l.dim)
	dx := x.Softmax(l.dim).Mul(g).ScatterAdd(l.dim, idx.Unsqueeze(l.dim), g.Neg())
	return Where(valid.Unsqueeze(l.dim), dx, scalarOf(x.b.dev, x.DType(), device.Number{})).Cast(in[1].DType())
}

// pickClass is -t at the labels.
func pickClass(t *Tensor, dim int, idx *Tensor) *Tensor {
	return t.Gather(dim, idx.Unsqueeze(dim)).Squeeze(dim).Neg()
}
