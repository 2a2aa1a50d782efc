package tensor

import "fmt"

// Dropout sets each element of t to 0 with probability p and divides the
// others by 1-p, so that the mean stays. gen makes the choice; nil means the
// default generator. The same seed drops what PyTorch drops.
//
//	dtype:  floating point; any where p is 0 or 1
//	panics: *Error for another dtype, or unless 0 <= p <= 1
//	source: torch.nn.functional.dropout(training=True)
func (t *Tensor) Dropout(p float64, gen *Generator) *Tensor {
	if !(p >= 0 && p <= 1) {
		misuse("dropout", fmt.Errorf("p is %v; want 0 to 1", p), t)
	}
	switch { // without a random number, as in PyTorch
	case p == 0 || t.Len() == 0:
		return t
	case p == 1:
		return t.MulScalar(0)
	}
	if err := wantFloat(t.DType()); err != nil {
		misuse("dropout", err, t)
	}
	m := like(t)
	m.Gen = gen
	return t.Mul(m.Bernoulli(1-p, t.shape()...).DivScalar(1 - p))
}

func dropoutEntry() Entry {
	kw := func(p any, training bool) map[string]any { return map[string]any{"p": p, "training": training} }
	e := Entry{
		Name: "nn.functional.dropout", Sig: "dropout(input, p=0.5, training=True, inplace=False)", At: Here(), Go: []string{"Dropout"},
		Call: func(a *Args) []*Tensor {
			if !a.Bool("training") {
				return one(a.Tensor("input"))
			}
			return one(a.Tensor("input").Dropout(a.Float("p"), nil))
		},
		// What is random is tested against PyTorch's numbers in dropout_test.go.
		Ref: func(a *Args) []Array {
			return RefMap(func(x ...float64) float64 {
				if a.Bool("training") && a.Float("p") == 1 {
					return x[0] * 0
				}
				return x[0]
			})(a)
		},
		Why:    map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes: Numbers,
		Bad: []Bad{
			{Args: []any{In(2), 1.5}, Want: "tensor: dropout [2]: p is 1.5; want 0 to 1"},
			{Args: []any{In(2), -0.1}, Want: "tensor: dropout [2]: p is -0.1; want 0 to 1"},
			{Args: []any{In(2).As(Int64), 0.5}, Want: "tensor: dropout [2]: dtype int64; want a floating-point dtype"},
		},
	}
	for _, s := range UnarySamples(-2, 2) {
		for _, k := range []map[string]any{kw(0, true), kw(1, true), kw(0.5, false)} {
			e.Samples = append(e.Samples, Sample{Args: s.Args, Kw: k})
		}
	}
	return e
}
