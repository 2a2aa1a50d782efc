package tensor

import (
	"errors"
	"fmt"
)

// GumbelSoftmax returns softmax((t + g)/tau) along a dim, for g that are drawn from
// the Gumbel distribution by gen, the default generator if it is nil: a sample of
// the classes that t has the logits of, and one that has a gradient. With hard
// it is 1 at the largest element and 0 elsewhere, with the gradient of before.
//
//	dtype:  floating point
//	panics: *Error for another dtype, and unless tau > 0
//	source: torch.nn.functional.gumbel_softmax; Jang, Gu & Poole 2016,
//	arXiv:1611.01144, and Maddison, Mnih & Teh 2016, arXiv:1611.00712
func (t *Tensor) GumbelSoftmax(tau float64, hard bool, dim int, gen *Generator) *Tensor {
	const op = "gumbel_softmax"
	if err := wantFloat(t.known(op).DType()); err != nil {
		misuse(op, err, t)
	}
	if !(tau > 0) {
		misuse(op, fmt.Errorf("tau is %v; want more than 0", tau), t)
	}
	m := Make{DType: Float64, Device: t.b.dev, Gen: gen}
	exponential := m.Rand(t.shape()...).Neg().Log1p().Neg().Cast(t.DType())
	y := t.Sub(exponential.Log()).DivScalar(tau).Softmax(dim)
	if !hard {
		return y
	}
	_, idx := y.Detach().MaxDim(dim, KeepDim)
	one := ZerosLike(y.Detach()).ScatterScalar(dim, idx, 1)
	return one.Sub(y.Detach()).Add(y)
}

func gumbelSoftmaxEntry() Entry {
	return Entry{
		Name: "nn.functional.gumbel_softmax", Sig: "gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1)", At: Here(), Go: []string{"GumbelSoftmax"},
		Call: func(a *Args) []*Tensor {
			if a.Float("eps") != 1e-10 {
				misuse("gumbel_softmax", errors.New("eps has no effect in PyTorch either"), a.Tensor("logits"))
			}
			return one(a.Tensor("logits").GumbelSoftmax(a.Float("tau"), a.Bool("hard"), a.Int("dim"), nil))
		},
		Ref:       func(a *Args) []Array { return []Array{NewArray(a.Array("logits").Shape...)} },
		Undefined: true,
		DTypes:    Floats,
		Samples: []Sample{
			{Args: []any{In()}, NoGrad: true}, {Args: []any{In(1)}, NoGrad: true}, {Args: []any{In(2, 3), 0.5, true}, NoGrad: true}, {Args: []any{In(2, 0)}, NoGrad: true},
			{Args: []any{In(2, 3), 2.0}, Kw: map[string]any{"dim": 0}, NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2), 0}, Want: "tensor: gumbel_softmax [2]: tau is 0; want more than 0"},
			{Args: []any{In(2).As(Int64)}, Want: "tensor: gumbel_softmax [2]: dtype int64; want a floating-point dtype"},
		},
		Why: map[string]string{"values": "they are random; TestGumbelSoftmax compares them with PyTorch's", "infinite": "every element depends on all of its line"},
	}
}
