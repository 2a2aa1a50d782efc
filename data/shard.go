package data

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
)

// ShuffledIndices visits some indices of a dataset once each, in a random order
// that depends on them, Seed and the epoch only: PyTorch's SubsetRandomSampler.
type ShuffledIndices struct {
	List []int // must not change while the sampler is in use
	Seed uint64
}

// Len returns the number of indices of an epoch.
func (s ShuffledIndices) Len() int { return len(s.List) }

// Indices yields the list in the order of an epoch.
func (s ShuffledIndices) Indices(epoch int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range (Shuffled{N: len(s.List), Seed: s.Seed}).Indices(epoch) {
			if !yield(s.List[i]) {
				return
			}
		}
	}
}

// Distributed gives each of several processes, the ranks, an equal share of
// what a sampler yields: rank r gets numbers r, r+world, r+2·world and so on.
// All ranks must have the same sampler with the same seed, and visit the same
// epoch at a time; the order then changes with each epoch as the sampler's
// does. Where the indices do not divide evenly, the first ones come again at
// the end, as in PyTorch's DistributedSampler, or are left out with EvenOnly.
type Distributed struct {
	of          Sampler
	rank, world int
	drop        bool
}

// A DistributedOption changes [NewDistributed].
type DistributedOption func(*Distributed)

// EvenOnly leaves out the last indices where they do not divide evenly among
// the ranks, so that none comes twice: PyTorch's drop_last.
func EvenOnly(d *Distributed) { d.drop = true }

// NewDistributed returns the share of rank, from 0 to world-1, of what s
// yields. It panics if s is nil or the rank is not below world.
func NewDistributed(s Sampler, rank, world int, opts ...DistributedOption) *Distributed {
	if s == nil {
		panic(fmt.Errorf("data: NewDistributed: the sampler is nil"))
	}
	if rank < 0 || rank >= world {
		panic(fmt.Errorf("data: NewDistributed: rank %d of %d, want 0 to world-1", rank, world))
	}
	d := &Distributed{of: s, rank: rank, world: world}
	for _, o := range opts {
		o(d)
	}
	return d
}

// Len returns the number of indices of an epoch, which is that of every rank.
func (d *Distributed) Len() int {
	n := d.of.Len()
	if d.drop || n%d.world == 0 {
		return n / d.world
	}
	return n/d.world + 1
}

// Indices yields the rank's share of an epoch. It holds 8 bytes for each index
// of the whole.
func (d *Distributed) Indices(epoch int) iter.Seq[int] {
	return func(yield func(int) bool) {
		order := slices.Collect(d.of.Indices(epoch))
		for k := range d.Len() {
			if !yield(order[(d.rank+k*d.world)%len(order)]) {
				return
			}
		}
	}
}

// ByLength is a random order in which samples of like length are neighbours,
// so that a loader with the same BatchSize makes batches that need little
// padding. Batches come in a random order, but for the last one where it is
// smaller than the others.
type ByLength struct {
	Lengths   []int // of each sample; must not change while the sampler is in use
	BatchSize int   // that of the loader; 0 means 1
	Pool      int   // batches that are sorted together; 0 means 100. More: less padding, less chance
	Seed      uint64
}

// Len returns the number of indices of an epoch.
func (b ByLength) Len() int { return len(b.Lengths) }

// Indices yields the order of an epoch: a permutation, cut into pools, each
// sorted by length and cut into batches, all of which are shuffled.
func (b ByLength) Indices(epoch int) iter.Seq[int] {
	return func(yield func(int) bool) {
		size, pool := max(1, b.BatchSize), b.Pool
		if pool <= 0 {
			pool = 100
		}
		var s stream
		s.reset(b.Seed, epoch, 0, forBuckets)
		r := rand.New(&s)
		order := r.Perm(len(b.Lengths))
		for part := range slices.Chunk(order, max(1, min(pool, len(order)/size))*size) {
			slices.SortStableFunc(part, func(i, j int) int { return cmp.Compare(b.Lengths[i], b.Lengths[j]) })
		}
		full := len(order) / size
		for _, k := range append(r.Perm(full), full) { // the rest, perhaps none, comes last
			for _, i := range order[k*size : min((k+1)*size, len(order))] {
				if !yield(i) {
					return
				}
			}
		}
	}
}
