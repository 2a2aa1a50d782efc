package tensor_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// The running statistics after one step, from PyTorch 1.13.1:
//
//	x = torch.tensor([[[1., 4.], [2., -3.]], [[0.5, 7.], [1., 1.]], [[-2., 3.], [8., 0.]]], dtype=torch.float64)
//	m, v = torch.tensor([0.5, -1.], dtype=torch.float64), torch.tensor([2., 3.], dtype=torch.float64)
//	torch.nn.functional.batch_norm(x, m, v, training=True, momentum=0.3)
func TestBatchNormRunning(t *testing.T) {
	x := tensor.Of([]float64{1, 4, 2, -3, 0.5, 7, 1, 1, -2, 3, 8, 0}, 3, 2, 2).RequireGrad()
	mean, variance := tensor.Of([]float64{0.5, -1}), tensor.Of([]float64{2, 3})
	y := x.BatchNorm(mean, variance, nil, nil, true, 0.3, 1e-5)
	if mean.RequiresGrad() || variance.RequiresGrad() || !y.RequiresGrad() {
		t.Error("only the result may require a gradient")
	}
	closeTo(t, "mean", mean, 1.025, -0.25)
	closeTo(t, "variance", variance, 4.3325, 6.03)
	y.Sum().Backward() // the running statistics are not what the gradient reads
	x.Detach().BatchNorm(mean, variance, nil, nil, false, 0.3, 1e-5)
	closeTo(t, "mean after evaluation", mean, 1.025, -0.25)
}

func closeTo(t *testing.T, what string, x *tensor.Tensor, want ...float64) {
	t.Helper()
	for i, v := range tensor.Slice[float64](x) {
		if math.Abs(v-want[i]) > 1e-12 {
			t.Errorf("%s is %v; want %v", what, tensor.Slice[float64](x), want)
			return
		}
	}
}

// Several goroutines may evaluate with the same statistics at once.
func TestBatchNormEvalConcurrent(t *testing.T) {
	x := tensor.Randn(4, 3, 5)
	mean, variance, w := tensor.Randn(3), tensor.Rand(3), tensor.Randn(3).RequireGrad()
	want := tensor.Slice[float32](x.BatchNorm(mean, variance, w, nil, false, 0.1, 1e-5))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := tensor.Slice[float32](x.BatchNorm(mean, variance, w, nil, false, 0.1, 1e-5)); !slices.Equal(got, want) {
				t.Error("results differ")
			}
		})
	}
	wg.Wait()
}

// Results do not depend on the number of threads, to the bit.
func TestNormThreads(t *testing.T) {
	defer cpu.SetNumThreads(cpu.NumThreads())
	m := tensor.Make{Gen: tensor.NewGenerator(1)}
	x, wide := m.Randn(8, 70, 40, 9), m.Randn(300, 200)
	run := func(threads int) (out [][]float32) {
		cpu.SetNumThreads(threads)
		x, w, b := x.Clone().RequireGrad(), tensor.Ones(70).RequireGrad(), tensor.Zeros(70).RequireGrad()
		wide, v, c := wide.Clone().RequireGrad(), tensor.Ones(200).RequireGrad(), tensor.Zeros(200).RequireGrad()
		y := x.BatchNorm(nil, nil, w, b, true, 0.1, 1e-5)
		z := wide.LayerNorm([]int{200}, v, c, 1e-5)
		y.Mul(y).Mul(y).Sum().Add(z.Mul(z).Mul(z).Sum()).Backward()
		for _, t := range []*tensor.Tensor{y, z, x.Grad(), w.Grad(), b.Grad(), wide.Grad(), v.Grad(), c.Grad()} {
			out = append(out, tensor.Slice[float32](t))
		}
		return out
	}
	want := run(1)
	for i, got := range run(5) {
		if !slices.Equal(got, want[i]) {
			t.Errorf("result %d differs between 1 and 5 threads", i)
		}
	}
}
