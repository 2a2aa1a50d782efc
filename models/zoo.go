package models

import (
	"errors"
	"fmt"
	"strings"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// An Entry is a model that [ByName] makes.
type Entry struct {
	Name        string
	Description string
	Input       []int // the shape of one sample; for a model of language of one text, whose tokens may be fewer
	Classes     int   // the default: those of the data set that the original was trained on, or the size of the vocabulary
	Params      int   // how many numbers the parameters hold, with that many classes
	Language    bool  // the input is token numbers

	// New makes the model, for 0 classes with the default number. A nil generator is
	// the default one.
	New func(classes int, gen *tensor.Generator) nn.Layer
}

// All returns the list of models that have a name, in the order of a reader.
func All() []Entry {
	return append(imageEntries(), languageEntries()...)
}

// ByName makes the model of that name with so many classes, or the size of the
// vocabulary for one of language; 0 is the number that the original has. A nil
// generator is the default one. Every Forward takes [batch, ...] of the entry's
// Input, and that of "lstm" [tokens, batch].
//
//	errors: there is no such model, or classes is negative
func ByName(name string, classes int, gen *tensor.Generator) (nn.Layer, error) {
	if classes < 0 {
		return nil, fmt.Errorf("models: %d classes; want 1 or more, or 0 for those of the original", classes)
	}
	var names []string
	for _, e := range All() {
		if e.Name == name {
			if classes == 0 {
				classes = e.Classes
			}
			return e.New(classes, gen), nil
		}
		names = append(names, e.Name)
	}
	return nil, errors.New("models: no model is named " + fmt.Sprintf("%q", name) + "; want one of " + strings.Join(names, ", "))
}

func imageEntries() []Entry {
	imageNet := []int{3, 224, 224}
	vgg := func(layers int, opts ...VGGOption) func(int, *tensor.Generator) nn.Layer {
		return func(n int, g *tensor.Generator) nn.Layer { return NewVGG(layers, n, append(opts, Gen(g))...) }
	}
	small := func(make func(int, ...ResNetOption) *ResNet, opts ...ResNetOption) func(int, *tensor.Generator) nn.Layer {
		return func(n int, g *tensor.Generator) nn.Layer { return make(n, append(opts, Gen(g))...) }
	}
	return []Entry{
		{"mlp", "two linear layers with 128 features between them, for MNIST", []int{1, 28, 28}, 10, 101770, false,
			func(n int, g *tensor.Generator) nn.Layer { return NewMLP([]int{784, 128, n}, g) }},
		{"lenet", "LeNet-5, for MNIST", []int{1, 28, 28}, 10, 61706, false,
			func(n int, g *tensor.Generator) nn.Layer { return NewLeNet(n, Gen(g)) }},
		{"resnet18", "residual network of 18 layers", imageNet, 1000, 11689512, false, small(NewResNet18)},
		{"resnet34", "residual network of 34 layers", imageNet, 1000, 21797672, false, small(NewResNet34)},
		{"resnet50", "residual network of 50 layers, with bottlenecks", imageNet, 1000, 25557032, false, small(NewResNet50)},
		{"resnet18_small", "ResNet-18 for images of 32×32, such as CIFAR's", []int{3, 32, 32}, 10, 11173962, false, small(NewResNet18, SmallImages)},
		{"mobilenet_v2", "small network of separable convolutions", imageNet, 1000, 3504872, false,
			func(n int, g *tensor.Generator) nn.Layer { return NewMobileNetV2(n, Gen(g)) }},
		{"vgg11", "chain of 3×3 convolutions, 11 layers", imageNet, 1000, 132863336, false, vgg(11)},
		{"vgg13", "chain of 3×3 convolutions, 13 layers", imageNet, 1000, 133047848, false, vgg(13)},
		{"vgg16", "chain of 3×3 convolutions, 16 layers", imageNet, 1000, 138357544, false, vgg(16)},
		{"vgg19", "chain of 3×3 convolutions, 19 layers", imageNet, 1000, 143667240, false, vgg(19)},
		{"vgg11_bn", "vgg11 with batch norm", imageNet, 1000, 132868840, false, vgg(11, BatchNorm)},
		{"vgg13_bn", "vgg13 with batch norm", imageNet, 1000, 133053736, false, vgg(13, BatchNorm)},
		{"vgg16_bn", "vgg16 with batch norm", imageNet, 1000, 138365992, false, vgg(16, BatchNorm)},
		{"vgg19_bn", "vgg19 with batch norm", imageNet, 1000, 143678248, false, vgg(19, BatchNorm)},
		{"vit_b_16", "transformer of patches of 16×16", imageNet, 1000, 86567656, false, vit(ViTB16)},
		{"vit_b_32", "transformer of patches of 32×32", imageNet, 1000, 88224232, false, vit(ViTB32)},
		{"unet", "U-Net: images to images, a class for each pixel", []int{3, 256, 256}, 2, 31037698, false,
			func(n int, g *tensor.Generator) nn.Layer { return NewUNet(n, Gen(g)) }},
	}
}

func languageEntries() []Entry {
	return []Entry{
		{"lstm", "language model of two LSTM layers with 200 features", []int{35}, 33278, 13987678, true,
			func(n int, g *tensor.Generator) nn.Layer {
				c := WordLMDefault(n)
				c.Gen = g
				return NewWordLM(c)
			}},
		{"gpt2", "GPT-2 small, a decoder of text", []int{1024}, 50257, 124439808, true, gpt2(GPT2Small)},
		{"gpt2-medium", "GPT-2 medium", []int{1024}, 50257, 354823168, true, gpt2(GPT2Medium)},
		{"bert-base", "BERT base, an encoder of text", []int{512}, 30522, 109482240, true, bert(BERTBase)},
		{"minilm", "MiniLM with 6 layers, an encoder of sentences", []int{512}, 30522, 22713216, true, bert(MiniLM)},
	}
}

func vit(config func(int) ViTConfig) func(int, *tensor.Generator) nn.Layer {
	return func(n int, g *tensor.Generator) nn.Layer {
		c := config(n)
		c.Gen = g
		return NewViT(c)
	}
}

func gpt2(config func() GPT2Config) func(int, *tensor.Generator) nn.Layer {
	return func(n int, g *tensor.Generator) nn.Layer {
		c := config()
		c.Vocab, c.Gen = n, g
		return NewGPT2(c)
	}
}

func bert(config func() BERTConfig) func(int, *tensor.Generator) nn.Layer {
	return func(n int, g *tensor.Generator) nn.Layer {
		c := config()
		c.Vocab, c.Gen = n, g
		return NewBERT(c)
	}
}
