package data

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func weighted(t *testing.T, weights []float64, n int, opts ...WeightedOption) *Weighted {
	t.Helper()
	w, err := NewWeighted(weights, n, 1, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Draws with replacement follow the weights: chi-squared with 2 degrees of
// freedom; 13.8 has a probability of 0.001.
func TestWeightedFrequencies(t *testing.T) {
	weights := []float64{1, 0, 3, 6}
	const n = 100_000
	var count [4]float64
	for i := range weighted(t, weights, n).Indices(0) {
		count[i]++
	}
	chi := 0.0
	for i, w := range weights {
		if want := w / 10 * n; want > 0 {
			chi += (count[i] - want) * (count[i] - want) / want
		}
	}
	if count[1] != 0 || chi > 13.8 {
		t.Errorf("counts %v, chi-squared %.1f", count, chi)
	}
}

// Without replacement the probability of an order is the product of the
// weights over what is left: 1/6, 2/6 and 3/6 for the first, and so on.
// Chi-squared with 5 degrees of freedom; 20.5 has a probability of 0.001.
func TestWeightedOnce(t *testing.T) {
	weights := []float64{1, 2, 0, 3}
	w := weighted(t, weights, 3, WithoutReplacement)
	count := map[[3]int]float64{}
	const epochs = 30_000
	for e := range epochs {
		count[[3]int(slices.Collect(w.Indices(e)))]++
	}
	chi := 0.0
	for _, order := range [][3]int{{0, 1, 3}, {0, 3, 1}, {1, 0, 3}, {1, 3, 0}, {3, 0, 1}, {3, 1, 0}} {
		p, left := 1.0, 6.0
		for _, i := range order {
			p *= weights[i] / left
			left -= weights[i]
		}
		chi += (count[order] - p*epochs) * (count[order] - p*epochs) / (p * epochs)
	}
	if len(count) != 6 || chi > 20.5 {
		t.Errorf("counts %v, chi-squared %.1f", count, chi)
	}
}

func TestWeightedRepeats(t *testing.T) {
	for _, opts := range [][]WeightedOption{nil, {WithoutReplacement}} {
		w := weighted(t, []float64{1, 2, 3, 4, 5, 6, 7, 8}, 6, opts...)
		first := slices.Collect(w.Indices(3))
		if again := slices.Collect(w.Indices(3)); !slices.Equal(first, again) || len(first) != w.Len() {
			t.Errorf("%v, then %v", first, again)
		}
		if other := slices.Collect(w.Indices(4)); slices.Equal(first, other) {
			t.Errorf("epochs 3 and 4 both give %v", other)
		}
	}
}

func TestWeightedErrors(t *testing.T) {
	for want, f := range map[string]func() (*Weighted, error){
		"weight 1 is -1":             func() (*Weighted, error) { return NewWeighted([]float64{1, -1}, 1, 0) },
		"weight 0 is NaN":            func() (*Weighted, error) { return NewWeighted([]float64{math.NaN()}, 1, 0) },
		"weight 0 is +Inf":           func() (*Weighted, error) { return NewWeighted([]float64{math.Inf(1)}, 1, 0) },
		"the sum of the weights":     func() (*Weighted, error) { return NewWeighted([]float64{1e308, 1e308}, 1, 0) },
		"none of the 2 weights":      func() (*Weighted, error) { return NewWeighted(make([]float64, 2), 1, 0) },
		"only 1 weights are above 0": func() (*Weighted, error) { return NewWeighted([]float64{0, 2}, 2, 0, WithoutReplacement) },
		"-1 draws, want 0 or more":   func() (*Weighted, error) { return NewWeighted([]float64{1}, -1, 0) },
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if w, err := NewWeighted(nil, 0, 0); err != nil || len(slices.Collect(w.Indices(0))) != 0 {
		t.Errorf("no draws of nothing: %v", err)
	}
}

func TestBalancedWeights(t *testing.T) {
	if got := BalancedWeights([]int64{7, 2, 7, 7, 7}); !slices.Equal(got, []float64{0.25, 1, 0.25, 0.25, 0.25}) {
		t.Error(got)
	}
}
