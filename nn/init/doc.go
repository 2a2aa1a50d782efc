// Package nninit (import path nn/init) fills tensors with initial values. Each
// function overwrites its tensor in place, without a trace in autograd, and
// returns it. After the same seed the values are PyTorch's.
//
//	nn.Apply(model, func(layer any) {
//		if l, ok := layer.(*nn.Linear); ok {
//			nninit.XavierUniform(l.Weight, nninit.Tanh)
//			nninit.Constant(l.Bias, 0)
//		}
//	})
//
// All of them panic with a *tensor.Error if the tensor is not floating point
// or has too few dims.
package nninit
