package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Embedding looks up rows of its weight.
//
//	source: torch.nn.Embedding
type Embedding struct {
	Weight  *tensor.Tensor // [n, dim]
	Padding []int          // the index whose row is not trained, or none
}

// An EmbeddingOption changes [NewEmbedding]: PaddingIndex, Gen.
type EmbeddingOption interface{ embedding(*embeddingConfig) }

type embeddingConfig struct {
	padding []int
	gen     *tensor.Generator
}

// PaddingIndex is the index of an Embedding whose row starts as zeros and gets
// no gradient; a negative one counts from the end.
func PaddingIndex(i int) EmbeddingOption { return paddingIndex(i) }

type paddingIndex int

func (i paddingIndex) embedding(c *embeddingConfig) { c.padding = []int{int(i)} }
func (o GenOption) embedding(c *embeddingConfig)    { c.gen = o.g }

// NewEmbedding returns a table of n rows of size dim, standard normal numbers.
//
//	panics: *tensor.Error for a negative size, or a padding index outside -n … n-1
func NewEmbedding(n, dim int, opts ...EmbeddingOption) *Embedding {
	var c embeddingConfig
	for _, o := range opts {
		o.embedding(&c)
	}
	wantSizes("embedding", "rows and their size are", n, dim)
	w := tensor.Make{Gen: c.gen}.Randn(n, dim)
	for i, p := range c.padding {
		if p < -n || p >= n {
			tensor.Misuse("embedding", fmt.Errorf("padding index %d is out of range; want %d to %d", p, -n, n-1), w)
		}
		c.padding[i] = (p + n) % n
		w.Select(0, c.padding[i]).Zero()
	}
	return &Embedding{w.RequireGrad(), c.padding}
}

// Forward returns a tensor of shape [..., dim] for indices of shape [...].
//
//	dtype:  indices int64 or int32
//	panics: *tensor.Error for an index outside 0 … n-1, or another dtype
func (l *Embedding) Forward(index *tensor.Tensor) *tensor.Tensor {
	wantReady("embedding", index, l.Weight)
	return tensor.Observed(l, index, tensor.Embedding(l.Weight, index, l.Padding...))
}
