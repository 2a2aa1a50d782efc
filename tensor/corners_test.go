package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// The gradient of a median that leaves NaN out leaves it out as well.
func TestNaNMedianGradient(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ in, want []float64 }{
		{[]float64{1, nan, 3, 2, nan}, []float64{0, 0, 0, 1, 0}},
		{[]float64{nan, 0.5, 0.5, nan}, []float64{0, 0.5, 0.5, 0}},
		{[]float64{-3, nan, -3}, []float64{0.5, 0, 0.5}},
	} {
		x := tensor.Of(c.in).RequireGrad()
		x.NaNMedian().Backward()
		if got := tensor.Slice[float64](x.Grad()); !slices.Equal(got, c.want) {
			t.Errorf("of %v: %v; want %v", c.in, got, c.want)
		}
	}
}

// An equation of nine letters has no common space of eight dims.
func TestEinsumOfManyLetters(t *testing.T) {
	m := tensor.Ones(2, 2)
	for want, f := range map[string]func(){
		"tensor: einsum [2 2], [2 2], [2 2], [2 2], [2 2], [2 2], [2 2], [2 2]: \"ab,bc,cd,de,ef,fg,gh,hi->ai\": 9 different dims; want at most 8: contract in parts": func() {
			tensor.Einsum("ab,bc,cd,de,ef,fg,gh,hi->ai", m, m, m, m, m, m, m, m)
		},
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
}
