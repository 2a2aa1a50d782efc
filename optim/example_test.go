package optim_test

import (
	"fmt"

	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A line through points: y = 2x + 1.
func Example() {
	x := tensor.Of([]float32{0, 1, 2, 3})
	y := tensor.Of([]float32{1, 3, 5, 7})
	w, b := tensor.Zeros(1).RequireGrad(), tensor.Zeros(1).RequireGrad()
	opt := optim.NewSGD(optim.Tensors(w, b), 0.02, optim.Momentum(0.9))
	for range 300 {
		opt.ZeroGrad()
		d := x.Mul(w).Add(b).Sub(y)
		d.Mul(d).Sum().Backward()
		opt.Step()
	}
	fmt.Printf("%.3f %.3f\n", w.Float(), b.Float())
	// Output: 2.000 1.000
}

// Biases and the weights of norms are usually not decayed.
func ExampleAdam_AddGroup() {
	weight, bias := tensor.Ones(2, 2).RequireGrad(), tensor.Zeros(2).RequireGrad()
	opt := optim.NewAdamW(optim.Tensors(weight), 3e-4, optim.WeightDecay(0.1))
	opt.AddGroup(optim.Tensors(bias), optim.WeightDecay(0))
	for _, g := range opt.Groups() {
		fmt.Println(g.LR, g.Options.(*optim.AdamOptions).WeightDecay)
	}
	// Output:
	// 0.0003 0.1
	// 0.0003 0
}

func ExampleClipGradNorm() {
	p := tensor.Zeros(2).RequireGrad()
	p.SetGrad(tensor.Of([]float32{3, 4}))
	norm := optim.ClipGradNorm(optim.Tensors(p), 1, 2)
	fmt.Printf("%v %.3f\n", norm, tensor.Slice[float32](p.Grad()))
	// Output: 5 [0.600 0.800]
}

// Gradients of several small batches add up to those of a large one.
func Example_gradientAccumulation() {
	w := tensor.Zeros(1).RequireGrad()
	opt := optim.NewSGD(optim.Tensors(w), 0.1)
	batches := [][]float32{{1, 2}, {3, 4}, {5, 6}, {7, 8}}
	const every = 2
	for i, b := range batches {
		loss := w.SubScalar(tensor.Of(b).Mean().Float()).Square().Mean()
		loss.DivScalar(every).Backward() // adds to what is there
		if (i+1)%every == 0 {
			opt.Step()
			opt.ZeroGrad()
		}
	}
	fmt.Printf("%.2f\n", w.Float())
	// Output: 1.70
}

// A line search finds the bottom of a valley in a few steps.
func ExampleLBFGS() {
	x := tensor.Of([]float64{-1.2, 1}).RequireGrad()
	rosenbrock := func() *tensor.Tensor {
		a, b := x.Select(0, 0), x.Select(0, 1)
		return a.RSubScalar(1).Square().Add(b.Sub(a.Square()).Square().MulScalar(100))
	}
	opt := optim.NewLBFGS(optim.Tensors(x), 1, optim.StrongWolfe(true))
	for range 3 {
		opt.Step(rosenbrock)
	}
	fmt.Printf("%.4f\n", tensor.Slice[float64](x))
	// Output: [1.0000 1.0000]
}

// The averages of the parameters over the last steps.
func ExampleNewEMA() {
	w := tensor.Of([]float32{0}).RequireGrad()
	ema := optim.NewEMA(optim.Tensors(w), 0.5)
	for _, v := range []float32{1, 3} {
		w.NoGrad().Fill(v) // a step of an optimizer
		ema.Update()
	}
	ema.Swap()
	fmt.Println(w.Float())
	// Output: 2
}

// With float16 the loss is scaled, so that small gradients do not vanish.
func ExampleGradScaler() {
	w := tensor.Ones(2, 1).RequireGrad()
	opt, scaler := optim.NewSGD(optim.Tensors(w), 0.1), optim.NewGradScaler(optim.InitScale(1024))
	for _, v := range []float32{1, 60000} { // the second overflows
		opt.ZeroGrad()
		x := tensor.Full(v, 1, 2).Autocast(tensor.Float16)
		scaler.Scale(x.MatMul(w).Sum()).Backward()
		fmt.Println(scaler.Step(opt), scaler.StateDict().Scale)
		scaler.Update()
	}
	fmt.Println(scaler.StateDict().Scale)
	// Output:
	// true 1024
	// false 1024
	// 512
}
