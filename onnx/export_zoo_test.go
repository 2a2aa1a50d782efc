package onnx_test

import (
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// zoo are models of package models, in small sizes where those can be chosen.
func zoo(add func(name string, model any, dim int, in ...*tensor.Tensor)) {
	tokens := func(shape ...int) *tensor.Tensor { return tensor.Make{}.RandInt(0, 50, shape...) }
	gpt2 := models.GPT2Config{Vocab: 50, Positions: 16, Embed: 24, Layers: 3, Heads: 4, Eps: 1e-5}
	bert := models.BERTConfig{Vocab: 50, Positions: 16, Types: 2, Hidden: 24, Layers: 3, Heads: 4, Between: 48, Eps: 1e-12}
	mask := tensor.Of([]int64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0}).Reshape(2, 6)
	add("zoo_LeNet", models.NewLeNet(10), 0, tensor.Randn(2, 1, 28, 28))
	add("zoo_MobileNetV2", measured(models.NewMobileNetV2(10)), 0, tensor.Randn(2, 3, 32, 32))
	add("zoo_UNet", measured(models.NewUNet(2, models.Width(4))), 0, tensor.Randn(2, 3, 32, 48))
	add("zoo_UNet_odd", measured(models.NewUNet(2, models.Width(4))), 0, tensor.Randn(2, 3, 37, 18))
	add("zoo_ViT", models.NewViT(models.ViTConfig{Image: 16, Patch: 4, Channels: 3, Classes: 5, Layers: 2, Heads: 2, Hidden: 16, Between: 32}), 0, tensor.Randn(2, 3, 16, 16))
	add("zoo_WordLM", models.NewWordLM(models.WordLMConfig{Vocab: 50, Embed: 16, Hidden: 16, Layers: 2, Tied: true}), 1, tokens(7, 3))
	add("zoo_WordLM_length", models.NewWordLM(models.WordLMConfig{Vocab: 50, Embed: 16, Hidden: 24, Layers: 2}), 0, tokens(7, 3))
	add("zoo_GPT2", models.NewGPT2(gpt2), 0, tokens(2, 9))
	add("zoo_GPT2_length", models.NewGPT2(gpt2), 1, tokens(2, 9))
	add("zoo_BERT", models.NewBERT(bert), 0, tokens(2, 6))
	add("zoo_BERT_length", models.NewBERT(bert), 1, tokens(2, 6))
	add("zoo_BERT_mask", &encoder{models.NewBERT(bert)}, 0, tokens(2, 6), mask, mask.Neg().AddScalar(1))
	add("zoo_BERT_sentences", &sentences{models.NewBERT(bert)}, 0, tokens(2, 6), mask)
	add("zoo_BERT_sentences_length", &sentences{models.NewBERT(bert)}, 1, tokens(2, 6), mask)
}

// largeZoo are the models of package models whose files have 12 to 530 MB.
func largeZoo(add func(name string, model any, dim int, in ...*tensor.Tensor)) {
	image := func(size int) *tensor.Tensor { return tensor.Randn(2, 3, size, size) }
	add("zoo_ResNet18", measured(models.NewResNet18(1000)), 0, image(64))
	add("zoo_ResNet18_small", measured(models.NewResNet18(10, models.SmallImages)), 0, image(32))
	add("zoo_ResNet50", measured(models.NewResNet50(1000)), 0, image(64))
	add("zoo_MobileNetV2_1000", measured(models.NewMobileNetV2(1000)), 0, image(96))
	add("zoo_VGG11", models.NewVGG(11, 1000), 0, image(64))
	add("zoo_VGG11_BN", measured(models.NewVGG(11, 1000, models.BatchNorm)), 0, image(32))
	add("zoo_ViT_B32", models.NewViT(models.ViTB32(1000)), 0, image(224))
	add("zoo_UNet_full", measured(models.NewUNet(2)), 0, image(32))
}

// measured gives batch norms statistics as after a training.
func measured[M any](model M) M {
	for _, b := range nn.Buffers(model) {
		if b.DType().IsFloat() {
			b.CopyFrom(tensor.Rand(b.Shape()...).AddScalar(0.5))
		}
	}
	return model
}

type encoder struct{ *models.BERT }

func (m *encoder) Forward(ids, mask, types *tensor.Tensor) (hidden, pooled *tensor.Tensor) {
	return m.Encode(ids, mask, types)
}

type sentences struct{ *models.BERT }

func (m *sentences) Forward(ids, mask *tensor.Tensor) *tensor.Tensor { return m.Embed(ids, mask) }
