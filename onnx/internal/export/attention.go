package export

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// attention is softmax(scale·q·kᵀ + mask)·v, of [batch, heads, rows, size].
func attention(g *graph, r *record) []*value {
	a, x := attr[device.Attention](r), &expr{g, r}
	q, k, v := g.in(r, 0), g.in(r, 1), g.in(r, 2)
	qs, ks := &r.in[0].geo, &r.in[1].geo
	if n := qs.shape[1] / ks.shape[1]; n > 1 {
		k, v = g.repeated(k, ks, n), g.repeated(v, &r.in[2].geo, n)
	}
	k = g.transposed(k)
	s := x.do("MatMul", x.do("Mul", q, x.n(a.Scale)), k)
	if a.Causal {
		sees := g.constant(causal(qs.shape[2], ks.shape[2], a.Shift))
		s = x.do("Where", sees, s, x.n(math.Inf(-1)))
	}
	if len(r.in) > 3 {
		s = x.do("Add", s, g.in(r, 3))
	}
	w := g.add("Softmax", list(s), attrInt("axis", -1))
	if len(r.in) > 3 || a.Causal && a.Shift < 0 { // a query that sees no key gives 0
		w = x.do("Where", x.do("IsNaN", w), x.n(0), w)
	}
	y := x.do("MatMul", w, v)
	y.shape = []int{qs.shape[0], qs.shape[1], qs.shape[2], r.in[2].geo.shape[3]}
	if a.RowsFirst {
		y = g.transpose(y, 0, 2, 1, 3)
	}
	return list(y, nil)
}

// transposed swaps the last two of four dims; a swap of a swap is none.
func (g *graph) transposed(v *value) *value { return g.transpose(v, 0, 1, 3, 2) }

// repeated lets each of the heads of v serve n next to each other.
func (g *graph) repeated(v *value, s *geometry, n int) *value {
	b, h, rows, size := s.shape[0], s.shape[1], s.shape[2], s.shape[3]
	split := g.reshape(v, []int{b, h, 1, rows, size})
	return g.reshape(g.expand(split, []int{b, h, n, rows, size}), []int{b, h * n, rows, size})
}

// causal is true where a query sees a key.
func causal(rows, keys, shift int) *tensor.Tensor {
	return tensor.Make{DType: tensor.Bool}.Full(true, rows, keys).Tril(shift)
}

// rotary turns pairs of elements: x, cos and sin.
func rotary(g *graph, r *record) []*value {
	a, x := attr[device.Rotation](r), &expr{g, r}
	in, cos, sin := g.in(r, 0), g.in(r, 1), g.in(r, 2)
	geo := &r.in[0].geo
	n := geo.shape[3]
	if a.Back {
		sin = x.do("Neg", sin)
	}
	turn := func(p, q *value) (s, t *value) {
		s = x.do("Sub", x.do("Mul", p, cos), x.do("Mul", q, sin))
		return s, x.do("Add", x.do("Mul", q, cos), x.do("Mul", p, sin))
	}
	if !a.Interleaved {
		s, t := turn(g.slice(in, 3, 0, n/2, 1), g.slice(in, 3, n/2, math.MaxInt, 1))
		return list(g.add("Concat", list(s, t), attrInt("axis", 3)))
	}
	s, t := turn(g.slice(in, 3, 0, math.MaxInt, 2), g.slice(in, 3, 1, math.MaxInt, 2))
	one := g.ints(4)
	pair := g.add("Concat", list(g.add("Unsqueeze", list(s, one)), g.add("Unsqueeze", list(t, one))), attrInt("axis", 4))
	pair.shape = append(append([]int(nil), geo.dims()[:3]...), n/2, 2)
	return list(g.reshape(pair, geo.dims()))
}

func eye(n int, d tensor.DType) *tensor.Tensor { return tensor.Make{DType: d}.Eye(n) }

func zeros(d tensor.DType, n int) *tensor.Tensor { return tensor.Make{DType: d}.Zeros(n) }
