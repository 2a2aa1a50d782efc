package data

import "fmt"

// A LoaderState is where a loop over a loader is: the batch that it gets next.
// It can be written as JSON.
type LoaderState struct {
	Epoch int `json:"epoch"`
	Batch int `json:"batch"` // batches of the epoch that the loop was given

	// What counts as a batch. SetState compares these with the loader's own
	// in the middle of an epoch; 0 fits all.
	BatchSize int `json:"batch_size,omitempty"`
	Samples   int `json:"samples,omitempty"` // of an epoch
}

// openRange is a range over All.
type openRange struct {
	epoch int
	batch int // the next one
}

// begin takes the next epoch, and moves on to the one after it.
func (l *Loader[B]) begin() *openRange {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = &openRange{l.epoch, max(0, l.first)}
	l.epoch, l.first = l.epoch+1, 0
	return l.open
}

// advance counts a batch that the loop is given.
func (l *Loader[B]) advance(r *openRange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.batch++
}

// finish notes that the loop was given the whole epoch.
func (l *Loader[B]) finish(r *openRange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == r {
		l.open = nil
	}
}

// State returns where the loop is, for SetState in another run of the program.
// Batches that workers have read ahead do not count: in the body of a loop, the
// one after the loop's is next, and behind the last batch the rest of the epoch
// is empty. After a loop that stopped early, State is still where it stopped,
// until the next range begins; SetEpoch says that the rest is not wanted. Of
// several ranges at once, the one that began last is meant.
func (l *Loader[B]) State() LoaderState {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := LoaderState{Epoch: l.epoch, Batch: l.first, BatchSize: l.cfg.BatchSize, Samples: l.sampler.Len()}
	if l.open != nil {
		s.Epoch, s.Batch = l.open.epoch, l.open.batch
	}
	return s
}

// SetState makes the next range over All begin where s was taken, as Resume
// does. It returns an error, and changes nothing, if s has a negative number
// or is from the middle of an epoch of other batches than this loader makes.
func (l *Loader[B]) SetState(s LoaderState) error {
	if s.Epoch < 0 || s.Batch < 0 {
		return fmt.Errorf("data: loader state at batch %d of epoch %d; want 0 or more", s.Batch, s.Epoch)
	}
	size, n := l.cfg.BatchSize, l.sampler.Len()
	if s.Batch > 0 && (s.BatchSize != 0 && s.BatchSize != size || s.Samples != 0 && s.Samples != n) {
		return fmt.Errorf("data: loader state after %d batches of %d of %d samples, but this loader has batches of %d of %d; use the same ones, or begin an epoch with SetEpoch",
			s.Batch, s.BatchSize, s.Samples, size, n)
	}
	l.Resume(s.Epoch, s.Batch)
	return nil
}
