package training_test

import (
	"math"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

// A run is a model with its data and optimizer, as in make_training.py.
type run interface {
	Forward(x *tensor.Tensor) *tensor.Tensor
	batch() (x, y *tensor.Tensor)
	optimizer() (optim.Optimizer, *schedule.Schedule)
}

type mlp struct{ Net *nn.Sequential }

func newMLP() run {
	return &mlp{nn.NewSequential(nn.NewLinear(20, 32), nn.NewReLU(), nn.NewLinear(32, 32), nn.NewTanh(), nn.NewLinear(32, 4))}
}

func (m *mlp) Forward(x *tensor.Tensor) *tensor.Tensor { return m.Net.Forward(x) }
func (m *mlp) batch() (x, y *tensor.Tensor)            { return tensor.Randn(16, 20), tensor.RandInt(0, 4, 16) }
func (m *mlp) optimizer() (optim.Optimizer, *schedule.Schedule) {
	return optim.NewSGD(nn.Params(m), 0.1, optim.Momentum(0.9)), nil
}

type leNet struct {
	Conv1, Conv2  *nn.Conv2d
	FC1, FC2, FC3 *nn.Linear
}

func newLeNet() run {
	return &leNet{nn.NewConv2d(1, 6, 5, nn.Padding(2)), nn.NewConv2d(6, 16, 5),
		nn.NewLinear(16*5*5, 120), nn.NewLinear(120, 84), nn.NewLinear(84, 10)}
}

func (m *leNet) Forward(x *tensor.Tensor) *tensor.Tensor {
	x = m.Conv1.Forward(x).ReLU().MaxPool2d([]int{2, 2})
	x = m.Conv2.Forward(x).ReLU().MaxPool2d([]int{2, 2}).Flatten(1, -1)
	return m.FC3.Forward(m.FC2.Forward(m.FC1.Forward(x).ReLU()).ReLU())
}
func (m *leNet) batch() (x, y *tensor.Tensor) {
	return tensor.Randn(8, 1, 28, 28), tensor.RandInt(0, 10, 8)
}
func (m *leNet) optimizer() (optim.Optimizer, *schedule.Schedule) {
	return optim.NewAdam(nn.Params(m), 1e-3), nil
}

type block struct {
	Conv1 *nn.Conv2d
	BN1   *nn.BatchNorm2d
	Conv2 *nn.Conv2d
	BN2   *nn.BatchNorm2d
	Down  *nn.Sequential // nil where sizes stay
}

func newBlock(in, out, stride int) *block {
	b := &block{Conv1: nn.NewConv2d(in, out, 3, nn.Stride(stride), nn.Padding(1), nn.NoBias), BN1: nn.NewBatchNorm2d(out),
		Conv2: nn.NewConv2d(out, out, 3, nn.Padding(1), nn.NoBias), BN2: nn.NewBatchNorm2d(out)}
	if stride > 1 {
		b.Down = nn.NewSequential(nn.NewConv2d(in, out, 1, nn.Stride(stride), nn.NoBias), nn.NewBatchNorm2d(out))
	}
	return b
}

func (b *block) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := b.BN2.Forward(b.Conv2.Forward(b.BN1.Forward(b.Conv1.Forward(x)).ReLU()))
	if b.Down != nil {
		x = b.Down.Forward(x)
	}
	return y.AddReLU(x)
}

type resNet struct {
	Conv           *nn.Conv2d
	BN             *nn.BatchNorm2d
	Block1, Block2 *block
	FC             *nn.Linear
}

func newResNet() run {
	return &resNet{nn.NewConv2d(3, 8, 3, nn.Padding(1), nn.NoBias), nn.NewBatchNorm2d(8),
		newBlock(8, 8, 1), newBlock(8, 16, 2), nn.NewLinear(16, 5)}
}

func (m *resNet) Forward(x *tensor.Tensor) *tensor.Tensor {
	x = m.Block2.Forward(m.Block1.Forward(m.BN.Forward(m.Conv.Forward(x)).ReLU()))
	return m.FC.Forward(x.Mean(tensor.Dims(2, 3)))
}
func (m *resNet) batch() (x, y *tensor.Tensor) {
	return tensor.Randn(8, 3, 12, 12), tensor.RandInt(0, 5, 8)
}
func (m *resNet) optimizer() (optim.Optimizer, *schedule.Schedule) {
	opt := optim.NewSGD(nn.Params(m), 0.05, optim.Momentum(0.9), optim.WeightDecay(1e-3), optim.Nesterov(true))
	return opt, schedule.New(opt, schedule.Step(8, 0.5))
}

type lstm struct {
	Embed *nn.Embedding
	LSTM  *nn.LSTM
	Head  *nn.Linear
}

func newLSTM() run {
	return &lstm{nn.NewEmbedding(20, 16), nn.NewLSTM(16, 32, nn.NumLayers(2), nn.BatchFirst), nn.NewLinear(32, 20)}
}

func (m *lstm) Forward(x *tensor.Tensor) *tensor.Tensor {
	y, _, _ := m.LSTM.Forward(m.Embed.Forward(x), nil, nil)
	return m.Head.Forward(y).Transpose(1, 2)
}
func (m *lstm) batch() (x, y *tensor.Tensor) { return sequences(20, 6) }
func (m *lstm) optimizer() (optim.Optimizer, *schedule.Schedule) {
	return optim.NewAdam(nn.Params(m), 1e-2), nil
}
func (m *lstm) clip() { optim.ClipGradNorm(nn.Params(m), 0.5, 2) }

type gptBlock struct {
	LN1       *nn.LayerNorm
	QKV, Proj *nn.Linear
	LN2       *nn.LayerNorm
	Up, Down  *nn.Linear
	heads     int
}

func newGPTBlock(dim, heads int) *gptBlock {
	return &gptBlock{nn.NewLayerNorm(dim), nn.NewLinear(dim, 3*dim), nn.NewLinear(dim, dim),
		nn.NewLayerNorm(dim), nn.NewLinear(dim, 4*dim), nn.NewLinear(4*dim, dim), heads}
}

func (b *gptBlock) Forward(x *tensor.Tensor) *tensor.Tensor {
	n, t, c := x.Size(0), x.Size(1), x.Size(2)
	var h [3]*tensor.Tensor
	for i, p := range b.QKV.Forward(b.LN1.Forward(x)).Split(c, 2) {
		h[i] = p.Reshape(n, t, b.heads, c/b.heads).Transpose(1, 2)
	}
	future := tensor.Make{DType: tensor.Bool}.Ones(t, t).Triu(1)
	scores := h[0].MatMul(h[1].Transpose(2, 3)).DivScalar(math.Sqrt(float64(c/b.heads))).MaskedFill(future, math.Inf(-1))
	x = x.Add(b.Proj.Forward(scores.Softmax(3).MatMul(h[2]).Transpose(1, 2).Reshape(n, t, c)))
	return x.Add(b.Down.Forward(b.Up.Forward(b.LN2.Forward(x)).GELU()))
}

type gpt struct {
	Tok, Pos *nn.Embedding
	Blocks   []*gptBlock
	LN       *nn.LayerNorm
	Head     *nn.Linear
}

func newGPT() run {
	m := &gpt{nn.NewEmbedding(24, 32), nn.NewEmbedding(12, 32), []*gptBlock{newGPTBlock(32, 4), newGPTBlock(32, 4)},
		nn.NewLayerNorm(32), nn.NewLinear(32, 24, nn.NoBias)}
	m.Head.Weight = m.Tok.Weight
	return m
}

func (m *gpt) Forward(x *tensor.Tensor) *tensor.Tensor {
	h := m.Tok.Forward(x).Add(m.Pos.Forward(tensor.Arange(0, x.Size(1), 1)))
	for _, b := range m.Blocks {
		h = b.Forward(h)
	}
	return m.Head.Forward(m.LN.Forward(h)).Transpose(1, 2)
}
func (m *gpt) batch() (x, y *tensor.Tensor) { return sequences(24, 4) }
func (m *gpt) optimizer() (optim.Optimizer, *schedule.Schedule) {
	opt := optim.NewAdamW(nn.Params(m), 3e-3, optim.Betas(0.9, 0.95), optim.WeightDecay(0.1))
	return opt, schedule.New(opt, schedule.Cosine(steps, 0))
}

// sequences are inputs and, one further on, what is to follow.
func sequences(words, n int) (x, y *tensor.Tensor) {
	s := tensor.RandInt(0, words, n, 13)
	return s.Narrow(1, 0, 12), s.Narrow(1, 1, 12)
}
