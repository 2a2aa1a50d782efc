package data

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
)

// StreamConfig says how a StreamLoader makes batches. The zero value reads one
// sample at a time in the goroutine of the loop.
type StreamConfig struct {
	BatchSize int    // samples in a batch; 0 means 1
	DropLast  bool   // leave out the last batch of an epoch when it is smaller
	Seed      uint64 // of the random numbers that samples draw
	Workers   int    // goroutines that make batches ahead; 0 makes them in the loop's goroutine
	Prefetch  int    // batches made ahead of the loop; 0 means 2·Workers; unused without workers
}

// StreamLoader turns a stream into batches of type B, epoch after epoch. The
// stream itself is read in the goroutine of the loop, one sample after another;
// workers do what each sample needs, and stack it. So the batches of an epoch
// depend on the stream, BatchSize, Seed and the epoch's number only. It is for
// one goroutine at a time.
type StreamLoader[B any] struct {
	cfg StreamConfig
	run func(ctx context.Context, start StreamState, out sink[B]) (whole bool)

	mu    sync.Mutex
	state StreamState
}

// StreamState is where a StreamLoader is: what a program saves to go on with
// the batches that it would have seen.
type StreamState struct {
	Epoch   int // of the stream
	Samples int // of the epoch that the loop has had, in whole batches, failed ones too
}

// NewStreamLoader returns a loader whose batches are stacked samples of s.
// It panics when s is nil and when BatchSize, Workers or Prefetch is negative.
func NewStreamLoader(s Stream[Sample], cfg StreamConfig) *StreamLoader[Batch] {
	same := func(v Sample, _ *rand.Rand) (Sample, error) { return v, nil }
	return NewStreamLoaderFunc(s, same, Collate, cfg)
}

// NewStreamLoaderFunc returns a loader that makes a U of each sample of s by
// each, and a batch of those by collate. Both are called from several
// goroutines at once when cfg.Workers > 1; so let the stream yield what is
// cheap to read, such as lines or compressed images, and each decode and
// augment. Its random numbers depend on the seed, the epoch and the sample's
// place in the stream only; it must not keep r.
//
// It panics when s, each or collate is nil and when BatchSize, Workers or Prefetch
// is negative.
func NewStreamLoaderFunc[T, U, B any](
	s Stream[T], each func(v T, r *rand.Rand) (U, error), collate func([]U) (B, error), cfg StreamConfig,
) *StreamLoader[B] {
	if s == nil || each == nil || collate == nil {
		panic(errors.New("data: NewStreamLoaderFunc: the stream or a function is nil"))
	}
	Config{BatchSize: cfg.BatchSize, Workers: cfg.Workers, Prefetch: cfg.Prefetch}.check()
	cfg.BatchSize = max(1, cfg.BatchSize)
	if cfg.Prefetch == 0 {
		cfg.Prefetch = 2 * cfg.Workers
	}
	l := &StreamLoader[B]{cfg: cfg}
	load := func(ctx context.Context, raw chunk[T]) (B, error) { return finish(ctx, raw, cfg.Seed, each, collate) }
	l.run = func(ctx context.Context, start StreamState, out sink[B]) bool {
		jobs := chunks(ctx, s, cfg, start)
		if cfg.Workers == 0 {
			return serial(ctx, jobs, load, out)
		}
		return parallel(ctx, jobs, load, min(cfg.Workers, cfg.Prefetch+1), cfg.Prefetch, out)
	}
	return l
}

// chunk is the raw samples of a batch.
type chunk[T any] struct {
	epoch, first int // first is the place of the first sample in the stream
	samples      []T
	errs         []error // of the samples that could not be read; nil for none
}

// chunks cuts an epoch of a stream into batches, from a sample on. It ends
// early when ctx does.
func chunks[T any](ctx context.Context, s Stream[T], cfg StreamConfig, start StreamState) iter.Seq[chunk[T]] {
	return func(yield func(chunk[T]) bool) {
		place := 0
		c := chunk[T]{epoch: start.Epoch, first: start.Samples}
		for v, err := range s(start.Epoch) {
			if ctx.Err() != nil {
				yield(c) // what makes a batch of it returns the error
				return
			}
			if place++; place <= start.Samples {
				continue
			}
			if err != nil {
				err = &SampleError{place - 1, err}
				c.errs = append(c.errs, err)
			}
			if c.samples = append(c.samples, v); len(c.samples) < cfg.BatchSize {
				continue
			}
			if !yield(c) {
				return
			}
			c = chunk[T]{epoch: start.Epoch, first: place}
		}
		if len(c.samples) > 0 && (!cfg.DropLast || c.errs != nil) {
			yield(c)
		}
	}
}

// finish makes a batch of raw samples.
func finish[T, U, B any](
	ctx context.Context, raw chunk[T], seed uint64, each func(T, *rand.Rand) (U, error), collate func([]U) (B, error),
) (b B, err error) {
	if err := ctx.Err(); err != nil {
		return b, err
	}
	if raw.errs != nil {
		return b, errors.Join(raw.errs...)
	}
	samples := make([]U, len(raw.samples))
	var s stream
	r := rand.New(&s)
	for k, v := range raw.samples {
		if err := ctx.Err(); err != nil {
			return b, err
		}
		s.reset(seed, raw.epoch, raw.first+k, 0)
		if samples[k], err = guard(func() (U, error) { return each(v, r) }); err != nil {
			return b, &SampleError{raw.first + k, err}
		}
	}
	if b, err = guard(func() (B, error) { return collate(samples) }); err != nil {
		return b, fmt.Errorf("data: batch of samples %d to %d: %w", raw.first, raw.first+len(raw.samples)-1, err)
	}
	return b, nil
}

// State returns where the loader is. Batches that were made ahead and not
// handed over do not count, so a program may save it inside the loop.
func (l *StreamLoader[B]) State() StreamState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// SetState makes the next range over All go on from a state of before. The
// samples before it are read again and left out, as a stream has no index.
func (l *StreamLoader[B]) SetState(s StreamState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
}

// All yields the batches of the epoch that State names, in order, and moves on
// to the next epoch at its end. A loop that breaks off goes on with the next
// batch when it ranges over All again; use SetState to start over.
//
// A batch that cannot be made comes as an error in its place: a *SampleError
// names the sample by its place in the stream, counted from 0. A loop that does
// not stop there goes on. When ctx ends, the loop gets ctx.Err() and no more.
func (l *StreamLoader[B]) All(ctx context.Context) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		start := l.State()
		at := start
		count := func() {
			at.Samples += l.cfg.BatchSize
			l.SetState(at)
		}
		if l.run(ctx, start, sink[B]{yield, count}) {
			l.SetState(StreamState{Epoch: start.Epoch + 1})
		}
	}
}
