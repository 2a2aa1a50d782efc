package models_test

import (
	"testing"

	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func TestMisuse(t *testing.T) {
	gpt2, bert := models.NewGPT2(tinyGPT2), models.NewBERT(models.BERTConfig{Vocab: 9, Positions: 4, Types: 2, Hidden: 4, Layers: 1, Heads: 2, Between: 4})
	vit := models.NewViT(models.ViTConfig{Image: 8, Patch: 4, Channels: 3, Classes: 2, Layers: 1, Heads: 1, Hidden: 4, Between: 4})
	ids := func(shape ...int) *tensor.Tensor { return tensor.Zeros(shape...).Cast(tensor.Int64) }
	bad := models.GPT2Small()
	bad.Heads = 7
	for want, f := range map[string]func(){
		"tensor: mlp: the number of layers and their sizes are [0 3]; want 1 or more": func() { models.NewMLP([]int{3}) },
		"tensor: vgg: 12 layers; want 11, 13, 16 or 19":                               func() { models.NewVGG(12, 10) },
		"tensor: gpt2: 7 heads do not divide 768 features":                            func() { models.NewGPT2(bad) },
		"tensor: gpt2: features and heads are [0 0]; want 1 or more": func() {
			models.NewGPT2(models.GPT2Config{Vocab: 1, Positions: 1, Layers: 1})
		},
		"tensor: word_lm: embed is 3 and hidden 4; want the same for tied weights": func() {
			models.NewWordLM(models.WordLMConfig{Vocab: 2, Embed: 3, Hidden: 4, Layers: 1, Tied: true})
		},
		"tensor: vit: patches of 3 do not fill an image of 8": func() {
			models.NewViT(models.ViTConfig{Image: 8, Patch: 3, Channels: 3, Layers: 1, Heads: 1, Hidden: 4, Between: 4})
		},
		"tensor: vit [1 3 12 8]: an image of 6 patches; the model has 4":                         func() { vit.Forward(tensor.Zeros(1, 3, 12, 8)) },
		"tensor: gpt2 [1 17]: want token numbers of shape [batch, tokens], of at most 16 tokens": func() { gpt2.Forward(ids(1, 17)) },
		"tensor: gpt2 [3]: want token numbers of shape [batch, tokens], of at most 16 tokens":    func() { gpt2.Forward(ids(3)) },
		"tensor: gpt2: a cache for 17 tokens; the model has 16 positions":                        func() { gpt2.NewCache(1, 17) },
		"tensor: gpt2: the prompt has no tokens; want at least one": func() {
			for range gpt2.Generate(nil, models.Sampling{}) {
				break
			}
		},
		"tensor: bert [2 5]: want token numbers of shape [batch, tokens], of at most 4 tokens": func() { bert.Forward(ids(2, 5)) },
		"tensor: bert [2 3], [2 2]: want a mask of shape [2 3]":                                func() { bert.Encode(ids(2, 3), ids(2, 2), nil) },
		"tensor: sampling [2 9]: want the logits of one text, of shape [vocab]":                func() { models.Sampling{}.Choose(tensor.Zeros(2, 9)) },
		"tensor: sampling [1 2 9]: want logits of shape [vocab] or [batch, vocab]":             func() { models.Sampling{Temperature: 1}.Probs(tensor.Zeros(1, 2, 9)) },
		"tensor: sampling [9]: temperature 1, top-k -1, top-p 0; want a temperature above 0, top-k of 0 or more, and top-p from 0 to 1": func() {
			models.Sampling{Temperature: 1, TopK: -1}.Choose(tensor.Zeros(9))
		},
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// An observer sees the same results as a run without one.
func TestObserved(t *testing.T) {
	for _, name := range []string{"lenet", "resnet_small", "mobilenet_v2", "vgg_bn", "unet", "vit", "gpt2", "bert"} {
		s := subjects(name, tensor.Float32)
		prepare(s.m, tensor.Float32)
		nn.Eval(s.m)
		seen := 0
		want := s.call((*tensor.Tensor).NoGrad)
		got := s.call(func(x *tensor.Tensor) *tensor.Tensor {
			return x.NoGrad().Observe(func(_ any, _, out *tensor.Tensor) *tensor.Tensor { seen++; return out })
		})
		for i := range want {
			near(t, name, tensor.Slice[float64](got[i]), tensor.Slice[float64](want[i]), 1e-6)
		}
		if seen < 5 {
			t.Errorf("%s: the observer saw %d layers", name, seen)
		}
	}
}

// MeanPool without a mask is that with a mask of ones, and no token gives 0.
func TestMeanPool(t *testing.T) {
	x := tensor.Randn(2, 3, 4)
	a, b := models.MeanPool(x, nil), models.MeanPool(x, tensor.Ones(2, 3))
	near(t, "mean", tensor.Slice[float64](b), tensor.Slice[float64](a), 1e-6)
	if z := models.MeanPool(x, tensor.Zeros(2, 3)); z.Abs().Max().Float() != 0 {
		t.Errorf("without tokens it is %v", z)
	}
}

// The dropout of every model follows its generator, and evaluation is without.
func TestDropout(t *testing.T) {
	c := tinyGPT2
	c.EmbedDropout, c.AttentionDropout, c.ResidualDropout = 0.2, 0.2, 0.2
	b := models.BERTConfig{Vocab: 50, Positions: 9, Types: 2, Hidden: 12, Layers: 1, Heads: 3, Between: 8, HiddenDropout: 0.2, AttentionDropout: 0.2}
	v := models.ViTConfig{Image: 8, Patch: 4, Channels: 3, Classes: 4, Layers: 1, Heads: 3, Hidden: 12, Between: 8, Dropout: 0.2, AttentionDropout: 0.2}
	w := models.WordLMConfig{Vocab: 50, Embed: 4, Hidden: 5, Layers: 2, Dropout: 0.2}
	ids, image := tokens(50, 2, 4), fill("image", 2, 3, 8, 8).Cast(tensor.Float32)
	ca, ba, va := c, b, v // in the attention alone
	ca.EmbedDropout, ca.ResidualDropout, ba.HiddenDropout, va.Dropout = 0, 0, 0, 0
	for name, f := range map[string]func(g *tensor.Generator) (nn.Layer, *tensor.Tensor){
		"gpt2 attention": func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) { ca.Gen = g; return models.NewGPT2(ca), ids },
		"bert attention": func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) { ba.Gen = g; return models.NewBERT(ba), ids },
		"vit attention":  func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) { va.Gen = g; return models.NewViT(va), image },
		"gpt2":           func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) { c.Gen = g; return models.NewGPT2(c), ids },
		"bert":           func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) { b.Gen = g; return models.NewBERT(b), ids },
		"vit":            func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) { v.Gen = g; return models.NewViT(v), image },
		"word_lm":        func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) { w.Gen = g; return models.NewWordLM(w), ids },
		"mobilenet_v2": func(g *tensor.Generator) (nn.Layer, *tensor.Tensor) {
			return models.NewMobileNetV2(5, models.Gen(g)), image
		},
	} {
		runs := func(seed uint64) (first, second, eval *tensor.Tensor) {
			m, x := f(tensor.NewGenerator(seed))
			if l, ok := m.(*models.ViT); ok {
				l.Heads = nn.NewLinear(12, 4, nn.Gen(tensor.NewGenerator(1))) // not of 0
			}
			first, second = m.Forward(x), m.Forward(x)
			nn.Eval(m)
			if eval = m.Forward(x); !tensor.Item[bool](eval.Eq(m.Forward(x)).All()) {
				t.Errorf("%s: evaluation differs from run to run", name)
			}
			return first, second, eval
		}
		if m, _ := f(nil); name == "word_lm" && m.(*models.WordLM).RNN.Dropout != w.Dropout {
			t.Error("word_lm: no dropout between the layers of the LSTM")
		}
		a, b, e := runs(5)
		a2, b2, _ := runs(5)
		equal := func(x, y *tensor.Tensor) bool { return tensor.Item[bool](x.Eq(y).All()) }
		if !equal(a, a2) || !equal(b, b2) {
			t.Errorf("%s: not the same from the same generator", name)
		}
		if equal(a, b) || equal(a, e) {
			t.Errorf("%s: no dropout in training mode", name)
		}
	}
}

// The row of the padding is not trained, as in transformers.
func TestPadding(t *testing.T) {
	m := models.NewBERT(models.BERTConfig{Vocab: 9, Positions: 4, Types: 2, Hidden: 4, Layers: 1, Heads: 2, Between: 4})
	m.Forward(tensor.Of([]int64{5, 0, 6}, 1, 3)).Square().Sum().Backward()
	g := m.Words.Weight.Grad()
	if g.Select(0, 0).Abs().Max().Float() != 0 || g.Select(0, 6).Abs().Max().Float() == 0 {
		t.Errorf("gradients %v", g)
	}
}

// A config without an epsilon has the original's, not none.
func TestDefaultEps(t *testing.T) {
	g := models.NewGPT2(models.GPT2Config{Vocab: 5, Positions: 4, Embed: 4, Layers: 1, Heads: 1})
	b := models.NewBERT(models.BERTConfig{Vocab: 5, Positions: 4, Types: 2, Hidden: 4, Layers: 1, Heads: 1, Between: 4})
	if g.LNF.Eps != 1e-5 || g.H[0].LN1.Eps != 1e-5 || b.Norm.Eps != 1e-12 || b.Layers[0].Norm1.Eps != 1e-12 {
		t.Errorf("epsilons %v, %v, %v, %v", g.LNF.Eps, g.H[0].LN1.Eps, b.Norm.Eps, b.Layers[0].Norm1.Eps)
	}
}
