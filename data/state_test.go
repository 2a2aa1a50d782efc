package data

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
)

// stopped ranges over l up to its n-th batch and returns the batches with the
// state in the body of the last one.
func stopped(t *testing.T, l *Loader[[]float64], n int) (got [][]float64, s LoaderState) {
	t.Helper()
	for b, err := range l.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got, s = append(got, b), l.State()
		if len(got) == n {
			break
		}
	}
	return got, s
}

// A loop that stops at any batch goes on with the next one in a new loader,
// whatever was read ahead, and later epochs follow.
func TestLoaderState(t *testing.T) {
	noGoroutines(t)
	ds := Map(MapRand(floats(22), draw), slowly)
	cfg := Config{BatchSize: 4, Shuffle: true, Seed: 9}
	whole := NewLoaderFunc(ds, keep, cfg)
	want := slices.Concat(epoch(t, whole), epoch(t, whole), epoch(t, whole))
	for _, workers := range workerCounts {
		for stop := 1; stop <= 6; stop++ {
			cfg.Workers = workers
			l := NewLoaderFunc(ds, keep, cfg)
			got := epoch(t, l)
			part, inside := stopped(t, l, stop)
			text, err := json.Marshal(inside)
			if err != nil {
				t.Fatal(err)
			}
			if after := l.State(); after != inside {
				t.Errorf("%d workers, %d batches: %+v after the loop, %+v in it", workers, stop, after, inside)
			}
			var s LoaderState
			if err := json.Unmarshal(text, &s); err != nil {
				t.Fatal(err)
			}
			again := NewLoaderFunc(ds, keep, cfg)
			if err := again.SetState(s); err != nil {
				t.Fatal(err)
			}
			if again.State() != s {
				t.Errorf("%+v was set, and is %+v", s, again.State())
			}
			got = slices.Concat(got, part, epoch(t, again), epoch(t, again))
			if !slices.EqualFunc(got, want, slices.Equal[[]float64]) {
				t.Errorf("%d workers: stopped after %d batches, other batches follow", workers, stop)
			}
		}
	}
}

func TestLoaderStateBetweenEpochs(t *testing.T) {
	at := func(epoch, batch int) LoaderState { return LoaderState{epoch, batch, 2, 5} }
	for _, workers := range workerCounts {
		l := NewLoaderFunc(floats(5), keep, Config{BatchSize: 2, Workers: workers})
		check := func(when string, want LoaderState) {
			t.Helper()
			if got := l.State(); got != want {
				t.Errorf("%d workers, %s: %+v, want %+v", workers, when, got, want)
			}
		}
		check("at first", at(0, 0))
		epoch(t, l)
		check("after an epoch", at(1, 0))
		l.Resume(4, 1)
		check("resumed", at(4, 1))
		if _, inside := stopped(t, l, 9); inside != at(4, 3) {
			t.Errorf("%d workers, in the last batch: %+v", workers, inside)
		}
		check("after the rest", at(5, 0))
		stopped(t, l, 1)
		check("stopped", at(5, 1))
		l.SetEpoch(6)
		check("the rest unwanted", at(6, 0))
		stopped(t, l, 1)
		epoch(t, l)
		check("another epoch after", at(8, 0))
		l.Resume(0, -3)
		stopped(t, l, 1)
		check("resumed below 0", at(0, 1))
	}
}

// The error at the end of a context is no batch; one in place of a batch is.
func TestLoaderStateErrors(t *testing.T) {
	bad := Map(floats(6), func(v float64) (float64, error) {
		if v == 10 { // sample 1
			return 0, errSample
		}
		return v, nil
	})
	for _, workers := range workerCounts {
		l := NewLoaderFunc(bad, keep, Config{BatchSize: 1, Workers: workers})
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		for range l.All(ctx) {
			if n++; n == 3 {
				if s := l.State(); s.Batch != 3 {
					t.Errorf("%d workers: %+v in the third batch", workers, s)
				}
				cancel()
			}
		}
		if s := l.State(); n != 4 || s.Epoch != 0 || s.Batch != 3 {
			t.Errorf("%d workers: %+v after %d turns", workers, s, n)
		}
		cancel()
	}
}

func TestSetStateErrors(t *testing.T) {
	l := NewLoaderFunc(floats(5), keep, Config{BatchSize: 2})
	for _, c := range []struct {
		s    LoaderState
		want string // of the error; empty for none
	}{
		{LoaderState{Epoch: -1}, "batch 0 of epoch -1; want 0 or more"},
		{LoaderState{Batch: -1}, "batch -1 of epoch 0; want 0 or more"},
		{LoaderState{1, 1, 3, 5}, "after 1 batches of 3 of 5 samples, but this loader has batches of 2 of 5"},
		{LoaderState{1, 1, 2, 6}, "after 1 batches of 2 of 6 samples, but this loader has batches of 2 of 5"},
		{LoaderState{1, 0, 3, 6}, ""},
		{LoaderState{1, 2, 0, 0}, ""},
	} {
		l.Resume(7, 1)
		err := l.SetState(c.s)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c.s, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%+v: %v, want %q", c.s, err, c.want)
		case err != nil && l.State() != (LoaderState{7, 1, 2, 5}):
			t.Errorf("%+v: refused, and yet the state is %+v", c.s, l.State())
		}
	}
}

// State may be asked by others than the loop.
func TestLoaderStateRace(t *testing.T) {
	l := NewLoaderFunc(floats(40), keep, Config{Workers: 3})
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		last := -1
		for {
			s := l.State()
			if now := s.Epoch*40 + s.Batch; now < last {
				t.Errorf("the state went from %d back to %d", last, now)
			} else {
				last = now
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	epoch(t, l)
	epoch(t, l)
	close(done)
	wg.Wait()
}
