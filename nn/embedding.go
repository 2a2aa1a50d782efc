package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// Embedding looks up rows of its weight.
//
//	source: torch.nn.Embedding
type Embedding struct {
	Weight          *tensor.Tensor // [n, dim]
	Padding         []int          // the index whose row is not trained, or none
	MaxNorm         float64        // rows that are looked up are first scaled down to it in place; 0 is no limit
	NormType        float64        // of MaxNorm
	ScaleGradByFreq bool           // divides a row's gradient by how often it was looked up
}

// A LookupOption is one of Embedding and EmbeddingBag: PaddingIndex, MaxNorm,
// NormType, ScaleGradByFreq, Gen.
type LookupOption interface {
	EmbeddingOption
	EmbeddingBagOption
}

// An EmbeddingOption changes [NewEmbedding]: see [LookupOption].
type EmbeddingOption interface{ embedding(*embeddingConfig) }

type embeddingConfig struct {
	Embedding
	mode BagMode
	last bool
	gen  *tensor.Generator
}

type lookupFunc func(*embeddingConfig)

func (f lookupFunc) embedding(c *embeddingConfig)    { f(c) }
func (f lookupFunc) embeddingBag(c *embeddingConfig) { f(c) }

// PaddingIndex is the index of an Embedding whose row starts as zeros and gets
// no gradient, and which an EmbeddingBag leaves out; a negative one counts from
// the end.
func PaddingIndex(i int) LookupOption {
	return lookupFunc(func(c *embeddingConfig) { c.Padding = []int{i} })
}

// MaxNorm is the largest norm that a row of an Embedding or EmbeddingBag may
// have: what is looked up is first scaled down to it, in place.
func MaxNorm(m float64) LookupOption { return lookupFunc(func(c *embeddingConfig) { c.MaxNorm = m }) }

// NormType is the p of MaxNorm's norm, 2 without it.
func NormType(p float64) LookupOption { return lookupFunc(func(c *embeddingConfig) { c.NormType = p }) }

// ScaleGradByFreq divides the gradient of a row by how often a batch has it.
var ScaleGradByFreq LookupOption = lookupFunc(func(c *embeddingConfig) { c.ScaleGradByFreq = true })

func (o GenOption) embedding(c *embeddingConfig)    { c.gen = o.g }
func (o GenOption) embeddingBag(c *embeddingConfig) { c.gen = o.g }

// NewEmbedding returns a table of n rows of size dim, standard normal numbers.
//
//	panics: *tensor.Error for a negative size, or a padding index outside -n … n-1
func NewEmbedding(n, dim int, opts ...EmbeddingOption) *Embedding {
	c := embeddingConfig{Embedding: Embedding{NormType: 2}}
	for _, o := range opts {
		o.embedding(&c)
	}
	c.start("embedding", n, dim)
	return &c.Embedding
}

// start draws the weight.
func (c *embeddingConfig) start(op string, n, dim int) {
	wantSizes(op, "rows and their size are", n, dim)
	w := tensor.Make{Gen: c.gen}.Randn(n, dim)
	for i, p := range c.Padding {
		if p < -n || p >= n {
			tensor.Misuse(op, fmt.Errorf("padding index %d is out of range; want %d to %d", p, -n, n-1), w)
		}
		c.Padding[i] = (p + n) % n
		w.Select(0, c.Padding[i]).Zero()
	}
	c.Weight = w.RequireGrad()
}

// options are those of the op, after rows are scaled down to MaxNorm.
func (l *Embedding) options(index *tensor.Tensor) []tensor.LookupOption {
	var opts []tensor.LookupOption
	for _, i := range l.Padding {
		opts = append(opts, tensor.PaddingIndex(i))
	}
	if l.ScaleGradByFreq {
		opts = append(opts, tensor.ScaleGradByFreq)
	}
	if l.MaxNorm > 0 {
		l.Weight.EmbeddingRenormInPlace(index, l.MaxNorm, l.NormType)
	}
	return opts
}

// Forward returns a tensor of shape [..., dim] for indices of shape [...]. With
// MaxNorm it changes the weight, so that only one goroutine may call it.
//
//	dtype:  indices int64 or int32
//	panics: *tensor.Error for an index outside 0 … n-1, or another dtype
func (l *Embedding) Forward(index *tensor.Tensor) *tensor.Tensor {
	wantReady("embedding", index, l.Weight)
	var opts []tensor.EmbeddingOption
	for _, o := range l.options(index) {
		opts = append(opts, o)
	}
	return tensor.Observed(l, index, tensor.Embedding(l.Weight, index, opts...))
}
