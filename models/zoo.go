package models

import (
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
	Classes     int   // those of the data set that the original was trained on, or the size of the vocabulary
	Params      int   // how many numbers the parameters hold, with that many classes
	Language    bool  // the input is token numbers

	// New makes the model. One of language takes [Gen] only.
	New func(classes int, opts ...ImageOption) nn.Layer
}

// All returns the list of models that have a name, in the order of a reader.
func All() []Entry {
	return append(imageEntries(), languageEntries()...)
}

// ByName makes the model of that name with so many classes, or the size of the
// vocabulary for one of language; 0 is the number that the original has. Every
// Forward takes [batch, ...] of the entry's Input, but that of "lstm" [tokens,
// batch].
//
//	errors: there is no such model, classes is negative, and [InChannels] for a
//	model of language
func ByName(name string, classes int, opts ...ImageOption) (nn.Layer, error) {
	var names []string
	for _, e := range All() {
		if e.Name == name {
			return e.make(classes, opts)
		}
		names = append(names, e.Name)
	}
	return nil, fmt.Errorf("models: no model is named %q; want one of %s", name, strings.Join(names, ", "))
}

func (e Entry) make(classes int, opts []ImageOption) (nn.Layer, error) {
	switch in := imageConfigOf(0, opts).in; {
	case classes < 0:
		return nil, fmt.Errorf("models: %d classes; want 1 or more, or 0 for the %d of the original", classes, e.Classes)
	case e.Language && in != 0:
		return nil, fmt.Errorf("models: %d channels for %s, whose input is text", in, e.Name)
	case !e.Language && in < 0:
		return nil, fmt.Errorf("models: %d channels; want 1 or more", in)
	case classes == 0:
		classes = e.Classes
	}
	return e.New(classes, opts...), nil
}

// A recipe makes a model.
type recipe = func(classes int, opts ...ImageOption) nn.Layer

func imageEntries() []Entry {
	digit, photo := []int{1, 28, 28}, []int{3, 224, 224}
	return []Entry{
		{"mlp", "two linear layers with 128 features between them, for MNIST", digit, 10, 101770, false, mlp},
		{"lenet", "LeNet-5, for MNIST", digit, 10, 61706, false, image(NewLeNet)},
		{"resnet18", "residual network of 18 layers", photo, 1000, 11689512, false, resNet(NewResNet18)},
		{"resnet34", "residual network of 34 layers", photo, 1000, 21797672, false, resNet(NewResNet34)},
		{"resnet50", "residual network of 50 layers, with bottlenecks", photo, 1000, 25557032, false, resNet(NewResNet50)},
		{"resnet18_small", "ResNet-18 for images of 32×32, such as CIFAR's", []int{3, 32, 32}, 10, 11173962, false, resNet(NewResNet18, SmallImages)},
		{"mobilenet_v2", "small network of separable convolutions", photo, 1000, 3504872, false, image(NewMobileNetV2)},
		{"vgg11", "chain of 3×3 convolutions, 11 layers", photo, 1000, 132863336, false, vgg(11)},
		{"vgg13", "chain of 3×3 convolutions, 13 layers", photo, 1000, 133047848, false, vgg(13)},
		{"vgg16", "chain of 3×3 convolutions, 16 layers", photo, 1000, 138357544, false, vgg(16)},
		{"vgg19", "chain of 3×3 convolutions, 19 layers", photo, 1000, 143667240, false, vgg(19)},
		{"vgg11_bn", "vgg11 with batch norm", photo, 1000, 132868840, false, vgg(11, BatchNorm)},
		{"vgg13_bn", "vgg13 with batch norm", photo, 1000, 133053736, false, vgg(13, BatchNorm)},
		{"vgg16_bn", "vgg16 with batch norm", photo, 1000, 138365992, false, vgg(16, BatchNorm)},
		{"vgg19_bn", "vgg19 with batch norm", photo, 1000, 143678248, false, vgg(19, BatchNorm)},
		{"vit_b_16", "transformer of patches of 16×16", photo, 1000, 86567656, false, vit(ViTB16)},
		{"vit_b_32", "transformer of patches of 32×32", photo, 1000, 88224232, false, vit(ViTB32)},
		{"unet", "U-Net: images to images, a class for each pixel", []int{3, 256, 256}, 2, 31037698, false, uNet},
	}
}

func languageEntries() []Entry {
	return []Entry{
		{"lstm", "language model of two LSTM layers with 200 features", []int{35}, 33278, 13987678, true, lstm},
		{"gpt2", "GPT-2 small, a decoder of text", []int{1024}, 50257, 124439808, true, gpt2(GPT2Small)},
		{"gpt2-medium", "GPT-2 medium", []int{1024}, 50257, 354823168, true, gpt2(GPT2Medium)},
		{"bert-base", "BERT base, an encoder of text", []int{512}, 30522, 109482240, true, bert(BERTBase)},
		{"minilm", "MiniLM with 6 layers, an encoder of sentences", []int{512}, 30522, 22713216, true, bert(MiniLM)},
	}
}

func mlp(classes int, opts ...ImageOption) nn.Layer {
	c := imageConfigOf(1, opts)
	return NewMLP([]int{c.in * 784, 128, classes}, nn.Gen(c.gen))
}

func image[M nn.Layer](make func(int, ...ImageOption) M) recipe {
	return func(classes int, opts ...ImageOption) nn.Layer { return make(classes, opts...) }
}

func resNet(make func(int, ...ResNetOption) *ResNet, more ...ResNetOption) recipe {
	return func(classes int, opts ...ImageOption) nn.Layer { return make(classes, with(more, opts)...) }
}

func vgg(layers int, more ...VGGOption) recipe {
	return func(classes int, opts ...ImageOption) nn.Layer { return NewVGG(layers, classes, with(more, opts)...) }
}

func uNet(classes int, opts ...ImageOption) nn.Layer {
	return NewUNet(classes, with([]UNetOption(nil), opts)...)
}

// with joins the options of one model and those of all.
func with[O any](own []O, all []ImageOption) (joined []O) {
	joined = append(joined, own...)
	for _, o := range all {
		joined = append(joined, any(o).(O))
	}
	return joined
}

func vit(config func(classes int) ViTConfig) recipe {
	return func(classes int, opts ...ImageOption) nn.Layer {
		c := config(classes)
		o := imageConfigOf(c.Channels, opts)
		c.Channels, c.Gen = o.in, o.gen
		return NewViT(c)
	}
}

func lstm(vocab int, opts ...ImageOption) nn.Layer {
	c := WordLMDefault(vocab)
	c.Gen = generator(opts)
	return NewWordLM(c)
}

func gpt2(config func() GPT2Config) recipe {
	return func(vocab int, opts ...ImageOption) nn.Layer {
		c := config()
		c.Vocab, c.Gen = vocab, generator(opts)
		return NewGPT2(c)
	}
}

func bert(config func() BERTConfig) recipe {
	return func(vocab int, opts ...ImageOption) nn.Layer {
		c := config()
		c.Vocab, c.Gen = vocab, generator(opts)
		return NewBERT(c)
	}
}

func generator(opts []ImageOption) *tensor.Generator { return imageConfigOf(0, opts).gen }
