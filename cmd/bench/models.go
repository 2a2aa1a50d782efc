package main

import (
	"fmt"
	"sync"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A network is one of the models, with the shape of a sample.
type network struct {
	name  string
	make  func() nn.Layer
	shape []int
	flops float64 // of one sample, forward
}

var (
	mlpSmall = network{"mlp_784-128-10", func() nn.Layer { return mlp(784, 128, 10) }, []int{784}, 2 * (784*128 + 128*10)}
	mlpLarge = network{"mlp_784-512-512-10", func() nn.Layer { return mlp(784, 512, 512, 10) }, []int{784}, 2 * (784*512 + 512*512 + 512*10)}
	lenet    = network{"lenet", newLeNet, []int{1, 28, 28}, 2 * (26*26*32*9 + 11*11*64*288 + 1600*128 + 1280)}
	resnet   = network{"resnet18", newResNet18, []int{3, 32, 32}, 2 * 0.5554e9}
)

func mlp(dims ...int) nn.Layer {
	var layers []nn.Layer
	for i := 1; i < len(dims); i++ {
		if i > 1 {
			layers = append(layers, nn.NewReLU())
		}
		layers = append(layers, nn.NewLinear(dims[i-1], dims[i]))
	}
	return nn.NewSequential(layers...)
}

func newLeNet() nn.Layer {
	return nn.NewSequential(
		nn.NewConv2d(1, 32, 3), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewConv2d(32, 64, 3), nn.NewReLU(), nn.NewMaxPool2d(2),
		nn.NewFlatten(), nn.NewLinear(1600, 128), nn.NewReLU(), nn.NewLinear(128, 10),
	)
}

// A block is ResNet's: two convolutions and a way around them.
type block struct{ First, Second, Short nn.Layer }

func newBlock(in, out, stride int) *block {
	b := &block{
		First:  nn.NewSequential(nn.NewConv2d(in, out, 3, nn.Stride(stride), nn.Padding(1), nn.NoBias), nn.NewBatchNorm2d(out), nn.NewReLU()),
		Second: nn.NewSequential(nn.NewConv2d(out, out, 3, nn.Padding(1), nn.NoBias), nn.NewBatchNorm2d(out)),
		Short:  nn.NewIdentity(),
	}
	if stride != 1 || in != out {
		b.Short = nn.NewSequential(nn.NewConv2d(in, out, 1, nn.Stride(stride), nn.NoBias), nn.NewBatchNorm2d(out))
	}
	return b
}

func (b *block) Forward(x *tensor.Tensor) *tensor.Tensor {
	return b.Second.Forward(b.First.Forward(x)).AddReLU(b.Short.Forward(x))
}

// newResNet18 is the one for images of 32×32.
func newResNet18() nn.Layer {
	layers := []nn.Layer{nn.NewConv2d(3, 64, 3, nn.Padding(1), nn.NoBias), nn.NewBatchNorm2d(64), nn.NewReLU()}
	in := 64
	for i, out := range []int{64, 128, 256, 512} {
		layers = append(layers, newBlock(in, out, min(i+1, 2)), newBlock(out, out, 1))
		in = out
	}
	return nn.NewSequential(append(layers, nn.NewAdaptiveAvgPool2d(1), nn.NewFlatten(), nn.NewLinear(512, 10))...)
}

type optimizer func(nn.Layer) optim.Optimizer

func sgd(m nn.Layer) optim.Optimizer { return optim.NewSGD(nn.Params(m), 1e-3) }

func momentum(m nn.Layer) optim.Optimizer {
	return optim.NewSGD(nn.Params(m), 1e-3, optim.Momentum(0.9))
}

func adam(m nn.Layer) optim.Optimizer { return optim.NewAdam(nn.Params(m), 1e-4) }

// models are whole networks: inference and training steps.
func models() []work {
	var all []work
	for _, n := range []network{mlpSmall, mlpLarge} {
		all = append(all, n.forward(64, false))
		for _, o := range []struct {
			name string
			make optimizer
		}{{"sgd", sgd}, {"sgdmom", momentum}, {"adam", adam}, {"adam_foreach", adam}} { // facula's Adam has one form
			all = append(all, n.step(fmt.Sprintf("step_%s_b64", o.name), 64, o.make, false))
		}
	}
	all = append(all, lenet.forward(64, false), lenet.step("step_sgd_b64", 64, sgd, false))
	for _, last := range []bool{false, true} {
		all = append(all, resnet.forward(32, last), resnet.step("step_sgd_b32", 32, momentum, last))
	}
	for _, n := range []network{mlpSmall, lenet, resnet} {
		one := n.forward(1, false)
		one.name = n.name + "_infer_b1"
		all = append(all, one, n.serving())
	}
	return all
}

func (n network) input(batch int, last bool) *tensor.Tensor {
	x := tensor.Randn(append([]int{batch}, n.shape...)...)
	if last {
		x = channelsLast(x)
	}
	return x
}

// channelsLast gives a tensor the memory layout of that name.
func channelsLast(x *tensor.Tensor) *tensor.Tensor {
	return x.Permute(0, 2, 3, 1).Contiguous().Permute(0, 3, 1, 2)
}

func suffix(last bool) string {
	if last {
		return "_channels_last"
	}
	return ""
}

// built is the model; its filters are channels-last where the input is.
func (n network) built(last bool) nn.Layer {
	m := n.make()
	if last {
		for _, p := range nn.Params(m) {
			if p.Dim() == 4 {
				p.SetData(channelsLast(p.Detach()))
			}
		}
	}
	return m
}

func (n network) forward(batch int, last bool) work {
	return work{name: fmt.Sprintf("%s_fwd_b%d%s", n.name, batch, suffix(last)), flops: float64(batch) * n.flops, limit: fma32,
		prepare: func() func() {
			m, x := n.built(last), n.input(batch, last).NoGrad()
			nn.Eval(m)
			s := tensor.NewScope()
			return func() {
				m.Forward(s.In(x))
				s.Close()
			}
		}}
}

func (n network) step(name string, batch int, o optimizer, last bool) work {
	return work{name: n.name + "_" + name + suffix(last), flops: 3 * float64(batch) * n.flops, limit: fma32,
		prepare: func() func() {
			m := n.built(last)
			return training(m, o(m), n.input(batch, last), tensor.RandInt(0, 10, batch), nn.NewCrossEntropyLoss())
		}}
}

// serving shares inferences of single samples among 8 goroutines on one model.
func (n network) serving() work {
	const goroutines = 8
	runs := 64
	if n.name == resnet.name {
		runs = 8
	}
	return work{name: n.name + "_infer_b1_8goroutines", flops: float64(runs) * n.flops, limit: fma32, prepare: func() func() {
		m, x := n.built(false), n.input(1, false).NoGrad()
		nn.Eval(m)
		return func() {
			var all sync.WaitGroup
			for range goroutines {
				all.Go(func() {
					s := tensor.NewScope()
					for range runs / goroutines {
						m.Forward(s.In(x))
						s.Close()
					}
				})
			}
			all.Wait()
		}
	}}
}

type loss interface {
	Forward(x, target *tensor.Tensor) *tensor.Tensor
}

func training(m nn.Layer, o optim.Optimizer, x, y *tensor.Tensor, l loss) func() {
	s := tensor.NewScope()
	return func() {
		o.ZeroGrad()
		l.Forward(m.Forward(s.In(x)), y).Backward()
		o.Step()
		s.Close()
	}
}
