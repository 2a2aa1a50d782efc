package train_test

import (
	"bytes"
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

var flatSteps = flag.Int("steps", 0, "steps of TestMemoryStaysFlat; 0 means a few hundred, fewer with -short")

// A loop by hand, without any care for memory, stays flat: the tensors never
// take more than twice what they take where all that is dropped comes back
// after each step, and the process does not grow.
func TestMemoryStaysFlat(t *testing.T) {
	for _, c := range []struct {
		name         string
		model        nn.Layer
		shape        []int
		steps, short int
	}{
		{"tiny MLP", nn.NewSequential(nn.NewLinear(32, 64), nn.NewReLU(), nn.NewLinear(64, 10)), []int{64, 32}, 10_000, 3_000},
		{"MLP", nn.NewSequential(nn.NewLinear(784, 512), nn.NewReLU(), nn.NewLinear(512, 512), nn.NewReLU(), nn.NewLinear(512, 10)), []int{64, 784}, 300, 30},
		{"CNN", nn.NewSequential(nn.NewConv2d(1, 32, 3), nn.NewReLU(), nn.NewMaxPool2d(2), nn.NewConv2d(32, 64, 3), nn.NewReLU(), nn.NewMaxPool2d(2),
			nn.NewFlatten(), nn.NewLinear(1600, 10)), []int{64, 1, 28, 28}, 100, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps := c.steps
			if testing.Short() {
				steps = c.short
			}
			if *flatSteps > 0 {
				steps = *flatSteps
			}
			staysFlat(t, c.model, c.shape, steps)
		})
	}
}

func staysFlat(t *testing.T, model nn.Layer, shape []int, steps int) {
	opt := optim.NewAdam(nn.Params(model), 1e-3)
	loss := nn.NewCrossEntropyLoss()
	x, y := tensor.Randn(shape...), tensor.RandInt(0, 10, shape[0])
	step := func() {
		opt.ZeroGrad()
		loss.Forward(model.Forward(x), y).Backward()
		opt.Step()
	}
	for range 3 {
		step()
		tensor.ReleaseMemory()
		tensor.ResetPeak()
	}
	step()
	once := tensor.MemoryStats().Peak
	tensor.ReleaseMemory()
	tensor.ResetPeak()
	var early, late usage
	for i := range steps {
		step()
		if i == steps/5 {
			early = measure()
		}
	}
	late = measure()
	s := tensor.MemoryStats()
	t.Logf("%d steps: from OS %d, tensors at most %d MiB, %d in one step; process %d MiB, then %d; Go's heap %d KiB, then %d; %d collections",
		steps, s.PeakFromOS>>20, s.Peak>>20, once>>20, early.process>>20, late.process>>20, early.heap>>10, late.heap>>10, s.Collections)
	const floor = 16 << 20 // what tensors may take in any case
	if s.Peak > max(2*once, floor+floor/4) {
		t.Errorf("tensors took %d bytes; one step takes %d", s.Peak, once)
	}
	if late.heap > early.heap+early.heap/10+256<<10 {
		t.Errorf("what is alive on Go's heap grew from %d to %d bytes", early.heap, late.heap)
	}
	if late.process > early.process+early.process/4+8<<20 {
		t.Errorf("the process grew from %d to %d bytes", early.process, late.process)
	}
}

// usage is the memory of the process, 0 where nobody knows, and what is alive
// on Go's heap, in bytes.
type usage struct{ process, heap int }

func measure() (u usage) {
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		pages, _ := strconv.Atoi(string(bytes.Fields(text)[1]))
		u.process = pages * os.Getpagesize()
	}
	for range 2 { // the second empties what sync.Pool keeps
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.heap = int(m.HeapAlloc)
	return u
}
