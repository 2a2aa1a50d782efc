package main

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// norms are normalisations, pooling and losses, forward alone or with the
// gradient.
func norms() []work {
	const ln, bn = 4096 * 1024, 32 * 64 * 32 * 32
	return []work{
		{name: "layernorm_fwdbwd_4096x1024", bytes: 28 * ln, limit: copying, prepare: layerNorm(true)},
		{name: "layernorm_fwd_4096x1024", bytes: 8 * ln, limit: copying, prepare: layerNorm(false)},
		{name: "batchnorm2d_train_fwd_32x64x32x32", bytes: 12 * bn, limit: copying, prepare: batchNorm(true, false)},
		{name: "batchnorm2d_fwdbwd_32x64x32x32", bytes: 32 * bn, limit: copying, prepare: batchNorm(true, true)},
		{name: "batchnorm2d_eval_fwd_32x64x32x32", bytes: 8 * bn, limit: copying, prepare: batchNorm(false, false)},
		unary("maxpool2_32x64x32x32", 5*bn, copying, func(x *tensor.Tensor) *tensor.Tensor { return x.MaxPool2d([]int{2}) }, 32, 64, 32, 32),
		crossEntropy(64, 10),
		crossEntropy(4096, 32000),
	}
}

func layerNorm(backward bool) func() func() {
	return func() func() {
		x, g := tensor.Randn(4096, 1024).RequireGrad(), tensor.Randn(4096, 1024)
		m := nn.NewLayerNorm(1024)
		return normed(m, x, g, backward)
	}
}

func batchNorm(train, backward bool) func() func() {
	return func() func() {
		x, g := tensor.Randn(32, 64, 32, 32).RequireGrad(), tensor.Randn(32, 64, 32, 32)
		m := nn.NewBatchNorm2d(64)
		if !train {
			nn.Eval(m)
		}
		return normed(m, x, g, backward)
	}
}

func normed(m nn.Layer, x, g *tensor.Tensor, backward bool) func() {
	if !backward {
		x = x.NoGrad()
		return giving(func() *tensor.Tensor { return m.Forward(x) })
	}
	return stepped(x, func(x *tensor.Tensor) {
		nn.ZeroGrad(m)
		m.Forward(x).Backward(tensor.Seed(g))
	})
}

// stepped runs f on x in a scope, as a training loop does, and frees the
// gradient of x that the last run left, as PyTorch does when it is dropped.
func stepped(x *tensor.Tensor, f func(x *tensor.Tensor)) func() {
	scope := tensor.NewScope()
	return func() {
		if g := x.Grad(); g != nil {
			x.ZeroGrad()
			g.Free()
		}
		f(scope.In(x))
		scope.Close()
	}
}

func crossEntropy(m, n int) work {
	w := work{name: fmt.Sprintf("cross_entropy_fwdbwd_%dx%d", m, n), prepare: func() func() {
		x, y := tensor.Randn(m, n).RequireGrad(), tensor.RandInt(0, n, m)
		return stepped(x, func(x *tensor.Tensor) { tensor.CrossEntropy(x, y).Backward() })
	}}
	if m > 64 {
		w.bytes, w.limit = 20*float64(m)*float64(n), copying
	}
	return w
}
