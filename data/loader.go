package data

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
)

// Config says how a loader makes batches. The zero value reads one sample at
// a time, in order, in the goroutine of the loop.
type Config struct {
	BatchSize int     // samples in a batch; 0 means 1
	DropLast  bool    // leave out the last batch of an epoch when it is smaller
	Shuffle   bool    // visit the samples in a random order, another one each epoch
	Seed      uint64  // of Shuffle and of the random numbers that samples draw
	Sampler   Sampler // an order of your own, in place of Shuffle; nil means none
	Workers   int     // goroutines that read batches ahead; 0 reads in the loop's goroutine
	Prefetch  int     // batches read ahead of the loop; 0 means 2·Workers; unused without workers
}

// check panics on what no program can mean.
func (c Config) check() {
	for _, f := range []struct {
		name  string
		value int
	}{{"BatchSize", c.BatchSize}, {"Workers", c.Workers}, {"Prefetch", c.Prefetch}} {
		if f.value < 0 {
			panic(fmt.Errorf("data: Config.%s is %d, want 0 (the default) or more", f.name, f.value))
		}
	}
	if c.Shuffle && c.Sampler != nil {
		panic(fmt.Errorf("data: Config has Shuffle and a Sampler, want one of them"))
	}
}

// Loader turns a dataset into batches of type B, epoch after epoch.
//
// The batches of an epoch depend on the dataset, Config and the epoch's number
// only, never on Workers or Prefetch. A loader may be used by several
// goroutines: each range over All is an epoch of its own.
type Loader[B any] struct {
	cfg     Config
	sampler Sampler
	size    int  // of the dataset
	random  bool // samples may draw random numbers
	load    func(context.Context, job) (B, error)

	mu    sync.Mutex
	epoch int        // of the next range over All
	first int        // batch where it starts
	open  *openRange // the last range, while its epoch is not over; else nil
}

// NewLoaderFunc returns a loader whose batches collate makes from the samples
// of ds. It calls ds.Len() once, here. collate may keep the slice, and is
// called from several goroutines at once when cfg.Workers > 1.
//
// It panics when ds or collate is nil, when BatchSize, Workers or Prefetch is negative and when Shuffle
// and Sampler are both set.
func NewLoaderFunc[T, B any](ds Dataset[T], collate func([]T) (B, error), cfg Config) *Loader[B] {
	wantSet("NewLoaderFunc", ds)
	if collate == nil {
		panic(errors.New("data: NewLoaderFunc: the function is nil"))
	}
	_, random := ds.(RandDataset[T])
	l := newLoader[B](ds.Len(), random, cfg)
	l.load = func(ctx context.Context, j job) (b B, err error) {
		samples, err := readSamples(ctx, ds, j, cfg.Seed, l.size)
		if err != nil {
			return b, err
		}
		b, err = guard(func() (B, error) { return collate(samples) })
		if err != nil {
			return b, &BatchError{j.indices, err}
		}
		return b, nil
	}
	return l
}

// newLoader returns a loader that lacks only load.
func newLoader[B any](size int, random bool, cfg Config) *Loader[B] {
	cfg.check()
	if cfg.BatchSize == 0 {
		cfg.BatchSize = 1
	}
	if cfg.Prefetch == 0 {
		cfg.Prefetch = 2 * cfg.Workers
	}
	sampler := cfg.Sampler
	switch {
	case sampler != nil:
	case cfg.Shuffle:
		sampler = Shuffled{N: size, Seed: cfg.Seed}
	default:
		sampler = Sequential(size)
	}
	return &Loader[B]{cfg: cfg, sampler: sampler, size: size, random: random}
}

// readSamples reads the samples of a batch, one after another.
func readSamples[T any](ctx context.Context, ds Dataset[T], j job, seed uint64, size int) ([]T, error) {
	samples := make([]T, len(j.indices))
	var s stream
	r := rand.New(&s)
	for k, i := range j.indices {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := checkIndex(i, size); err != nil {
			return nil, &SampleError{i, err}
		}
		s.reset(seed, j.epoch, i, j.seenBefore(k))
		v, err := guard(func() (T, error) { return read(ds, i, r) })
		if err != nil {
			return nil, &SampleError{i, err}
		}
		samples[k] = v
	}
	return samples, nil
}

// Samples returns the number of samples that an epoch's batches hold: those of
// the sampler, less the ones that DropLast leaves out.
func (l *Loader[B]) Samples() int {
	n := l.sampler.Len()
	if l.cfg.DropLast {
		n -= n % l.cfg.BatchSize
	}
	return n
}

// Len returns the number of batches of an epoch.
func (l *Loader[B]) Len() int {
	n := l.Samples()
	batches := n / l.cfg.BatchSize
	if n%l.cfg.BatchSize > 0 {
		batches++
	}
	return batches
}

// Epoch returns the number of the epoch that the next range over All visits.
func (l *Loader[B]) Epoch() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.epoch
}

// SetEpoch makes the next range over All visit an epoch from its start.
func (l *Loader[B]) SetEpoch(epoch int) { l.Resume(epoch, 0) }

// Resume makes the next range over All visit an epoch from one of its batches
// on, counted from 0, without reading the samples before it. A program that
// was stopped goes on with exactly the batches it would have seen.
func (l *Loader[B]) Resume(epoch, batch int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch, l.first, l.open = epoch, batch, nil
}

// All yields the batches of the next epoch, in order. The first range over it
// visits epoch 0 and each later one the epoch after; SetEpoch chooses another.
//
// A batch that cannot be made comes as an error in its place, a *SampleError
// or a *BatchError; a loop that does not stop there goes on with the batch
// after it. When ctx ends, the loop gets ctx.Err() and no more. However the
// loop ends, the workers have ended when it has: a read in progress is waited
// for, as Go cannot stop it.
func (l *Loader[B]) All(ctx context.Context) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		r := l.begin()
		jobs, out := l.jobs(r.epoch, r.batch), sink[B]{yield, func() { l.advance(r) }}
		over := false
		if l.cfg.Workers == 0 {
			over = serial(ctx, jobs, l.load, out)
		} else {
			over = parallel(ctx, jobs, l.load, min(l.cfg.Workers, l.cfg.Prefetch+1), l.cfg.Prefetch, out)
		}
		if over {
			l.finish(r)
		}
	}
}
