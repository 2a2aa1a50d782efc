package data

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// Weighted draws indices at random, each as likely as its weight says: for
// data where some classes are rare. It is PyTorch's WeightedRandomSampler.
type Weighted struct {
	weights []float64
	n       int
	seed    uint64
	once    bool
	sums    []float64 // of the weights up to each index; nil when once
}

// A WeightedOption changes [NewWeighted].
type WeightedOption func(*Weighted)

// WithoutReplacement draws each index at most once in an epoch. The next index
// is always drawn by the weights of those that are left.
func WithoutReplacement(w *Weighted) { w.once = true }

// NewWeighted returns a sampler whose epochs are n indices drawn by weights,
// of which it keeps the slice. Weights need not add up to 1, and an index of
// weight 0 never comes. Draws are with replacement unless an option says
// otherwise, and depend on the arguments and the epoch only.
//
// It returns an error when a weight is negative, infinite or not a number, and
// when n draws cannot be made: n is negative, all weights are 0, or, without
// replacement, fewer than n weights are above 0.
func NewWeighted(weights []float64, n int, seed uint64, opts ...WeightedOption) (*Weighted, error) {
	w := &Weighted{weights: weights, n: n, seed: seed}
	for _, o := range opts {
		o(w)
	}
	positive, sum := 0, 0.0
	for i, v := range weights {
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("data: NewWeighted: weight %d is %v, want 0 or more", i, v)
		}
		if v > 0 {
			positive++
		}
		if sum += v; !w.once {
			w.sums = append(w.sums, sum)
		}
	}
	switch {
	case n < 0:
		return nil, fmt.Errorf("data: NewWeighted: %d draws, want 0 or more", n)
	case n > 0 && positive == 0:
		return nil, fmt.Errorf("data: NewWeighted: %d draws, but none of the %d weights is above 0", n, len(weights))
	case w.once && n > positive:
		return nil, fmt.Errorf("data: NewWeighted: %d draws without replacement, but only %d weights are above 0", n, positive)
	case math.IsInf(sum, 0):
		return nil, fmt.Errorf("data: NewWeighted: the sum of the weights is infinite; divide them by the largest")
	}
	return w, nil
}

// BalancedWeights returns a weight for each label such that all classes are
// equally likely: 1 over the number of samples of its class.
func BalancedWeights(labels []int64) []float64 {
	count := map[int64]int{}
	for _, c := range labels {
		count[c]++
	}
	weights := make([]float64, len(labels))
	for i, c := range labels {
		weights[i] = 1 / float64(count[c])
	}
	return weights
}

// Len returns the number of indices of an epoch.
func (w *Weighted) Len() int { return w.n }

// Indices yields the draws of an epoch.
func (w *Weighted) Indices(epoch int) iter.Seq[int] {
	return func(yield func(int) bool) {
		var s stream
		s.reset(w.seed, epoch, 0, forWeighted)
		r := rand.New(&s)
		if w.once {
			w.drawOnce(r, yield)
			return
		}
		for range w.n {
			if !yield(w.draw(r)) {
				return
			}
		}
	}
}

// draw returns the index in whose part of the sum of all weights a random
// point lies.
func (w *Weighted) draw(r *rand.Rand) int {
	total := w.sums[len(w.sums)-1]
	for {
		point := r.Float64() * total
		i := sort.Search(len(w.sums), func(i int) bool { return w.sums[i] > point })
		if i < len(w.sums) { // a product that rounds up to the total is drawn anew
			return i
		}
	}
}

// drawOnce lets the indices race: one of weight v arrives after a time that is
// exponential with rate v, and the order of arrival is that of draws without
// replacement (Efraimidis and Spirakis, Weighted random sampling with a
// reservoir, 2006).
func (w *Weighted) drawOnce(r *rand.Rand, yield func(int) bool) {
	type arrival struct {
		time  float64
		index int
	}
	race := make([]arrival, 0, len(w.weights))
	for i, v := range w.weights {
		if v > 0 {
			race = append(race, arrival{r.ExpFloat64() / v, i})
		}
	}
	slices.SortFunc(race, func(a, b arrival) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.index, b.index))
	})
	for _, a := range race[:w.n] {
		if !yield(a.index) {
			return
		}
	}
}
