package main

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// attention are attention alone, and language models: reading a prompt, the
// next token, a training step.
func attention() []work {
	var all []work
	for _, n := range []int{256, 1024} {
		for _, causal := range []bool{false, true} {
			all = append(all, sdpa(n, causal, false), sdpa(n, causal, true))
		}
	}
	return append(all, gpt2.prefill(128), gpt2.prefill(512), gpt2.decode(512), gptSmall.step(8, 128))
}

// sdpa is attention of 4 samples and 8 heads of 64 features.
func sdpa(n int, causal, backward bool) work {
	const batch, heads, size = 4, 8, 64
	name, flops := "fwd", float64(4*batch*heads*n*n*size)
	var opts []tensor.AttentionOption
	if backward { // two products forward, and at least five backward
		name, flops = "fwdbwd", 3.5*flops
	}
	name = fmt.Sprintf("sdpa_%s_4x8x%dx64", name, n)
	if causal {
		name, flops, opts = name+"_causal", flops/2, append(opts, tensor.Causal)
	}
	return work{name: name, flops: flops, limit: fma32, prepare: func() func() {
		q, k, v, dy := tensor.Randn(batch, heads, n, size), tensor.Randn(batch, heads, n, size), tensor.Randn(batch, heads, n, size), tensor.Randn(batch, heads, n, size)
		if !backward {
			return giving(func() *tensor.Tensor { return tensor.ScaledDotProductAttention(q, k, v, opts...) })
		}
		in := []*tensor.Tensor{q.RequireGrad(), k.RequireGrad(), v.RequireGrad()}
		return func() {
			y := tensor.ScaledDotProductAttention(q, k, v, opts...)
			for _, g := range tensor.Grad([]*tensor.Tensor{y}, in, tensor.Seed(dy)) {
				g.Free()
			}
			y.Free()
		}
	}}
}

// A gptShape is the size of a model after GPT-2.
type gptShape struct {
	name                                 string
	layers, model, heads, vocab, context int
}

var (
	gpt2     = gptShape{"gpt2", 12, 768, 12, 50257, 1024}
	gptSmall = gptShape{"gpt_4x256", 4, 256, 4, 1000, 128}
)

// A gpt is GPT-2, whose last product has the weights of the embedding.
type gpt struct {
	Tokens    *nn.Embedding
	Positions *nn.LearnedPositions
	Blocks    []*gptBlock
	Norm      *nn.LayerNorm
}

// A gptBlock is a layer of it.
type gptBlock struct {
	Norm1, Norm2 *nn.LayerNorm
	Attn         *nn.MultiheadAttention
	Up, Down     *nn.Linear
}

func (s gptShape) make() *gpt {
	m := &gpt{Tokens: nn.NewEmbedding(s.vocab, s.model), Positions: nn.NewLearnedPositions(s.model, s.context), Norm: nn.NewLayerNorm(s.model)}
	m.Tokens.Weight.NoGrad().MulScalarInPlace(0.02)
	for range s.layers {
		m.Blocks = append(m.Blocks, &gptBlock{
			nn.NewLayerNorm(s.model), nn.NewLayerNorm(s.model), nn.NewMultiheadAttention(s.model, s.heads, nn.BatchFirst),
			nn.NewLinear(s.model, 4*s.model), nn.NewLinear(4*s.model, s.model),
		})
	}
	return m
}

// hidden is what the layers make of tokens [batch, length]. Without caches every
// token sees those before it.
func (m *gpt) hidden(tokens *tensor.Tensor, caches []*nn.KVCache) *tensor.Tensor {
	from := 0
	if caches != nil {
		from = caches[0].Len()
	}
	x := m.Positions.From(m.Tokens.Forward(tokens), from)
	norm := func(l *nn.LayerNorm, dx *tensor.Tensor) (y *tensor.Tensor) {
		x, y = x.AddLayerNorm(dx, l.Shape, l.Weight, l.Bias, l.Eps)
		return y
	}
	y := m.Blocks[0].Norm1.Forward(x)
	for i, b := range m.Blocks {
		if caches != nil {
			y = b.Attn.Cached(y, caches[i])
		} else {
			y = b.Attn.Attend(y, y, y, nn.Masks{Causal: true})
		}
		y = b.Down.Forward(b.Up.Forward(norm(b.Norm2, y)).GELUTanh())
		next := m.Norm
		if i+1 < len(m.Blocks) {
			next = m.Blocks[i+1].Norm1
		}
		y = norm(next, y)
	}
	return y
}

func (m *gpt) caches(s gptShape) []*nn.KVCache {
	var all []*nn.KVCache
	for range m.Blocks {
		all = append(all, nn.NewKVCache(tensor.Make{}, 1, s.heads, s.context, s.model/s.heads))
	}
	return all
}

// weights is how many numbers are multiplied for each token.
func (s gptShape) weights() float64 { return float64(12 * s.layers * s.model * s.model) }

// prefill reads a prompt, and gives the scores of the token behind it.
func (s gptShape) prefill(n int) work {
	flops := 2*float64(n)*s.weights() + float64(2*s.layers*n*n*s.model) + 2*float64(s.vocab*s.model)
	return work{name: fmt.Sprintf("%s_prefill_%d", s.name, n), flops: flops, limit: fma32, prepare: func() func() {
		m, caches, tokens := s.inference(n)
		scope := tensor.NewScope()
		return func() {
			for _, c := range caches {
				c.Truncate(0)
			}
			m.scores(m.hidden(scope.In(tokens), caches))
			scope.Close()
		}
	}}
}

// decode is one more token behind n others.
func (s gptShape) decode(n int) work {
	bytes := 4 * (s.weights() + float64(s.vocab*s.model) + float64(2*s.layers*n*s.model))
	return work{name: fmt.Sprintf("%s_decode_%d", s.name, n), bytes: bytes, limit: read, prepare: func() func() {
		m, caches, tokens := s.inference(n)
		m.hidden(tokens, caches)
		one := tensor.RandInt(0, s.vocab, 1, 1).NoGrad()
		scope := tensor.NewScope()
		return func() {
			for _, c := range caches {
				c.Truncate(n)
			}
			m.scores(m.hidden(scope.In(one), caches))
			scope.Close()
		}
	}}
}

func (s gptShape) inference(n int) (m *gpt, caches []*nn.KVCache, tokens *tensor.Tensor) {
	m = s.make()
	nn.Eval(m)
	return m, m.caches(s), tensor.RandInt(0, s.vocab, 1, n).NoGrad()
}

// scores are those of the token behind the last.
func (m *gpt) scores(y *tensor.Tensor) *tensor.Tensor {
	return y.Select(1, y.Size(1)-1).Linear(m.Tokens.Weight, nil)
}

// step is one of training on a batch of n tokens each.
func (s gptShape) step(batch, n int) work {
	tokens := float64(batch * n)
	flops := 3 * (tokens*2*(s.weights()+float64(s.vocab*s.model)) + tokens*float64(2*s.layers*n*s.model))
	return work{name: fmt.Sprintf("%s_step_adam_b%dx%d", s.name, batch, n), flops: flops, limit: fma32, prepare: func() func() {
		m := s.make()
		o := optim.NewAdam(nn.Params(m), 1e-4)
		x, y := tensor.RandInt(0, s.vocab, batch, n), tensor.RandInt(0, s.vocab, batch*n)
		scope := tensor.NewScope()
		return func() {
			o.ZeroGrad()
			h := m.hidden(scope.In(x), nil)
			tensor.CrossEntropy(h.Linear(m.Tokens.Weight, nil).Flatten(0, 1), y).Backward()
			o.Step()
			scope.Close()
		}
	}}
}
