package data

import "iter"

// Sampler gives the order in which an epoch visits a dataset.
//
// Indices must yield the same Len() indices whenever it is called with the
// same epoch, and may be called from several goroutines. An index may come
// more than once.
type Sampler interface {
	Len() int
	Indices(epoch int) iter.Seq[int]
}

// Sequential visits 0, 1, … up to its value less one, in every epoch.
type Sequential int

// Len returns the number of indices of an epoch.
func (s Sequential) Len() int { return max(0, int(s)) }

// Indices yields 0, 1, … whatever the epoch.
func (s Sequential) Indices(int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range int(s) {
			if !yield(i) {
				return
			}
		}
	}
}

// Shuffled visits each of N samples once, in a random order that depends on
// N, Seed and the epoch only.
type Shuffled struct {
	N    int
	Seed uint64
}

// Len returns the number of indices of an epoch.
func (s Shuffled) Len() int { return max(0, s.N) }

// Indices yields the permutation of an epoch. It holds 8 bytes per sample.
func (s Shuffled) Indices(epoch int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, i := range permutation(s.Len(), s.Seed, epoch, forShuffle) {
			if !yield(i) {
				return
			}
		}
	}
}
