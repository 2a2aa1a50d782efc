package main

import (
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// serving adds as facula's inference does: in a scope, which ends with the
// request, here after 64 ops.
func serving() func() {
	a, b := tensor.Randn(4), tensor.Randn(4)
	scope, n := tensor.NewScope(), 0
	x := scope.In(a).NoGrad()
	return func() {
		x.Add(b)
		if n++; n == 64 {
			scope.Close()
			x, n = scope.In(a).NoGrad(), 0
		}
	}
}

// small are the cases in which only the overhead of a call counts.
func small() []work {
	add := func(mark func(*tensor.Tensor) *tensor.Tensor) func() func() {
		return func() func() {
			a, b := mark(tensor.Randn(4)), tensor.Randn(4)
			return giving(func() *tensor.Tensor { return a.Add(b) })
		}
	}
	plain := func(t *tensor.Tensor) *tensor.Tensor { return t }
	return []work{
		{name: "disp_add4_nograd_tensors", prepare: add(plain)},
		{name: "disp_add4_no_grad_ctx", prepare: add((*tensor.Tensor).NoGrad)},
		{name: "disp_add4_inference", prepare: serving},
		{name: "disp_add4_requires_grad", prepare: add((*tensor.Tensor).RequireGrad)},
		{name: "disp_add4_sum_backward", prepare: func() func() {
			a, b := tensor.Randn(4).RequireGrad(), tensor.Randn(4)
			return func() {
				a.ZeroGrad()
				a.Add(b).Sum().Backward()
			}
		}},
		{name: "xor_2-8-1_step_sgd", prepare: func() func() {
			x := tensor.Of([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
			y := tensor.Of([]float32{0, 1, 1, 0}, 4, 1)
			m := nn.NewSequential(nn.NewLinear(2, 8), nn.NewTanh(), nn.NewLinear(8, 1))
			return training(m, optim.NewSGD(nn.Params(m), 0.1), x, y, nn.NewMSELoss())
		}},
	}
}
