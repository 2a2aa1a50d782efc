package data

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// Dataset is a collection of samples read by index.
//
// At returns sample i, and an error when i lies outside [0, Len()) or the
// sample cannot be read. A loader with workers calls At from several
// goroutines at once, so At must be safe for that.
type Dataset[T any] interface {
	Len() int
	At(i int) (T, error)
}

// RandDataset is a Dataset whose samples draw random numbers, as augmented
// images do. Readers call AtRand in place of At; r may be used until AtRand
// returns. A loader seeds r from its seed, the epoch and the index, so that a
// sample does not depend on the number of workers or on its neighbours.
type RandDataset[T any] interface {
	Dataset[T]
	AtRand(i int, r *rand.Rand) (T, error)
}

// wantSet panics if ds is nil.
func wantSet[T any](op string, ds Dataset[T]) {
	if ds == nil {
		panic(fmt.Errorf("data: %s: the dataset is nil", op))
	}
}

// read returns sample i, and lets it draw from r where it can.
func read[T any](ds Dataset[T], i int, r *rand.Rand) (T, error) {
	if d, ok := ds.(RandDataset[T]); ok {
		return d.AtRand(i, r)
	}
	return ds.At(i)
}

// readFixed is read with the numbers of seed 0 and epoch 0, for At of a
// dataset that draws random numbers but is read without a loader.
func readFixed[T any](ds RandDataset[T], i int) (T, error) {
	var s stream
	s.reset(0, 0, i, 0)
	return ds.AtRand(i, rand.New(&s))
}

// checkIndex returns an error unless i lies in [0, n).
func checkIndex(i, n int) error {
	if i < 0 || i >= n {
		return fmt.Errorf("index %d is outside a dataset of %d samples", i, n)
	}
	return nil
}

// Slice is a dataset of the elements of a Go slice.
type Slice[T any] []T

// Len returns the number of elements.
func (s Slice[T]) Len() int { return len(s) }

// At returns element i, or an error when there is none.
func (s Slice[T]) At(i int) (T, error) {
	if err := checkIndex(i, len(s)); err != nil {
		var zero T
		return zero, err
	}
	return s[i], nil
}

// Func returns a dataset of n samples that at reads. It checks the index, so
// at is called with 0 ≤ i < n only. It panics if at is nil.
func Func[T any](n int, at func(i int) (T, error)) Dataset[T] {
	if at == nil {
		panic(errors.New("data: Func: the function is nil"))
	}
	return funcDataset[T]{n, at}
}

type funcDataset[T any] struct {
	n  int
	at func(int) (T, error)
}

func (f funcDataset[T]) Len() int { return f.n }

func (f funcDataset[T]) At(i int) (T, error) {
	if err := checkIndex(i, f.n); err != nil {
		var zero T
		return zero, err
	}
	return f.at(i)
}
