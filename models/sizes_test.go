package models_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// The sizes of the large models, which no test makes, have the numbers of
// parameters that transformers and torchvision give for them; all heads have 64
// features.
func TestSizes(t *testing.T) {
	for want, c := range map[int]models.GPT2Config{124439808: models.GPT2Small(), 354823168: models.GPT2Medium(), 774030080: models.GPT2Large()} {
		e := c.Embed
		if n := (c.Vocab+c.Positions+2)*e + c.Layers*(12*e*e+13*e); n != want || e != 64*c.Heads {
			t.Errorf("%+v has %d parameters; want %d", c, n, want)
		}
	}
	for want, c := range map[int]models.BERTConfig{109482240: models.BERTBase(), 335141888: models.BERTLarge()} {
		h := c.Hidden
		layer := 4*(h*h+h) + 2*h*c.Between + c.Between + h + 4*h
		if n := (c.Vocab+c.Positions+c.Types+2)*h + c.Layers*layer + h*h + h; n != want || h != 64*c.Heads {
			t.Errorf("%+v has %d parameters; want %d", c, n, want)
		}
	}
	for want, c := range map[int]models.ViTConfig{86567656: models.ViTB16(1000), 88224232: models.ViTB32(1000), 304326632: models.ViTL16(1000)} {
		h, side := c.Hidden, c.Image/c.Patch
		layer := 4*(h*h+h) + 2*h*c.Between + c.Between + h + 4*h
		n := 3*c.Patch*c.Patch*h + h + h + (side*side+1)*h + c.Layers*layer + 2*h + h*1000 + 1000
		if n != want || h != 64*c.Heads {
			t.Errorf("%+v has %d parameters; want %d", c, n, want)
		}
	}
	if c := models.MiniLM(); c.Heads != 12 || c.Hidden != 384 { // the test of names has its size
		t.Errorf("%+v", c)
	}
}

// First weights have the spread that the originals give them.
func TestSpread(t *testing.T) {
	g := tensor.NewGenerator(2)
	c := models.GPT2Config{Vocab: 90, Positions: 60, Embed: 64, Layers: 8, Heads: 4, Eps: 1e-5, Gen: g}
	gpt2 := models.NewGPT2(c)
	bert := models.NewBERT(models.BERTConfig{Vocab: 90, Positions: 60, Types: 2, Hidden: 64, Layers: 1, Heads: 4, Between: 128, Gen: g})
	vit := models.NewViT(models.ViTConfig{Image: 64, Patch: 8, Channels: 3, Classes: 4, Layers: 1, Heads: 4, Hidden: 64, Between: 128, Gen: g})
	for _, w := range []struct {
		what string
		w    *tensor.Tensor
		std  float64
	}{
		{"wte", gpt2.WTE.Weight, 0.02}, {"wpe", gpt2.WPE.Weight, 0.02}, {"c_attn", gpt2.H[3].Attention.CAttn.Weight, 0.02},
		{"attn.c_proj", gpt2.H[3].Attention.CProj.Weight, 0.005}, {"c_fc", gpt2.H[3].FC.Weight, 0.02}, {"mlp.c_proj", gpt2.H[3].Proj.Weight, 0.005},
		{"word_embeddings", bert.Words.Weight.Narrow(0, 1, 89), 0.02}, {"query", bert.Layers[0].Query.Weight, 0.02}, {"pooler", bert.Pooler.Weight, 0.02},
		{"conv_proj", vit.ConvProj.Weight, 1 / math.Sqrt(192)}, {"pos_embedding", vit.Encoder.PosEmbedding, 0.02},
		{"in_proj", vit.Encoder.Layers[0].SelfAttention.InProjWeight, math.Sqrt(2.0 / 256)}, {"mlp.0", vit.Encoder.Layers[0].MLP.Layers[0].(*nn.Linear).Weight, math.Sqrt(2.0 / 192)},
	} {
		if std := w.w.Std().Float(); math.Abs(std/w.std-1) > 0.06 { // four standard errors of the smallest
			t.Errorf("%s has a standard deviation of %v; want %v", w.what, std, w.std)
		}
	}
	if bert.Words.Weight.Select(0, 0).Norm(1).Float() != 0 || vit.Heads.Weight.Norm(1).Float() != 0 {
		t.Error("the row of the padding and the head of a ViT are not 0")
	}
	// Xavier's numbers are uniform: none is beyond √3 standard deviations.
	if m := vit.Encoder.Layers[0].MLP.Layers[0].(*nn.Linear).Weight.Abs().Max().Float(); m > math.Sqrt(6.0/192) {
		t.Errorf("mlp.0 has a number of size %v", m)
	}
}
