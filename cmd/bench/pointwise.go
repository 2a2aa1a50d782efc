package main

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// pointwise are the elementwise ops.
func pointwise() []work {
	var all []work
	for _, n := range []int{1000, 1e6, 1e7} {
		add := binary(fmt.Sprintf("add_%d", n), []int{n}, []int{n}, (*tensor.Tensor).Add)
		add.bytes, add.limit = 12*float64(n), triad
		out := add // the nearest to PyTorch's out: the result goes into memory that is there
		out.name = fmt.Sprintf("add_out_%d", n)
		out.prepare = func() func() {
			a, b := tensor.Randn(n), tensor.Randn(n)
			return func() { a.AddInPlace(b) }
		}
		if n < 1e4 { // a call's overhead, which no bandwidth limits
			add.limit, out.limit = none, none
		}
		all = append(all, add, out)
	}
	for _, f := range []struct {
		name string
		run  func(*tensor.Tensor) *tensor.Tensor
	}{{"relu", (*tensor.Tensor).ReLU}, {"exp", (*tensor.Tensor).Exp}, {"gelu", (*tensor.Tensor).GELU},
		{"gelu_tanh", (*tensor.Tensor).GELUTanh}, {"tanh", (*tensor.Tensor).Tanh}, {"sigmoid", (*tensor.Tensor).Sigmoid},
		{"log", (*tensor.Tensor).Log}, {"sqrt", (*tensor.Tensor).Sqrt}} {
		all = append(all, unary(f.name+"_1e6", 8e6, copying, f.run, 1e6))
	}
	for _, c := range []struct {
		name string
		b    []int
	}{{"add_bcast_1024x1024+1024", []int{1024}}, {"add_bcast_1024x1024+1024x1", []int{1024, 1}}} {
		w := binary(c.name, []int{1024, 1024}, c.b, (*tensor.Tensor).Add)
		w.bytes, w.limit = 8*1024*1024, copying
		all = append(all, w)
	}
	return all
}

func unary(name string, bytes float64, l limit, f func(*tensor.Tensor) *tensor.Tensor, shape ...int) work {
	return work{name: name, bytes: bytes, limit: l, prepare: func() func() {
		x := tensor.Randn(shape...)
		return giving(func() *tensor.Tensor { return f(x) })
	}}
}

func binary(name string, a, b []int, f func(x, y *tensor.Tensor) *tensor.Tensor) work {
	return work{name: name, prepare: func() func() {
		x, y := tensor.Randn(a...), tensor.Randn(b...)
		return giving(func() *tensor.Tensor { return f(x, y) })
	}}
}
