package tensor_test

import (
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A small op is one allocation, and one more for the record of its gradient.
func TestSmallOpAllocations(t *testing.T) {
	if cpu.Poisoned() {
		t.Skip("poisoned memory is not in the bodies")
	}
	x, y := tensor.Rand(4), tensor.Rand(4)
	if n := testing.AllocsPerRun(100, func() { x.Add(y) }); n != 1 {
		t.Errorf("Add makes %v allocations; want 1", n)
	}
	x.RequireGrad()
	if n := testing.AllocsPerRun(100, func() { x.Add(y) }); n != 2 {
		t.Errorf("Add with a gradient makes %v allocations; want 2", n)
	}
	s := tensor.NewScope()
	hundred := func() {
		in := s.In(x)
		for range 100 {
			in.Add(y)
		}
		s.Close()
	}
	if n := testing.AllocsPerRun(100, hundred); n > 4 {
		t.Errorf("100 times Add with a gradient in a scope makes %v allocations; want at most 4, for handles", n)
	}
}

// A whole training step of a tiny model, and in a scope.
func TestSmallStepAllocations(t *testing.T) {
	if cpu.Poisoned() || memoryIsCollected() {
		t.Skip("memory is looked after in another way in this build")
	}
	x, y := tensor.Rand(4, 2), tensor.Rand(4, 1)
	model := nn.NewSequential(nn.NewLinear(2, 8), nn.NewTanh(), nn.NewLinear(8, 1))
	loss, opt := nn.NewMSELoss(), optim.NewSGD(nn.Params(model), 0.1)
	step := func(x *tensor.Tensor) {
		opt.ZeroGrad()
		loss.Forward(model.Forward(x), y).Backward()
		opt.Step()
	}
	if n := testing.AllocsPerRun(100, func() { step(x) }); n > 48 {
		t.Errorf("a step makes %v allocations; want at most 48", n)
	}
	s := tensor.NewScope()
	if n := testing.AllocsPerRun(100, func() { step(s.In(x)); s.Close() }); n > 20 {
		t.Errorf("a step in a scope makes %v allocations; want at most 20", n)
	}
}
