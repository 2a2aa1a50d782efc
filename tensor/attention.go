package tensor

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/device"
)

// ScaledDotProductAttention returns, for each query, the mean of the values
// weighted by softmax(scale·query·key + mask) over the keys. No matrix of all
// weights is made, unless there is a dropout or the mask needs a gradient.
//
//	shape:  query [..., L, E], key [..., S, E], value [..., S, F] → [..., L, F];
//	leading dims broadcast, and those of GroupedQuery see there
//	dtype:  floating point, one for all three; half precision computes in float32
//	panics: *Error for other shapes or dtypes, and for a mask with Causal
//	source: torch.nn.functional.scaled_dot_product_attention; Vaswani et al. 2017,
//	arXiv:1706.03762; Dao 2023, arXiv:2307.08691. A query that sees no key gives 0.
//	Where rows lie before heads in the query's memory, they do in the result's
func ScaledDotProductAttention(query, key, value *Tensor, opts ...AttentionOption) *Tensor {
	a := newAttention("scaled_dot_product_attention", query, key, value, opts)
	if a.p == 0 && (a.mask == nil || !a.mask.RequiresGrad()) && query.Len() > 0 && key.Len() > 0 && value.Len() > 0 {
		return a.fused()
	}
	w := safeSoftmax(a.scores())
	if a.p > 0 {
		w = w.Dropout(a.p, a.gen)
	}
	return w.MatMul(a.grouped(value))
}

// AttentionWeights returns the weights by which ScaledDotProductAttention
// multiplies the values, after dropout. A query that sees no key gives NaN, as
// Softmax does.
//
//	shape:  query [..., L, E], key [..., S, E] → [..., L, S]
//	dtype:  as for ScaledDotProductAttention
//	panics: *Error as that does
//	source: torch.nn.functional._scaled_dot_product_attention of PyTorch 1.13, its
//	second result
func AttentionWeights(query, key *Tensor, opts ...AttentionOption) *Tensor {
	a := newAttention("attention_weights", query, key, key, opts)
	w := a.scores().Softmax(-1)
	if a.p > 0 {
		w = w.Dropout(a.p, a.gen)
	}
	return w
}

// An AttentionOption changes [ScaledDotProductAttention].
type AttentionOption func(*attention)

// AttentionMask is of a shape that broadcasts to [..., L, S]: a bool mask is
// true where a query sees a key, a floating-point one, of the query's dtype or
// float32, is added to the scaled scores.
func AttentionMask(m *Tensor) AttentionOption { return func(a *attention) { a.mask = m } }

// AttentionScale is what scores are multiplied by, 1/√E without it.
func AttentionScale(s float64) AttentionOption {
	return func(a *attention) { a.scale, a.scaled = s, true }
}

// AttentionDropout sets weights to 0 with probability p and divides the others by
// 1-p; see [Tensor.Dropout].
func AttentionDropout(p float64, gen *Generator) AttentionOption {
	return func(a *attention) { a.p, a.gen = p, gen }
}

// Causal lets query i see the keys up to i: a triangle from the upper left.
func Causal(a *attention) { a.causal = true }

// CausalLowerRight lets the last query see all keys, the one before it all but
// one, and so on: what queries at the end of a longer sequence want.
//
//	source: torch.nn.attention.bias.causal_lower_right
func CausalLowerRight(a *attention) { a.causal, a.lower = true, true }

// GroupedQuery lets each head of key and value, which are dim -3, serve as many
// heads of the query, next to each other, as there are more of those.
//
//	source: enable_gqa of PyTorch; Ainslie et al. 2023, arXiv:2305.13245
func GroupedQuery(a *attention) { a.gqa = true }

// attention is a call, checked.
type attention struct {
	op                          string
	q, k, v, mask               *Tensor
	scale, p                    float64
	scaled, causal, lower, gqa  bool
	gen                         *Generator
	batch                       []int // the dims before the last two of the result
	rows, keys, size, valueSize int
	group                       int // heads of the query for one of the key
}

func newAttention(op string, q, k, v *Tensor, opts []AttentionOption) *attention {
	a := &attention{op: op, q: q.known(op), k: k.known(op), v: v.known(op), group: 1}
	for _, o := range opts {
		o(a)
	}
	if err := a.check(); err != nil {
		misuse(op, err, q, k, v)
	}
	if err := a.checkMask(); err != nil {
		misuse(op, err, q, k, v, a.mask)
	}
	return a
}

func (a *attention) check() error {
	q, k, v := a.q.spec(), a.k.spec(), a.v.spec()
	if err := wantFloat(q.DType); err != nil {
		return err
	}
	if q.DType != k.DType || q.DType != v.DType {
		return fmt.Errorf("query, key and value are %v, %v and %v; want one dtype", q.DType, k.DType, v.DType)
	}
	if min(q.Rank, k.Rank, v.Rank) < 2 {
		return errors.New("want at least 2 dims, rows and their elements")
	}
	a.rows, a.size = a.q.Size(-2), a.q.Size(-1)
	a.keys, a.valueSize = a.k.Size(-2), a.v.Size(-1)
	switch {
	case a.k.Size(-1) != a.size:
		return fmt.Errorf("queries have %d elements and keys %d; want as many", a.size, a.k.Size(-1))
	case a.v.Size(-2) != a.keys:
		return fmt.Errorf("%d keys and %d values; want as many", a.keys, a.v.Size(-2))
	case !(a.p >= 0 && a.p <= 1):
		return fmt.Errorf("the dropout probability is %v; want 0 to 1", a.p)
	}
	if !a.scaled {
		a.scale = 1 / math.Sqrt(float64(a.size))
	}
	return a.checkBatch()
}

// checkBatch broadcasts the leading dims.
func (a *attention) checkBatch() error {
	if a.gqa {
		if min(a.q.Dim(), a.k.Dim(), a.v.Dim()) < 3 {
			return errors.New("grouped queries want at least 3 dims, the first of them heads")
		}
		heads, of := a.q.Size(-3), a.k.Size(-3)
		if a.v.Size(-3) != of || of == 0 || heads%of != 0 {
			return fmt.Errorf("%d heads of the query, %d of the key, and %d of the value; want as many keys as values, and a multiple of that of queries", heads, of, a.v.Size(-3))
		}
		a.group = heads / of
	}
	var all device.Spec
	for _, t := range []*Tensor{a.q, a.k, a.v} {
		s := *t.spec()
		if a.group > 1 && t != a.q {
			s.Dim[s.Rank-3] *= a.group
		}
		s.Dim[s.Rank-1], s.Dim[s.Rank-2] = 1, 1
		var err error
		if all, err = broadcast(&all, &s); err != nil {
			return err
		}
	}
	a.batch = slices.Clone(all.Shape()[:all.Rank-2])
	return nil
}

func (a *attention) checkMask() error {
	if a.mask == nil {
		return nil
	}
	m := a.mask.known(a.op).spec()
	switch {
	case a.causal:
		return errors.New("a mask and causal; want one of them")
	case m.DType != Bool && m.DType != Float32 && m.DType != a.q.DType():
		return fmt.Errorf("the mask is %v; want bool, float32 or %v", m.DType, a.q.DType())
	case m.Rank < 2:
		return errors.New("the mask has less than 2 dims; want rows and keys")
	}
	full, err := shapeSpec(m.DType, a.full(a.rows, a.keys))
	if err == nil {
		var s device.Spec
		if s, err = broadcast(&full, m); err == nil && s != full {
			err = fmt.Errorf("the mask has shape %v; want one that broadcasts to %v", a.mask.shape(), full.Shape())
		}
	}
	return err
}

// full is the shape of a batch of matrices.
func (a *attention) full(rows, cols int) []int { return append(slices.Clone(a.batch), rows, cols) }

// grouped repeats the heads of the key or value for those of the query.
func (a *attention) grouped(t *Tensor) *Tensor {
	if a.group == 1 {
		return t
	}
	return repeatHeads(t, a.group)
}

// repeatHeads makes n heads next to each other of each in dim -3.
func repeatHeads(t *Tensor, n int) *Tensor {
	d := t.Dim() - 3
	shape := t.Shape()
	wide := slices.Insert(slices.Clone(shape), d+1, n)
	shape[d] *= n
	return t.Unsqueeze(d + 1).Expand(wide...).Reshape(shape...)
}

// additive is the mask as something to add to scores of dtype d.
func (a *attention) additive(d DType) *Tensor {
	if a.mask.DType() != Bool {
		return a.mask.Cast(d)
	}
	return Make{DType: d, Device: a.mask.b.dev}.Zeros().MaskedFill(a.mask.LogicalNot(), math.Inf(-1))
}

// shift is how many keys more than its number a query sees, if causal.
func (a *attention) shift() int {
	if a.lower {
		return a.keys - a.rows
	}
	return 0
}

// scores are scale·q·kᵀ + mask.
func (a *attention) scores() *Tensor {
	q := a.q
	if a.scaled {
		q = q.MulScalar(a.scale)
	} else {
		q = q.DivScalar(math.Sqrt(float64(a.size))) // PyTorch's order, which half precision shows
	}
	s := q.MatMul(a.grouped(a.k).Transpose(-2, -1))
	switch {
	case a.causal:
		s = s.Add(causalMask(s, a.shift()))
	case a.mask != nil:
		s = s.Add(a.additive(s.DType()))
	}
	return s
}

// causalMask is 0 where a row of s sees a column, and -Inf elsewhere.
func causalMask(s *Tensor, shift int) *Tensor {
	m := like(s)
	seen := Make{DType: Bool, Device: m.Device}.Ones(s.Size(-2), s.Size(-1)).Tril(shift)
	return m.Zeros().MaskedFill(seen.LogicalNot(), math.Inf(-1))
}

// safeSoftmax is Softmax along the last dim, but 0 where all is -Inf.
func safeSoftmax(s *Tensor) *Tensor {
	dead := s.Detach().EqScalar(math.Inf(-1)).All(Dims(-1), KeepDim)
	return s.MaskedFill(dead, 0).Softmax(-1).MaskedFill(dead, 0)
}
