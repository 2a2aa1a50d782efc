package nn

import "github.com/facula-ml/facula/tensor"

// HingeEmbeddingLoss is the mean of x where the target is 1, and of
// max(0, Margin - x) where it is -1: for distances x of like and unlike pairs.
//
//	source: torch.nn.HingeEmbeddingLoss
type HingeEmbeddingLoss struct {
	Margin    float64
	Reduction Reduction
}

// A HingeEmbeddingOption changes [NewHingeEmbeddingLoss]: Margin, a Reduction.
type HingeEmbeddingOption interface{ hingeEmbedding(*HingeEmbeddingLoss) }

func (m MarginOption) hingeEmbedding(l *HingeEmbeddingLoss) { l.Margin = float64(m) }
func (r Reduction) hingeEmbedding(l *HingeEmbeddingLoss)    { l.Reduction = r }

// NewHingeEmbeddingLoss returns the loss; Margin is 1 unless given.
func NewHingeEmbeddingLoss(opts ...HingeEmbeddingOption) *HingeEmbeddingLoss {
	l := &HingeEmbeddingLoss{Margin: 1}
	for _, o := range opts {
		o.hingeEmbedding(l)
	}
	return l
}

// Forward returns the loss of x against targets 1 and -1.
//
//	shape:  both broadcast
//	panics: *tensor.Error if they do not
func (l *HingeEmbeddingLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, l.Reduction.loss("hinge_embedding_loss", func(in []*tensor.Tensor) *tensor.Tensor {
		x, t := in[0], in[1]
		far := x.RSubScalar(l.Margin).ClampMin(0)
		far = tensor.Where(t.NeScalar(1), far, tensor.ZerosLike(far))
		near := tensor.Where(t.NeScalar(-1), x, tensor.ZerosLike(x))
		return far.Add(near)
	}, x, target))
}

// MarginRankingLoss is the mean of max(0, Margin - target·(x1 - x2)): target 1
// wants x1 to be the larger, -1 x2.
//
//	source: torch.nn.MarginRankingLoss
type MarginRankingLoss struct {
	Margin    float64
	Reduction Reduction
}

// A MarginRankingOption changes [NewMarginRankingLoss]: Margin, a Reduction.
type MarginRankingOption interface{ marginRanking(*MarginRankingLoss) }

func (m MarginOption) marginRanking(l *MarginRankingLoss) { l.Margin = float64(m) }
func (r Reduction) marginRanking(l *MarginRankingLoss)    { l.Reduction = r }

// NewMarginRankingLoss returns the loss; Margin is 0 unless given.
func NewMarginRankingLoss(opts ...MarginRankingOption) *MarginRankingLoss {
	l := &MarginRankingLoss{}
	for _, o := range opts {
		o.marginRanking(l)
	}
	return l
}

// Forward returns the loss of x1 and x2 against targets 1 and -1.
//
//	shape:  all of as many dims, and they broadcast
//	panics: *tensor.Error for other shapes
func (l *MarginRankingLoss) Forward(x1, x2, target *tensor.Tensor) *tensor.Tensor {
	const op = "margin_ranking_loss"
	return tensor.Observed(l, x1, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		wantDimsAlike(op, in...)
		return in[2].Neg().Mul(in[0].Sub(in[1])).AddScalar(l.Margin).ClampMin(0)
	}, x1, x2, target))
}

// SoftMarginLoss is the mean of log(1 + exp(-target·x)) for targets 1 and -1,
// computed so that it does not overflow.
//
//	source: torch.nn.SoftMarginLoss
type SoftMarginLoss struct{ Reduction Reduction }

// A SoftMarginOption changes [NewSoftMarginLoss]: a Reduction.
type SoftMarginOption interface{ softMargin(*SoftMarginLoss) }

func (r Reduction) softMargin(l *SoftMarginLoss) { l.Reduction = r }

// NewSoftMarginLoss returns the loss.
func NewSoftMarginLoss(opts ...SoftMarginOption) *SoftMarginLoss {
	l := &SoftMarginLoss{}
	for _, o := range opts {
		o.softMargin(l)
	}
	return l
}

// Forward returns the loss of x against targets 1 and -1.
//
//	dtype:  floating point
//	panics: *tensor.Error if their shapes differ
func (l *SoftMarginLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	const op = "soft_margin_loss"
	wantSame(op, x, target)
	return tensor.Observed(l, x, l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		return in[0].Mul(in[1]).LogSigmoid().Neg()
	}, x, target))
}
