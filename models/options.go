package models

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

// An ImageOption is one of every model of images: [InChannels], [Gen].
type ImageOption interface {
	ResNetOption
	VGGOption
	UNetOption
	image(*imageConfig)
}

// imageConfig is what the options of a model of images say.
type imageConfig struct {
	in        int // channels
	gen       *tensor.Generator
	small     bool // ResNet
	batchNorm bool // VGG
	width     int  // UNet
}

type imageOption func(*imageConfig)

func (o imageOption) image(c *imageConfig)  { o(c) }
func (o imageOption) resNet(c *imageConfig) { o(c) }
func (o imageOption) vgg(c *imageConfig)    { o(c) }
func (o imageOption) uNet(c *imageConfig)   { o(c) }

// InChannels is how many channels the images have, 3 without it; 1 for LeNet.
func InChannels(n int) ImageOption { return imageOption(func(c *imageConfig) { c.in = n }) }

// Gen makes a model draw its random numbers, first weights and dropout, from g
// instead of the default generator.
func Gen(g *tensor.Generator) ImageOption { return imageOption(func(c *imageConfig) { c.gen = g }) }

// imageConfigOf is what the options say of a model whose images have in
// channels without them.
func imageConfigOf(in int, opts []ImageOption) *imageConfig {
	c := &imageConfig{in: in}
	for _, o := range opts {
		o.image(c)
	}
	return c
}

// draw gives the convolutions of m torchvision's first weights: normal, by their
// number of outputs, with biases of 0; with linear also the linear layers.
func (c *imageConfig) draw(m any, linear bool) {
	for _, l := range nn.Modules(m) {
		switch l := l.(type) {
		case *nn.Conv2d:
			nninit.KaimingNormal(l.Weight, nninit.FanOut, nninit.Gen(c.gen))
			zero(l.Bias)
		case *nn.Linear:
			if linear {
				nninit.Normal(l.Weight, 0, 0.01, nninit.Gen(c.gen))
				zero(l.Bias)
			}
		}
	}
}

func zero(t *tensor.Tensor) {
	if t != nil {
		nninit.Constant(t, 0)
	}
}

// normal is a parameter of normal numbers.
func normal(g *tensor.Generator, std float64, shape ...int) *tensor.Tensor {
	return tensor.Make{Gen: g}.Normal(0, std, shape...).RequireGrad()
}

// normalLinear is a linear layer of normal weights and a bias of 0.
func normalLinear(g *tensor.Generator, std float64, in, out int) *nn.Linear {
	return &nn.Linear{Weight: normal(g, std, out, in), Bias: tensor.Zeros(out).RequireGrad()}
}

// normalEmbedding is an embedding of normal weights.
func normalEmbedding(g *tensor.Generator, std float64, n, dim int) *nn.Embedding {
	return &nn.Embedding{Weight: normal(g, std, n, dim), NormType: 2}
}

// wantPositive refuses a size below 1.
func wantPositive(op, what string, sizes ...int) {
	for _, n := range sizes {
		if n < 1 {
			tensor.Misuse(op, fmt.Errorf("%s are %v; want 1 or more", what, sizes))
		}
	}
}

// wantHeads refuses heads that do not share the features.
func wantHeads(op string, features, heads int) {
	if wantPositive(op, "features and heads", features, heads); features%heads != 0 {
		tensor.Misuse(op, fmt.Errorf("%d heads do not divide %d features", heads, features))
	}
}

// wantTokens refuses what is not [batch, tokens], of at most so many tokens.
func wantTokens(op string, ids *tensor.Tensor, most int) {
	if ids == nil || ids.Dim() != 2 || ids.Size(1) > most {
		tensor.Misuse(op, fmt.Errorf("want token numbers of shape [batch, tokens], of at most %d tokens", most), ids)
	}
}

// heads splits the features of x among the heads: [batch, tokens, features] to
// a view [batch, heads, tokens, size].
func heads(x *tensor.Tensor, n int) *tensor.Tensor { return x.Unflatten(-1, n, -1).Transpose(1, 2) }

// joined is the opposite of heads.
func joined(x *tensor.Tensor) *tensor.Tensor { return x.Transpose(1, 2).Flatten(2, 3) }
