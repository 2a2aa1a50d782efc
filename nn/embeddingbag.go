package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// A BagMode says what an EmbeddingBag makes of the rows of a bag. It is an
// option of it.
type BagMode int

// The modes.
const (
	BagMean BagMode = iota // their mean
	BagSum                 // their sum
	BagMax                 // the largest of each element
)

// String is PyTorch's name for it.
func (m BagMode) String() string {
	switch m {
	case BagMean:
		return "mean"
	case BagSum:
		return "sum"
	case BagMax:
		return "max"
	}
	return fmt.Sprintf("BagMode(%d)", int(m))
}

// EmbeddingBag looks up rows of its weight and joins those of each bag to one.
// A new one takes their mean.
//
//	source: torch.nn.EmbeddingBag
type EmbeddingBag struct {
	Weight            *tensor.Tensor // [n, dim]
	Padding           []int          // the index that does not count, or none
	MaxNorm           float64        // as Embedding's
	NormType          float64        // of MaxNorm
	ScaleGradByFreq   bool           // as Embedding's
	Mode              BagMode
	IncludeLastOffset bool // the offsets end with the number of indices
}

// An EmbeddingBagOption changes [NewEmbeddingBag]: a BagMode, IncludeLastOffset,
// and see [LookupOption].
type EmbeddingBagOption interface{ embeddingBag(*embeddingConfig) }

func (m BagMode) embeddingBag(c *embeddingConfig) { c.mode = m }

// IncludeLastOffset says that the offsets of an EmbeddingBag end with where the
// last bag does.
var IncludeLastOffset includeLast

type includeLast struct{}

func (includeLast) embeddingBag(c *embeddingConfig) { c.last = true }

// NewEmbeddingBag returns a table of n rows of size dim, standard normal numbers.
//
//	panics: *tensor.Error for a negative size, or a padding index outside -n … n-1
func NewEmbeddingBag(n, dim int, opts ...EmbeddingBagOption) *EmbeddingBag {
	c := embeddingConfig{Embedding: Embedding{NormType: 2}}
	for _, o := range opts {
		o.embeddingBag(&c)
	}
	c.start("embedding_bag", n, dim)
	return &EmbeddingBag{c.Weight, c.Padding, c.MaxNorm, c.NormType, c.ScaleGradByFreq, c.mode, c.last}
}

// Forward returns a tensor of shape [bags, dim]. Without offsets, which is nil,
// bags are the rows of index; otherwise index is one list, and offsets say where
// each bag begins. The weights of the samples are for BagSum, or nil.
//
//	shape:  index [bags, k], or [k] with offsets [bags]; weights as index
//	dtype:  indices and offsets int64 or int32
//	panics: *tensor.Error for an index outside 0 … n-1, and for other shapes and dtypes
func (l *EmbeddingBag) Forward(index, offsets, weights *tensor.Tensor) *tensor.Tensor {
	wantReady("embedding_bag", index, l.Weight)
	opts := []tensor.EmbeddingBagOption{tensor.BagMode(l.Mode)}
	if offsets != nil {
		opts = append(opts, tensor.Offsets(offsets, l.IncludeLastOffset))
	}
	if weights != nil {
		opts = append(opts, tensor.SampleWeights(weights))
	}
	table := Embedding{l.Weight, l.Padding, l.MaxNorm, l.NormType, l.ScaleGradByFreq}
	for _, o := range table.options(index) {
		opts = append(opts, o)
	}
	return tensor.Observed(l, index, tensor.EmbeddingBag(l.Weight, index, opts...))
}
