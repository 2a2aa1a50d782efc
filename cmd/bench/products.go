package main

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// products are matrix products of all kinds.
func products() []work {
	var all []work
	for _, n := range []int{64, 100, 128, 256, 512, 1000, 1023, 1024, 2048} {
		all = append(all, mm(fmt.Sprintf("mm_f32_%d", n), n, n, n, tensor.Float32))
	}
	all = append(all,
		mm("mm_f32_4095x17x33", 4095, 17, 33, tensor.Float32),
		mm("mm_f32_1024_out", 1024, 1024, 1024, tensor.Float32), // facula has no out: it allocates here too
		mmTransposed("mm_f32_1024_nt", 1024, false, true),
		mmTransposed("mm_f32_1024_tn", 1024, true, false),
		mm("mm_f64_1024", 1024, 1024, 1024, tensor.Float64),
		mm("mm_bf16_1024", 1024, 1024, 1024, tensor.BFloat16),
		batched("bmm_64x(128x64x128)", []int{64, 128, 64}, []int{64, 64, 128}),
		mv("mv_f32_1024", 1024),
		mv("mv_f32_4096", 4096),
		linear("linear_1x4096x4096", []int{1, 4096}, 4096),
		linear("linear_8x256x384x1536", []int{8, 256, 384}, 1536),
	)
	return all
}

func fma(d tensor.DType) limit {
	switch d {
	case tensor.Float64:
		return fma64
	case tensor.BFloat16:
		return none // its own multiply-adds are not measured
	}
	return fma32
}

func mm(name string, m, k, n int, d tensor.DType) work {
	return work{name: name, flops: 2 * float64(m) * float64(k) * float64(n), limit: fma(d), prepare: func() func() {
		a, b := tensor.Randn(m, k).Cast(d), tensor.Randn(k, n).Cast(d)
		return giving(func() *tensor.Tensor { return a.MatMul(b) })
	}}
}

func mmTransposed(name string, n int, left, right bool) work {
	return work{name: name, flops: 2 * float64(n) * float64(n) * float64(n), limit: fma32, prepare: func() func() {
		a, b := tensor.Randn(n, n), tensor.Randn(n, n)
		if left {
			a = a.T()
		}
		if right {
			b = b.T()
		}
		return giving(func() *tensor.Tensor { return a.MatMul(b) })
	}}
}

func batched(name string, a, b []int) work {
	return work{name: name, flops: 2 * float64(a[0]*a[1]*a[2]*b[2]), limit: fma32, prepare: func() func() {
		x, y := tensor.Randn(a...), tensor.Randn(b...)
		return giving(func() *tensor.Tensor { return x.MatMul(y) })
	}}
}

func mv(name string, n int) work {
	return work{name: name, bytes: 4 * float64(n) * float64(n), limit: read, prepare: func() func() {
		a, b := tensor.Randn(n, n), tensor.Randn(n)
		return giving(func() *tensor.Tensor { return a.MatMul(b) })
	}}
}

func linear(name string, shape []int, out int) work {
	in := shape[len(shape)-1]
	w := work{name: name, prepare: func() func() {
		x, w := tensor.Randn(shape...), tensor.Randn(out, in)
		return giving(func() *tensor.Tensor { return x.MatMul(w.T()) })
	}}
	rows := 1
	for _, n := range shape[:len(shape)-1] {
		rows *= n
	}
	if rows == 1 { // each weight is used once
		w.bytes, w.limit = 4*float64(in)*float64(out), read
	} else {
		w.flops, w.limit = 2*float64(rows)*float64(in)*float64(out), fma32
	}
	return w
}
