package data

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Subset is some samples of a dataset, in an order of its own. A subset of a
// dataset that reads whole batches reads whole batches too.
type Subset[T any] struct {
	ds      Dataset[T]
	indices []int
}

// NewSubset returns the samples of ds at indices, which it copies. An index
// that ds does not have makes At return the error of ds.
// It panics if ds is nil.
func NewSubset[T any](ds Dataset[T], indices []int) *Subset[T] {
	wantSet("NewSubset", ds)
	return &Subset[T]{ds, slices.Clone(indices)}
}

// First returns the first n samples of ds, or all where it has fewer.
// It panics if ds is nil.
func First[T any](ds Dataset[T], n int) *Subset[T] {
	wantSet("First", ds)
	n = max(0, min(n, ds.Len()))
	return &Subset[T]{ds, slices.Collect(Sequential(n).Indices(0))}
}

// Len returns the number of samples.
func (s *Subset[T]) Len() int { return len(s.indices) }

// At returns sample i of the subset. It returns an error when i lies outside
// [0, Len()) and passes on the error of the dataset below.
func (s *Subset[T]) At(i int) (T, error) { return readFixed(s, i) }

// AtRand is At with the random numbers that the sample may draw.
func (s *Subset[T]) AtRand(i int, r *rand.Rand) (T, error) {
	if err := checkIndex(i, len(s.indices)); err != nil {
		var zero T
		return zero, err
	}
	return read(s.ds, s.indices[i], r)
}

// RandomSplit deals the samples of ds at random to subsets of the given
// lengths; the deal depends on seed and lengths only. One length may be -1: it
// takes the samples that the others leave. RandomSplit returns an error when
// the lengths do not add up to ds.Len(). It panics if ds is nil.
func RandomSplit[T any](ds Dataset[T], seed uint64, lengths ...int) ([]*Subset[T], error) {
	wantSet("RandomSplit", ds)
	n := ds.Len()
	lengths, err := fillLengths(n, lengths)
	if err != nil {
		return nil, err
	}
	order := permutation(n, seed, 0, forSplit)
	parts := make([]*Subset[T], len(lengths))
	for i, length := range lengths {
		parts[i] = &Subset[T]{ds, order[:length:length]}
		order = order[length:]
	}
	return parts, nil
}

// fillLengths returns lengths with -1 replaced by what is left of n.
func fillLengths(n int, lengths []int) ([]int, error) {
	filled, rest, left := slices.Clone(lengths), -1, n
	for i, length := range lengths {
		switch {
		case length == -1 && rest < 0:
			rest = i
		case length < 0 || length > left:
			return nil, splitError(n, lengths)
		default:
			left -= length
		}
	}
	if rest >= 0 {
		filled[rest], left = left, 0
	}
	if left != 0 {
		return nil, splitError(n, lengths)
	}
	return filled, nil
}

func splitError(n int, lengths []int) error {
	return fmt.Errorf("data: RandomSplit of %d samples: lengths %v do not add up to it (one may be -1, for the rest)",
		n, lengths)
}

// Concat returns the samples of several datasets one after another. It
// panics if one is nil.
func Concat[T any](sets ...Dataset[T]) Dataset[T] {
	for _, ds := range sets {
		wantSet("Concat", ds)
	}
	return &concat[T]{slices.Clone(sets)}
}

type concat[T any] struct{ sets []Dataset[T] }

func (c *concat[T]) Len() int {
	n := 0
	for _, ds := range c.sets {
		n += ds.Len()
	}
	return n
}

func (c *concat[T]) At(i int) (T, error) { return readFixed(c, i) }

func (c *concat[T]) AtRand(i int, r *rand.Rand) (T, error) {
	var zero T
	if err := checkIndex(i, c.Len()); err != nil {
		return zero, err
	}
	for _, ds := range c.sets {
		if n := ds.Len(); i >= n {
			i -= n
			continue
		}
		return read(ds, i, r)
	}
	return zero, checkIndex(i, 0)
}
