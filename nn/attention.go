package nn

import (
	"fmt"

	"github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

// MultiheadAttention projects queries, keys and values, lets each of several
// heads attend with its share of the features, and projects what they give.
// Tensors are [length, batch, features], or [batch, length, features] if
// BatchFirst, or [length, features] without a batch.
//
//	source: torch.nn.MultiheadAttention; Vaswani et al. 2017, arXiv:1706.03762.
//	A query that sees no key gives 0 where PyTorch 1.13 gives NaN, unless the
//	weights are asked for
type MultiheadAttention struct {
	InProjWeight *tensor.Tensor // [3·embed, embed], those of query, key and value
	QProjWeight  *tensor.Tensor // [embed, embed], instead of it where sizes differ
	KProjWeight  *tensor.Tensor // [embed, kdim]
	VProjWeight  *tensor.Tensor // [embed, vdim]
	InProjBias   *tensor.Tensor // [3·embed], or nil
	BiasK, BiasV *tensor.Tensor // [1, 1, embed], one more key and value, or nil
	OutProj      *Linear

	Heads      int
	DropoutP   float64 // of the weights, in training mode
	ZeroAttn   bool    // one more key and value, of zeros
	BatchFirst bool
	Gen        *tensor.Generator // of the dropout; nil means the default one
	Training   bool
}

// An AttentionOption changes [NewMultiheadAttention]: NoBias, Gen, DropoutP,
// KDim, VDim, AddBiasKV, AddZeroAttn, BatchFirst.
type AttentionOption interface{ attention(*attentionConfig) }

type attentionConfig struct {
	kdim, vdim                           int
	dropout                              float64
	noBias, biasKV, zeroAttn, batchFirst bool
	gen                                  *tensor.Generator
}

type attentionOption func(*attentionConfig)

func (o attentionOption) attention(c *attentionConfig) { o(c) }
func (noBias) attention(c *attentionConfig)            { c.noBias = true }
func (o GenOption) attention(c *attentionConfig)       { c.gen = o.g }
func (p dropoutP) attention(c *attentionConfig)        { c.dropout = float64(p) }
func (batchFirst) attention(c *attentionConfig)        { c.batchFirst = true }

// KDim is the number of features of keys, if it is not that of queries.
func KDim(n int) AttentionOption { return attentionOption(func(c *attentionConfig) { c.kdim = n }) }

// VDim is the number of features of values, if it is not that of queries.
func VDim(n int) AttentionOption { return attentionOption(func(c *attentionConfig) { c.vdim = n }) }

// AddBiasKV adds a trained key and value to those of each sample.
var AddBiasKV AttentionOption = attentionOption(func(c *attentionConfig) { c.biasKV = true })

// AddZeroAttn adds a key and a value of zeros to those of each sample.
var AddZeroAttn AttentionOption = attentionOption(func(c *attentionConfig) { c.zeroAttn = true })

// DropoutP is the probability of dropout within an attention, or between the
// layers of a recurrent network, 0 without it; or within a Transformer and its
// layers, 0.1 without it.
func DropoutP(p float64) DropoutPOption { return dropoutP(p) }

// A DropoutPOption is made by [DropoutP].
type DropoutPOption interface {
	AttentionOption
	TransformerOption
	RecurrentOption
}

type dropoutP float64

// NewMultiheadAttention returns a layer for queries of embed features, which
// the heads share. The weights of the first projection are Xavier uniform, the
// biases 0.
//
//	panics: *tensor.Error unless heads divide embed, and for sizes below 1
func NewMultiheadAttention(embed, heads int, opts ...AttentionOption) *MultiheadAttention {
	c := attentionConfig{kdim: embed, vdim: embed}
	for _, o := range opts {
		o.attention(&c)
	}
	if min(embed, heads, c.kdim, c.vdim) < 1 || embed%heads != 0 {
		tensor.Misuse("multi_head_attention", fmt.Errorf("%d features of queries, %d of keys, %d of values, and %d heads; want 1 or more, and heads that divide the first", embed, c.kdim, c.vdim, heads))
	}
	wantProbability("multi_head_attention", "the dropout probability is", c.dropout)
	l := &MultiheadAttention{Heads: heads, DropoutP: c.dropout, ZeroAttn: c.zeroAttn, BatchFirst: c.batchFirst, Gen: c.gen, Training: true}
	linear := []LinearOption{Gen(c.gen)}
	if c.noBias {
		linear = append(linear, NoBias)
	}
	l.OutProj = NewLinear(embed, embed, linear...) // the first to draw, as in PyTorch
	xavier := func(shape ...int) *tensor.Tensor {
		w := tensor.Empty(shape...)
		return nninit.XavierUniform(w, nninit.Gen(c.gen)).RequireGrad()
	}
	if c.kdim == embed && c.vdim == embed {
		l.InProjWeight = xavier(3*embed, embed)
	} else {
		l.QProjWeight, l.KProjWeight, l.VProjWeight = xavier(embed, embed), xavier(embed, c.kdim), xavier(embed, c.vdim)
	}
	if !c.noBias {
		l.InProjBias = tensor.Zeros(3 * embed).RequireGrad()
		l.OutProj.Bias = tensor.Zeros(embed).RequireGrad()
	}
	if c.biasKV {
		for _, b := range []**tensor.Tensor{&l.BiasK, &l.BiasV} {
			*b = nninit.XavierNormal(tensor.Empty(1, 1, embed), nninit.Gen(c.gen)).RequireGrad()
		}
	}
	return l
}

// Masks say which keys a query sees. The zero value is all of them.
type Masks struct {
	// Attn is [queries, keys], or [batch·heads, queries, keys]. A bool mask is true
	// where a query does not see a key, a floating-point one is added to the scores.
	Attn *tensor.Tensor
	// KeyPadding is [batch, keys], or [keys] without a batch: true for a key that
	// nobody sees, or numbers to add.
	KeyPadding *tensor.Tensor
	// Causal lets a query see the keys up to its own number.
	Causal bool
}

// Forward is Attend without masks.
//
//	panics: *tensor.Error as Attend does
func (l *MultiheadAttention) Forward(query, key, value *tensor.Tensor) *tensor.Tensor {
	return l.Attend(query, key, value, Masks{})
}

// Attend returns a tensor of the query's shape. No matrix of all weights is
// made, but where there is dropout.
//
//	shape:  query [L, batch, embed], key [S, batch, kdim], value [S, batch, vdim] →
//	[L, batch, embed]; see the type for other orders
//	panics: *tensor.Error for other shapes and dtypes
func (l *MultiheadAttention) Attend(query, key, value *tensor.Tensor, m Masks) *tensor.Tensor {
	c := l.project(query, key, value, m)
	opts := c.options()
	y := tensor.ScaledDotProductAttention(c.q, c.k, c.v, opts...)
	return tensor.Observed(l, query, c.merge(y))
}

// AttendWeights is Attend, and the weights that queries give to keys: the mean
// of all heads if average is set.
//
//	shape:  as for Attend; weights [batch, heads, L, S], [batch, L, S] if average,
//	and without the batch if there is none
//	panics: *tensor.Error as Attend does
func (l *MultiheadAttention) AttendWeights(query, key, value *tensor.Tensor, m Masks, average bool) (y, weights *tensor.Tensor) {
	c := l.project(query, key, value, m)
	w := tensor.AttentionWeights(c.q, c.k, c.options()...)
	y = tensor.Observed(l, query, c.merge(w.MatMul(c.v)))
	if average {
		w = w.Mean(tensor.Dims(1))
	}
	if c.single {
		w = w.Squeeze(0)
	}
	return y, w
}
