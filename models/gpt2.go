package models

import (
	"cmp"
	"fmt"
	"math"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// GPT2 is a decoder of text with the names of Hugging Face's GPT2LMHeadModel:
// transformer.wte.weight, transformer.h.0.attn.c_attn.weight, …, lm_head.weight,
// which is the weight of the token embeddings. A checkpoint of GPT2Model lacks
// the "transformer." of each name, and old ones have buffers attn.bias and
// attn.masked_bias, which are causal masks and not needed: see [nn.NonStrict].
//
//	source: Radford et al. 2019, Language Models are Unsupervised Multitask Learners;
//	transformers.GPT2LMHeadModel
type GPT2 struct {
	WTE    *nn.Embedding `state:"transformer.wte"` // of tokens
	WPE    *nn.Embedding `state:"transformer.wpe"` // of positions
	Drop   *nn.Dropout   `state:"transformer.drop"`
	H      []*GPT2Block  `state:"transformer.h"`
	LNF    *nn.LayerNorm `state:"transformer.ln_f"`
	LMHead *nn.Linear    // its Weight is WTE's

	Config GPT2Config `state:"-"`
}

// A GPT2Config has the sizes of a [GPT2]. The JSON names are those of Hugging
// Face's config.json; begin with [GPT2Small], since a file may leave some out.
type GPT2Config struct {
	Vocab     int     `json:"vocab_size"`
	Positions int     `json:"n_positions"` // the most tokens that are seen at once
	Embed     int     `json:"n_embd"`      // features of a token
	Layers    int     `json:"n_layer"`
	Heads     int     `json:"n_head"`
	Eps       float64 `json:"layer_norm_epsilon"` // 0 is 1e-5

	EmbedDropout     float64 `json:"embd_pdrop"`
	AttentionDropout float64 `json:"attn_pdrop"`
	ResidualDropout  float64 `json:"resid_pdrop"`

	Gen *tensor.Generator `json:"-"` // of first weights and dropout; nil means the default one
}

// GPT2Small has the sizes of the model "gpt2": 124 million parameters.
func GPT2Small() GPT2Config {
	return GPT2Config{Vocab: 50257, Positions: 1024, Embed: 768, Layers: 12, Heads: 12, Eps: 1e-5,
		EmbedDropout: 0.1, AttentionDropout: 0.1, ResidualDropout: 0.1}
}

// GPT2Medium has the sizes of "gpt2-medium": 355 million parameters.
func GPT2Medium() GPT2Config {
	c := GPT2Small()
	c.Embed, c.Layers, c.Heads = 1024, 24, 16
	return c
}

// GPT2Large has the sizes of "gpt2-large": 774 million parameters.
func GPT2Large() GPT2Config {
	c := GPT2Small()
	c.Embed, c.Layers, c.Heads = 1280, 36, 20
	return c
}

// A GPT2Block is attention and two projections, each with a norm before it and a
// way around both.
type GPT2Block struct {
	LN1       *nn.LayerNorm  `state:"ln_1"`
	Attention *GPT2Attention `state:"attn"`
	LN2       *nn.LayerNorm  `state:"ln_2"`
	FC        *Conv1D        `state:"mlp.c_fc"`
	Proj      *Conv1D        `state:"mlp.c_proj"`
	Drop      *nn.Dropout
}

// GPT2Attention is causal self-attention.
type GPT2Attention struct {
	CAttn *Conv1D // to queries, keys and values, side by side
	CProj *Conv1D
	Drop  *nn.Dropout

	Heads    int
	DropoutP float64           // of the weights, in training mode
	Gen      *tensor.Generator // of that dropout; nil means the default one
	Training bool
}

// Conv1D is a linear layer whose weight lies the other way: y = x·W + b.
//
//	source: transformers.pytorch_utils.Conv1D
type Conv1D struct {
	Weight *tensor.Tensor // [in, out]
	Bias   *tensor.Tensor // [out]
}

// NewGPT2 returns a model of the given sizes. Weights are normal with a standard
// deviation of 0.02, less for those that add to the way around; biases are 0.
//
//	panics: *tensor.Error for a size below 1, heads that do not divide Embed, and
//	a dropout outside 0 … 1
func NewGPT2(c GPT2Config) *GPT2 {
	c.Eps = cmp.Or(c.Eps, 1e-5)
	wantPositive("gpt2", "vocab, positions and layers", c.Vocab, c.Positions, c.Layers)
	wantHeads("gpt2", c.Embed, c.Heads)
	g := nn.Gen(c.Gen)
	m := &GPT2{
		WTE:    normalEmbedding(c.Gen, 0.02, c.Vocab, c.Embed),
		WPE:    normalEmbedding(c.Gen, 0.02, c.Positions, c.Embed),
		Drop:   nn.NewDropout(c.EmbedDropout, g),
		LNF:    nn.NewLayerNorm(c.Embed, nn.Eps(c.Eps)),
		Config: c,
	}
	m.LMHead = &nn.Linear{Weight: m.WTE.Weight}
	for range c.Layers {
		m.H = append(m.H, newGPT2Block(c))
	}
	return m
}

func newGPT2Block(c GPT2Config) *GPT2Block {
	conv := func(std float64, in, out int) *Conv1D {
		return &Conv1D{normal(c.Gen, std, in, out), tensor.Zeros(out).RequireGrad()}
	}
	drop := func() *nn.Dropout { return nn.NewDropout(c.ResidualDropout, nn.Gen(c.Gen)) }
	norm := func() *nn.LayerNorm { return nn.NewLayerNorm(c.Embed, nn.Eps(c.Eps)) }
	const std = 0.02
	added := std / math.Sqrt(2*float64(c.Layers)) // that many are added up
	return &GPT2Block{
		LN1: norm(),
		Attention: &GPT2Attention{CAttn: conv(std, c.Embed, 3*c.Embed), CProj: conv(added, c.Embed, c.Embed), Drop: drop(),
			Heads: c.Heads, DropoutP: c.AttentionDropout, Gen: c.Gen, Training: true},
		LN2: norm(), FC: conv(std, c.Embed, 4*c.Embed), Proj: conv(added, 4*c.Embed, c.Embed), Drop: drop(),
	}
}

// Forward returns a tensor of shape [..., out] for x of shape [..., in].
//
//	panics: *tensor.Error for another shape
func (l *Conv1D) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, x.MatMul(l.Weight).Add(l.Bias))
}

// Forward returns a tensor of x's shape, [batch, tokens, features].
//
//	panics: *tensor.Error for another shape
func (l *GPT2Attention) Forward(x *tensor.Tensor) *tensor.Tensor { return l.Cached(x, nil) }

// Cached is Forward for tokens behind those of the cache, to which it appends
// them; see [nn.KVCache]. A nil cache is none.
//
//	panics: *tensor.Error for another shape, and a cache that is full
func (l *GPT2Attention) Cached(x *tensor.Tensor, cache *nn.KVCache) *tensor.Tensor {
	qkv := l.CAttn.Forward(x).Chunk(3, -1)
	q, k, v := heads(qkv[0], l.Heads), heads(qkv[1], l.Heads), heads(qkv[2], l.Heads)
	if cache != nil {
		k, v = cache.Append(k, v)
	}
	opts := []tensor.AttentionOption{tensor.CausalLowerRight}
	if l.Training && l.DropoutP > 0 {
		opts = append(opts, tensor.AttentionDropout(l.DropoutP, l.Gen))
	}
	y := joined(tensor.ScaledDotProductAttention(q, k, v, opts...))
	return tensor.Observed(l, x, l.Drop.Forward(l.CProj.Forward(y)))
}

// Forward returns logits of the token after each of ids.
//
//	shape:  ids [batch, tokens] → [batch, tokens, vocab]
//	dtype:  ids int64 or int32
//	panics: *tensor.Error for another shape or dtype, more tokens than positions,
//	and a token that does not exist
func (m *GPT2) Forward(ids *tensor.Tensor) *tensor.Tensor { return m.Cached(ids, nil) }

// Cached is Forward for tokens behind those of the cache, to which it appends
// them. A nil cache is none.
//
//	panics: *tensor.Error as Forward does, and for a cache that is full
func (m *GPT2) Cached(ids *tensor.Tensor, cache *GPT2Cache) *tensor.Tensor {
	return tensor.Observed(m, ids, m.LMHead.Forward(m.features(ids, cache)))
}

// features are what the head makes logits of.
func (m *GPT2) features(ids *tensor.Tensor, cache *GPT2Cache) *tensor.Tensor {
	start := 0
	if cache != nil {
		start = cache.Len()
	}
	wantTokens("gpt2", ids, m.WPE.Weight.Size(0)-start)
	positions := tensor.Make{Device: ids.Device()}.Arange(start, start+ids.Size(1), 1)
	x := m.Drop.Forward(m.WTE.Forward(ids).Add(m.WPE.Forward(positions)))
	for i, b := range m.H {
		x = b.Cached(x, cache.layer(i))
	}
	return m.LNF.Forward(x)
}

// Forward returns a tensor of x's shape, [batch, tokens, features].
//
//	panics: *tensor.Error for another shape
func (b *GPT2Block) Forward(x *tensor.Tensor) *tensor.Tensor { return b.Cached(x, nil) }

// Cached is Forward for tokens behind those of the cache; see [GPT2Attention.Cached].
//
//	panics: *tensor.Error for another shape, and a cache that is full
func (b *GPT2Block) Cached(x *tensor.Tensor, cache *nn.KVCache) *tensor.Tensor {
	sum, y := b.LN2.ForwardSum(x, b.Attention.Cached(b.LN1.Forward(x), cache))
	y = b.Drop.Forward(b.Proj.Forward(b.FC.Forward(y).GELUTanh()))
	return tensor.Observed(b, x, sum.Add(y))
}

// A GPT2Cache keeps the keys and values of all layers for the tokens seen so
// far; see [nn.KVCache].
type GPT2Cache struct{ layers []*nn.KVCache }

// NewCache returns an empty cache for a batch of so many texts, of at most so
// many tokens each.
//
//	panics: *tensor.Error for negative sizes, and for more tokens than positions
func (m *GPT2) NewCache(batch, most int) *GPT2Cache {
	if positions := m.WPE.Weight.Size(0); most > positions {
		tensor.Misuse("gpt2", fmt.Errorf("a cache for %d tokens; the model has %d positions", most, positions))
	}
	w := m.WTE.Weight
	make := tensor.Make{DType: w.DType(), Device: w.Device()}
	c := &GPT2Cache{}
	for _, b := range m.H {
		h := b.Attention.Heads
		c.layers = append(c.layers, nn.NewKVCache(make, batch, h, most, w.Size(1)/h))
	}
	return c
}

// Len is how many tokens the cache holds.
func (c *GPT2Cache) Len() int { return c.layers[0].Len() }

// Truncate forgets the tokens from the n-th on.
//
//	panics: *tensor.Error unless 0 <= n <= Len
func (c *GPT2Cache) Truncate(n int) {
	for _, l := range c.layers {
		l.Truncate(n)
	}
}

func (c *GPT2Cache) layer(i int) *nn.KVCache {
	if c == nil {
		return nil
	}
	return c.layers[i]
}
