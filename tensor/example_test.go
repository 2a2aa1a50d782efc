package tensor_test

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// A linear function and its gradient.
func Example() {
	x := tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	w := tensor.Of([]float32{1, 0, -1}).RequireGrad()
	y := x.Mul(w).Sum(tensor.Dims(1)) // w broadcasts over the rows
	fmt.Println(y)

	y.Mean().Backward()
	fmt.Println(w.Grad())

	err := tensor.Try(func() { x.MatMul(x) })
	fmt.Println(err)
	// Output:
	// tensor([-2., -2.], shape=[2], dtype=float32, grad_fn=<sum>)
	// tensor([2.5000, 3.5000, 4.5000], shape=[3], dtype=float32)
	// tensor: matmul [2 3], [2 3]: inner dims are 3 and 2, want equal
}

// The mark of NoGrad travels with the data, and Detach takes it off.
func ExampleTensor_NoGrad() {
	w := tensor.Ones(2).RequireGrad()
	y := w.Mul(tensor.Ones(2).NoGrad()).Exp()
	fmt.Println(y.RequiresGrad(), w.Mul(y).RequiresGrad(), w.Mul(y.Detach()).RequiresGrad())
	// Output: false false true
}

func ExampleTensor_Index() {
	x := tensor.Arange(0, 12, 1).Reshape(3, 4)
	mask := x.GtScalar(8)
	fmt.Println(x.Index(tensor.At(-1), tensor.Range(1, tensor.End, 2))) // x[-1, 1::2]
	fmt.Println(x.Index(mask))                                          // x[mask]
	// Output:
	// tensor([ 9, 11], shape=[2], dtype=int64)
	// tensor([ 9, 10, 11], shape=[3], dtype=int64)
}

// A step function whose gradient is taken to be 1, as in quantised training.
func ExampleFunction() {
	round := &tensor.Function{
		Name:     "round_straight_through",
		Forward:  func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Round() },
		Backward: func(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads { return tensor.Grads{dy} },
	}
	x := tensor.Of([]float32{0.4, 1.6}).RequireGrad()
	y := round.Apply(x)
	y.Sum().Backward()
	fmt.Println(tensor.Slice[float32](y), tensor.Slice[float32](x.Grad()))
	// Output: [0 2] [1 1]
}

// A scope for each step: its memory is used again in the next.
func ExampleScope() {
	w := tensor.Of([]float32{1, 2}).RequireGrad()
	scope := tensor.NewScope()
	var last *tensor.Tensor
	for step := range 3 {
		w.ZeroGrad()
		y := scope.In(tensor.Full(float64(step), 2)).Mul(w)
		y.Sum().Backward()
		last = y.Keep() // y itself ends with the scope
		scope.Close()
	}
	fmt.Println(last, w.Grad())
	// Output: tensor([2., 4.], shape=[2], dtype=float32) tensor([2., 2.], shape=[2], dtype=float32)
}

// The generator is PyTorch's: the same seed gives the same numbers.
func ExampleGenerator() {
	m := tensor.Make{Gen: tensor.NewGenerator(0)}
	fmt.Println(m.Rand(3))
	// Output: tensor([0.4963, 0.7682, 0.0885], shape=[3], dtype=float32)
}

func ExampleScaledDotProductAttention() {
	q := tensor.Of([]float32{1, 0, 0, 1}, 2, 2)
	v := tensor.Of([]float32{1, 2, 3, 4}, 2, 2)
	fmt.Println(tensor.ScaledDotProductAttention(q, q, v, tensor.Causal, tensor.AttentionScale(0)))
	// Output:
	// tensor([[1., 2.],
	//         [2., 3.]], shape=[2 2], dtype=float32)
}
