package onnx_test

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// networks are whole models.
func networks(add func(name string, model any, dim int, in ...*tensor.Tensor)) {
	add("LeNet", leNet(), 0, tensor.Randn(2, 1, 28, 28))
	add("ResNet18", newResNet(8), 0, tensor.Randn(2, 3, 32, 32))
	add("LSTMLanguageModel", newLanguageModel(50, 16, 24), 0, tensor.Make{}.RandInt(0, 50, 2, 7))
	add("GPT", newGPT(50, 16, 2, 2, 9), 0, tensor.Make{}.RandInt(0, 50, 2, 9))
	add("GPT_length", newGPT(50, 16, 2, 2, 9), 1, tensor.Make{}.RandInt(0, 50, 2, 5))
	add("positions", layer(func(x *tensor.Tensor) *tensor.Tensor {
		return x.Mul(tensor.Arange(0, x.Size(1), 1).Cast(tensor.Float32)).Add(tensor.Zeros(x.Size(0), x.Size(1)))
	}), 1, tensor.Randn(2, 4))
	add("Llama", newLlama(50, 16, 4, 2, 9), 0, tensor.Make{}.RandInt(0, 50, 2, 9))
	add("ViT", newViT(8, 16), 0, tensor.Randn(2, 3, 16, 16))
	add("MLP_transposed", &tied{Embed: nn.NewEmbedding(12, 6)}, 0, tensor.Make{}.RandInt(0, 12, 2, 3))
}

func leNet() nn.Layer {
	return nn.NewSequential(
		nn.NewConv2d(1, 6, 5, nn.Padding(2)), nn.NewTanh(), nn.NewAvgPool2d(2),
		nn.NewConv2d(6, 16, 5), nn.NewTanh(), nn.NewAvgPool2d(2), nn.NewFlatten(),
		nn.NewLinear(400, 120), nn.NewTanh(), nn.NewLinear(120, 84), nn.NewTanh(), nn.NewLinear(84, 10))
}

// A block is ResNet's basic block.
type block struct {
	Conv1, Conv2 *nn.Conv2d
	Bn1, Bn2     *nn.BatchNorm2d
	Downsample   *nn.Sequential
}

func newBlock(in, out, stride int) *block {
	b := &block{
		Conv1: nn.NewConv2d(in, out, 3, nn.Stride(stride), nn.Padding(1), nn.NoBias), Bn1: trained(nn.NewBatchNorm2d(out)),
		Conv2: nn.NewConv2d(out, out, 3, nn.Padding(1), nn.NoBias), Bn2: trained(nn.NewBatchNorm2d(out)),
	}
	if stride > 1 || in != out {
		b.Downsample = nn.NewSequential(nn.NewConv2d(in, out, 1, nn.Stride(stride), nn.NoBias), trained(nn.NewBatchNorm2d(out)))
	}
	return b
}

func (b *block) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := b.Bn2.Forward(b.Conv2.Forward(b.Bn1.Forward(b.Conv1.Forward(x)).ReLU()))
	if b.Downsample != nil {
		x = b.Downsample.Forward(x)
	}
	return tensor.Observed(b, x, y.AddReLU(x))
}

type resNet struct {
	Conv1  *nn.Conv2d
	Bn1    *nn.BatchNorm2d
	Pool   *nn.MaxPool2d
	Blocks []*block
	Last   *nn.AdaptiveAvgPool2d
	Fc     *nn.Linear
}

// newResNet has ResNet-18's layers, of the given width instead of 64.
func newResNet(width int) *resNet {
	r := &resNet{Conv1: nn.NewConv2d(3, width, 7, nn.Stride(2), nn.Padding(3), nn.NoBias), Bn1: trained(nn.NewBatchNorm2d(width)),
		Pool: nn.NewMaxPool2d(3, nn.Stride(2), nn.Padding(1)), Last: nn.NewAdaptiveAvgPool2d(1)}
	in := width
	for i := range 4 {
		out := width << i
		r.Blocks = append(r.Blocks, newBlock(in, out, min(i+1, 2)), newBlock(out, out, 1))
		in = out
	}
	r.Fc = nn.NewLinear(in, 10)
	return r
}

func (r *resNet) Forward(x *tensor.Tensor) *tensor.Tensor {
	x = r.Pool.Forward(r.Bn1.Forward(r.Conv1.Forward(x)).ReLU())
	for _, b := range r.Blocks {
		x = b.Forward(x)
	}
	return r.Fc.Forward(r.Last.Forward(x).Flatten(1, -1))
}

type languageModel struct {
	Embed *nn.Embedding
	Lstm  *nn.LSTM
	Head  *nn.Linear
}

func newLanguageModel(words, embed, hidden int) *languageModel {
	return &languageModel{nn.NewEmbedding(words, embed), nn.NewLSTM(embed, hidden, nn.NumLayers(2), nn.BatchFirst), nn.NewLinear(hidden, words)}
}

func (m *languageModel) Forward(x *tensor.Tensor) (y, h, c *tensor.Tensor) {
	y, h, c = m.Lstm.Forward(m.Embed.Forward(x), nil, nil)
	return m.Head.Forward(y), h, c
}

type gptBlock struct {
	Ln1, Ln2 *nn.LayerNorm
	Qkv, Out *nn.Linear
	Up, Down *nn.Linear
	Heads    int
}

func (b *gptBlock) Forward(x *tensor.Tensor) *tensor.Tensor {
	n, t, d := x.Size(0), x.Size(1), x.Size(2)
	var qkv []*tensor.Tensor
	for _, p := range b.Qkv.Forward(b.Ln1.Forward(x)).Chunk(3, -1) {
		qkv = append(qkv, p.Reshape(n, t, b.Heads, d/b.Heads).Transpose(1, 2))
	}
	y := tensor.ScaledDotProductAttention(qkv[0], qkv[1], qkv[2], tensor.Causal)
	x = x.Add(b.Out.Forward(y.Transpose(1, 2).Reshape(n, t, d)))
	return x.Add(b.Down.Forward(b.Up.Forward(b.Ln2.Forward(x)).GELU()))
}

type gpt struct {
	Token    *nn.Embedding
	Position *tensor.Tensor
	Blocks   []*gptBlock
	Ln       *nn.LayerNorm
	Head     *nn.Linear
}

func newGPT(words, d, heads, layers, length int) *gpt {
	g := &gpt{Token: nn.NewEmbedding(words, d), Position: tensor.Randn(length, d).RequireGrad(), Ln: nn.NewLayerNorm(d), Head: nn.NewLinear(d, words, nn.NoBias)}
	for range layers {
		g.Blocks = append(g.Blocks, &gptBlock{nn.NewLayerNorm(d), nn.NewLayerNorm(d), nn.NewLinear(d, 3*d), nn.NewLinear(d, d), nn.NewLinear(d, 4*d), nn.NewLinear(4*d, d), heads})
	}
	return g
}

func (g *gpt) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := g.Token.Forward(x).Add(g.Position.Narrow(0, 0, x.Size(1)))
	for _, b := range g.Blocks {
		y = b.Forward(y)
	}
	return g.Head.Forward(g.Ln.Forward(y))
}

// llama is a block with rotary positions, grouped queries and RMS norms.
type llama struct {
	Token         *nn.Embedding
	Norm1, Norm2  *nn.RMSNorm
	Q, K, V, Out  *nn.Linear
	Rotary        *nn.RotaryEmbedding
	Mlp           *nn.SwiGLU
	Heads, Groups int
}

func newLlama(words, d, heads, groups, length int) *llama {
	size := d / heads
	return &llama{nn.NewEmbedding(words, d), nn.NewRMSNorm(d), nn.NewRMSNorm(d), nn.NewLinear(d, d, nn.NoBias), nn.NewLinear(d, groups*size, nn.NoBias),
		nn.NewLinear(d, groups*size, nn.NoBias), nn.NewLinear(d, d, nn.NoBias), nn.NewRotaryEmbedding(size, length), nn.NewSwiGLU(d, 2*d), heads, groups}
}

func (m *llama) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := m.Token.Forward(x)
	n, t, d := y.Size(0), y.Size(1), y.Size(2)
	z := m.Norm1.Forward(y)
	split := func(l *nn.Linear, heads int) *tensor.Tensor {
		return l.Forward(z).Reshape(n, t, heads, d/m.Heads).Transpose(1, 2)
	}
	q, k := m.Rotary.Forward(split(m.Q, m.Heads)), m.Rotary.Forward(split(m.K, m.Groups))
	a := tensor.ScaledDotProductAttention(q, k, split(m.V, m.Groups), tensor.Causal, tensor.GroupedQuery)
	y = y.Add(m.Out.Forward(a.Transpose(1, 2).Reshape(n, t, d)))
	return y.Add(m.Mlp.Forward(m.Norm2.Forward(y)))
}

// vit puts a token in front of patches, repeated for each image.
type vit struct {
	Patch   *nn.Conv2d
	Class   *tensor.Tensor
	Encoder *nn.TransformerEncoderLayer
	Head    *nn.Linear
}

func newViT(patch, d int) *vit {
	return &vit{nn.NewConv2d(3, d, patch, nn.Stride(patch)), tensor.Randn(1, 1, d).RequireGrad(), nn.NewTransformerEncoderLayer(d, 2, nn.FeedForward(32), nn.BatchFirst), nn.NewLinear(d, 5)}
}

func (m *vit) Forward(x *tensor.Tensor) *tensor.Tensor {
	p := m.Patch.Forward(x).Flatten(2, -1).Transpose(1, 2)
	y := tensor.Cat(1, m.Class.Expand(x.Size(0), 1, p.Size(2)), p)
	return m.Head.Forward(m.Encoder.Forward(y).Select(1, 0))
}

// tied multiplies by the transpose of its table.
type tied struct{ Embed *nn.Embedding }

func (m *tied) Forward(x *tensor.Tensor) *tensor.Tensor {
	return m.Embed.Forward(x).MatMul(m.Embed.Weight.T())
}
