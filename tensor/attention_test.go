package tensor_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// attentionCases reach beyond one block of the kernel, which is 64 queries and
// 256 keys.
var attentionCases = []struct {
	name             string
	q, k             []int
	values           int
	opts             []tensor.AttentionOption
	mask             func(r tensor.Make) *tensor.Tensor
	rowsFirst, large bool
	dead             bool // some queries see no key
}{
	{name: "blocks", q: []int{1, 2, 130, 5}, k: []int{1, 2, 515, 5}, values: 7},
	{name: "causal", q: []int{2, 2, 300, 8}, k: []int{2, 2, 300, 8}, values: 8, opts: []tensor.AttentionOption{tensor.Causal}},
	{name: "causal wide", q: []int{1, 1, 70, 4}, k: []int{1, 1, 600, 4}, values: 4, opts: []tensor.AttentionOption{tensor.Causal}},
	{name: "causal tall", q: []int{1, 1, 600, 4}, k: []int{1, 1, 70, 4}, values: 4, opts: []tensor.AttentionOption{tensor.Causal}},
	{name: "lower right", q: []int{1, 2, 70, 16}, k: []int{1, 2, 400, 16}, values: 16, opts: []tensor.AttentionOption{tensor.CausalLowerRight}},
	{name: "lower right tall", q: []int{1, 1, 150, 4}, k: []int{1, 1, 40, 4}, values: 4, opts: []tensor.AttentionOption{tensor.CausalLowerRight}, dead: true},
	{name: "grouped", q: []int{2, 6, 80, 8}, k: []int{2, 2, 90, 8}, values: 5, opts: []tensor.AttentionOption{tensor.GroupedQuery, tensor.Causal}},
	{name: "decode", q: []int{2, 4, 1, 32}, k: []int{2, 2, 300, 32}, values: 32, opts: []tensor.AttentionOption{tensor.GroupedQuery}},
	{name: "wide rows", q: []int{1, 1, 66, 600}, k: []int{1, 1, 260, 600}, values: 520},
	{name: "padding", q: []int{2, 2, 70, 8}, k: []int{2, 2, 270, 8}, values: 8, mask: func(r tensor.Make) *tensor.Tensor { return r.Rand(2, 1, 1, 270).GtScalar(0.5) }},
	{name: "bias", q: []int{2, 2, 70, 8}, k: []int{2, 2, 270, 8}, values: 8, mask: func(r tensor.Make) *tensor.Tensor { return r.Randn(2, 70, 270) }},
	{name: "bias columns", q: []int{1, 2, 70, 8}, k: []int{1, 2, 70, 8}, values: 8, mask: func(r tensor.Make) *tensor.Tensor { return r.Randn(70, 70).T() }},
	{name: "rows first", q: []int{2, 3, 70, 8}, k: []int{2, 3, 270, 8}, values: 8, rowsFirst: true},
	{name: "large scores", q: []int{1, 1, 70, 8}, k: []int{1, 1, 300, 8}, values: 8, large: true},
}

// The blocks give what the whole matrix of weights gives, to rounding, and the
// same bits on any number of threads.
func TestAttentionBlocks(t *testing.T) {
	n := tensor.NumThreads()
	defer tensor.SetNumThreads(n)
	for i, c := range attentionCases {
		t.Run(c.name, func(t *testing.T) {
			r := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(uint64(i))}
			rows := func(shape []int, last int) *tensor.Tensor {
				s := append(slices.Clone(shape[:3]), last)
				if c.rowsFirst {
					s[1], s[2] = s[2], s[1]
					return r.Randn(s...).Transpose(1, 2)
				}
				return r.Randn(s...)
			}
			q, k, v := rows(c.q, c.q[3]), rows(c.k, c.k[3]), rows(c.k, c.values)
			if c.large {
				k = k.MulScalar(300)
			}
			opts := c.opts
			if c.mask != nil {
				opts = append(opts, tensor.AttentionMask(c.mask(r)))
			}
			dy := r.Randn(append(slices.Clone(c.q[:3]), c.values)...)
			in := func() []*tensor.Tensor {
				return []*tensor.Tensor{q.Detach().RequireGrad(), k.Detach().RequireGrad(), v.Detach().RequireGrad()}
			}
			x := in()
			wide := x[2]
			if g := c.q[1] / c.k[1]; g > 1 {
				wide = wide.Unsqueeze(2).Expand(c.k[0], c.k[1], g, c.k[2], c.values).Reshape(c.q[0], c.q[1], c.k[2], c.values)
			}
			want := tensor.AttentionWeights(x[0], x[1], opts...).MatMul(wide)
			if c.dead { // NaN: a mask that needs a gradient goes the long way too, and is safe
				m := tensor.Ones(c.q[2], c.k[2]).Cast(tensor.Bool).Tril(c.k[2] - c.q[2])
				add := tensor.Zeros(c.q[2], c.k[2]).MaskedFill(m.LogicalNot(), math.Inf(-1)).Cast(tensor.Float64)
				want = tensor.ScaledDotProductAttention(x[0], x[1], x[2], tensor.AttentionMask(add.RequireGrad()))
			}
			grads := tensor.Grad([]*tensor.Tensor{want}, x, tensor.Seed(dy))
			var bits [][]float64
			for _, threads := range []int{1, 3} {
				tensor.SetNumThreads(threads)
				x := in()
				y := tensor.ScaledDotProductAttention(x[0], x[1], x[2], opts...)
				if c.rowsFirst && !y.Transpose(1, 2).IsContiguous() {
					t.Error("the result does not lie as the query does")
				}
				all := append([]*tensor.Tensor{y}, tensor.Grad([]*tensor.Tensor{y}, x, tensor.Seed(dy))...)
				alike(t, "result", y, want)
				for k, g := range grads {
					alike(t, fmt.Sprint("gradient ", k), all[k+1], g)
				}
				for _, o := range all {
					bits = append(bits, tensor.Slice[float64](o))
				}
			}
			for k := range 4 {
				if !slices.Equal(bits[k], bits[4+k]) {
					t.Errorf("output %d depends on the number of threads", k)
				}
			}
		})
	}
}

// alike compares to 1e-11: sums of up to 600 products in another order.
func alike(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	g, w := tensor.Slice[float64](got), tensor.Slice[float64](want)
	size := 1.0
	for _, v := range w {
		size = max(size, math.Abs(v))
	}
	for i := range w {
		if !(math.Abs(g[i]-w[i]) <= 1e-11*size) {
			t.Fatalf("%s: element %d is %v; want %v", what, i, g[i], w[i])
		}
	}
}
