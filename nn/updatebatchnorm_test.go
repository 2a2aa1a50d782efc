package nn_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// The statistics are the means of those of the batches, whatever they were
// before, and the layer's mode comes back.
func TestUpdateBatchNorm(t *testing.T) {
	bn := nn.NewBatchNorm1d(2)
	m := nn.NewSequential(nn.NewLinear(3, 2), bn)
	bn.RunningMean.Fill(100)
	nn.Eval(m)
	x := tensor.Randn(2, 5, 3)
	nn.UpdateBatchNorm(m, func() {
		for _, batch := range x.Unbind(0) {
			m.Forward(batch.NoGrad())
		}
	})
	if bn.Training || bn.Cumulative || bn.NumBatchesTracked.Float() != 2 {
		t.Errorf("training %v, cumulative %v, %v batches; want the mode of before, and 2", bn.Training, bn.Cumulative, bn.NumBatchesTracked)
	}
	h := m.Layers[0].Forward(x.Reshape(10, 3)).Reshape(2, 5, 2)
	mean := h.Mean(tensor.Dims(0, 1))
	variance := h.Var(tensor.Dims(1)).Mean(tensor.Dims(0))
	for i, pair := range [][2]*tensor.Tensor{{bn.RunningMean, mean}, {bn.RunningVar, variance}} {
		if d := pair[0].Sub(pair[1]).Abs().Max().Float(); math.IsNaN(d) || d > 1e-6 {
			t.Errorf("statistic %d differs by %v", i, d)
		}
	}
}
