package tensor_test

import (
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// What the path of one op costs: tensors so small that the kernel is nothing.

func BenchmarkAdd4(b *testing.B) {
	x, y := tensor.Rand(4), tensor.Rand(4)
	b.ReportAllocs()
	for b.Loop() {
		x.Add(y)
	}
}

func BenchmarkAdd4Grad(b *testing.B) {
	x, y := tensor.Rand(4).RequireGrad(), tensor.Rand(4)
	b.ReportAllocs()
	for b.Loop() {
		x.Add(y)
	}
}

func BenchmarkAdd4SumBackward(b *testing.B) {
	x, y := tensor.Rand(4).RequireGrad(), tensor.Rand(4)
	b.ReportAllocs()
	for b.Loop() {
		x.ZeroGrad()
		x.Add(y).Sum().Backward()
	}
}

func BenchmarkXORStep(b *testing.B) {
	x, y := tensor.Of([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2), tensor.Of([]float32{0, 1, 1, 0}, 4, 1)
	model := nn.NewSequential(nn.NewLinear(2, 8), nn.NewTanh(), nn.NewLinear(8, 1))
	loss, opt := nn.NewMSELoss(), optim.NewSGD(nn.Params(model), 0.1)
	b.ReportAllocs()
	for b.Loop() {
		opt.ZeroGrad()
		loss.Forward(model.Forward(x), y).Backward()
		opt.Step()
	}
}

func BenchmarkAdd4Scope(b *testing.B) {
	s := tensor.NewScope()
	x, y := tensor.Rand(4), tensor.Rand(4)
	b.ReportAllocs()
	for b.Loop() {
		in := s.In(x)
		for range 100 {
			in.Add(y)
		}
		s.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/add")
}

func BenchmarkXORStepScope(b *testing.B) {
	s := tensor.NewScope()
	x, y := tensor.Of([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2), tensor.Of([]float32{0, 1, 1, 0}, 4, 1)
	model := nn.NewSequential(nn.NewLinear(2, 8), nn.NewTanh(), nn.NewLinear(8, 1))
	loss, opt := nn.NewMSELoss(), optim.NewSGD(nn.Params(model), 0.1)
	b.ReportAllocs()
	for b.Loop() {
		opt.ZeroGrad()
		loss.Forward(model.Forward(s.In(x)), y).Backward()
		opt.Step()
		s.Close()
	}
}

func BenchmarkMLPStep(b *testing.B) {
	x, y := tensor.Rand(64, 784), tensor.Make{DType: tensor.Int64}.Zeros(64)
	model := nn.NewSequential(nn.NewLinear(784, 128), nn.NewReLU(), nn.NewLinear(128, 10))
	loss, opt := nn.NewCrossEntropyLoss(), optim.NewSGD(nn.Params(model), 1e-3)
	b.ReportAllocs()
	for b.Loop() {
		opt.ZeroGrad()
		loss.Forward(model.Forward(x), y).Backward()
		opt.Step()
	}
}
