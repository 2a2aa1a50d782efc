package cpu_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// residual is a block of a ResNet that halves the image.
type residual struct {
	Conv1, Conv2, Short *nn.Conv2d
	Norm1, Norm2        *nn.BatchNorm2d
}

func newResidual(in, out int, g nn.GenOption) *residual {
	return &residual{
		Conv1: nn.NewConv2d(in, out, 3, nn.Stride(2), nn.Padding(1), g), Norm1: nn.NewBatchNorm2d(out),
		Conv2: nn.NewConv2d(out, out, 3, nn.Padding(1), g), Norm2: nn.NewBatchNorm2d(out),
		Short: nn.NewConv2d(in, out, 1, nn.Stride(2), g),
	}
}

// Forward is relu(f(x) + short(x)).
func (r *residual) Forward(x *tensor.Tensor) *tensor.Tensor {
	y := r.Norm1.Forward(r.Conv1.Forward(x)).ReLU()
	return r.Norm2.Forward(r.Conv2.Forward(y)).Add(r.Short.Forward(x)).ReLU()
}

// tagger reads sequences of several lengths.
type tagger struct {
	LSTM *nn.LSTM
	GRU  *nn.GRU
	RNN  *nn.RNN
	Last *nn.Linear
}

// Forward is of the states behind the last steps.
func (m *tagger) Forward(x *tensor.Tensor) *tensor.Tensor {
	lengths := make([]int, x.Size(0))
	for i := range lengths {
		lengths[i] = 1 + (i*5)%x.Size(1)
	}
	p, _, _ := m.LSTM.ForwardPacked(nn.PackPadded(x, lengths, nn.BatchFirst), nil, nil)
	p, _ = m.GRU.ForwardPacked(p, nil)
	_, h := m.RNN.ForwardPacked(p, nil)
	return m.Last.Forward(h.Select(0, 0))
}

// A trial is a model with the shape of its input.
type trial struct {
	model nn.Layer
	shape []int
}

func newTrial(kind string) trial {
	g := nn.Gen(tensor.NewGenerator(5))
	switch kind {
	case "mlp":
		return trial{nn.NewSequential(nn.NewLinear(784, 300, g), nn.NewReLU(), nn.NewLayerNorm([]int{300}),
			nn.NewLinear(300, 200, g), nn.NewReLU(), nn.NewLinear(200, 10, g)), []int{100, 784}}
	case "lenet":
		return trial{nn.NewSequential(
			nn.NewConv2d(1, 16, 3, g), nn.NewReLU(), nn.NewMaxPool2d(2), nn.NewConv2d(16, 24, 3, g), nn.NewReLU(), nn.NewMaxPool2d(2),
			nn.NewFlatten(), nn.NewLinear(24*25, 64, g), nn.NewReLU(), nn.NewLinear(64, 10, g)), []int{24, 1, 28, 28}}
	case "recurrent":
		return trial{&tagger{nn.NewLSTM(40, 64, g, nn.Bidirectional), nn.NewGRU(128, 72, g), nn.NewRNN(72, 200, g), nn.NewLinear(200, 10, g)}, []int{30, 9, 40}}
	}
	return trial{nn.NewSequential(newResidual(3, 16, g), newResidual(16, 24, g), nn.NewFlatten(), nn.NewLinear(24*64, 10, g)), []int{6, 3, 32, 32}}
}

// step returns the bits of the loss and of every gradient, and how many kernels
// were cut into pieces.
func (m trial) step(threads int) (map[string][]uint32, int64) {
	tensor.SetNumThreads(threads)
	before := cpu.Shared()
	gen := tensor.Make{Gen: tensor.NewGenerator(6)}
	x := gen.Randn(m.shape...).RequireGrad()
	nn.ZeroGrad(m.model)
	loss := tensor.CrossEntropy(m.model.Forward(x), gen.RandInt(0, 10, m.shape[0]))
	loss.Backward()
	out := map[string][]uint32{"loss": bits(loss), "input": bits(x.Grad())}
	for name, p := range nn.Params(m.model) {
		out[name] = bits(p.Grad())
	}
	return out, cpu.Shared() - before
}

func bits(t *tensor.Tensor) []uint32 {
	var b []uint32
	for _, v := range tensor.Slice[float32](t) {
		b = append(b, math.Float32bits(v))
	}
	return b
}

// Losses and gradients do not depend on the number of threads, to the bit.
func TestModelThreads(t *testing.T) {
	defer tensor.SetNumThreads(tensor.NumThreads())
	for _, kind := range []string{"mlp", "lenet", "resnet", "recurrent"} {
		t.Run(kind, func(t *testing.T) {
			want, n := newTrial(kind).step(1)
			if n != 0 {
				t.Fatalf("one thread shares %d calls", n)
			}
			for _, threads := range []int{2, 3, 5} {
				got, n := newTrial(kind).step(threads)
				if n < 10 {
					t.Errorf("%d threads share %d calls: the test is too small", threads, n)
				}
				for _, name := range slices.Sorted(maps.Keys(want)) {
					if !slices.Equal(got[name], want[name]) {
						t.Errorf("%s differs between 1 and %d threads", name, threads)
					}
				}
			}
		})
	}
}

// Many goroutines run one model at once, and get what one alone gets.
func TestConcurrentInference(t *testing.T) {
	defer tensor.SetNumThreads(tensor.NumThreads())
	tensor.SetNumThreads(3)
	for _, kind := range []string{"mlp", "lenet", "resnet", "recurrent"} {
		m := newTrial(kind)
		nn.Eval(m.model)
		x := tensor.Make{Gen: tensor.NewGenerator(7)}.Randn(m.shape...).NoGrad()
		want := bits(m.model.Forward(x))
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				if !slices.Equal(bits(m.model.Forward(x)), want) {
					t.Errorf("%s: results differ between goroutines", kind)
				}
			})
		}
		wg.Wait()
	}
}

// BenchmarkInference is one batch of LeNet, from that many goroutines at once.
func BenchmarkInference(b *testing.B) {
	m := newTrial("lenet")
	nn.Eval(m.model)
	x := tensor.Randn(8, 1, 28, 28).NoGrad()
	for _, n := range []int{1, 2, 8, 32} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var wg sync.WaitGroup
			for g := range n {
				wg.Go(func() {
					for i := g; i < b.N; i += n {
						m.model.Forward(x)
					}
				})
			}
			wg.Wait()
		})
	}
}
