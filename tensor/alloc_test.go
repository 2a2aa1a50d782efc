package tensor_test

import (
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// A small op is one allocation, and one more for the record of its gradient.
func TestSmallOpAllocations(t *testing.T) {
	if cpu.Poisoned() {
		t.Skip("poisoned memory is allocated apart")
	}
	x, y := tensor.Rand(4), tensor.Rand(4)
	if n := testing.AllocsPerRun(100, func() { x.Add(y) }); n != 1 {
		t.Errorf("Add makes %v allocations; want 1", n)
	}
	x.RequireGrad()
	if n := testing.AllocsPerRun(100, func() { x.Add(y) }); n != 2 {
		t.Errorf("Add with a gradient makes %v allocations; want 2", n)
	}
}
