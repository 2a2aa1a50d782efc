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

// The derivatives of a point's polar coordinates.
func ExampleJacobian() {
	polar := func(in []*tensor.Tensor) *tensor.Tensor {
		x, y := in[0].Select(0, 0), in[0].Select(0, 1)
		return tensor.Stack(0, x.Hypot(y), y.Atan2(x))
	}
	j := autograd.Jacobian(polar, tensor.Of([]float32{3, 4}))
	fmt.Println(j[0])
	// Output:
	// tensor([[ 0.6000,  0.8000],
	//         [-0.1600,  0.1200]], shape=[2 2], dtype=float32)
}

// The product of a Hessian with a vector, at the price of two backward passes.
func ExampleHVP() {
	f := func(in []*tensor.Tensor) *tensor.Tensor { return in[0].PowScalar(3).Sum() }
	v := []*tensor.Tensor{tensor.Of([]float32{1, 0})}
	y, hv := autograd.HVP(f, v, tensor.Of([]float32{1, 2}))
	fmt.Println(y.Float(), tensor.Slice[float32](hv[0]))
	// Output: 9 [6 0]
}

// The length of each sample's gradient, as differential privacy clips it.
func ExamplePerSample() {
	layer := &nn.Linear{Weight: tensor.Of([]float32{1, 1}, 1, 2).RequireGrad()}
	loss := func(in []*tensor.Tensor) *tensor.Tensor { return layer.Forward(in[0]).Square().Sum() }
	x := tensor.Of([]float32{1, 0, 0, 2}, 2, 2)
	g := autograd.PerSample(loss, []*tensor.Tensor{layer.Weight}, x)
	fmt.Println(g[0].Shape(), g[0].Norm(2, tensor.Dims(1, 2)))
	// Output: [2 1 2] tensor([2., 8.], shape=[2], dtype=float32)
}
