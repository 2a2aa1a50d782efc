package models

import (
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// A Sampling says how the next token is chosen. The zero value takes the
// likeliest one.
//
//	source: transformers.generation: the same steps in the same order, so that the
//	same seed chooses the same tokens
type Sampling struct {
	Temperature float64           // divides the logits; 0 takes the likeliest token, whatever the rest says
	TopK        int               // so many of the likeliest tokens are left; 0 is all
	TopP        float64           // the fewest tokens are left that together are so likely; 0 is all
	Gen         *tensor.Generator // nil means the default one
}

// Probs are the probabilities with which tokens are chosen.
//
//	shape:  logits [vocab] or [batch, vocab] → the same
//	panics: *tensor.Error for another shape, and a Sampling whose numbers are
//	negative, a TopP above 1, or a Temperature of 0
func (s Sampling) Probs(logits *tensor.Tensor) *tensor.Tensor {
	if !(s.Temperature > 0) || s.TopK < 0 || !(s.TopP >= 0 && s.TopP <= 1) {
		tensor.Misuse("sampling", fmt.Errorf("temperature %v, top-k %d, top-p %v; want a temperature above 0, top-k of 0 or more, and top-p from 0 to 1", s.Temperature, s.TopK, s.TopP), logits)
	}
	if logits.Dim() < 1 || logits.Dim() > 2 || logits.Size(-1) == 0 {
		tensor.Misuse("sampling", errors.New("want logits of shape [vocab] or [batch, vocab]"), logits)
	}
	logits = logits.MulScalar(1 / s.Temperature)
	if s.TopK > 0 && s.TopK < logits.Size(-1) {
		values, _ := logits.TopK(s.TopK, -1)
		logits = logits.MaskedFill(logits.Lt(values.Narrow(-1, s.TopK-1, 1)), math.Inf(-1))
	}
	if s.TopP > 0 && s.TopP < 1 {
		sorted, index := logits.Sort(-1)
		drop := sorted.Softmax(-1).CumSum(-1).LeScalar(1 - s.TopP)
		drop.Narrow(-1, drop.Size(-1)-1, 1).Fill(false) // the likeliest stays
		logits = logits.MaskedFill(drop.Scatter(-1, index, drop), math.Inf(-1))
	}
	return logits.Softmax(-1)
}

// Choose returns a token for the logits of one text.
//
//	shape:  logits [vocab]
//	panics: *tensor.Error for another shape, and as Probs does
func (s Sampling) Choose(logits *tensor.Tensor) int {
	if logits.Dim() != 1 {
		tensor.Misuse("sampling", errors.New("want the logits of one text, of shape [vocab]"), logits)
	}
	if s.Temperature == 0 {
		return logits.ArgMax().Int()
	}
	return tensor.Make{Gen: s.Gen}.Multinomial(s.Probs(logits), 1).Int()
}

// Generate yields the tokens that go on a prompt, one at a time, until the loop
// breaks or all positions of the model are used. Each token costs one row of
// work, since a cache keeps what was computed of those before it. The model
// should be in evaluation mode; no gradient is recorded.
//
//	for token := range m.Generate(prompt, models.Sampling{Temperature: 0.8, TopK: 40}) {
//		if token == end {
//			break
//		}
//		fmt.Print(text(token))
//	}
//
//	panics: *tensor.Error for an empty prompt, one of more tokens than positions,
//	a token that does not exist, and as [Sampling.Probs] does
func (m *GPT2) Generate(prompt []int, s Sampling) iter.Seq[int] {
	return func(yield func(int) bool) {
		if len(prompt) == 0 {
			tensor.Misuse("gpt2", errors.New("the prompt has no tokens; want at least one"))
		}
		positions := m.WPE.Weight.Size(0)
		cache := m.NewCache(1, positions)
		for tokens := prompt; cache.Len()+len(tokens) <= positions || cache.Len() == 0; {
			token := m.next(tokens, cache, s)
			if !yield(token) {
				return
			}
			tokens = []int{token}
		}
	}
}

// next chooses a token behind those of the cache and the given ones.
func (m *GPT2) next(tokens []int, cache *GPT2Cache, s Sampling) int {
	ids := make([]int64, len(tokens))
	for i, t := range tokens {
		ids[i] = int64(t)
	}
	scope := tensor.NewScope()
	defer scope.Close()
	x := scope.In(tensor.Of(ids, 1, len(ids)).To(m.WTE.Weight.Device())).NoGrad()
	last := m.features(x, cache).Select(1, len(ids)-1) // the head is for one row
	return s.Choose(m.LMHead.Forward(last).Select(0, 0))
}
