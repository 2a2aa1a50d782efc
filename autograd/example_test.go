package autograd_test

import (
	"fmt"

	"github.com/facula-ml/facula/autograd"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func ExampleHessian() {
	f := func(in []*tensor.Tensor) *tensor.Tensor { return in[0].PowScalar(3).Sum() }
	h := autograd.Hessian(f, tensor.Of([]float32{1, 2}))
	fmt.Println(h[0][0])
	// Output:
	// tensor([[ 6.,  0.],
	//         [ 0., 12.]], shape=[2 2], dtype=float32)
}

// A deep network that keeps only the input of each block.
func ExampleCheckpoint() {
	blocks := []*nn.Linear{nn.NewLinear(4, 4), nn.NewLinear(4, 4), nn.NewLinear(4, 4)}
	y := tensor.Ones(2, 4)
	for _, b := range blocks {
		block := func(in []*tensor.Tensor) *tensor.Tensor { return b.Forward(in[0]).ReLU() }
		y = autograd.Checkpoint(block, []*tensor.Tensor{b.Weight, b.Bias}, y)
	}
	y.Sum().Backward()
	fmt.Println(blocks[0].Weight.Grad().Shape())
	// Output: [4 4]
}
