package models

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// MLP is a multilayer perceptron: linear layers with ReLUs between them. Its
// state names are those of torch.nn.Sequential: 0.weight, 0.bias, 2.weight, …
type MLP struct {
	Layers *nn.Sequential `state:",inline"`
}

// NewMLP returns a network from sizes[0] features through hidden layers to as
// many as the last of sizes. The options, such as nn.Gen, are for each layer.
//
//	panics: *tensor.Error for fewer than two sizes, or one below 1
func NewMLP(sizes []int, opts ...nn.LinearOption) *MLP {
	wantPositive("mlp", "the number of layers and their sizes", append([]int{len(sizes) - 1}, sizes...)...)
	m := &MLP{nn.NewSequential()}
	for i, out := range sizes[1:] {
		if i > 0 {
			m.Layers.Layers = append(m.Layers.Layers, nn.NewReLU())
		}
		m.Layers.Layers = append(m.Layers.Layers, nn.NewLinear(sizes[i], out, opts...))
	}
	return m
}

// Forward returns a tensor of shape [n, out] for x of shape [n, ...], whose other
// dims are made one: images may come as they are.
//
//	panics: *tensor.Error for another number of features
func (m *MLP) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(m, x, m.Layers.Forward(x.Flatten(1, -1)))
}
