package tensor_test

import (
	"slices"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// equal checks shape and elements.
func equal(t *testing.T, what string, got *tensor.Tensor, shape []int, want ...float64) {
	t.Helper()
	if !slices.Equal(got.Shape(), shape) || !slices.Equal(tensor.Slice[float64](got), want) {
		t.Errorf("%s: %v %v; want %v %v", what, got.Shape(), tensor.Slice[float64](got), shape, want)
	}
}

func TestEmbeddingPaddingHasNoGradient(t *testing.T) {
	for _, padding := range []int{1, -2} {
		w := tensor.Of([]float64{1, 2, 3, 4, 5, 6}, 3, 2).RequireGrad()
		y := tensor.Embedding(w, tensor.Of([]int64{1, 0, 1, 2, 2}), tensor.PaddingIndex(padding))
		equal(t, "value", y, []int{5, 2}, 3, 4, 1, 2, 3, 4, 5, 6, 5, 6)
		y.Sum().Backward()
		equal(t, "gradient", w.Grad(), []int{3, 2}, 1, 1, 0, 0, 2, 2)
	}
}

func TestInt32Index(t *testing.T) {
	x := tensor.Of([]float64{1, 2, 3})
	equal(t, "index_select", x.IndexSelect(0, tensor.Of([]int32{2, 0})), []int{2}, 3, 1)
	equal(t, "gather", x.Gather(0, tensor.Of([]int32{2, 0})), []int{2}, 3, 1)
}

// TestScatterAddThreads adds so many numbers of such different size that
// another order gives another result.
func TestScatterAddThreads(t *testing.T) {
	defer cpu.SetNumThreads(cpu.NumThreads())
	const n, d = 4000, 40
	src, idx := make([]float32, n*d), make([]int64, n*d)
	rows := make([]int64, n)
	for i := range src {
		src[i] = float32(i%977) * float32(int(1)<<(i%23)) / 1000
		idx[i] = int64(i*i%7) % 3
	}
	for i := range rows {
		rows[i] = int64(i * i % 7 % 3)
	}
	var want [2][]float32
	for _, threads := range []int{1, 2, 3, 7} {
		cpu.SetNumThreads(threads)
		x, s := tensor.Zeros(3, d), tensor.Of(src, n, d)
		for k, y := range []*tensor.Tensor{x.ScatterAdd(0, tensor.Of(idx, n, d), s), x.IndexAdd(0, tensor.Of(rows), s)} {
			got := tensor.Slice[float32](y)
			if want[k] == nil {
				want[k] = got
			}
			if !slices.Equal(got, want[k]) {
				t.Errorf("case %d: %d threads give another result than one", k, threads)
			}
		}
	}
	// One long line cannot be split; the sum is that of a loop.
	sum := float32(0)
	for i := range src {
		sum += src[i]
	}
	got := tensor.Zeros(1).ScatterAdd(0, tensor.Make{DType: tensor.Int64}.Zeros(1).Expand(n*d), tensor.Of(src))
	if v := tensor.Item[float32](got); v != sum {
		t.Errorf("sum is %v; want %v", v, sum)
	}
}
