package nn_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// Several goroutines run one model forward and backward; the gradients of all
// add up in its parameters.
func TestConcurrentBackward(t *testing.T) {
	m := nn.NewSequential(nn.NewLinear(3, 8), nn.NewIdentity(), nn.NewLinear(8, 2))
	for _, p := range nn.Params(m) {
		p.Detach().CopyFrom(tensor.Arange(0, p.Len(), 1).Reshape(p.Shape()...)) // integers: sums are exact in any order
	}
	step := func(i int) { m.Forward(tensor.Full(float64(i), 2, 3)).Sum().Backward() }
	const n = 8
	for i := range n {
		step(i)
	}
	want := map[string][]float32{}
	for name, p := range nn.Params(m) {
		want[name] = tensor.Slice[float32](p.Grad())
	}
	nn.ZeroGrad(m)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { step(i) })
	}
	wg.Wait()
	for name, p := range nn.Params(m) {
		if got := tensor.Slice[float32](p.Grad()); !slices.Equal(got, want[name]) {
			t.Errorf("%s: gradient %v; want %v", name, got, want[name])
		}
	}
}

// Training a BatchNorm in several goroutines counts every batch.
func TestConcurrentBatchNorm(t *testing.T) {
	l := nn.NewBatchNorm1d(2, nn.CumulativeAverage)
	x := tensor.Of([]float32{1, 2, 3, 4, 5, 9}, 3, 2)
	const n = 8
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { l.Forward(x).Sum().Backward() })
	}
	wg.Wait()
	if got := l.NumBatchesTracked.Int(); got != n {
		t.Errorf("%d batches; want %d", got, n)
	}
	for i, v := range tensor.Slice[float32](l.RunningMean) {
		if want := []float32{3, 5}[i]; v < want*(1-1e-5) || v > want*(1+1e-5) { // the mean of equal means, rounded n times
			t.Errorf("running mean %v; want %v", v, want)
		}
	}
}
