package models

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

// ViT is a transformer of image patches with torchvision's names: class_token,
// conv_proj, encoder.pos_embedding,
// encoder.layers.encoder_layer_0.self_attention.in_proj_weight, …, heads.head.
//
//	source: Dosovitskiy et al. 2020, arXiv:2010.11929; torchvision.models.VisionTransformer
type ViT struct {
	ClassToken *tensor.Tensor // [1, 1, hidden]
	ConvProj   *nn.Conv2d     // of patches to tokens
	Encoder    *ViTEncoder
	Heads      *nn.Linear `state:"heads.head"`
}

// ViTEncoder is the transformer of a [ViT].
type ViTEncoder struct {
	PosEmbedding *tensor.Tensor // [1, tokens, hidden]
	Dropout      *nn.Dropout
	Layers       []*ViTLayer `state:"layers.encoder_layer_,joined"`
	LN           *nn.LayerNorm
}

// A ViTLayer is attention and two projections, each with a norm before it and a
// way around both.
type ViTLayer struct {
	LN1           *nn.LayerNorm `state:"ln_1"`
	SelfAttention *nn.MultiheadAttention
	Dropout       *nn.Dropout
	LN2           *nn.LayerNorm  `state:"ln_2"`
	MLP           *nn.Sequential // two Linear with a GELU between them
}

// A ViTConfig has the sizes of a [ViT].
type ViTConfig struct {
	Image, Patch int // heights, which are widths
	Channels     int // of the image
	Classes      int
	Layers       int
	Heads        int
	Hidden       int // features of a token
	Between      int // features between the two projections

	Dropout          float64
	AttentionDropout float64

	Gen *tensor.Generator `json:"-"` // of first weights and dropout; nil means the default one
}

// ViTB16 has the sizes of torchvision's vit_b_16, for images of 224×224: 86.6
// million parameters for 1000 classes.
func ViTB16(classes int) ViTConfig {
	return ViTConfig{Image: 224, Patch: 16, Channels: 3, Classes: classes, Layers: 12, Heads: 12, Hidden: 768, Between: 3072}
}

// ViTB32 has the sizes of torchvision's vit_b_32, whose patches are larger.
func ViTB32(classes int) ViTConfig {
	c := ViTB16(classes)
	c.Patch = 32
	return c
}

// ViTL16 has the sizes of torchvision's vit_l_16: 304 million parameters.
func ViTL16(classes int) ViTConfig {
	c := ViTB16(classes)
	c.Layers, c.Heads, c.Hidden, c.Between = 24, 16, 1024, 4096
	return c
}

// NewViT returns a model of the given sizes, with first weights of torchvision's
// distributions; those of the head are 0.
//
//	panics: *tensor.Error for a size below 1, patches that do not fill the image,
//	heads that do not divide Hidden, and a dropout outside 0 … 1
func NewViT(c ViTConfig) *ViT {
	wantPositive("vit", "the sizes", c.Image, c.Patch, c.Channels, c.Layers, c.Between)
	wantHeads("vit", c.Hidden, c.Heads)
	if c.Image%c.Patch != 0 {
		tensor.Misuse("vit", fmt.Errorf("patches of %d do not fill an image of %d", c.Patch, c.Image))
	}
	g := nn.Gen(c.Gen)
	side := c.Image / c.Patch
	m := &ViT{
		ClassToken: tensor.Zeros(1, 1, c.Hidden).RequireGrad(),
		ConvProj:   nn.NewConv2d(c.Channels, c.Hidden, c.Patch, nn.Stride(c.Patch), g),
		Encoder: &ViTEncoder{
			PosEmbedding: normal(c.Gen, 0.02, 1, side*side+1, c.Hidden),
			Dropout:      nn.NewDropout(c.Dropout, g),
			LN:           nn.NewLayerNorm(c.Hidden, nn.Eps(1e-6)),
		},
	}
	for range c.Layers {
		m.Encoder.Layers = append(m.Encoder.Layers, newViTLayer(c))
	}
	m.Heads = nn.NewLinear(c.Hidden, c.Classes, g)
	zero(m.Heads.Weight)
	zero(m.Heads.Bias)
	fanIn := float64(c.Channels * c.Patch * c.Patch)
	nninit.TruncNormal(m.ConvProj.Weight, 0, math.Sqrt(1/fanIn), -2, 2, nninit.Gen(c.Gen))
	zero(m.ConvProj.Bias)
	return m
}

func newViTLayer(c ViTConfig) *ViTLayer {
	g := nn.Gen(c.Gen)
	linear := func(in, out int) *nn.Linear {
		l := nn.NewLinear(in, out, g)
		nninit.XavierUniform(l.Weight, nninit.Gen(c.Gen))
		nninit.Normal(l.Bias, 0, 1e-6, nninit.Gen(c.Gen))
		return l
	}
	drop := func() *nn.Dropout { return nn.NewDropout(c.Dropout, g) }
	return &ViTLayer{
		LN1:           nn.NewLayerNorm(c.Hidden, nn.Eps(1e-6)),
		SelfAttention: nn.NewMultiheadAttention(c.Hidden, c.Heads, nn.BatchFirst, nn.DropoutP(c.AttentionDropout), g),
		Dropout:       drop(),
		LN2:           nn.NewLayerNorm(c.Hidden, nn.Eps(1e-6)),
		MLP:           nn.NewSequential(linear(c.Hidden, c.Between), nn.NewGELU(), drop(), linear(c.Between, c.Hidden), drop()),
	}
}

// Forward returns logits of shape [n, classes] for x of shape
// [n, channels, image, image].
//
//	panics: *tensor.Error for another shape
func (m *ViT) Forward(x *tensor.Tensor) *tensor.Tensor {
	tokens := m.ConvProj.Forward(x).Flatten(2, 3).Transpose(1, 2)
	if want := m.Encoder.PosEmbedding.Size(1) - 1; tokens.Size(1) != want {
		tensor.Misuse("vit", fmt.Errorf("an image of %d patches; the model has %d", tokens.Size(1), want), x)
	}
	tokens = tensor.Cat(1, m.ClassToken.Expand(x.Size(0), -1, -1), tokens)
	return tensor.Observed(m, x, m.Heads.Forward(m.Encoder.Forward(tokens).Select(1, 0)))
}

// Forward returns a tensor of x's shape, [n, tokens, hidden].
//
//	panics: *tensor.Error for another shape
func (e *ViTEncoder) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := e.Dropout.Forward(x.Add(e.PosEmbedding))
	for _, l := range e.Layers {
		y = l.Forward(y)
	}
	return tensor.Observed(e, x, e.LN.Forward(y))
}

// Forward returns a tensor of x's shape, [n, tokens, hidden].
//
//	panics: *tensor.Error for another shape
func (l *ViTLayer) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := l.LN1.Forward(x)
	y = l.Dropout.Forward(l.SelfAttention.Forward(y, y, y))
	sum, y := l.LN2.ForwardSum(x, y)
	return tensor.Observed(l, x, sum.Add(l.MLP.Forward(y)))
}
