package tensor

import (
	"errors"
	"fmt"
	"math"
)

// A CovOption changes Cov.
type CovOption func(*covConfig)

type covConfig struct {
	correction    int
	counts, parts *Tensor
}

// CovCorrection divides by the number of observations less c; 1 without it.
func CovCorrection(c int) CovOption { return func(o *covConfig) { o.correction = c } }

// Frequencies says how often each observation was made: integers.
func Frequencies(w *Tensor) CovOption { return func(o *covConfig) { o.counts = w } }

// Importance weighs the observations: floating-point numbers.
func Importance(w *Tensor) CovOption { return func(o *covConfig) { o.parts = w } }

// Cov returns the covariances of variables, whose observations are t's rows:
//
//	Σ w·(x - mean x)·(y - mean y) / (Σ w - correction)
//
// With weights of importance a the correction is multiplied by Σ w·a / Σ w. A
// divisor below 0 counts as 0.
//
//	shape:  [variables, observations] → [variables, variables]; [observations] → []
//	dtype:  floating point; integers give float32
//	panics: *Error for bool, other shapes, and weights that are negative or sum to 0
//	source: torch.cov
func (t *Tensor) Cov(opts ...CovOption) *Tensor {
	const op = "cov"
	c := covConfig{correction: 1}
	for _, o := range opts {
		o(&c)
	}
	if t.known(op).Dim() > 2 || t.DType() == Bool {
		misuse(op, fmt.Errorf("%d dims of %v; want at most 2, of numbers", t.Dim(), t.DType()), t)
	}
	x := t
	if t.Dim() < 2 {
		x = t.Reshape(1, -1)
	}
	n := x.shape()[1]
	var w *Tensor
	total := Scalar(n).To(t.b.dev)
	if c.counts != nil {
		w = weighing(op, t, c.counts, n, c.counts.DType().IsInt() && c.counts.DType() != Bool, "integers")
	}
	if c.parts != nil {
		a := weighing(op, t, c.parts, n, c.parts.DType().IsFloat(), "floating-point numbers")
		if w != nil {
			a = w.Mul(a)
		}
		w = a
	}
	weighed := func(x *Tensor) *Tensor { return x }
	if w != nil {
		if total = w.Sum(); total.Float() == 0 {
			misuse(op, errors.New("the weights sum to 0"), t, w)
		}
		weighed = w.Mul
	}
	x = x.Sub(weighed(x).Sum(Dims(1)).Div(total).Unsqueeze(1))
	by := total.SubScalar(c.correction)
	if c.parts != nil && c.correction != 0 {
		by = total.Sub(w.Mul(c.parts).Sum().MulScalar(c.correction).Div(total))
	}
	return x.MatMul(weighed(x).T()).Div(by.ClampMin(0)).Squeeze()
}

// weighing is w, once it is known to be n weights.
func weighing(op string, t, w *Tensor, n int, good bool, kind string) *Tensor {
	switch {
	case w.Dim() > 1 || w.Len() != n:
		misuse(op, fmt.Errorf("weights of shape %v; want %d, one for each observation", w.shape(), n), t, w)
	case !good:
		misuse(op, fmt.Errorf("weights of dtype %v; want %s", w.DType(), kind), t, w)
	case n > 0 && w.Detach().Min().Float() < 0:
		misuse(op, errors.New("a weight is negative"), t, w)
	}
	return w
}

// CorrCoef returns the correlations of variables, whose observations are t's
// rows: Cov over the roots of the variances.
//
//	shape:  as Cov
//	source: torch.corrcoef
func (t *Tensor) CorrCoef() *Tensor {
	if t.known("corrcoef").Dim() > 2 || t.DType() == Bool {
		misuse("corrcoef", fmt.Errorf("%d dims of %v; want at most 2, of numbers", t.Dim(), t.DType()), t)
	}
	c := t.Cov()
	if c.Dim() == 0 {
		return c.Div(c) // 1, or NaN
	}
	dev := c.Diagonal(0, 0, 1).Sqrt()
	return c.Div(dev.Unsqueeze(1)).Div(dev)
}

// refCov is the definition.
func refCov(a *Args) Array {
	x, correction := a.Array("input"), 1.0
	n := NewArray(x.Shape...).len()
	if len(x.Shape) == 2 {
		n = x.Shape[1]
	}
	rows := 1
	if len(x.Shape) == 2 {
		rows = x.Shape[0]
	}
	w, part := make([]float64, n), make([]float64, n)
	total, importance := 0.0, 0.0
	for i := range w {
		w[i], part[i] = 1, 1
		if a.Any("fweights") != nil {
			w[i] = a.Array("fweights").V[i]
		}
		if a.Any("aweights") != nil {
			part[i] = a.Array("aweights").V[i]
		}
		w[i] *= part[i]
		total += w[i]
		importance += w[i] * part[i]
	}
	if a.Any("correction") != nil {
		correction = a.Float("correction")
	}
	by := total - correction
	if a.Any("aweights") != nil {
		by = total - correction*importance/total
	}
	center := func(r int) []float64 {
		m, y := 0.0, make([]float64, n)
		for i := range y {
			m += w[i] * x.V[r*n+i] / total
		}
		for i := range y {
			y[i] = x.V[r*n+i] - m
		}
		return y
	}
	out := NewArray(rows, rows)
	for k := range out.V {
		p, q := center(k/rows), center(k%rows)
		s := 0.0
		for i := range w {
			s += w[i] * p[i] * q[i]
		}
		out.V[k] = s / max(by, 0)
	}
	if rows == 1 {
		out.Shape = nil
	}
	return out
}

func covEntry() Entry {
	kw := func(k ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(k); i += 2 {
			m[k[i].(string)] = k[i+1]
		}
		return m
	}
	f, a := In(4).As(Int64).With(1, 3, 0, 2), In(4).Within(0.5, 2)
	return Entry{
		Name: "cov", Sig: "cov(input, *, correction=1, fweights=None, aweights=None)", At: Here(), Go: []string{"Cov", "CovCorrection", "Frequencies", "Importance"},
		Call: func(a *Args) []*Tensor {
			o := []CovOption{CovCorrection(a.Int("correction"))}
			if a.Has("fweights") {
				o = append(o, Frequencies(a.Tensor("fweights")))
			}
			if a.Has("aweights") {
				o = append(o, Importance(a.Tensor("aweights")))
			}
			return one(a.Tensor("input").Cov(o...))
		},
		Ref:    func(a *Args) []Array { return []Array{refCov(a)} },
		DTypes: []DType{Float32, Float64},
		Samples: []Sample{
			{Args: []any{In(5)}}, {Args: []any{In()}, Kw: kw("correction", 0)}, {Args: []any{In(1)}, Kw: kw("correction", 0)}, {Args: []any{In(3, 4)}}, {Args: []any{In(2, 4)}, Kw: kw("correction", 2)},
			{Args: []any{In(2, 4)}, Kw: kw("fweights", f)}, {Args: []any{In(2, 4)}, Kw: kw("aweights", a)}, {Args: []any{In(2, 4)}, Kw: kw("fweights", f, "aweights", a, "correction", 0)},
			{Args: []any{In(2, 4)}, Kw: kw("fweights", f, "aweights", a)}, {Args: []any{In(2, 0)}, NoGrad: true},
			{Args: []any{In(3, 4).As(Int64)}, Only: []DType{Float32}},
		},
		Bad: []Bad{
			{Args: []any{In(1, 1, 2)}, Want: "tensor: cov [1 1 2]: 3 dims of float32; want at most 2, of numbers"},
			{Args: []any{In(2).As(Bool)}, Want: "tensor: cov [2]: 1 dims of bool; want at most 2, of numbers"},
			{Args: []any{In(4)}, Kw: kw("fweights", In(3).As(Int64)), Want: "tensor: cov [4], [3]: weights of shape [3]; want 4, one for each observation"},
			{Args: []any{In(4)}, Kw: kw("fweights", In(4)), Want: "tensor: cov [4], [4]: weights of dtype float32; want integers"},
			{Args: []any{In(4)}, Kw: kw("aweights", f), Want: "tensor: cov [4], [4]: weights of dtype int64; want floating-point numbers"},
			{Args: []any{In(2)}, Kw: kw("aweights", In(2).With(1, -1)), Want: "tensor: cov [2], [2]: a weight is negative"},
			{Args: []any{In(2)}, Kw: kw("aweights", In(2).With(0, 0)), Want: "tensor: cov [2], [2]: the weights sum to 0"},
		},
		Abs: 1, Why: map[string]string{"tol": "the sum of products may cancel", "infinite": "a factor x - mean rounds to 0 or is 0", "special": "Inf - Inf in each mean"},
	}
}

func corrcoefEntry() Entry {
	e := covEntry()
	e.Name, e.Sig, e.At, e.Go = "corrcoef", "corrcoef(input)", Here(), []string{"CorrCoef"}
	e.Call = UnaryCall((*Tensor).CorrCoef)
	e.Ref = func(a *Args) []Array {
		c := refCov(&Args{names: []string{"input"}, values: map[string]any{"input": a.Array("input")}})
		out := NewArray(c.Shape...)
		n := 1
		if len(c.Shape) > 0 {
			n = c.Shape[0]
		}
		for k, v := range c.V {
			out.V[k] = v / math.Sqrt(c.V[k/n*(n+1)]*c.V[k%n*(n+1)])
		}
		return []Array{out}
	}
	e.Samples = []Sample{{Args: []any{In(5)}}, {Args: []any{In(3, 4)}}, {Args: []any{In(2, 7)}}, {Args: []any{In()}, NoGrad: true}, {Args: []any{In(1)}, NoGrad: true}, {Args: []any{In(2, 0)}, NoGrad: true}}
	e.Bad = []Bad{{Args: []any{In(1, 1, 2)}, Want: "tensor: corrcoef [1 1 2]: 3 dims of float32; want at most 2, of numbers"}}
	return e
}
