package nn_test

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// MLP is a model: a struct and a Forward method.
type MLP struct {
	FC1, FC2 *nn.Linear
}

func NewMLP(g *tensor.Generator) *MLP {
	return &MLP{nn.NewLinear(4, 8, nn.Gen(g)), nn.NewLinear(8, 2, nn.NoBias, nn.Gen(g))}
}

func (m *MLP) Forward(x *tensor.Tensor) *tensor.Tensor {
	return m.FC2.Forward(m.FC1.Forward(x).ReLU())
}

func Example() {
	m := NewMLP(tensor.NewGenerator(0))
	loss := nn.NewMSELoss()

	x, target := tensor.Ones(3, 4), tensor.Zeros(3, 2)
	loss.Forward(m.Forward(x), target).Backward()
	for name, p := range nn.Params(m) {
		fmt.Println(name, p.Shape(), p.Grad().Shape())
	}

	// Misuse of a layer is a panic with an *Error.
	err := tensor.Try(func() { m.Forward(x.T()) })
	fmt.Println(err)
	// Output:
	// fc1.weight [8 4] [8 4]
	// fc1.bias [8] [8]
	// fc2.weight [2 8] [2 8]
	// tensor: linear [4 3]: want an input of shape [..., 4]
}

func ExampleSummary() {
	m := nn.NewSequential(
		nn.NewConv2d(1, 32, 3), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewConv2d(32, 64, 3), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewFlatten(), nn.NewLinear(1600, 128), nn.NewReLU(), nn.NewLinear(128, 10),
	)
	fmt.Print(nn.Summary(m, tensor.Zeros(1, 1, 28, 28)))
	// Output:
	// layer  type        output        parameters
	// .      Sequential  [1 10]                 -
	// 0      Conv2d      [1 32 26 26]         320
	// 1      ReLU        [1 32 26 26]           -
	// 2      MaxPool2d   [1 32 13 13]           -
	// 3      Conv2d      [1 64 11 11]      18,496
	// 4      ReLU        [1 64 11 11]           -
	// 5      MaxPool2d   [1 64 5 5]             -
	// 6      Flatten     [1 1600]               -
	// 7      Linear      [1 128]          204,928
	// 8      ReLU        [1 128]                -
	// 9      Linear      [1 10]             1,290
	// 225,034 parameters, 225,034 of them trainable
}

func ExampleLoadStateDict() {
	a, b := NewMLP(tensor.NewGenerator(1)), NewMLP(tensor.NewGenerator(2))
	state := nn.StateDict(a)
	fmt.Println(nn.LoadStateDict(b, state))

	state.Delete("fc1.bias")
	state.Set("fc2.weight", tensor.Zeros(3, 8))
	fmt.Println(nn.LoadStateDict(b, state))
	// Output:
	// <nil>
	// nn: the state does not fit the module: 1 missing, 0 unexpected, 1 different
	//   missing     fc1.bias
	//   shape       fc2.weight is [3 8]; want [2 8]
}

func ExampleFreeze() {
	m := NewMLP(tensor.NewGenerator(0))
	nn.Freeze(m.FC1)
	for name, p := range nn.Params(m) {
		fmt.Println(name, p.RequiresGrad())
	}
	// Output:
	// fc1.weight false
	// fc1.bias false
	// fc2.weight true
}

// A recurrent layer reads sequences, also packed ones of several lengths.
func ExampleLSTM() {
	lstm := nn.NewLSTM(4, 3, nn.NumLayers(2), nn.Bidirectional)
	y, h, c := lstm.Forward(tensor.Ones(7, 5, 4), nil, nil) // 7 steps of 5 sequences
	fmt.Println(y.Shape(), h.Shape(), c.Shape())

	packed := nn.PackSequence(tensor.Ones(2, 4), tensor.Ones(6, 4), tensor.Ones(3, 4))
	out, h, c := lstm.ForwardPacked(packed, nil, nil)
	y, lengths := nn.PadPacked(out, nn.BatchFirst)
	fmt.Println(y.Shape(), lengths, h.Shape(), c.Shape())
	// Output:
	// [7 5 6] [4 5 3] [4 5 3]
	// [3 6 6] [2 6 3] [4 3 3] [4 3 3]
}

func ExampleMultiheadAttention() {
	l := nn.NewMultiheadAttention(8, 2, nn.BatchFirst)
	x := tensor.Randn(1, 5, 8) // one sample of five tokens
	fmt.Println(l.Attend(x, x, x, nn.Masks{Causal: true}).Shape())
	_, w := l.AttendWeights(x, x, x, nn.Masks{}, true)
	fmt.Println(w.Shape())
	// Output:
	// [1 5 8]
	// [1 5 5]
}

// A language model reads the prompt once; each further token attends to what
// the cache kept.
func ExampleKVCache() {
	attn := nn.NewMultiheadAttention(8, 2, nn.BatchFirst)
	cache := nn.NewKVCache(tensor.Make{}, 1, 2, 100, 4)
	prompt, next := tensor.Randn(1, 5, 8).NoGrad(), tensor.Randn(1, 1, 8).NoGrad()
	fmt.Println(attn.Cached(prompt, cache).Shape(), cache.Len())
	fmt.Println(attn.Cached(next, cache).Shape(), cache.Len())
	// Output:
	// [1 5 8] 5
	// [1 1 8] 6
}

// A transformer reads a source and a target, which sees itself up to each place.
func ExampleTransformer() {
	m := nn.NewTransformer(16, 4, 2, 2, nn.FeedForward(32), nn.BatchFirst)
	source, target := tensor.Randn(2, 7, 16), tensor.Randn(2, 5, 16)
	y := m.Masked(source, target, nn.Masks{}, nn.Masks{Causal: true}, nn.Masks{})
	fmt.Println(y.Shape())
	// Output: [2 5 16]
}

// A layer around a layer: the weight's length and direction are trained apart.
func ExampleNewWeightNorm() {
	l := nn.NewWeightNorm(nn.NewLinear(3, 2), 0)
	fmt.Println(l.Forward(tensor.Ones(1, 3)).Shape(), nn.StateDict(l).Names())
	// Output: [1 2] [weight_g weight_v bias]
}
