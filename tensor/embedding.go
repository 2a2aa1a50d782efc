package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Embedding returns the rows of weight that idx names. If a padding index is
// given, its row gets no gradient; a negative one counts from the end.
//
//	shape:  weight [n, d], idx any → idx's with d added
//	dtype:  weight's; idx int64 or int32
//	panics: *Error for an index outside 0 … n-1, and if weight has not two dims
//	source: torch.nn.functional.embedding
func Embedding(weight, idx *Tensor, padding ...int) *Tensor {
	const op = "embedding"
	if weight == nil || len(padding) > 1 {
		misuse(op, errors.New("want a weight and at most one padding index"), idx)
	}
	idx = asIndex(op, weight, idx)
	if weight.Dim() != 2 {
		misuse(op, fmt.Errorf("the weight has %d dims; want 2", weight.Dim()), weight, idx)
	}
	o := embeddingOp{padding: -1}
	if len(padding) == 1 {
		n := weight.shape()[0]
		p := padding[0]
		if p < -n || p >= n {
			misuse(op, fmt.Errorf("padding index %d is out of range; want %d to %d", p, -n, n-1), weight, idx)
		}
		o.padding = (p + n) % n
	}
	return Apply(o, weight, idx)
}

type embeddingOp struct {
	at
	padding int // -1 for none
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
	return indexSelectOp{o.at}.Grad(c, dy)
}

func embeddingEntry() Entry {
	idx := func(shape ...int) Arg { return In(shape...).As(Int64).Within(0, 5) }
	return Entry{
		Name: "nn.functional.embedding", At: Here(), Ops: []any{embeddingOp{}, indexAddOp{}}, Go: []string{"Embedding"},
		Sig: "embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False)",
		Call: func(a *Args) []*Tensor {
			w, i := a.Tensor("weight"), a.Tensor("input")
			if i.DType().IsFloat() && !w.DType().IsFloat() {
				w, i = i, w // PyTorch's own table of ops passes the weight first
			}
			if a.Has("max_norm") || a.Bool("scale_grad_by_freq") {
				misuse("embedding", errors.New("max_norm and scale_grad_by_freq are not supported"), w, i)
			}
			if a.Has("padding_idx") {
				return one(Embedding(w, i, a.Int("padding_idx")))
			}
			return one(Embedding(w, i))
		},
		Ref:    func(a *Args) []Array { return []Array{refSelect(a.Array("weight"), 0, a.Array("input"))} },
		DTypes: AllDTypes,
		Samples: []Sample{
			{Args: []any{idx(), In(5, 3)}}, {Args: []any{idx(1), In(5, 1)}}, {Args: []any{idx(2, 3), In(5, 2)}}, {Args: []any{idx(0), In(5, 2)}},
			{Args: []any{idx(4), In(5, 0)}}, {Args: []any{idx(2, 3), In(5, 2)}, Kw: map[string]any{"sparse": true}},
			{Args: []any{idx(4), In(5, 3), 2}, NoGrad: true}, // the row of the padding has a gradient on purpose wrong
			{Args: []any{In(4).As(Int64).With(0, 1, 3, 0), In(5, 3), -1}},
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
