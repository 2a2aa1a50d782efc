package models

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

// WordLM is a language model of an LSTM with the names of PyTorch's example:
// encoder.weight, rnn.weight_ih_l0, …, decoder.weight, decoder.bias.
//
//	source: pytorch/examples, word_language_model; Zaremba et al. 2014, arXiv:1409.2329
type WordLM struct {
	Drop    *nn.Dropout
	Encoder *nn.Embedding
	RNN     *nn.LSTM
	Decoder *nn.Linear // its Weight is the Encoder's if they are tied
}

// A WordLMConfig has the sizes of a [WordLM].
type WordLMConfig struct {
	Vocab   int               // how many tokens there are
	Embed   int               // features of a token
	Hidden  int               // of the LSTM
	Layers  int               // of the LSTM
	Dropout float64           // of embeddings, between the LSTM's layers, and of what the last gives
	Tied    bool              // one weight for encoder and decoder; Embed and Hidden must be equal
	Gen     *tensor.Generator `json:"-"` // nil means the default one
}

// WordLMDefault has the sizes of PyTorch's example: two layers of 200 features,
// and a dropout of 0.2.
func WordLMDefault(vocab int) WordLMConfig {
	return WordLMConfig{Vocab: vocab, Embed: 200, Hidden: 200, Layers: 2, Dropout: 0.2}
}

// NewWordLM returns a model whose weights are drawn as in the example: from the
// same seed they are the same.
//
//	panics: *tensor.Error for a size below 1, a dropout outside 0 … 1, and a tied
//	model whose Embed and Hidden differ
func NewWordLM(c WordLMConfig) *WordLM {
	wantPositive("word_lm", "vocab, embed, hidden and layers", c.Vocab, c.Embed, c.Hidden, c.Layers)
	if c.Tied && c.Embed != c.Hidden {
		tensor.Misuse("word_lm", fmt.Errorf("embed is %d and hidden %d; want the same for tied weights", c.Embed, c.Hidden))
	}
	g := nn.Gen(c.Gen)
	m := &WordLM{
		Drop:    nn.NewDropout(c.Dropout, g),
		Encoder: nn.NewEmbedding(c.Vocab, c.Embed, g),
		RNN:     nn.NewLSTM(c.Embed, c.Hidden, nn.NumLayers(c.Layers), nn.DropoutP(c.Dropout), g),
		Decoder: nn.NewLinear(c.Hidden, c.Vocab, g),
	}
	if c.Tied {
		m.Decoder.Weight = m.Encoder.Weight
	}
	nninit.Uniform(m.Encoder.Weight, -0.1, 0.1, nninit.Gen(c.Gen))
	zero(m.Decoder.Bias)
	nninit.Uniform(m.Decoder.Weight, -0.1, 0.1, nninit.Gen(c.Gen))
	return m
}

// Forward is Step from states of zeros, and returns the logits alone.
//
//	panics: *tensor.Error as Step does
func (m *WordLM) Forward(ids *tensor.Tensor) *tensor.Tensor {
	logits, _, _ := m.Step(ids, nil, nil)
	return logits
}

// Step returns the logits of the tokens after each of ids, and the LSTM's states
// behind the last, with which the next Step goes on: detached, they let training
// run along a text. The example's model gives the LogSoftmax of these logits.
//
//	shape:  ids [tokens, batch]; h and c [layers, batch, hidden], or nil for zeros →
//	        [tokens, batch, vocab]
//	dtype:  ids int64 or int32
//	panics: *tensor.Error for other shapes and dtypes, and a token that does not exist
func (m *WordLM) Step(ids, h, c *tensor.Tensor) (logits, hn, cn *tensor.Tensor) {
	y, hn, cn := m.RNN.Forward(m.Drop.Forward(m.Encoder.Forward(ids)), h, c)
	return tensor.Observed(m, ids, m.Decoder.Forward(m.Drop.Forward(y))), hn, cn
}
