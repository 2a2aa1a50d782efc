package models

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// LeNet is LeNet-5 for images of 28×28, as it is written today: with ReLUs and
// maxima where the paper has sigmoids and averages. Its state names are
// conv1, conv2, fc1, fc2 and fc3.
//
//	source: LeCun et al. 1998, doi:10.1109/5.726791
type LeNet struct {
	Conv1, Conv2  *nn.Conv2d
	FC1, FC2, FC3 *nn.Linear
}

// NewLeNet returns a LeNet for images of one channel, unless [InChannels] says
// otherwise. Weights are those of PyTorch's layers, uniform in ±1/√inputs.
//
//	panics: *tensor.Error for a negative number of classes or channels
func NewLeNet(classes int, opts ...ImageOption) *LeNet {
	c := imageConfigOf(1, opts)
	g := nn.Gen(c.gen)
	return &LeNet{
		nn.NewConv2d(c.in, 6, 5, nn.Padding(2), g), nn.NewConv2d(6, 16, 5, g),
		nn.NewLinear(16*5*5, 120, g), nn.NewLinear(120, 84, g), nn.NewLinear(84, classes, g),
	}
}

// Forward returns logits of shape [n, classes] for x of shape [n, channels, 28, 28].
//
//	panics: *tensor.Error for another shape
func (m *LeNet) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := nn.WithReLU(m.Conv1, x).MaxPool2d([]int{2})
	y = nn.WithReLU(m.Conv2, y).MaxPool2d([]int{2}).Flatten(1, -1)
	y = m.FC3.Forward(nn.WithReLU(m.FC2, nn.WithReLU(m.FC1, y)))
	return tensor.Observed(m, x, y)
}
