package nn

import "github.com/facula-ml/facula/tensor"

// CosineSimilarity is the cosine of the angle between two tensors along a dim.
//
//	source: torch.nn.CosineSimilarity
type CosineSimilarity struct {
	Dim int
	Eps float64 // the least that a length counts
}

// A CosineSimilarityOption changes [NewCosineSimilarity]: Dim, Eps.
type CosineSimilarityOption interface{ cosineSimilarity(*CosineSimilarity) }

func (d DimOption) cosineSimilarity(l *CosineSimilarity) { l.Dim = int(d) }
func (e EpsOption) cosineSimilarity(l *CosineSimilarity) { l.Eps = float64(e) }

// NewCosineSimilarity returns the layer; Dim is 1 and Eps 1e-8 unless given.
func NewCosineSimilarity(opts ...CosineSimilarityOption) *CosineSimilarity {
	l := &CosineSimilarity{1, 1e-8}
	for _, o := range opts {
		o.cosineSimilarity(l)
	}
	return l
}

// Forward returns a tensor of the shape of both without Dim; see
// [tensor.CosineSimilarity].
func (l *CosineSimilarity) Forward(x1, x2 *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x1, tensor.CosineSimilarity(x1, x2, l.Dim, l.Eps))
}

// PairwiseDistance is the P-norm of x1 - x2 + Eps along the last dim.
//
//	source: torch.nn.PairwiseDistance
type PairwiseDistance struct {
	P, Eps  float64
	KeepDim bool // keeps the last dim as 1
}

// A PairwiseDistanceOption changes [NewPairwiseDistance]: P, Eps, KeepDim.
type PairwiseDistanceOption interface{ pairwiseDistance(*PairwiseDistance) }

// KeepDim makes a PairwiseDistance keep the last dim as 1.
var KeepDim keepDim

type keepDim struct{}

func (p POption) pairwiseDistance(l *PairwiseDistance)   { l.P = float64(p) }
func (e EpsOption) pairwiseDistance(l *PairwiseDistance) { l.Eps = float64(e) }
func (keepDim) pairwiseDistance(l *PairwiseDistance)     { l.KeepDim = true }

// NewPairwiseDistance returns the layer; P is 2 and Eps 1e-6 unless given.
func NewPairwiseDistance(opts ...PairwiseDistanceOption) *PairwiseDistance {
	l := &PairwiseDistance{P: 2, Eps: 1e-6}
	for _, o := range opts {
		o.pairwiseDistance(l)
	}
	return l
}

// Forward returns a tensor of the shape of both without the last dim; see
// [tensor.PairwiseDistance].
func (l *PairwiseDistance) Forward(x1, x2 *tensor.Tensor) *tensor.Tensor {
	var opts []tensor.ReduceOption
	if l.KeepDim {
		opts = append(opts, tensor.KeepDim)
	}
	return tensor.Observed(l, x1, tensor.PairwiseDistance(x1, x2, l.P, l.Eps, opts...))
}
