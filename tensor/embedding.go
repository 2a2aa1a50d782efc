package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// A LookupOption is one of [Embedding] and [EmbeddingBag]: [PaddingIndex],
// [ScaleGradByFreq].
type LookupOption interface {
	EmbeddingOption
	EmbeddingBagOption
}

// An EmbeddingOption is one of [Embedding].
type EmbeddingOption interface{ embedding(*lookup) }

// lookup is one call of Embedding or EmbeddingBag.
type lookup struct {
	padding int
	padded  bool // there is a padding index
	byFreq  bool
	bag
}

type lookupFunc func(*lookup)

func (f lookupFunc) embedding(l *lookup)    { f(l) }
func (f lookupFunc) embeddingBag(l *lookup) { f(l) }

// PaddingIndex is the row of a weight that gets no gradient, and that
// EmbeddingBag leaves out; a negative one counts from the end.
func PaddingIndex(i int) LookupOption {
	return lookupFunc(func(l *lookup) { l.padding, l.padded = i, true })
}

// ScaleGradByFreq divides the gradient of each row of a weight by how often the
// indices of the call name it.
var ScaleGradByFreq LookupOption = lookupFunc(func(l *lookup) { l.byFreq = true })

// op is what looks rows up, for a weight and indices that are int64.
func (l *lookup) op(name string, weight, idx *Tensor) embeddingOp {
	if weight.Dim() != 2 {
		misuse(name, fmt.Errorf("the weight has %d dims; want 2", weight.Dim()), weight, idx)
	}
	o := embeddingOp{padding: -1, byFreq: l.byFreq}
	if l.padded {
		n := weight.shape()[0]
		if l.padding < -n || l.padding >= n {
			misuse(name, fmt.Errorf("padding index %d is out of range; want %d to %d", l.padding, -n, n-1), weight, idx)
		}
		o.padding = (l.padding + n) % n
	}
	return o
}

// Embedding returns the rows of weight that idx names.
//
//	shape:  weight [n, d], idx any → idx's with d added
//	dtype:  weight's; idx int64 or int32
//	panics: *Error for an index outside 0 … n-1, and if weight has not two dims
//	source: torch.nn.functional.embedding
func Embedding(weight, idx *Tensor, opts ...EmbeddingOption) *Tensor {
	const op = "embedding"
	idx = asIndex(op, weight.known(op), idx)
	var l lookup
	for _, o := range opts {
		o.embedding(&l)
	}
	return Apply(l.op(op, weight, idx), weight, idx)
}

// EmbeddingRenormInPlace scales those rows of the weight t that idx names and
// whose p-norm is more than maxNorm to that norm. It is no part of a gradient.
//
//	shape:  t [n, d], idx any
//	dtype:  t floating point; idx int64 or int32
//	panics: *Error for an index outside 0 … n-1, and if t has not two dims
//	source: torch.embedding_renorm_
func (t *Tensor) EmbeddingRenormInPlace(idx *Tensor, maxNorm, p float64) *Tensor {
	const op = "embedding_renorm"
	idx = asIndex(op, t.known(op), idx).Reshape(-1)
	var l lookup
	w := t.Detach()
	rows := Apply(l.op(op, w, idx), w, idx)
	norm := rows.Norm(p, Dims(1), KeepDim)
	scale := norm.AddScalar(renormEps).RDivScalar(maxNorm)
	w.IndexPutInPlace(Where(norm.GtScalar(maxNorm), rows.Mul(scale), rows), false, idx)
	return t
}

// renormEps is added to a norm that a row is divided by: PyTorch's constant.
const renormEps = 1e-7

type embeddingOp struct {
	at
	padding int // -1 for none
	byFreq  bool
}

func (embeddingOp) Name() string          { return "embedding" }
func (embeddingOp) Kernel() device.Kernel { return device.IndexSelect }
func (embeddingOp) Reads() Reads          { return In1 }
func (o embeddingOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.replaced(in[0].spec(), in[1].spec())
}
func (o embeddingOp) Grad(c *Ctx, dy *Tensor) Grads {
	if o.padding >= 0 {
		zero := scalarOf(dy.b.dev, dy.DType(), device.Number{})
		dy = Where(c.In(1).NeScalar(o.padding).Unsqueeze(-1), dy, zero)
	}
	if o.byFreq {
		idx := c.In(1).Reshape(-1)
		count := like(dy).Zeros(c.Shape(0)[0]).IndexAdd(0, idx, like(dy).Ones(idx.Len()))
		dy = dy.Div(count.IndexSelect(0, idx).Reshape(append(c.In(1).Shape(), 1)...))
	}
	return indexSelectOp{o.at}.Grad(c, dy)
}

// lookupOptions reads PyTorch's arguments, and applies max_norm.
func (a *Args) lookupOptions(w, i *Tensor) []LookupOption {
	var o []LookupOption
	if a.Has("padding_idx") {
		o = append(o, PaddingIndex(a.Int("padding_idx")))
	}
	if a.Bool("scale_grad_by_freq") {
		o = append(o, ScaleGradByFreq)
	}
	if a.Has("max_norm") {
		w.EmbeddingRenormInPlace(i, a.Float("max_norm"), a.Float("norm_type"))
	}
	return o
}

// weightAndIndex are the arguments in the order of PyTorch's functions, or in
// that of its table of ops, which passes the weight first.
func (a *Args) weightAndIndex() (w, i *Tensor) {
	w, i = a.Tensor("weight"), a.Tensor("input")
	if i.DType().IsFloat() && !w.DType().IsFloat() {
		w, i = i, w
	}
	return w, i
}

func embeddingEntry() Entry {
	idx := func(shape ...int) Arg { return In(shape...).As(Int64).Within(0, 5) }
	return Entry{
		Name: "nn.functional.embedding", At: Here(), Ops: []any{embeddingOp{}, indexAddOp{}}, Go: []string{"Embedding", "PaddingIndex", "EmbeddingRenormInPlace"},
		Sig: "embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False)",
		Call: func(a *Args) []*Tensor {
			w, i := a.weightAndIndex()
			var opts []EmbeddingOption
			for _, o := range a.lookupOptions(w, i) {
				opts = append(opts, o)
			}
			return one(Embedding(w, i, opts...))
		},
		Ref:    func(a *Args) []Array { return []Array{refSelect(a.Array("weight"), 0, a.Array("input"))} },
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{idx(), In(5, 3)}}, {Args: []any{idx(1), In(5, 1)}}, {Args: []any{idx(2, 3), In(5, 2)}}, {Args: []any{idx(0), In(5, 2)}},
			{Args: []any{idx(4), In(5, 0)}}, {Args: []any{idx(2, 3), In(5, 2)}, Kw: map[string]any{"sparse": true}},
			{Args: []any{idx(4), In(5, 3), 2}, NoGrad: true}, // the row of the padding has a gradient on purpose wrong
			{Args: []any{In(4).As(Int64).With(0, 1, 3, 0), In(5, 3), -1}},
			{Args: []any{In(3).As(Int64).With(0, 1, 3), In(5, 3)}, Kw: map[string]any{"scale_grad_by_freq": true}, Only: Floats},
		},
		Bad: []Bad{
			{Args: []any{In(2), In(5, 3)}, Want: "tensor: embedding [5 3], [2]: the index is float32; want int64 or int32"},
			{Args: []any{idx(2), In(5)}, Want: "tensor: embedding [5], [2]: the weight has 1 dims; want 2"},
			{Args: []any{idx(2), In(5, 3), 5}, Want: "tensor: embedding [5 3], [2]: padding index 5 is out of range; want -5 to 4"},
			{Args: []any{idx(1, 2).With(4, 5), In(5, 3)}, Want: "tensor: embedding [5 3], [1 2]: index 5 at [0 1] is out of range for dim 0 of size 5; want 0 to 4"},
			{Args: []any{idx(1).With(-1), In(5, 3)}, Want: "tensor: embedding [5 3], [1]: index -1 at [0] is out of range for dim 0 of size 5; want 0 to 4"},
		},
	}
}
