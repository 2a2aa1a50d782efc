package nn

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// An attending is one call of a MultiheadAttention: queries, keys and values as
// [batch, heads, length, size].
type attending struct {
	l       *MultiheadAttention
	q, k, v *tensor.Tensor
	single  bool // there is no batch
	masks   Masks
	extra   int // keys that the layer adds
}

func (l *MultiheadAttention) project(query, key, value *tensor.Tensor, m Masks) *attending {
	c := &attending{l: l, masks: m}
	if err := l.check(query, key, value); err != nil {
		tensor.Misuse("multi_head_attention", err, query, key, value)
	}
	if c.single = query.Dim() == 2; c.single {
		dim := 1
		if l.BatchFirst {
			dim = 0
		}
		same, pair := key == query, value == key
		query = query.Unsqueeze(dim)
		if key = key.Unsqueeze(dim); same {
			key = query
		}
		if value = value.Unsqueeze(dim); pair {
			value = key
		}
	}
	q, k, v := l.projected(query, key, value)
	k, v = c.more(k, l.BiasK), c.more(v, l.BiasV)
	if l.BiasK != nil {
		c.extra++
	}
	c.q, c.k, c.v = l.split(q), l.split(k), l.split(v)
	if l.ZeroAttn {
		c.extra++
		zeros := tensor.Make{DType: c.k.DType(), Device: c.k.Device()}.Zeros(c.k.Size(0), l.Heads, 1, c.k.Size(3))
		c.k, c.v = tensor.Cat(2, c.k, zeros), tensor.Cat(2, c.v, zeros)
	}
	return c
}

func (l *MultiheadAttention) check(query, key, value *tensor.Tensor) error {
	switch {
	case query == nil || key == nil || value == nil:
		return errors.New("the query, key or value is nil")
	case l.OutProj == nil:
		return errors.New("the layer has no weights; make it with its New function")
	case query.Dim() != 2 && query.Dim() != 3 || key.Dim() != query.Dim() || value.Dim() != query.Dim():
		return errors.New("want 3 dims each, or 2 without a batch")
	case l.InProjWeight != nil && (key.Size(-1) != query.Size(-1) || value.Size(-1) != query.Size(-1)):
		return errors.New("want keys and values with as many features as queries; see KDim and VDim")
	}
	batch := 1
	if l.BatchFirst {
		batch = 0
	}
	if query.Dim() == 3 && (key.Size(batch) != query.Size(batch) || value.Size(batch) != query.Size(batch)) {
		return fmt.Errorf("batches of %d, %d and %d; want one size", query.Size(batch), key.Size(batch), value.Size(batch))
	}
	return nil
}

// projected are the projections of query, key and value: as one product where
// they are one tensor.
func (l *MultiheadAttention) projected(query, key, value *tensor.Tensor) (q, k, v *tensor.Tensor) {
	if l.InProjWeight == nil {
		e := l.QProjWeight.Size(0)
		return query.Linear(l.QProjWeight, l.bias(0, e)), key.Linear(l.KProjWeight, l.bias(e, e)), value.Linear(l.VProjWeight, l.bias(2*e, e))
	}
	e := l.InProjWeight.Size(1)
	part := func(x *tensor.Tensor, from, n int) *tensor.Tensor {
		w := l.InProjWeight
		if n < 3 {
			w = w.Narrow(0, from*e, n*e)
		}
		return x.Linear(w, l.bias(from*e, n*e))
	}
	switch {
	case key == query && value == key:
		all := part(query, 0, 3).Chunk(3, -1)
		return all[0], all[1], all[2]
	case value == key:
		both := part(key, 1, 2).Chunk(2, -1)
		return part(query, 0, 1), both[0], both[1]
	}
	return part(query, 0, 1), part(key, 1, 1), part(value, 2, 1)
}

// bias is a part of the first projection's.
func (l *MultiheadAttention) bias(from, n int) *tensor.Tensor {
	if l.InProjBias == nil || n == l.InProjBias.Len() {
		return l.InProjBias
	}
	return l.InProjBias.Narrow(0, from, n)
}

// more is t with one more key or value for each sample.
func (c *attending) more(t, bias *tensor.Tensor) *tensor.Tensor {
	if bias == nil {
		return t
	}
	if c.l.BatchFirst {
		return tensor.Cat(1, t, bias.Expand(t.Size(0), 1, -1))
	}
	return tensor.Cat(0, t, bias.Expand(1, t.Size(1), -1))
}

// split gives each head its features: a view [batch, heads, length, size].
func (l *MultiheadAttention) split(t *tensor.Tensor) *tensor.Tensor {
	t = t.Unflatten(-1, l.Heads, -1)
	if l.BatchFirst {
		return t.Transpose(1, 2)
	}
	return t.Permute(1, 2, 0, 3)
}

// merge is the opposite of split, and the last projection.
func (c *attending) merge(y *tensor.Tensor) *tensor.Tensor {
	if c.l.BatchFirst {
		y = y.Transpose(1, 2)
	} else {
		y = y.Permute(2, 0, 1, 3)
	}
	y = y.Flatten(2, 3).Linear(c.l.OutProj.Weight, c.l.OutProj.Bias)
	if c.single {
		dim := 1
		if c.l.BatchFirst {
			dim = 0
		}
		y = y.Squeeze(dim)
	}
	return y
}

// options are those of the attention.
func (c *attending) options() []tensor.AttentionOption {
	var opts []tensor.AttentionOption
	if p := c.l.DropoutP; p > 0 && c.l.Training {
		opts = append(opts, tensor.AttentionDropout(p, c.l.Gen))
	}
	if c.masks.Causal && c.masks.Attn == nil && c.masks.KeyPadding == nil && c.extra == 0 {
		return append(opts, tensor.Causal)
	}
	if m := c.mask(); m != nil {
		opts = append(opts, tensor.AttentionMask(m))
	}
	return opts
}

// mask joins all masks: a bool one is true where a query sees a key.
func (c *attending) mask() *tensor.Tensor {
	batch, rows, keys := c.q.Size(0), c.q.Size(2), c.k.Size(2)-c.extra
	var m *tensor.Tensor
	if a := c.masks.Attn; a != nil {
		want := [][]int{{rows, keys}, {batch * c.l.Heads, rows, keys}}
		if c.wantMask("attention", a, want...); a.Dim() == 3 {
			a = a.Reshape(batch, c.l.Heads, rows, keys)
		}
		m = seen(a)
	}
	if p := c.masks.KeyPadding; p != nil {
		want := []int{batch, keys}
		if c.single {
			want = want[1:]
		}
		c.wantMask("key padding", p, want)
		m = both(m, seen(p.Reshape(batch, 1, 1, keys)))
	}
	if c.masks.Causal {
		m = both(m, tensor.Make{DType: tensor.Bool, Device: c.q.Device()}.Ones(rows, keys).Tril(0))
	}
	if m == nil || c.extra == 0 {
		return m
	}
	shape := m.Shape()
	shape[len(shape)-1] = c.extra
	more := tensor.Make{DType: m.DType(), Device: m.Device()}
	if m.DType() == tensor.Bool {
		return tensor.Cat(-1, m, more.Ones(shape...))
	}
	return tensor.Cat(-1, m, more.Zeros(shape...))
}

func (c *attending) wantMask(what string, m *tensor.Tensor, shapes ...[]int) {
	d := m.DType()
	for _, s := range shapes {
		if fmt.Sprint(m.Shape()) == fmt.Sprint(s) && (d == tensor.Bool || d.IsFloat()) {
			return
		}
	}
	tensor.Misuse("multi_head_attention", fmt.Errorf("the %s mask is %v %v; want bool or floating point, and shape %v", what, d, m.Shape(), shapes), c.q, c.k)
}

// seen turns a bool mask around.
func seen(m *tensor.Tensor) *tensor.Tensor {
	if m.DType() == tensor.Bool {
		return m.LogicalNot()
	}
	return m
}

// both joins two masks, of which a may be nil.
func both(a, b *tensor.Tensor) *tensor.Tensor {
	switch {
	case a == nil:
		return b
	case a.DType() == tensor.Bool && b.DType() == tensor.Bool:
		return a.LogicalAnd(b)
	case a.DType() == tensor.Bool:
		return both(b, a)
	case b.DType() == tensor.Bool:
		return a.MaskedFill(b.LogicalNot(), math.Inf(-1))
	}
	return a.Add(b)
}
