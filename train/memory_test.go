package train_test

import (
	"runtime"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A loop by hand, without any care for memory, stays flat: after 10,000 steps
// as much is alive as after 1,000, and the process took no more from the
// system, give or take what the collector's timing makes of it.
func TestMemoryStaysFlat(t *testing.T) {
	steps := 10_000
	if testing.Short() {
		steps = 3_000
	}
	model := nn.NewSequential(nn.NewLinear(32, 64), nn.NewReLU(), nn.NewLinear(64, 10))
	opt := optim.NewAdam(nn.Params(model), 1e-3)
	loss := nn.NewCrossEntropyLoss()
	x, y := tensor.Randn(64, 32), tensor.RandInt(0, 10, 64)
	var early runtime.MemStats
	for step := range steps {
		opt.ZeroGrad()
		loss.Forward(model.Forward(x), y).Backward()
		opt.Step()
		if step == 999 {
			early = memory()
		}
	}
	late := memory()
	t.Logf("alive %d KiB, then %d; from the system %d KiB, then %d", early.HeapAlloc>>10, late.HeapAlloc>>10, early.Sys>>10, late.Sys>>10)
	if late.HeapAlloc > early.HeapAlloc+early.HeapAlloc/10+64<<10 {
		t.Errorf("what is alive grew from %d to %d KiB", early.HeapAlloc>>10, late.HeapAlloc>>10)
	}
	if late.Sys > 2*early.Sys {
		t.Errorf("memory from the system grew from %d to %d KiB", early.Sys>>10, late.Sys>>10)
	}
}

// memory is what is in use after a collection.
func memory() (m runtime.MemStats) {
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m
}
