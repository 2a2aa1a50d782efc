package schedule_test

import (
	"fmt"

	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

// A warm-up of two steps, then half a cosine.
func Example() {
	params := optim.Tensors(tensor.Zeros(1).RequireGrad())
	opt := optim.NewSGD(params, 0.1)
	sched := schedule.New(opt, schedule.Sequential([]int{2}, schedule.Linear(0.1, 1, 2), schedule.Cosine(4, 0)))
	for range 7 {
		fmt.Printf("%.4f ", opt.Groups()[0].LR)
		opt.Step()
		sched.Step()
	}
	// Output: 0.0100 0.0550 0.1000 0.0854 0.0500 0.0146 0.0000
}

// A curve of one's own is a function of the step.
func ExampleLambda() {
	c := schedule.Lambda(func(k int) float64 { return 1 / float64(1+k) })
	fmt.Println(c.LR(0, 0.6), c.LR(1, 0.6), c.LR(2, 0.6))
	// Output: 0.6 0.3 0.19999999999999998
}

func ExamplePlateau() {
	opt := optim.NewSGD(optim.Tensors(tensor.Zeros(1).RequireGrad()), 0.1)
	sched := schedule.NewPlateau(opt, schedule.Patience(1), schedule.Factor(0.5))
	for _, loss := range []float64{1, 0.5, 0.5, 0.5, 0.4} {
		sched.Step(loss)
		fmt.Print(opt.Groups()[0].LR, " ")
	}
	// Output: 0.1 0.1 0.1 0.05 0.05
}

// Up and down again in ten steps, with momentum the other way round.
func ExampleOneCycle() {
	opt := optim.NewSGD(optim.Tensors(tensor.Zeros(1).RequireGrad()), 1, optim.Momentum(0.9))
	sched := schedule.New(opt, schedule.OneCycle(1, 10))
	for range 10 {
		fmt.Printf("%.2f ", sched.LR()[0])
		opt.Step()
		sched.Step()
	}
	// Output: 0.04 0.52 1.00 0.95 0.81 0.61 0.39 0.19 0.05 0.00
}

// Curves multiply: a step every two, under a slow decay.
func ExampleChained() {
	opt := optim.NewSGD(optim.Tensors(tensor.Zeros(1).RequireGrad()), 1)
	sched := schedule.New(opt, schedule.Chained(schedule.Step(2, 0.1), schedule.Exponential(0.9)))
	for range 3 {
		fmt.Printf("%.3f ", sched.LR()[0])
		opt.Step()
		sched.Step()
	}
	// Output: 1.000 0.900 0.081
}
