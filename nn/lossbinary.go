package nn

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// BCELoss is the mean of -(t·log x + (1-t)·log(1-x)), the binary cross-entropy
// of probabilities x against targets t in [0, 1]. Each logarithm is at least
// -100, so that the loss is finite. BCEWithLogitsLoss is more precise.
//
//	source: torch.nn.BCELoss
type BCELoss struct {
	Weight    *tensor.Tensor `state:",buffer"` // of elements, broadcast to the input; or nil
	Reduction Reduction
}

// A BCEOption changes [NewBCELoss]: Weight, a Reduction.
type BCEOption interface{ bce(*BCELoss) }

func (w WeightOption) bce(l *BCELoss) { l.Weight = w.t }
func (r Reduction) bce(l *BCELoss)    { l.Reduction = r }

// A WeightOption is made by [Weight].
type WeightOption struct{ t *tensor.Tensor }

// Weight gives the elements of a binary loss, or the classes of CrossEntropyLoss
// and NLLLoss, different weights.
func Weight(w *tensor.Tensor) WeightOption { return WeightOption{w} }

// NewBCELoss returns the loss.
func NewBCELoss(opts ...BCEOption) *BCELoss {
	l := &BCELoss{}
	for _, o := range opts {
		o.bce(l)
	}
	return l
}

// Forward returns the loss of the probabilities x against target.
//
//	panics: *tensor.Error if their shapes differ, or x has a value outside [0, 1]
func (l *BCELoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	const op = "binary_cross_entropy"
	wantSame(op, x, target)
	in := tensor.CastFor(tensor.CastFloat32, x, target)
	x, target = in[0], in[1]
	if inside := x.GeScalar(0).LogicalAnd(x.LeScalar(1)); x.Len() > 0 && inside.All().Int() == 0 {
		tensor.Misuse(op, errors.New("the input has a value outside 0 to 1; BCEWithLogitsLoss takes any"), x, target)
	}
	y := tensor.Apply(bceOp{}, x, target.Cast(x.DType()))
	return tensor.Observed(l, x, l.Reduction.of(op, weigh(op, y, l.Weight)))
}

// weigh multiplies a loss by its elements' weights.
func weigh(op string, y, w *tensor.Tensor) *tensor.Tensor {
	if w == nil {
		return y
	}
	z := y.Mul(w)
	if !sameShape(y, z) {
		tensor.Misuse(op, fmt.Errorf("the weight has shape %v; want one that broadcasts to the input's", w.Shape()), y)
	}
	return z
}

// bceOp is an op for its gradient, which stays finite at 0 and 1.
type bceOp struct{}

func (bceOp) Name() string          { return "binary_cross_entropy" }
func (bceOp) Kernel() device.Kernel { return device.NoKernel }
func (bceOp) Reads() tensor.Reads   { return tensor.In0 | tensor.In1 }
func (bceOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	s := device.Spec{DType: in[0].DType(), Rank: uint8(in[0].Dim())}
	copy(s.Dim[:], in[0].Shape())
	return s, nil
}

// logs are log x and log(1-x), cut off below.
func (bceOp) logs(x *tensor.Tensor) (log, log1m *tensor.Tensor) {
	return x.Log().ClampMin(-100), x.Neg().Log1p().ClampMin(-100)
}

func (o bceOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	log, log1m := o.logs(in[0])
	t := in[1]
	return t.SubScalar(1).Mul(log1m).Sub(t.Mul(log))
}

// bceFloor is the least denominator of the gradient: PyTorch's EPSILON, a float32.
const bceFloor = float32(1e-12)

// dx = (x - t)/(x·(1-x)), the denominator cut off below; dt = log(1-x) - log x.
func (o bceOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	x, t := c.In(0), c.In(1)
	if c.Needs(0) {
		g[0] = x.Sub(t).Div(x.Mul(x.RSubScalar(1)).ClampMin(float64(bceFloor))).Mul(dy)
	}
	if c.Needs(1) {
		log, log1m := o.logs(x)
		g[1] = log1m.Sub(log).Mul(dy)
	}
	return g
}

// BCEWithLogitsLoss is the mean of the binary cross-entropy of σ(x) against
// targets t in [0, 1], computed so that it neither overflows nor cancels:
//
//	(1-t)·log(1 + eˣ) + PosWeight·t·log(1 + e⁻ˣ)
//
//	source: torch.nn.BCEWithLogitsLoss, whose float32 loses the tails: where
//	the loss is 3.06e-7, at x = -15 for t = 0, it has 3.58e-7
type BCEWithLogitsLoss struct {
	Weight    *tensor.Tensor `state:",buffer"` // of elements, broadcast to the input; or nil
	PosWeight *tensor.Tensor `state:",buffer"` // of the positive side of each class, broadcast; or nil
	Reduction Reduction
}

// A BCEWithLogitsOption changes [NewBCEWithLogitsLoss]: Weight, PosWeight, a Reduction.
type BCEWithLogitsOption interface{ bceWithLogits(*BCEWithLogitsLoss) }

// PosWeight multiplies the loss of positive targets: above 1 it favours recall,
// below 1 precision.
func PosWeight(w *tensor.Tensor) BCEWithLogitsOption { return posWeight{w} }

type posWeight struct{ t *tensor.Tensor }

func (w posWeight) bceWithLogits(l *BCEWithLogitsLoss)    { l.PosWeight = w.t }
func (w WeightOption) bceWithLogits(l *BCEWithLogitsLoss) { l.Weight = w.t }
func (r Reduction) bceWithLogits(l *BCEWithLogitsLoss)    { l.Reduction = r }

// NewBCEWithLogitsLoss returns the loss.
func NewBCEWithLogitsLoss(opts ...BCEWithLogitsOption) *BCEWithLogitsLoss {
	l := &BCEWithLogitsLoss{}
	for _, o := range opts {
		o.bceWithLogits(l)
	}
	return l
}

// Forward returns the loss of the logits x against target.
//
//	panics: *tensor.Error if their shapes differ, or x is not of floating point
func (l *BCEWithLogitsLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	const op = "binary_cross_entropy_with_logits"
	wantSame(op, x, target)
	if !x.DType().IsFloat() {
		tensor.Misuse(op, fmt.Errorf("the input is %v; want floating point", x.DType()), x, target)
	}
	in := tensor.CastFor(tensor.CastFloat32, x, target)
	x, target = in[0], in[1]
	pos := weigh(op, target, l.PosWeight)
	y := tensor.Apply(bceLogitsOp{}, x, target.RSubScalar(1).Cast(x.DType()), pos.Cast(x.DType()))
	return tensor.Observed(l, x, l.Reduction.of(op, weigh(op, y, l.Weight)))
}

// bceLogitsOp is neg·log(1 + eˣ) + pos·log(1 + e⁻ˣ) for the inputs x, neg and
// pos: the weights of the two sides, 1-t and t.
type bceLogitsOp struct{ bceOp }

func (bceLogitsOp) Name() string        { return "binary_cross_entropy_with_logits" }
func (bceLogitsOp) Reads() tensor.Reads { return tensor.AllIn }

// softplus are log(1 + eˣ) and log(1 + e⁻ˣ): max(±x, 0) + log(1 + e^-|x|).
func (bceLogitsOp) softplus(x *tensor.Tensor) (plus, minus *tensor.Tensor) {
	tail := x.Abs().Neg().Exp().Log1p()
	return x.ReLU().Add(tail), x.Neg().ReLU().Add(tail)
}

func (o bceLogitsOp) Body(in []*tensor.Tensor) *tensor.Tensor {
	plus, minus := o.softplus(in[0])
	return in[1].Mul(plus).Add(in[2].Mul(minus))
}

// dx = neg·σ(x) - pos·σ(-x), which unlike σ(x) - t is precise in both tails.
func (o bceLogitsOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	x := c.In(0)
	if c.Needs(0) {
		g[0] = c.In(1).Mul(x.Sigmoid()).Sub(c.In(2).Mul(x.Neg().Sigmoid())).Mul(dy)
	}
	if c.Needs(1) || c.Needs(2) {
		plus, minus := o.softplus(x)
		g[1], g[2] = plus.Mul(dy), minus.Mul(dy)
	}
	return g
}
