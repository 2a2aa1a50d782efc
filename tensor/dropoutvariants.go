package tensor

import (
	"fmt"
	"math"
)

// FeatureDropout is [Tensor.Dropout] of whole channels: it draws once for each
// sample and channel, the first two dims.
//
//	shape:  [n, c, ...] → the same
//	dtype:  floating point; any where p is 0 or 1
//	panics: *Error for fewer dims or another dtype, or unless 0 <= p <= 1
//	source: torch.feature_dropout; Tompson et al. 2015, arXiv:1411.4280
func (t *Tensor) FeatureDropout(p float64, gen *Generator) *Tensor {
	return t.dropped("feature_dropout", p, true, gen, func(keep *Tensor) *Tensor { return t.Mul(keep.DivScalar(1 - p)) })
}

// AlphaDropout sets elements to the value that SELU has far on the left, with
// probability p, and then scales and shifts all so that mean 0 and variance 1
// stay.
//
//	dtype:  floating point; any where p is 0 or 1
//	panics: *Error for another dtype, or unless 0 <= p <= 1
//	source: torch.nn.functional.alpha_dropout; Klambauer et al. 2017, arXiv:1706.02515
func (t *Tensor) AlphaDropout(p float64, gen *Generator) *Tensor {
	return t.dropped("alpha_dropout", p, false, gen, func(keep *Tensor) *Tensor { return t.alphaDropped(p, keep) })
}

// FeatureAlphaDropout is [Tensor.AlphaDropout] of whole channels, as
// [Tensor.FeatureDropout].
//
//	shape:  [n, c, ...] → the same
//	dtype:  floating point; any where p is 0 or 1
//	panics: *Error for fewer dims or another dtype, or unless 0 <= p <= 1
//	source: torch.nn.functional.feature_alpha_dropout
func (t *Tensor) FeatureAlphaDropout(p float64, gen *Generator) *Tensor {
	return t.dropped("feature_alpha_dropout", p, true, gen, func(keep *Tensor) *Tensor { return t.alphaDropped(p, keep) })
}

// alphaDropped is t where keep is 1, and SELU's limit where it is 0, made to
// have the mean and the variance of before.
func (t *Tensor) alphaDropped(p float64, keep *Tensor) *Tensor {
	const limit = seluAlpha * seluScale
	a := 1 / math.Sqrt((limit*limit*p+1)*(1-p))
	shift := keep.SubScalar(1).MulScalar(limit * a).AddScalar(limit * a * p)
	return t.Mul(keep.MulScalar(a)).Add(shift)
}

// dropped checks p and draws what is kept, for each element or each channel.
func (t *Tensor) dropped(op string, p float64, channels bool, gen *Generator, apply func(keep *Tensor) *Tensor) *Tensor {
	if !(p >= 0 && p <= 1) {
		misuse(op, fmt.Errorf("p is %v; want 0 to 1", p), t)
	}
	switch { // without a random number, as in PyTorch
	case p == 0 || t.known(op).Len() == 0:
		return t
	case p == 1:
		return t.MulScalar(0)
	}
	if err := wantFloat(t.DType()); err != nil {
		misuse(op, err, t)
	}
	shape := t.Shape()
	if channels {
		if len(shape) < 2 {
			misuse(op, fmt.Errorf("%d dims; want at least 2", len(shape)), t)
		}
		for i := range shape[2:] {
			shape[2+i] = 1
		}
	}
	m := like(t)
	m.Gen = gen
	return apply(m.Bernoulli(1-p, shape...))
}

// dropoutVariant is the entry of an op that drops. Its random part is tested
// against PyTorch's numbers.
func dropoutVariant(name, method, op string, training string, shapes [][]int, call func(t *Tensor, p float64) *Tensor) Entry {
	kw := func(p any, training bool) map[string]any { return map[string]any{"p": p, "training": training} }
	e := Entry{
		Name: "nn.functional." + name, Sig: name + "(input, p=0.5, training=" + training + ", inplace=False)", Go: []string{method},
		Call: func(a *Args) []*Tensor {
			x, p := a.Tensor("input"), a.Float("p")
			if !a.Bool("training") && p >= 0 && p <= 1 {
				return one(x)
			}
			return one(call(x, p))
		},
		Ref: func(a *Args) []Array {
			return RefMap(func(x ...float64) float64 {
				if a.Bool("training") && a.Float("p") == 1 {
					return x[0] * 0
				}
				return x[0]
			})(a)
		},
		DTypes: Numbers,
		Bad: []Bad{
			{Args: []any{In(2, 2, 2, 2), 1.5}, Want: "tensor: " + op + " [2 2 2 2]: p is 1.5; want 0 to 1"},
			{Args: []any{In(2, 2, 2, 2).As(Int64), 0.5, true}, Want: "tensor: " + op + " [2 2 2 2]: dtype int64; want a floating-point dtype"},
		},
		Why: map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
	}
	for _, s := range shapes {
		for _, k := range []map[string]any{kw(0, true), kw(1, true), kw(0.5, false)} {
			e.Samples = append(e.Samples, Sample{Args: []any{In(s...)}, Kw: k})
		}
	}
	return e
}

func dropout1dEntry() Entry {
	e := dropoutVariant("dropout1d", "FeatureDropout", "feature_dropout", "True", [][]int{{2, 3}, {1, 1, 1}, {2, 0, 3}}, func(t *Tensor, p float64) *Tensor {
		if t.Dim() != 2 && t.Dim() != 3 && p >= 0 && p <= 1 {
			misuse("dropout1d", fmt.Errorf("%d dims; want an input of shape [c, l] or [n, c, l]", t.Dim()), t)
		}
		return t.batched(1, func(t *Tensor) []*Tensor { return one(t.FeatureDropout(p, nil)) })[0]
	})
	e.At, e.Why["0-d"] = Here(), "there are no channels"
	e.Bad[1] = Bad{Args: []any{In(2, 2, 2).As(Int64), 0.5}, Want: "tensor: feature_dropout [2 2 2]: dtype int64; want a floating-point dtype"}
	e.Bad = append(e.Bad, Bad{Args: []any{In(2)}, Want: "tensor: dropout1d [2]: 1 dims; want an input of shape [c, l] or [n, c, l]"})
	return e
}

func dropout2dEntry() Entry {
	e := dropoutVariant("dropout2d", "FeatureDropout", "feature_dropout", "True", [][]int{{}, {1, 1, 1, 1}, {2, 3, 2}, {2, 0, 3, 1}}, func(t *Tensor, p float64) *Tensor {
		return t.FeatureDropout(p, nil)
	})
	e.At = Here()
	e.Bad = append(e.Bad, Bad{Args: []any{In(2)}, Want: "tensor: feature_dropout [2]: 1 dims; want at least 2"})
	return e
}

func dropout3dEntry() Entry {
	e := dropoutVariant("dropout3d", "FeatureDropout", "feature_dropout", "True", [][]int{{}, {1, 1, 1, 1}, {2, 3, 2, 1, 1}, {2, 0, 3, 1, 2}}, func(t *Tensor, p float64) *Tensor {
		return t.batched(3, func(t *Tensor) []*Tensor { return one(t.FeatureDropout(p, nil)) })[0]
	})
	e.At = Here()
	e.Bad[0].Args = []any{In(1, 2, 2, 2, 2), 1.5}
	e.Bad[0].Want = "tensor: feature_dropout [1 2 2 2 2]: p is 1.5; want 0 to 1"
	e.Bad[1] = Bad{Args: []any{In(1, 2, 2, 2, 2).As(Int64), 0.5}, Want: "tensor: feature_dropout [1 2 2 2 2]: dtype int64; want a floating-point dtype"}
	return e
}

func alphaDropoutEntry() Entry {
	e := dropoutVariant("alpha_dropout", "AlphaDropout", "alpha_dropout", "False", [][]int{{}, {1}, {2, 3}, {2, 0}}, func(t *Tensor, p float64) *Tensor {
		return t.AlphaDropout(p, nil)
	})
	e.At = Here()
	return e
}

func featureAlphaDropoutEntry() Entry {
	e := dropoutVariant("feature_alpha_dropout", "FeatureAlphaDropout", "feature_alpha_dropout", "False", [][]int{{}, {1, 1}, {2, 3}, {2, 0}}, func(t *Tensor, p float64) *Tensor {
		return t.FeatureAlphaDropout(p, nil)
	})
	e.At = Here()
	return e
}
