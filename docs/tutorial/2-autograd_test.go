package tutorial

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

func Example_gradient() {
	x := tensor.Of([]float32{1, 2, 3}).RequireGrad()
	y := x.Mul(x).Sum() // y = Σ x²
	fmt.Println(y)

	y.Backward()
	fmt.Println(x.Grad()) // dy/dx = 2x

	x.MulScalar(10).Sum().Backward()
	fmt.Println(x.Grad()) // 2x + 10: gradients add up
	x.ZeroGrad()
	fmt.Println(x.Grad())
	// Output:
	// tensor(14., shape=[], dtype=float32, grad_fn=<sum>)
	// tensor([2., 4., 6.], shape=[3], dtype=float32)
	// tensor([12., 14., 16.], shape=[3], dtype=float32)
	// <nil>
}

func Example_graph() {
	w := tensor.Of([]float32{2, -1}, 1, 2).RequireGrad()
	b := tensor.Zeros(1).RequireGrad()
	x := tensor.Of([]float32{3, 4}, 2, 1)
	fmt.Print(w.MatMul(x).Add(b).Tanh().Graph())
	// Output:
	// #1 tanh [1 1]
	// └─ #2 add [1 1]
	//    ├─ #3 matmul [1 1]
	//    │  └─ #4 leaf [1 2]
	//    └─ #5 leaf [1]
}

func Example_noGrad() {
	w := tensor.Ones(2).RequireGrad()
	x := tensor.Of([]float32{3, 4})
	fmt.Println(w.Mul(x).RequiresGrad(), w.Mul(x.NoGrad()).RequiresGrad())

	y := w.Mul(x.NoGrad()).Exp().Add(w).Sum() // the mark goes on to every result
	fmt.Println(tensor.Try(func() { y.Backward() }))

	target := w.Mul(x).Detach()               // from here on a constant, without a mark
	fmt.Println(w.Mul(target).RequiresGrad()) // so w still records
	// Output:
	// true false
	// tensor: backward []: the tensor is marked NoGrad, so nothing was recorded; compute it from unmarked tensors, or Detach the marked ones
	// true
}

func Example_inPlace() {
	y := tensor.Ones(2, 2).RequireGrad().MulScalar(2)
	v := tensor.Of([]float32{7, 8}).RequireGrad()
	y.Select(1, 0).CopyFrom(v) // y[:, 0] = v
	fmt.Println(y)
	y.Square().Sum().Backward()
	fmt.Println(v.Grad()) // 2v

	w := tensor.Ones(2).RequireGrad()
	fmt.Println(tensor.Try(func() { w.Fill(0) }))
	w.Detach().Fill(0) // the same memory, not recorded: what optimizers do
	fmt.Println(w)
	// Output:
	// tensor([[7., 2.],
	//         [8., 2.]], shape=[2 2], dtype=float32, grad_fn=<overwrite>)
	// tensor([14., 16.], shape=[2], dtype=float32)
	// tensor: fill [2]: a leaf that requires a gradient cannot be changed in place; change its Detach, or a Clone
	// tensor([0., 0.], shape=[2], dtype=float32, requires_grad=True)
}

func Example_autogradErrors() {
	x := tensor.Ones(2).RequireGrad()
	fmt.Println(tensor.Try(func() { x.MulScalar(2).Backward() }))

	y := x.Exp() // the gradient of exp reads its result
	y.AddScalarInPlace(1)
	fmt.Println(tensor.Try(func() { y.Sum().Backward() }))

	s := x.Square().Sum()
	s.Backward() // frees what it read
	fmt.Println(tensor.Try(func() { s.Backward() }))
	// Output:
	// tensor: backward [2]: the output has more than one element; pass Seed, or reduce it to a scalar
	// tensor: exp backward [2]: result 0 was changed in place after the op (version 1, saved at 0); change a Clone instead
	// tensor: square backward: the graph was freed by an earlier Backward; pass RetainGraph to that one
}

func Example_higherOrder() {
	x := tensor.Of([]float64{1, 2, 3}).RequireGrad()
	in := []*tensor.Tensor{x}
	y := x.PowScalar(3).Sum() // y = Σ x³

	g := tensor.Grad([]*tensor.Tensor{y}, in, tensor.CreateGraph)[0]
	h := tensor.Grad([]*tensor.Tensor{g.Sum()}, in)[0]
	fmt.Println(tensor.Slice[float64](g), tensor.Slice[float64](h)) // 3x² and 6x
	// Output:
	// [3 12 27] [6 12 18]
}
