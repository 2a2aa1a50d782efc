package tutorial

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func Example_layers() {
	tensor.ManualSeed(1)
	linear := nn.NewLinear(2, 3)
	fmt.Println(linear.Weight)
	fmt.Println(linear.Forward(tensor.Ones(5, 2)).Shape())

	conv := nn.NewConv2d(1, 6, 3, nn.Stride(2), nn.Padding(1), nn.NoBias)
	fmt.Println(conv.Forward(tensor.Zeros(5, 1, 28, 28)).Shape())
	// Output:
	// tensor([[ 0.3643, -0.3121],
	//         [-0.1371,  0.3319],
	//         [-0.6657,  0.4241]], shape=[3 2], dtype=float32, requires_grad=True)
	// [5 3]
	// [5 6 14 14]
}

// Net has one hidden layer.
type Net struct {
	Hidden *nn.Linear
	Scale  *Scale
	Drop   *nn.Dropout
	Out    *nn.Linear
}

func NewNet() *Net {
	return &Net{nn.NewLinear(4, 8), NewScale(8), nn.NewDropout(0.1), nn.NewLinear(8, 3)}
}

func (n *Net) Forward(x *tensor.Tensor) *tensor.Tensor {
	h := n.Scale.Forward(n.Hidden.Forward(x).ReLU())
	return n.Out.Forward(n.Drop.Forward(h))
}

// Scale multiplies each feature by a number that it learns.
type Scale struct {
	Gain *tensor.Tensor // [features]
}

func NewScale(features int) *Scale {
	return &Scale{tensor.Ones(features).RequireGrad()}
}

func (s *Scale) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(s, x, x.Mul(s.Gain))
}

func Example_params() {
	net := NewNet()
	for name, p := range nn.Params(net) {
		fmt.Println(name, p.Shape())
	}
	fmt.Print(nn.Summary(net, tensor.Zeros(5, 4)))
	// Output:
	// hidden.weight [8 4]
	// hidden.bias [8]
	// scale.gain [8]
	// out.weight [3 8]
	// out.bias [3]
	// layer   type     output  parameters
	// .       Net      [5 3]            -
	// hidden  Linear   [5 8]           40
	// scale   Scale    [5 8]            8
	// drop    Dropout  [5 8]            -
	// out     Linear   [5 3]           27
	// 75 parameters, 75 of them trainable
}

func Example_modes() {
	net := NewNet()
	nn.Eval(net) // dropout is off
	y := net.Forward(tensor.Ones(1, 4).NoGrad())
	fmt.Println(net.Drop.Training, y.RequiresGrad())

	nn.Train(net)
	nn.Freeze(net.Hidden) // no gradient from here on
	net.Forward(tensor.Ones(1, 4)).Sum().Backward()
	fmt.Println(net.Hidden.Weight.Grad(), net.Out.Weight.Grad().Shape())
	// Output:
	// false false
	// <nil> [3 8]
}

func Example_stateDict() {
	a, b := NewNet(), NewNet()
	fmt.Println(nn.LoadStateDict(b, nn.StateDict(a)))
	fmt.Println(b.Out.Weight.Eq(a.Out.Weight).All())

	state := nn.StateDict(a)
	state.Delete("scale.gain")
	state.Set("out.weight", tensor.Zeros(2, 8))
	fmt.Println(nn.LoadStateDict(b, state))
	// Output:
	// <nil>
	// tensor(True, shape=[], dtype=bool)
	// nn: the state does not fit the module: 1 missing, 0 unexpected, 1 different
	//   missing     scale.gain
	//   shape       out.weight is [2 8]; want [3 8]
}

func Example_losses() {
	scores := tensor.Of([]float32{2, 0, 0, 0, 0, 1}, 2, 3).RequireGrad() // 2 samples, 3 classes
	labels := tensor.Of([]int64{0, 1})
	loss := nn.NewCrossEntropyLoss().Forward(scores, labels)
	fmt.Printf("%.4f\n", loss.Float())
	loss.Backward()
	fmt.Println(scores.Grad()) // (softmax - one-hot) / 2

	mse := nn.NewMSELoss()
	fmt.Println(tensor.Try(func() { mse.Forward(tensor.Ones(3, 1), tensor.Zeros(3)) }))
	// Output:
	// 0.8955
	// tensor([[-0.1065,  0.0533,  0.0533],
	//         [ 0.1060, -0.3940,  0.2881]], shape=[2 3], dtype=float32)
	// tensor: mse_loss [3 1], [3]: the input and the target have different shapes; want the same
}
