package training_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

const steps = 20

// Twenty losses of each model are PyTorch's, in float64 to 1e-8 and in float32
// to 1e-4, relative to the loss: sums are taken in another order, and twenty
// steps carry the rounding on. Nothing but the seed is shared, so this also
// holds weights and batches to PyTorch's generator.
func TestGoldenTraining(t *testing.T) {
	raw, err := os.ReadFile("testdata/training.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Seed uint64
		Runs map[string]map[string][]float64
	}
	if err := json.Unmarshal(raw, &golden); err != nil {
		t.Fatal(err)
	}
	models := map[string]func() run{"MLP": newMLP, "LeNet": newLeNet, "ResNet": newResNet, "LSTM": newLSTM, "GPT": newGPT}
	if len(golden.Runs) != len(models) {
		t.Errorf("%d runs in the file; want %d", len(golden.Runs), len(models))
	}
	for name, make := range models {
		for d, tol := range map[tensor.DType]float64{tensor.Float64: 1e-8, tensor.Float32: 1e-4} {
			want := golden.Runs[name][d.String()]
			if len(want) != steps {
				t.Fatalf("%s %v: %d losses; want %d", name, d, len(want), steps)
			}
			tensor.ManualSeed(golden.Seed)
			for i, loss := range train(make(), d) {
				if !(math.Abs(loss-want[i]) <= tol*want[i]) {
					t.Errorf("%s %v: loss %d is %.10f; want %.10f", name, d, i, loss, want[i])
					break
				}
			}
		}
	}
}

func train(m run, d tensor.DType) (losses []float64) {
	nn.Cast(m, d)
	opt, sched := m.optimizer()
	for range steps {
		x, y := m.batch()
		if x.DType().IsFloat() {
			x = x.Cast(d)
		}
		opt.ZeroGrad()
		loss := nn.NewCrossEntropyLoss().Forward(m.Forward(x), y)
		loss.Backward()
		if c, ok := m.(interface{ clip() }); ok {
			c.clip()
		}
		opt.Step()
		if sched != nil {
			sched.Step()
		}
		losses = append(losses, loss.Float())
	}
	return losses
}
