package data

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
)

func count(n int) Stream[int] { return StreamOf(numbers(n), nil) }

func values[T any](t *testing.T, s Stream[T], epoch int) (got []T) {
	t.Helper()
	for v, err := range s(epoch) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	return got
}

func TestStreams(t *testing.T) {
	double := MapStream(count(3), func(v int) (int, error) { return 2 * v, nil })
	for name, c := range map[string]struct {
		s    Stream[int]
		want []int
	}{
		"of":             {StreamOf(numbers(5), Sequential(3)), []int{0, 1, 2}},
		"map":            {double, []int{0, 2, 4}},
		"chain":          {Chain(count(2), count(0), double), []int{0, 1, 0, 2, 4}},
		"interleave":     {Interleave(count(3), count(1), double), []int{0, 0, 0, 1, 2, 2, 4}},
		"no interleave":  {Interleave[int](), nil},
		"part":           {Part(count(8), 1, 3), []int{1, 4, 7}},
		"last part":      {Part(count(8), 2, 3), []int{2, 5}},
		"small buffer":   {ShuffleStream(count(3), 1, 1), []int{0, 1, 2}},
		"part of a part": {Part(Part(count(12), 1, 2), 0, 3), []int{1, 7}},
	} {
		if got := values(t, c.s, 0); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		for range c.s(0) { // a loop that breaks off must not panic
			break
		}
	}
}

func TestShuffleStream(t *testing.T) {
	s := ShuffleStream(count(100), 10, 1)
	first := values(t, s, 0)
	if got := slices.Sorted(slices.Values(first)); !slices.Equal(got, numbers(100)) {
		t.Fatalf("not a permutation: %v", first)
	}
	for place, v := range first {
		if v-place > 9 {
			t.Errorf("sample %d comes at place %d", v, place)
		}
	}
	if slices.IsSorted(first) || !slices.Equal(first, values(t, s, 0)) || slices.Equal(first, values(t, s, 1)) {
		t.Error("not shuffled, or epochs do not repeat, or do not differ")
	}
	// A buffer for all makes every order equally likely: chi-squared with 5
	// degrees of freedom; 20.5 has a probability of 0.001.
	count3 := map[[3]int]float64{}
	for e := range 6000 {
		count3[[3]int(values(t, ShuffleStream(count(3), 3, 1), e))]++
	}
	chi := 0.0
	for _, n := range count3 {
		chi += (n - 1000) * (n - 1000) / 1000
	}
	if len(count3) != 6 || chi > 20.5 {
		t.Errorf("orders %v, chi-squared %.1f", count3, chi)
	}
}

// faulty yields 0 to n-1, but an error in place of bad.
func faulty(n, bad int) Stream[int] {
	return MapStream(count(n), func(v int) (int, error) {
		if v == bad {
			return 0, errSample
		}
		return v, nil
	})
}

func TestStreamErrorsPass(t *testing.T) {
	for _, s := range []Stream[int]{Chain(faulty(3, 1)), Interleave(faulty(3, 1)), Part(faulty(3, 1), 0, 1), ShuffleStream(faulty(3, 1), 2, 1),
		MapStream(faulty(3, 1), func(v int) (int, error) { return v, nil })} {
		var got []int
		failed := 0
		for v, err := range s(0) {
			if errors.Is(err, errSample) {
				failed++
				continue
			}
			got = append(got, v)
		}
		if slices.Sort(got); failed != 1 || !slices.Equal(got, []int{0, 2}) {
			t.Errorf("%d errors, %v", failed, got)
		}
	}
}

func keepAll[T any](v []T) ([]T, error) { return v, nil }

func noise(v int, r *rand.Rand) (float64, error) { return float64(v) + r.Float64(), nil }

// batches runs an epoch and returns what it yields.
func batches[B any](t *testing.T, l *StreamLoader[B]) (got []B) {
	t.Helper()
	for b, err := range l.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, b)
	}
	return got
}

// The batches are the same for any number of workers, and another epoch has
// another order and other random numbers.
func TestStreamLoaderWorkers(t *testing.T) {
	load := func(workers int) [][][]float64 {
		l := NewStreamLoaderFunc(ShuffleStream(count(23), 7, 5), noise, keepAll, StreamConfig{BatchSize: 4, Workers: workers, Seed: 9})
		return [][][]float64{batches(t, l), batches(t, l)}
	}
	want := load(0)
	if len(want[0]) != 6 || len(want[0][5]) != 3 || fmt.Sprint(want[0]) == fmt.Sprint(want[1]) {
		t.Errorf("%v", want)
	}
	for _, workers := range []int{1, 2, 5} {
		if got := load(workers); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d workers: %v, want %v", workers, got, want)
		}
	}
}

// A loader that is set to the state after any batch goes on with the next one.
func TestStreamLoaderState(t *testing.T) {
	newLoader := func() *StreamLoader[[]float64] {
		return NewStreamLoaderFunc(ShuffleStream(count(11), 4, 5), noise, keepAll, StreamConfig{BatchSize: 3, Workers: 2, Seed: 9})
	}
	whole := newLoader()
	want := append(batches(t, whole), batches(t, whole)...)
	for stop := range want {
		l, got := newLoader(), [][]float64{}
		for len(got) <= stop {
			for b, err := range l.All(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, b); len(got) > stop {
					break
				}
			}
		}
		again := newLoader()
		again.SetState(l.State())
		for again.State().Epoch < 2 {
			got = append(got, batches(t, again)...)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("stopped after batch %d: %v, want %v", stop, got, want)
		}
	}
}

func TestStreamLoaderDropLast(t *testing.T) {
	l := NewStreamLoaderFunc(count(7), noise, keepAll, StreamConfig{BatchSize: 3, DropLast: true})
	if got := batches(t, l); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

// An error comes in the place of its batch, and the loop may go on.
func TestStreamLoaderErrors(t *testing.T) {
	bad := func(v int, _ *rand.Rand) (int, error) {
		if v == 8 {
			panic("planted")
		}
		return v, nil
	}
	refuse := func(v []int) (int, error) {
		if v[0] == 4 {
			return 0, errSample
		}
		return v[0], nil
	}
	for _, workers := range []int{0, 3} {
		var got []string
		for b, err := range NewStreamLoaderFunc(faulty(11, 3), bad, refuse, StreamConfig{BatchSize: 2, Workers: workers}).All(t.Context()) {
			got = append(got, fmt.Sprintf("%d %v", b, err))
		}
		want := []string{"0 <nil>", "0 data: sample 3: unreadable", "0 data: batch of samples 4 to 5: unreadable", "6 <nil>", "0 data: sample 8: panic: planted", "10 <nil>"}
		if !slices.Equal(got, want) {
			t.Errorf("%d workers:\n%q, want\n%q", workers, got, want)
		}
	}
}

// A loop whose context ends gets its error once, with an endless stream too.
func TestStreamLoaderContext(t *testing.T) {
	endless := Stream[int](func(int) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := 0; yield(i, nil); i++ {
			}
		}
	})
	for _, workers := range []int{0, 2} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		l := NewStreamLoaderFunc(endless, noise, keepAll, StreamConfig{BatchSize: 2, Workers: workers})
		var errs []error
		for _, err := range l.All(ctx) {
			if err != nil {
				errs = append(errs, err)
			}
			cancel()
		}
		if len(errs) != 1 || errs[0] != context.Canceled || l.State() != (StreamState{0, 2}) {
			t.Errorf("%d workers: %v, state %v", workers, errs, l.State())
		}
		for range l.All(ctx) { // at once, before the first sample
		}
	}
}
