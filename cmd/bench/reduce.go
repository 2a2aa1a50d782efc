package main

import "github.com/facula-ml/facula/tensor"

// reductions read a matrix of 4096×4096, 64 MiB.
func reductions() []work {
	const bytes = 4 * 4096 * 4096
	var all []work
	for _, f := range []struct {
		name string
		run  func(*tensor.Tensor) *tensor.Tensor
	}{
		{"sum_all_4096", func(x *tensor.Tensor) *tensor.Tensor { return x.Sum() }},
		{"sum_dim0_4096", func(x *tensor.Tensor) *tensor.Tensor { return x.Sum(tensor.Dims(0)) }},
		{"sum_dim1_4096", func(x *tensor.Tensor) *tensor.Tensor { return x.Sum(tensor.Dims(1)) }},
		{"argmax_dim1_4096", func(x *tensor.Tensor) *tensor.Tensor { return x.ArgMax(tensor.Dims(1)) }},
		{"argmax_dim0_4096", func(x *tensor.Tensor) *tensor.Tensor { return x.ArgMax(tensor.Dims(0)) }},
		{"argmax_all_4096", func(x *tensor.Tensor) *tensor.Tensor { return x.ArgMax() }},
		{"max_dim1_4096", func(x *tensor.Tensor) *tensor.Tensor { v, i := x.MaxDim(1); i.Free(); return v }},
	} {
		all = append(all, unary(f.name, bytes, read, f.run, 4096, 4096))
	}
	return all
}

// moves are copies in another order, running sums, sorting and random numbers.
func moves() []work {
	const bytes = 4 * 4096 * 4096
	return []work{
		unary("transpose_contig_4096", 2*bytes, copying, func(x *tensor.Tensor) *tensor.Tensor { return x.T().Contiguous() }, 4096, 4096),
		{name: "index_select_rows_4096", bytes: 2 * bytes, limit: copying, prepare: func() func() {
			x, rows := tensor.Randn(4096, 4096), tensor.RandInt(0, 4096, 4096)
			return giving(func() *tensor.Tensor { return x.IndexSelect(0, rows) })
		}},
		{name: "cat_2x4096x2048_dim1", bytes: 2 * bytes, limit: copying, prepare: func() func() {
			x := tensor.Randn(4096, 4096)
			a, b := x.Narrow(1, 0, 2048), x.Narrow(1, 2048, 2048)
			return giving(func() *tensor.Tensor { return tensor.Cat(1, a, b) })
		}},
		unary("softmax_4096x1024", 2*4096*1024*4, copying, func(x *tensor.Tensor) *tensor.Tensor { return x.Softmax(1) }, 4096, 1024),
		unary("cumsum_dim1_4096x1024", 2*4096*1024*4, copying, func(x *tensor.Tensor) *tensor.Tensor { return x.CumSum(1) }, 4096, 1024),
		unary("sort_1e6", 0, none, func(x *tensor.Tensor) *tensor.Tensor { v, i := x.Sort(0); i.Free(); return v }, 1e6),
		{name: "randn_1e6", prepare: func() func() { return giving(func() *tensor.Tensor { return tensor.Randn(1e6) }) }},
		{name: "rand_1e6", prepare: func() func() { return giving(func() *tensor.Tensor { return tensor.Rand(1e6) }) }},
	}
}
