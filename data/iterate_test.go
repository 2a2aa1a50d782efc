package data

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// workerCounts are the ways to load that must all behave the same.
var workerCounts = []int{0, 1, 4}

// noGoroutines fails when a test leaves goroutines behind.
func noGoroutines(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 200 { // a goroutine that is done needs a moment to go
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
	})
}

func TestSampleError(t *testing.T) {
	bad := Map(numbers(10), func(v int) (int, error) {
		if v == 4 || v == 9 {
			return 0, errSample
		}
		return v, nil
	})
	for _, workers := range workerCounts {
		noGoroutines(t)
		l := NewLoaderFunc(bad, keep, Config{BatchSize: 3, Workers: workers})
		var got []string
		for b, err := range l.All(t.Context()) {
			if err == nil {
				got = append(got, fmt.Sprint(b))
				continue
			}
			var e *SampleError
			if !errors.As(err, &e) || !errors.Is(err, errSample) || b != nil {
				t.Fatalf("%d workers: %v, %v", workers, b, err)
			}
			got = append(got, err.Error())
		}
		want := []string{"[0 1 2]", "data: sample 4: unreadable", "[6 7 8]", "data: sample 9: unreadable"}
		if !slices.Equal(got, want) {
			t.Errorf("%d workers: %q", workers, got)
		}
	}
}

func TestSamplePanic(t *testing.T) {
	cause := errors.New("cause")
	for _, workers := range workerCounts {
		noGoroutines(t)
		ds := Func(5, func(i int) (int, error) {
			switch i {
			case 1:
				panic(cause)
			case 3:
				return []int{}[i], nil
			}
			return i, nil
		})
		var errs []error
		for _, err := range NewLoaderFunc(ds, keep, Config{Workers: workers}).All(t.Context()) {
			if err != nil {
				errs = append(errs, err)
			}
		}
		if len(errs) != 2 {
			t.Fatalf("%d workers: errors %v", workers, errs)
		}
		var sample *SampleError
		var p *PanicError
		if !errors.As(errs[0], &sample) || sample.Index != 1 || !errors.Is(errs[0], cause) {
			t.Errorf("%d workers: %v", workers, errs[0])
		}
		if !errors.As(errs[1], &p) || !errors.As(errs[1], new(runtime.Error)) ||
			!strings.Contains(string(p.Stack), "iterate_test.go") {
			t.Errorf("%d workers: %v", workers, errs[1])
		}
		if want := "data: sample 1: panic: cause"; errs[0].Error() != want {
			t.Errorf("got %q, want %q", errs[0], want)
		}
	}
}

func TestPanicErrorUnwrap(t *testing.T) {
	if err := (&PanicError{Value: "text"}).Unwrap(); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestBatchError(t *testing.T) {
	for _, workers := range workerCounts {
		collate := func(samples []int) (int, error) {
			if samples[0] == 0 {
				return 0, errSample
			}
			panic("odd")
		}
		l := NewLoaderFunc(numbers(20), collate, Config{BatchSize: 10, Workers: workers})
		var got []string
		for _, err := range l.All(t.Context()) {
			var e *BatchError
			if !errors.As(err, &e) || len(e.Indices) != 10 {
				t.Fatalf("%d workers: %v", workers, err)
			}
			got = append(got, err.Error())
		}
		want := []string{
			"data: batch of samples [0 1 2 3 4 5 6 7]… (10 of them): unreadable",
			"data: batch of samples [10 11 12 13 14 15 16 17]… (10 of them): panic: odd",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d workers: %q", workers, got)
		}
	}
	err := &BatchError{[]int{3}, errSample}
	if err.Error() != "data: batch of samples [3]: unreadable" || !errors.Is(err, errSample) {
		t.Errorf("got %q", err)
	}
}

func TestIndexOutOfRange(t *testing.T) {
	for _, workers := range workerCounts {
		ds := Map(numbers(3), func(v int) (int, error) { return v, nil })
		l := NewLoaderFunc(ds, keep, Config{Sampler: fixed{0, 3, -1, 2}, Workers: workers})
		var got []int
		for b, err := range l.All(t.Context()) {
			var e *SampleError
			if errors.As(err, &e) {
				got = append(got, 100+e.Index)
				continue
			}
			got = append(got, b...)
		}
		if want := []int{0, 103, 99, 2}; !slices.Equal(got, want) {
			t.Errorf("%d workers: %v, want %v", workers, got, want)
		}
	}
}

func TestBreak(t *testing.T) {
	for _, workers := range workerCounts {
		noGoroutines(t)
		var running, started atomic.Int32
		ds := Func(1000, func(i int) (int, error) {
			started.Add(1)
			running.Add(1)
			defer running.Add(-1)
			time.Sleep(time.Millisecond)
			return i, nil
		})
		l := NewLoaderFunc(ds, keep, Config{BatchSize: 4, Workers: workers})
		n := 0
		for range l.All(t.Context()) {
			if n++; n == 3 {
				started.Store(0)
				break
			}
		}
		if got := int(started.Load()); got > workers {
			t.Errorf("%d workers: %d samples were started after the break", workers, got)
		}
		if got := running.Load(); got != 0 {
			t.Errorf("%d workers: %d samples are still being read", workers, got)
		}
	}
}

func TestPanicInLoopBody(t *testing.T) {
	for _, workers := range workerCounts {
		noGoroutines(t)
		func() {
			defer func() {
				if p := recover(); p != "body" {
					t.Errorf("recovered %v", p)
				}
			}()
			for range NewLoaderFunc(numbers(100), keep, Config{Workers: workers}).All(t.Context()) {
				panic("body")
			}
		}()
	}
}

func TestPanicInSampler(t *testing.T) {
	for _, workers := range workerCounts {
		noGoroutines(t)
		func() {
			defer func() {
				if p := recover(); p != "sampler" {
					t.Errorf("recovered %v", p)
				}
			}()
			for range NewLoaderFunc(numbers(100), keep, Config{Workers: workers, Sampler: badSampler{}}).All(t.Context()) {
			}
			t.Error("no panic")
		}()
	}
}

type badSampler struct{}

func (badSampler) Len() int { return 100 }

func (badSampler) Indices(int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if yield(0) && yield(1) {
			panic("sampler")
		}
	}
}

func TestCancel(t *testing.T) {
	for _, workers := range slices.Repeat(workerCounts, 10) {
		noGoroutines(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		l := NewLoaderFunc(numbers(1000), keep, Config{BatchSize: 4, Workers: workers})
		batches, last := 0, error(nil)
		for b, err := range l.All(ctx) {
			if last = err; err != nil {
				if b != nil {
					t.Errorf("%d workers: batch %v beside the error", workers, b)
				}
				continue
			}
			if batches++; batches == 3 {
				time.Sleep(time.Millisecond) // the next batches become ready, and must not come
				cancel()
			}
		}
		if batches != 3 || !errors.Is(last, context.Canceled) {
			t.Errorf("%d workers: %d batches, then %v", workers, batches, last)
		}
	}
}

func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, workers := range workerCounts {
		noGoroutines(t)
		var got []error
		for _, err := range NewLoaderFunc(numbers(10), keep, Config{Workers: workers}).All(ctx) {
			got = append(got, err)
		}
		if len(got) != 1 || !errors.Is(got[0], context.Canceled) {
			t.Errorf("%d workers: %v", workers, got)
		}
	}
}

// A loop that waits for a slow sample hears of the end of ctx at once, though
// the sample is waited for in the end.
func TestDeadlineInSample(t *testing.T) {
	noGoroutines(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	release := make(chan struct{})
	ds := Func(10, func(i int) (int, error) { <-release; return i, nil })
	for _, err := range NewLoaderFunc(ds, keep, Config{Workers: 2}).All(ctx) {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(release)
	}
}

// A batch is left in the middle when ctx ends.
func TestCancelWithinBatch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read := 0
	ds := Func(1000, func(i int) (int, error) {
		if read++; read == 5 {
			cancel()
		}
		return i, nil
	})
	for _, err := range NewLoaderFunc(ds, keep, Config{BatchSize: 1000}).All(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if read != 5 {
		t.Errorf("read %d samples, want 5", read)
	}
}

func TestPrefetch(t *testing.T) {
	for _, c := range []struct{ workers, prefetch, ahead int }{{2, 0, 4}, {1, 3, 3}, {3, 1, 1}} {
		var read atomic.Int32
		ds := Func(100, func(i int) (int, error) { read.Add(1); return i, nil })
		used := 0
		for range NewLoaderFunc(ds, keep, Config{Workers: c.workers, Prefetch: c.prefetch}).All(t.Context()) {
			used++
			time.Sleep(time.Millisecond)
			if n := int(read.Load()); n > used+c.ahead {
				t.Fatalf("%+v: %d read while the loop uses number %d", c, n, used)
			}
			if used == 20 {
				break
			}
		}
		time.Sleep(time.Millisecond)
	}
}

// Workers must work at the same time: each sample here waits for another one.
func TestWorkersRunTogether(t *testing.T) {
	var meet sync.WaitGroup
	meet.Add(4)
	ds := Func(4, func(i int) (int, error) {
		meet.Done()
		meet.Wait()
		return i, nil
	})
	if got := len(epoch(t, NewLoaderFunc(ds, keep, Config{Workers: 4}))); got != 4 {
		t.Errorf("%d batches", got)
	}
}

// A sample that ends its goroutine, as t.FailNow does, must not hang the loop.
func TestGoexit(t *testing.T) {
	noGoroutines(t)
	ds := Func(6, func(i int) (int, error) {
		if i%2 == 1 {
			runtime.Goexit()
		}
		return i, nil
	})
	good, bad := 0, 0
	for _, err := range NewLoaderFunc(ds, keep, Config{Workers: 1}).All(t.Context()) {
		if err == nil {
			good++
		} else if errors.Is(err, errGoexit) {
			bad++
		}
	}
	if good != 3 || bad != 3 {
		t.Errorf("%d good and %d bad batches", good, bad)
	}
}

func TestPull(t *testing.T) {
	noGoroutines(t)
	next, stop := iter.Pull2(NewLoaderFunc(numbers(9), keep, Config{Workers: 2}).All(t.Context()))
	if b, err, ok := next(); !ok || err != nil || b[0] != 0 {
		t.Errorf("%v %v %v", b, err, ok)
	}
	stop()
}
