package nn

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

// CosineEmbeddingLoss is, for the cosine c of the angle between x1 and x2, the
// mean of 1 - c where the target is 1, and of max(0, c - Margin) where it is -1.
//
//	source: torch.nn.CosineEmbeddingLoss
type CosineEmbeddingLoss struct {
	Margin    float64
	Reduction Reduction
}

// A CosineEmbeddingOption changes [NewCosineEmbeddingLoss]: Margin, a Reduction.
type CosineEmbeddingOption interface {
	cosineEmbedding(*CosineEmbeddingLoss)
}

func (m MarginOption) cosineEmbedding(l *CosineEmbeddingLoss) { l.Margin = float64(m) }
func (r Reduction) cosineEmbedding(l *CosineEmbeddingLoss)    { l.Reduction = r }

// NewCosineEmbeddingLoss returns the loss; Margin is 0 unless given.
func NewCosineEmbeddingLoss(opts ...CosineEmbeddingOption) *CosineEmbeddingLoss {
	l := &CosineEmbeddingLoss{}
	for _, o := range opts {
		o.cosineEmbedding(l)
	}
	return l
}

// cosineFloor is added to the squares of both lengths: PyTorch's EPSILON.
const cosineFloor = 1e-12

// Forward returns the loss of x1 and x2 against targets 1 and -1.
//
//	shape:  x1 and x2 [n, d] and target [n], or [d] and []
//	panics: *tensor.Error for other shapes
func (l *CosineEmbeddingLoss) Forward(x1, x2, target *tensor.Tensor) *tensor.Tensor {
	const op = "cosine_embedding_loss"
	return tensor.Observed(l, x1, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		a, b, t := in[0], in[1], in[2]
		dim := t.Dim()
		if dim > 1 || a.Dim() != dim+1 || b.Dim() != dim+1 {
			tensor.Misuse(op, errors.New("want inputs of shape [n, d] and a target of shape [n], or [d] and []"), in...)
		}
		dot := func(a, b *tensor.Tensor) *tensor.Tensor { return a.Mul(b).Sum(tensor.Dims(dim)) }
		size := dot(a, a).AddScalar(cosineFloor).Mul(dot(b, b).AddScalar(cosineFloor)).Sqrt()
		cos := dot(a, b).Div(size)
		zero := tensor.ZerosLike(cos)
		like := tensor.Where(t.EqScalar(1), cos.RSubScalar(1), zero)
		unlike := tensor.Where(t.EqScalar(-1), cos.SubScalar(l.Margin).ClampMin(0), zero)
		return like.Add(unlike)
	}, x1, x2, target))
}

// TripletMarginLoss is the mean of
//
//	max(0, d(anchor, positive) - d(anchor, negative) + Margin)
//
// for the distance d of [tensor.PairwiseDistance].
//
//	source: torch.nn.TripletMarginLoss
type TripletMarginLoss struct {
	Margin, P, Eps float64
	Swap           bool // see the option
	Reduction      Reduction
}

// A TripletMarginOption changes [NewTripletMarginLoss]: Margin, P, Eps, Swap, a Reduction.
type TripletMarginOption interface{ tripletMargin(*TripletMarginLoss) }

func (m MarginOption) tripletMargin(l *TripletMarginLoss) { l.Margin = float64(m) }
func (p POption) tripletMargin(l *TripletMarginLoss)      { l.P = float64(p) }
func (e EpsOption) tripletMargin(l *TripletMarginLoss)    { l.Eps = float64(e) }
func (swap) tripletMargin(l *TripletMarginLoss)           { l.Swap = true }
func (r Reduction) tripletMargin(l *TripletMarginLoss)    { l.Reduction = r }

// NewTripletMarginLoss returns the loss; Margin is 1, P 2 and Eps 1e-6 unless given.
func NewTripletMarginLoss(opts ...TripletMarginOption) *TripletMarginLoss {
	l := &TripletMarginLoss{Margin: 1, P: 2, Eps: 1e-6}
	for _, o := range opts {
		o.tripletMargin(l)
	}
	return l
}

// Forward returns the loss.
//
//	shape:  all [n, d] or [d], or others of as many dims that broadcast
//	panics: *tensor.Error for other shapes
func (l *TripletMarginLoss) Forward(anchor, positive, negative *tensor.Tensor) *tensor.Tensor {
	const op = "triplet_margin_loss"
	distance := func(a, b *tensor.Tensor) *tensor.Tensor { return tensor.PairwiseDistance(a, b, l.P, l.Eps) }
	return tensor.Observed(l, anchor, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		wantDimsAlike(op, in...)
		return triplet(in, distance, l.Margin, l.Swap)
	}, anchor, positive, negative))
}

// triplet is the loss of triplets before it is reduced.
func triplet(in []*tensor.Tensor, distance func(a, b *tensor.Tensor) *tensor.Tensor, margin float64, swap bool) *tensor.Tensor {
	near, far := distance(in[0], in[1]), distance(in[0], in[2])
	if swap {
		far = far.Minimum(distance(in[1], in[2]))
	}
	return near.Sub(far).AddScalar(margin).ClampMin(0)
}

// TripletMarginWithDistanceLoss is [TripletMarginLoss] with any distance.
//
//	source: torch.nn.TripletMarginWithDistanceLoss
type TripletMarginWithDistanceLoss struct {
	// Distance is the distance; nil is PairwiseDistance with p 2 and eps 1e-6.
	Distance  func(a, b *tensor.Tensor) *tensor.Tensor
	Margin    float64
	Swap      bool // see the option
	Reduction Reduction
}

// A TripletMarginWithDistanceOption changes [NewTripletMarginWithDistanceLoss]:
// Margin, Swap, a Reduction.
type TripletMarginWithDistanceOption interface {
	tripletMarginWithDistance(*TripletMarginWithDistanceLoss)
}

func (m MarginOption) tripletMarginWithDistance(l *TripletMarginWithDistanceLoss) {
	l.Margin = float64(m)
}
func (swap) tripletMarginWithDistance(l *TripletMarginWithDistanceLoss)        { l.Swap = true }
func (r Reduction) tripletMarginWithDistance(l *TripletMarginWithDistanceLoss) { l.Reduction = r }

// NewTripletMarginWithDistanceLoss returns the loss; Margin is 1 unless given.
func NewTripletMarginWithDistanceLoss(distance func(a, b *tensor.Tensor) *tensor.Tensor, opts ...TripletMarginWithDistanceOption) *TripletMarginWithDistanceLoss {
	l := &TripletMarginWithDistanceLoss{Distance: distance, Margin: 1}
	for _, o := range opts {
		o.tripletMarginWithDistance(l)
	}
	return l
}

// Forward returns the loss.
//
//	shape:  what Distance takes
//	panics: *tensor.Error for inputs of different numbers of dims
func (l *TripletMarginWithDistanceLoss) Forward(anchor, positive, negative *tensor.Tensor) *tensor.Tensor {
	const op = "triplet_margin_with_distance_loss"
	distance := l.Distance
	if distance == nil {
		distance = func(a, b *tensor.Tensor) *tensor.Tensor { return tensor.PairwiseDistance(a, b, 2, 1e-6) }
	}
	return tensor.Observed(l, anchor, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		wantDimsAlike(op, in...)
		return triplet(in, distance, l.Margin, l.Swap)
	}, anchor, positive, negative))
}
