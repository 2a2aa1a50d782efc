package train_test

import (
	"runtime"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A loop by hand, without any care for memory, stays flat: what 10,000 steps
// hold at most is what 1,000 do. The collector lets the heap double before it
// runs, hence the factor.
func TestMemoryStaysFlat(t *testing.T) {
	steps := 10_000
	if testing.Short() {
		steps = 2_000
	}
	model := nn.NewSequential(nn.NewLinear(32, 64), nn.NewReLU(), nn.NewLinear(64, 10))
	opt := optim.NewAdam(nn.Params(model), 1e-3)
	loss := nn.NewCrossEntropyLoss()
	x, y := tensor.Randn(64, 32), tensor.RandInt(0, 10, 64)
	var early, late uint64
	for step := range steps {
		opt.ZeroGrad()
		loss.Forward(model.Forward(x), y).Backward()
		opt.Step()
		if step%100 != 99 {
			continue
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if step < 1_000 {
			early = max(early, m.HeapInuse)
		} else {
			late = max(late, m.HeapInuse)
		}
	}
	t.Logf("peak heap in use: %d KiB in the first 1,000 steps, %d KiB after", early>>10, late>>10)
	if late > 2*early {
		t.Errorf("heap in use grew from %d to %d KiB", early>>10, late>>10)
	}
}
