package main

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
)

// newModel returns a network for 28×28 grey images and ten classes.
func newModel(kind string, gen nn.GenOption) (nn.Layer, error) {
	switch kind {
	case "cnn":
		return newLeNet(gen), nil
	case "mlp":
		return newMLP(gen), nil
	}
	return nil, fmt.Errorf("no model %q; want cnn or mlp", kind)
}

// newLeNet is two convolutions of 3×3 with pooling, and two linear layers.
func newLeNet(gen nn.GenOption) *nn.Sequential {
	return nn.NewSequential(
		nn.NewConv2d(1, 32, 3, gen), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewConv2d(32, 64, 3, gen), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewFlatten(),
		nn.NewLinear(1600, 128, gen), nn.NewReLU(),
		nn.NewLinear(128, 10, gen),
	)
}

// newMLP is one hidden layer of 128 units.
func newMLP(gen nn.GenOption) *nn.Sequential {
	return nn.NewSequential(nn.NewFlatten(), nn.NewLinear(784, 128, gen), nn.NewReLU(), nn.NewLinear(128, 10, gen))
}
