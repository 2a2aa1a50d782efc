package models

import (
	"cmp"
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// BERT is an encoder of text with the names of Hugging Face's BertModel:
// embeddings.word_embeddings.weight, encoder.layer.0.attention.self.query.weight,
// …, pooler.dense.weight. Old checkpoints also have a buffer
// embeddings.position_ids, which is not needed: see [nn.NonStrict].
//
//	source: Devlin et al. 2018, arXiv:1810.04805; transformers.BertModel
type BERT struct {
	Words     *nn.Embedding `state:"embeddings.word_embeddings"`
	Positions *nn.Embedding `state:"embeddings.position_embeddings"`
	Types     *nn.Embedding `state:"embeddings.token_type_embeddings"` // the first or the second sentence
	Norm      *nn.LayerNorm `state:"embeddings.LayerNorm"`
	Drop      *nn.Dropout   `state:"embeddings.dropout"`
	Layers    []*BERTLayer  `state:"encoder.layer"`
	Pooler    *nn.Linear    `state:"pooler.dense"` // or nil: no pooled result
}

// A BERTLayer is attention and two projections, each with a way around it and a
// norm behind it.
type BERTLayer struct {
	Query        *nn.Linear    `state:"attention.self.query"`
	Key          *nn.Linear    `state:"attention.self.key"`
	Value        *nn.Linear    `state:"attention.self.value"`
	AttentionOut *nn.Linear    `state:"attention.output.dense"`
	Norm1        *nn.LayerNorm `state:"attention.output.LayerNorm"`
	Intermediate *nn.Linear    `state:"intermediate.dense"`
	Output       *nn.Linear    `state:"output.dense"`
	Norm2        *nn.LayerNorm `state:"output.LayerNorm"`
	Drop         *nn.Dropout

	Heads    int
	DropoutP float64           // of the attention's weights, in training mode
	Gen      *tensor.Generator // of that dropout; nil means the default one
	Training bool
}

// A BERTConfig has the sizes of a [BERT]. The JSON names are those of Hugging
// Face's config.json; begin with [BERTBase], since a file may leave some out.
type BERTConfig struct {
	Vocab     int     `json:"vocab_size"`
	Positions int     `json:"max_position_embeddings"` // the most tokens
	Types     int     `json:"type_vocab_size"`
	Hidden    int     `json:"hidden_size"` // features of a token
	Layers    int     `json:"num_hidden_layers"`
	Heads     int     `json:"num_attention_heads"`
	Between   int     `json:"intermediate_size"` // features between the two projections
	Eps       float64 `json:"layer_norm_eps"`    // 0 is 1e-12

	HiddenDropout    float64 `json:"hidden_dropout_prob"`
	AttentionDropout float64 `json:"attention_probs_dropout_prob"`

	Gen *tensor.Generator `json:"-"` // of first weights and dropout; nil means the default one
}

// BERTBase has the sizes of "bert-base-uncased": 109 million parameters.
func BERTBase() BERTConfig {
	return BERTConfig{Vocab: 30522, Positions: 512, Types: 2, Hidden: 768, Layers: 12, Heads: 12, Between: 3072, Eps: 1e-12,
		HiddenDropout: 0.1, AttentionDropout: 0.1}
}

// BERTLarge has the sizes of "bert-large-uncased": 335 million parameters.
func BERTLarge() BERTConfig {
	c := BERTBase()
	c.Hidden, c.Layers, c.Heads, c.Between = 1024, 24, 16, 4096
	return c
}

// MiniLM has the sizes of "all-MiniLM-L6-v2", whose sentence embeddings are those
// of [BERT.Embed]: 22.7 million parameters.
func MiniLM() BERTConfig {
	c := BERTBase()
	c.Hidden, c.Layers, c.Between = 384, 6, 1536
	return c
}

// NewBERT returns a model of the given sizes. Weights are normal with a standard
// deviation of 0.02, biases 0.
//
//	panics: *tensor.Error for a size below 1, heads that do not divide Hidden, and
//	a dropout outside 0 … 1
func NewBERT(c BERTConfig) *BERT {
	c.Eps = cmp.Or(c.Eps, 1e-12)
	wantPositive("bert", "vocab, positions, types, layers and intermediate features", c.Vocab, c.Positions, c.Types, c.Layers, c.Between)
	wantHeads("bert", c.Hidden, c.Heads)
	m := &BERT{
		Words:     normalEmbedding(c.Gen, 0.02, c.Vocab, c.Hidden),
		Positions: normalEmbedding(c.Gen, 0.02, c.Positions, c.Hidden),
		Types:     normalEmbedding(c.Gen, 0.02, c.Types, c.Hidden),
		Norm:      nn.NewLayerNorm(c.Hidden, nn.Eps(c.Eps)),
		Drop:      nn.NewDropout(c.HiddenDropout, nn.Gen(c.Gen)),
	}
	m.Words.Padding = []int{0} // the row of the padding is not trained
	m.Words.Weight.Detach().Select(0, 0).Zero()
	for range c.Layers {
		m.Layers = append(m.Layers, newBERTLayer(c))
	}
	m.Pooler = normalLinear(c.Gen, 0.02, c.Hidden, c.Hidden)
	return m
}

func newBERTLayer(c BERTConfig) *BERTLayer {
	linear := func(in, out int) *nn.Linear { return normalLinear(c.Gen, 0.02, in, out) }
	norm := func() *nn.LayerNorm { return nn.NewLayerNorm(c.Hidden, nn.Eps(c.Eps)) }
	h := c.Hidden
	return &BERTLayer{
		Query: linear(h, h), Key: linear(h, h), Value: linear(h, h), AttentionOut: linear(h, h), Norm1: norm(),
		Intermediate: linear(h, c.Between), Output: linear(c.Between, h), Norm2: norm(),
		Drop:  nn.NewDropout(c.HiddenDropout, nn.Gen(c.Gen)),
		Heads: c.Heads, DropoutP: c.AttentionDropout, Gen: c.Gen, Training: true,
	}
}

// Forward returns the features of each token: Encode without a mask.
//
//	panics: *tensor.Error as Encode does
func (m *BERT) Forward(ids *tensor.Tensor) *tensor.Tensor {
	hidden, _ := m.Encode(ids, nil, nil)
	return hidden
}

// Encode returns the features of each token, and the pooled ones of each text,
// which are made of its first token. mask is not 0 for tokens and 0 for padding;
// types is 1 for tokens of a second sentence. Either may be nil: there is no
// padding, or one sentence. Without a Pooler, pooled is nil.
//
//	shape:  ids, mask and types [batch, tokens] → hidden [batch, tokens, features],
//	        pooled [batch, features]
//	dtype:  ids and types int64 or int32; mask any
//	panics: *tensor.Error for other shapes and dtypes, more tokens than positions,
//	and a token or type that does not exist
func (m *BERT) Encode(ids, mask, types *tensor.Tensor) (hidden, pooled *tensor.Tensor) {
	wantTokens("bert", ids, m.Positions.Weight.Size(0))
	wantMask(ids, mask)
	tokens := ids.Size(1)
	positions := tensor.Make{Device: ids.Device()}.Arange(0, tokens, 1)
	if types == nil {
		types = tensor.ZerosLike(positions)
	}
	x := m.Words.Forward(ids).Add(m.Types.Forward(types)).Add(m.Positions.Forward(positions))
	x = m.Drop.Forward(m.Norm.Forward(x))
	var seen *tensor.Tensor
	if mask != nil {
		seen = mask.NeScalar(0).Unflatten(0, -1, 1, 1)
	}
	for _, l := range m.Layers {
		x = l.Forward(x, seen)
	}
	if m.Pooler != nil {
		pooled = m.Pooler.Forward(x.Select(1, 0)).Tanh()
	}
	return tensor.Observed(m, ids, x), pooled
}

// Forward returns a tensor of x's shape, [batch, tokens, features]. seen is true for
// the tokens that are attended to, of shape [batch, 1, 1, tokens], or nil for all.
//
//	panics: *tensor.Error for other shapes
func (l *BERTLayer) Forward(x, seen *tensor.Tensor) *tensor.Tensor {
	var opts []tensor.AttentionOption
	if seen != nil {
		opts = append(opts, tensor.AttentionMask(seen))
	}
	if l.Training && l.DropoutP > 0 {
		opts = append(opts, tensor.AttentionDropout(l.DropoutP, l.Gen))
	}
	q, k, v := heads(l.Query.Forward(x), l.Heads), heads(l.Key.Forward(x), l.Heads), heads(l.Value.Forward(x), l.Heads)
	y := l.AttentionOut.Forward(joined(tensor.ScaledDotProductAttention(q, k, v, opts...)))
	_, y = l.Norm1.ForwardSum(x, l.Drop.Forward(y))
	_, z := l.Norm2.ForwardSum(y, l.Drop.Forward(l.Output.Forward(l.Intermediate.Forward(y).GELU())))
	return tensor.Observed(l, x, z)
}

// Embed returns a vector of length 1 for each text: the mean of its tokens'
// features, as the sentence-transformers of the MiniLM family have it. Texts of
// one meaning have a large product.
//
//	shape:  ids and mask [batch, tokens]; mask may be nil → [batch, features]
//	panics: *tensor.Error as Encode does
func (m *BERT) Embed(ids, mask *tensor.Tensor) *tensor.Tensor {
	hidden, _ := m.Encode(ids, mask, nil)
	return MeanPool(hidden, mask).Normalize(2, -1, 1e-12)
}

// MeanPool returns the mean of the features of each text's tokens: those where
// mask is not 0, or all if it is nil. It is 0 for a text without tokens.
//
//	shape:  hidden [batch, tokens, features], mask [batch, tokens] → [batch, features]
//	panics: *tensor.Error for other shapes
//	source: sentence_transformers.models.Pooling
func MeanPool(hidden, mask *tensor.Tensor) *tensor.Tensor {
	if mask == nil {
		return hidden.Mean(tensor.Dims(1))
	}
	wantMask(hidden.Select(-1, 0), mask)
	w := mask.NeScalar(0).Cast(hidden.DType()).Unsqueeze(-1)
	return hidden.Mul(w).Sum(tensor.Dims(1)).Div(w.Sum(tensor.Dims(1)).Clamp(1e-9, nil))
}

// wantMask refuses a mask that is not for these tokens.
func wantMask(ids, mask *tensor.Tensor) {
	if mask != nil && (mask.Dim() != 2 || mask.Size(0) != ids.Size(0) || mask.Size(1) != ids.Size(1)) {
		tensor.Misuse("bert", fmt.Errorf("want a mask of shape %v", ids.Shape()), ids, mask)
	}
}
