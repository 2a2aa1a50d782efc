package tensor

import (
	"errors"
	"fmt"
)

// Renorm returns t with each slice along dim, whose p-norm is more than most,
// scaled down to it: by most / (norm + 1e-7).
//
//	shape:  two dims or more → same
//	dtype:  floating point
//	panics: *Error for other shapes and dtypes, p <= 0, or most < 0
//	source: torch.renorm
func (t *Tensor) Renorm(p float64, dim int, most float64) *Tensor {
	const op, eps = "renorm", 1e-7
	d := t.dim(op, dim)
	switch {
	case t.Dim() < 2:
		misuse(op, errors.New("want at least 2 dims"), t)
	case !(p > 0):
		misuse(op, fmt.Errorf("p is %v; want more than 0", p), t)
	case !(most >= 0):
		misuse(op, fmt.Errorf("the largest norm is %v; want 0 or more", most), t)
	}
	if err := wantFloat(t.DType()); err != nil {
		misuse(op, err, t)
	}
	var others []int
	for i := range t.Dim() {
		if i != d {
			others = append(others, i)
		}
	}
	norm := t.wide().Norm(p, Dims(others...), KeepDim)
	one := OnesLike(norm)
	scale := Where(norm.GtScalar(most), one.MulScalar(most).Div(norm.AddScalar(eps)), one)
	return t.Mul(scale.Cast(t.DType()))
}

func renormEntry() Entry {
	return Entry{
		Name: "renorm", Sig: "renorm(input, p, dim, maxnorm)", At: Here(), Go: []string{"Renorm"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Renorm(a.Float("p"), a.Int("dim"), a.Float("maxnorm")))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			d := (a.Int("dim") + len(x.Shape)) % len(x.Shape)
			parts := make([][]float64, x.Shape[d])
			for i, v := range x.V {
				k := x.Index(i)[d]
				parts[k] = append(parts[k], v)
			}
			out := NewArray(x.Shape...)
			for i, v := range x.V {
				out.V[i] = v
				if n := refNorm(parts[x.Index(i)[d]], a.Float("p")); n > a.Float("maxnorm") {
					out.V[i] = v * (a.Float("maxnorm") / (n + 1e-7))
				}
			}
			return []Array{out}
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(1, 1), 2, 0, 0.5}}, {Args: []any{In(3, 4).Distinct(), 2, 0, 2.5}}, {Args: []any{In(3, 4).Distinct(), 1, -1, 3}}, {Args: []any{In(2, 3, 2).Distinct(), 1.5, 1, 2}},
			{Args: []any{In(2, 0), 2, 0, 1}}, {Args: []any{In(2, 3), 3, 0, 100}}, {Args: []any{In(2, 3), 2, 1, 0}},
		},
		Bad: []Bad{
			{Args: []any{In(2), 2, 0, 1}, Want: "tensor: renorm [2]: want at least 2 dims"},
			{Args: []any{In(2, 2), 0, 0, 1}, Want: "tensor: renorm [2 2]: p is 0; want more than 0"},
			{Args: []any{In(2, 2), 2, 0, -1}, Want: "tensor: renorm [2 2]: the largest norm is -1; want 0 or more"},
			{Args: []any{In(2, 2), 2, 2, 1}, Want: "tensor: renorm [2 2]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(2, 2).As(Int64), 2, 0, 1}, Want: "tensor: renorm [2 2]: dtype int64; want a floating-point dtype"},
		},
		Why: map[string]string{"0-d": "takes two dims or more", "infinite": "the gradient has a factor that is 0"},
	}
}
