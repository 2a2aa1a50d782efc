package onnx

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// attentionOps are those of transformers, from opset 23 on.
func attentionOps() map[string]opFunc {
	return map[string]opFunc{
		"Attention":       opAttention,
		"RotaryEmbedding": same(opRotary),
		"TensorScatter":   same(opTensorScatter),
	}
}

// heads is input i as [batch, heads, steps, size]; with three dims the heads lie
// beside each other in the last, and the attribute says how many they are.
func (c *call) heads(i int, attr string) *tensor.Tensor {
	x := c.x(i)
	if x.Dim() == 4 {
		return x
	}
	n := c.intAttr(attr, 0)
	if x.Dim() != 3 || n < 1 || x.Size(2)%n != 0 {
		c.failf("input %d is a %v, and %s is %d", i, c.in[i], attr, n)
	}
	return x.Reshape(x.Size(0), x.Size(1), n, x.Size(2)/n).Transpose(1, 2)
}

// opAttention is softmax(q·kᵀ·scale + bias)·v, with the keys and values of
// earlier steps before those of the call.
func opAttention(c *call) []*Value {
	q, k, v := c.heads(0, "q_num_heads"), c.heads(1, "kv_num_heads"), c.heads(2, "kv_num_heads")
	past := 0
	if c.has(4) && c.has(5) {
		past = c.x(4).Size(2)
		k, v = tensor.Cat(2, c.x(4), k), tensor.Cat(2, c.x(5), v)
	}
	out := []*Value{nil, typed(k, c.elem(1)), typed(v, c.elem(2))}
	if group := q.Size(1) / max(k.Size(1), 1); group > 1 && q.Size(1)%k.Size(1) == 0 {
		k, v = k.RepeatInterleave(group, 1), v.RepeatInterleave(group, 1)
	}
	root := math.Sqrt(c.floatAttr("scale", 1/math.Sqrt(float64(q.Size(3))))) // a share for each keeps half precision in range
	raw := q.MulScalar(root).MatMul(k.MulScalar(root).Transpose(2, 3))
	scores := raw
	if most := c.floatAttr("softcap", 0); most > 0 {
		scores = raw.DivScalar(most).Tanh().MulScalar(most)
	}
	masked := c.mask(scores, past)
	wide := masked
	if d := storage(ElemType(c.intAttr("softmax_precision", 0))); d.IsFloat() {
		wide = masked.Cast(d)
	}
	// A query that sees nothing attends to nothing.
	w := tensor.Where(masked.IsNegInf().All(tensor.Dims(-1), tensor.KeepDim), tensor.ZerosLike(wide), wide.Softmax(-1))
	y := w.MatMul(v.Cast(w.DType())).Cast(q.DType())
	if c.x(0).Dim() == 3 {
		y = y.Transpose(1, 2).Flatten(2, 3)
	}
	out[0] = typed(y, c.elem(0))
	stages := []*tensor.Tensor{raw, scores, masked, w.Cast(q.DType())}
	if mode := c.intAttr("qk_matmul_output_mode", 0); mode >= 0 && mode < len(stages) {
		out = append(out, typed(stages[mode], c.elem(0)))
	}
	return out
}

// mask adds to scores [batch, heads, queries, keys] what keeps keys from being seen.
func (c *call) mask(scores *tensor.Tensor, past int) *tensor.Tensor {
	queries, keys := scores.Size(2), scores.Size(3)
	off := math.Inf(-1)
	if m := c.opt(3); m != nil {
		if more := keys - m.Size(-1); more > 0 && m.DType() == tensor.Bool {
			m = m.Pad([]int{0, more})
		} else if more > 0 {
			m = m.Pad([]int{0, more}, tensor.PadValue(off))
		}
		if m.DType() == tensor.Bool {
			scores = scores.MaskedFill(m.LogicalNot(), off)
		} else {
			scores = scores.Add(m)
		}
	}
	key := tensor.Arange(0, keys, 1)
	if c.flag("is_causal", false) {
		late := key.Unsqueeze(0).Gt(tensor.Arange(past, past+queries, 1).Unsqueeze(1))
		scores = scores.MaskedFill(late, off)
	}
	if n := c.opt(6); n != nil {
		scores = scores.MaskedFill(key.Ge(n.Reshape(-1, 1, 1, 1)), off)
	}
	return scores
}

// opRotary turns pairs of features by angles that grow with the position.
func opRotary(c *call) *tensor.Tensor {
	x, cos, sin := c.x(0), c.x(1), c.x(2)
	h := x
	if x.Dim() == 4 {
		h = x.Transpose(1, 2) // [batch, steps, heads, size]
	} else if n := c.intAttr("num_heads", 0); x.Dim() == 3 && n > 0 && x.Size(2)%n == 0 {
		h = x.Reshape(x.Size(0), x.Size(1), n, x.Size(2)/n)
	} else {
		c.failf("input 0 is a %v, and num_heads is %d", c.in[0], n)
	}
	size := c.intAttr("rotary_embedding_dim", 0)
	if size == 0 {
		size = h.Size(3)
	}
	if p := c.opt(3); p != nil {
		shape := append(p.Shape(), cos.Size(-1))
		cos = cos.IndexSelect(0, p.Reshape(-1).Cast(tensor.Int64)).Reshape(shape...)
		sin = sin.IndexSelect(0, p.Reshape(-1).Cast(tensor.Int64)).Reshape(shape...)
	}
	cos, sin = cos.Unsqueeze(-2), sin.Unsqueeze(-2)
	part, rest := h.Narrow(3, 0, size), h.Narrow(3, size, h.Size(3)-size)
	var y *tensor.Tensor
	if c.flag("interleaved", false) {
		pairs := part.Unflatten(3, -1, 2)
		a, b := pairs.Select(-1, 0), pairs.Select(-1, 1)
		y = tensor.Stack(-1, cos.Mul(a).Sub(sin.Mul(b)), sin.Mul(a).Add(cos.Mul(b))).Flatten(3, 4)
	} else {
		a, b := part.Narrow(3, 0, size/2), part.Narrow(3, size/2, size/2)
		y = tensor.Cat(3, cos.Mul(a).Sub(sin.Mul(b)), sin.Mul(a).Add(cos.Mul(b)))
	}
	y = tensor.Cat(3, y, rest)
	if x.Dim() == 4 {
		return y.Transpose(1, 2)
	}
	return y.Reshape(x.Shape()...)
}

// opTensorScatter writes new steps into a cache, from a position on for each batch.
func opTensorScatter(c *call) *tensor.Tensor {
	cache, update := c.x(0), c.x(1)
	dim := c.axis(-2, cache.Dim())
	start := repeat(0, cache.Size(0))
	if c.has(2) {
		start = c.ints(2)
	}
	if dim == 0 || update.Dim() != cache.Dim() || len(start) != cache.Size(0) || len(start) != update.Size(0) {
		c.failf("a cache %v, an update %v, axis %d and %d positions", c.in[0], c.in[1], dim, len(start))
	}
	around := c.choice("mode", "linear", "circular") == "circular"
	var idx []int64
	for _, s := range start {
		for t := range update.Size(dim) {
			at := s + t
			if around && cache.Size(dim) > 0 {
				at %= cache.Size(dim)
			}
			idx = append(idx, int64(at))
		}
	}
	shape := repeat(1, cache.Dim())
	shape[0], shape[dim] = len(start), update.Size(dim)
	return cache.Scatter(dim, tensor.FromSlice(idx, shape).Expand(update.Shape()...).Contiguous(), update)
}
