package tensor

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/internal/mt19937"
)

// Multinomial draws n of the places of each row of weights, each as likely as
// its weight says; a place is drawn once at most. The weights need not sum to 1.
//
//	shape:  [places] or [rows, places] → [n] or [rows, n]
//	dtype:  floating point → int64
//	panics: *Error for other shapes and dtypes, n not within 1 … places, weights
//	below 0 or not finite, and a row whose weights are all 0
//	source: torch.multinomial; the same numbers for the same seed. It divides the
//	weights by exponential numbers and takes the largest (Efraimidis and Spirakis, 2006)
func (m Make) Multinomial(weights *Tensor, n int) *Tensor {
	w := m.checkWeights(weights, n)
	if places := w.shape()[w.Dim()-1]; n > places {
		misuse("multinomial", fmt.Errorf("%d draws of %d places, each once at most", n, places), weights)
	}
	q := w.Div(m.exponential(w))
	if n == 1 {
		return q.ArgMax(Dims(-1), KeepDim)
	}
	_, at := q.TopK(n, -1)
	return at
}

// MultinomialReplaced is [Make.Multinomial] where a place can be drawn more
// than once.
//
//	source: torch.multinomial with replacement
func (m Make) MultinomialReplaced(weights *Tensor, n int) *Tensor {
	if n == 1 {
		return m.Multinomial(weights, n)
	}
	w := m.checkWeights(weights, n)
	places := w.shape()[w.Dim()-1]
	shape := append(w.Shape()[:w.Dim()-1], n)
	out := make([]int64, 0, product(shape))
	rows := Slice[float64](w)
	m.with(func(e *mt19937.Engine) {
		u := make([]float64, n)
		for ; len(rows) > 0; rows = rows[places:] {
			sums := running(rows[:places], w.DType())
			e.UniformF64(u, 0, 1)
			for _, v := range u {
				at, _ := slices.BinarySearch(sums, v)
				out = append(out, int64(at))
			}
		}
	})
	return fromHost(w.b.dev, out, shape...)
}

// running is the running sums over the whole, as PyTorch rounds them; the last is 1.
func running(row []float64, d DType) []float64 {
	round := func(v float64) float64 { return v }
	if d != Float64 {
		round = func(v float64) float64 { return float64(float32(v)) }
	}
	sums, sum := make([]float64, len(row)), 0.0
	for i, v := range row {
		sum = round(sum + v)
		sums[i] = sum
	}
	for i := range sums {
		sums[i] = round(sums[i] / sum)
	}
	sums[len(sums)-1] = 1
	return sums
}

// exponential is exponential numbers in the likeness of t.
func (m Make) exponential(t *Tensor) *Tensor {
	v := make([]float64, t.Len())
	m.with(func(e *mt19937.Engine) { e.UniformF64(v, 0, 1) })
	return fromHost(t.b.dev, v, t.shape()...).Neg().Log1p().Neg().Cast(t.DType())
}

func (m Make) checkWeights(weights *Tensor, n int) *Tensor {
	const op = "multinomial"
	bad := func(err error) { misuse(op, err, weights) }
	switch d := weights.known(op).Dim(); {
	case d != 1 && d != 2:
		bad(fmt.Errorf("%d dims; want 1 or 2", d))
	case n < 1:
		bad(fmt.Errorf("%d draws; want at least 1", n))
	case !weights.DType().IsFloat():
		bad(wantFloat(weights.DType()))
	}
	w := weights.Detach()
	places := w.shape()[w.Dim()-1]
	if places == 0 {
		bad(errors.New("no places to draw"))
	}
	sum := 0.0
	for i, v := range Slice[float64](w) {
		if !(v >= 0 && v <= math.MaxFloat64) {
			bad(fmt.Errorf("weight %v at element %d; want 0 or more, and finite", v, i))
		}
		if sum += v; (i+1)%places == 0 {
			if sum == 0 {
				bad(errors.New("the weights of a row are all 0"))
			}
			sum = 0
		}
	}
	return w
}

// Multinomial is Make{}.Multinomial.
func Multinomial(weights *Tensor, n int) *Tensor { return Make{}.Multinomial(weights, n) }

func multinomialEntry() Entry {
	return Entry{
		Name: "multinomial", Sig: "multinomial(input, num_samples, replacement=False, *, generator=None)", At: Here(), Go: []string{"Multinomial"},
		Call: func(a *Args) []*Tensor {
			if a.Bool("replacement") {
				return one(Make{}.MultinomialReplaced(a.Tensor("input"), a.Int("num_samples")))
			}
			return one(Multinomial(a.Tensor("input"), a.Int("num_samples")))
		},
		Ref: refFill(func(a *Args) []int {
			s := append([]int{}, a.Array("input").Shape...)
			s[len(s)-1] = a.Int("num_samples")
			return s
		}, constant(0)),
		Out:    OutInt64,
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(1).Within(0, 1), 1}}, {Args: []any{In(5).Within(0, 1), 3}}, {Args: []any{In(2, 5).Within(0, 1), 5}}, {Args: []any{In(2, 5).Within(0, 1), 7, true}},
			{Args: []any{In(0, 5), 2}}, {Args: []any{In(3).Within(0, 1), 1, true}},
		},
		Bad: []Bad{
			{Args: []any{In(1, 1, 2), 1}, Want: "tensor: multinomial [1 1 2]: 3 dims; want 1 or 2"},
			{Args: []any{In(2), 0}, Want: "tensor: multinomial [2]: 0 draws; want at least 1"},
			{Args: []any{In(2).As(Int64), 1}, Want: "tensor: multinomial [2]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2).With(1, 1), 3}, Want: "tensor: multinomial [2]: 3 draws of 2 places, each once at most"},
			{Args: []any{In(2).With(1, -1), 1}, Want: "tensor: multinomial [2]: weight -1 at element 1; want 0 or more, and finite"},
			{Args: []any{In(2).With(0, 0), 1}, Want: "tensor: multinomial [2]: the weights of a row are all 0"},
			{Args: []any{In(2, 0), 1}, Want: "tensor: multinomial [2 0]: no places to draw"},
		},
		Why: map[string]string{"0-d": "has no places", "special": "NaN is no weight"},
	}.undefined(likeDraws)
}
