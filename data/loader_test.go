package data

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// keep is the collate function that keeps the samples as they are.
func keep[T any](samples []T) ([]T, error) { return samples, nil }

// epoch returns the batches of the next epoch.
func epoch[B any](t *testing.T, l *Loader[B]) []B {
	t.Helper()
	var got []B
	for b, err := range l.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, b)
	}
	return got
}

func TestLoaderBatches(t *testing.T) {
	cases := []struct {
		n       int
		cfg     Config
		want    [][]int
		samples int
	}{
		{3, Config{}, [][]int{{0}, {1}, {2}}, 3},
		{5, Config{BatchSize: 2}, [][]int{{0, 1}, {2, 3}, {4}}, 5},
		{5, Config{BatchSize: 2, DropLast: true}, [][]int{{0, 1}, {2, 3}}, 4},
		{4, Config{BatchSize: 2, DropLast: true}, [][]int{{0, 1}, {2, 3}}, 4},
		{3, Config{BatchSize: 9}, [][]int{{0, 1, 2}}, 3},
		{3, Config{BatchSize: math.MaxInt}, [][]int{{0, 1, 2}}, 3},
		{3, Config{BatchSize: 9, DropLast: true}, nil, 0},
		{0, Config{BatchSize: 2}, nil, 0},
		{5, Config{BatchSize: 2, Sampler: fixed{4, 4, 1}}, [][]int{{4, 4}, {1}}, 3},
	}
	for _, c := range cases {
		for _, workers := range []int{0, 1, 3} {
			c.cfg.Workers = workers
			l := NewLoaderFunc(numbers(c.n), keep, c.cfg)
			if got := epoch(t, l); !slices.EqualFunc(got, c.want, slices.Equal[[]int]) {
				t.Errorf("%d samples, %+v: %v, want %v", c.n, c.cfg, got, c.want)
			}
			if l.Len() != len(c.want) || l.Samples() != c.samples {
				t.Errorf("%d samples, %+v: Len %d, Samples %d", c.n, c.cfg, l.Len(), l.Samples())
			}
		}
	}
}

// fixed is a sampler of the same indices in every epoch.
type fixed []int

func (f fixed) Len() int                  { return len(f) }
func (f fixed) Indices(int) iter.Seq[int] { return slices.Values(f) }

func TestLoaderConfigPanics(t *testing.T) {
	for want, cfg := range map[string]Config{
		"BatchSize is -1": {BatchSize: -1},
		"Workers is -2":   {Workers: -2},
		"Prefetch is -3":  {Prefetch: -3},
		"Shuffle and":     {Shuffle: true, Sampler: fixed{}},
	} {
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), want) {
					t.Errorf("%+v: panic %v, want %q", cfg, p, want)
				}
			}()
			NewLoaderFunc(numbers(1), keep, cfg)
		}()
	}
}

// slowly delays samples at random, so that workers finish out of order.
func slowly(v float64) (float64, error) {
	time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
	return v, nil
}

// What the loop sees must not depend on workers and prefetch, not even where
// samples draw random numbers.
func TestLoaderDeterministic(t *testing.T) {
	ds := Map(MapRand(floats(50), draw), slowly)
	run := func(workers, prefetch int) [][]float64 {
		cfg := Config{BatchSize: 4, Shuffle: true, Seed: 7, Workers: workers, Prefetch: prefetch}
		l := NewLoaderFunc(ds, keep, cfg)
		return append(epoch(t, l), epoch(t, l)...)
	}
	want := run(0, 0)
	if slices.EqualFunc(want[:13], want[13:], slices.Equal[[]float64]) {
		t.Error("two epochs are the same")
	}
	for _, workers := range []int{1, 2, 8} {
		for _, prefetch := range []int{0, 1, 5, 100} {
			if got := run(workers, prefetch); !slices.EqualFunc(got, want, slices.Equal[[]float64]) {
				t.Errorf("%d workers, prefetch %d: other batches", workers, prefetch)
			}
		}
	}
}

// fractions returns the random part of each sample of an epoch, by index.
func fractions(t *testing.T, l *Loader[[]float64]) map[int]float64 {
	t.Helper()
	got := map[int]float64{}
	for _, v := range slices.Concat(epoch(t, l)...) {
		got[int(v)/10] = v
	}
	return got
}

// A sample's random numbers depend on seed, epoch and index: not on the order,
// the batch size or the other samples.
func TestLoaderRandomPerSample(t *testing.T) {
	ds := MapRand(floats(20), draw)
	load := func(cfg Config, epoch int) map[int]float64 {
		l := NewLoaderFunc(ds, keep, cfg)
		l.SetEpoch(epoch)
		return fractions(t, l)
	}
	want := load(Config{Seed: 3, BatchSize: 4}, 1)
	same := []Config{
		{Seed: 3, BatchSize: 7, Shuffle: true},
		{Seed: 3, Sampler: fixed{19, 5, 0}},
		{Seed: 3, Workers: 2},
	}
	for _, cfg := range same {
		for i, v := range load(cfg, 1) {
			if v != want[i] {
				t.Errorf("%+v: sample %d is %v, want %v", cfg, i, v, want[i])
			}
		}
	}
	for name, other := range map[string]map[int]float64{
		"epoch": load(Config{Seed: 3, BatchSize: 4}, 2),
		"seed":  load(Config{Seed: 4, BatchSize: 4}, 1),
	} {
		for i, v := range other {
			if v == want[i] {
				t.Errorf("another %s: sample %d draws the same number", name, i)
			}
		}
	}
}

// A sampler that repeats an index gets another augmentation each time.
func TestLoaderRepeatedIndex(t *testing.T) {
	ds := MapRand(floats(2), draw)
	l := NewLoaderFunc(ds, keep, Config{BatchSize: 2, Sampler: fixed{1, 1, 1, 1, 0}})
	got := slices.Concat(epoch(t, l)...)
	if n := len(slices.Compact(slices.Sorted(slices.Values(got)))); n != 5 {
		t.Errorf("got %v, want 5 different samples", got)
	}
	l.Resume(0, 1)
	if rest := slices.Concat(epoch(t, l)...); !slices.Equal(rest, got[2:]) {
		t.Errorf("resumed: %v, want %v", rest, got[2:])
	}
}

func TestLoaderEpochs(t *testing.T) {
	l := NewLoaderFunc(numbers(30), keep, Config{BatchSize: 30, Shuffle: true, Seed: 1})
	if l.Epoch() != 0 {
		t.Errorf("starts at epoch %d", l.Epoch())
	}
	zero, one := epoch(t, l)[0], epoch(t, l)[0]
	if l.Epoch() != 2 || slices.Equal(zero, one) {
		t.Errorf("after two epochs: Epoch %d, orders %v and %v", l.Epoch(), zero, one)
	}
	if want := slices.Collect(Shuffled{30, 1}.Indices(1)); !slices.Equal(one, want) {
		t.Errorf("epoch 1 is %v, want %v", one, want)
	}
	l.SetEpoch(1)
	if again := epoch(t, l)[0]; !slices.Equal(again, one) {
		t.Errorf("epoch 1 again: %v, want %v", again, one)
	}
	seq := l.All(t.Context()) // a range over the same value is an epoch of its own
	for range seq {
	}
	for range seq {
	}
	if l.Epoch() != 4 {
		t.Errorf("Epoch is %d, want 4", l.Epoch())
	}
}

func TestLoaderResume(t *testing.T) {
	for _, workers := range []int{0, 2} {
		read := 0
		ds := Map(numbers(10), func(v int) (int, error) { read++; return v, nil })
		cfg := Config{BatchSize: 3, Shuffle: true, Seed: 5}
		l := NewLoaderFunc(ds, keep, cfg)
		l.SetEpoch(2)
		want := epoch(t, l)
		read, cfg.Workers = 0, min(workers, 1)
		l = NewLoaderFunc(ds, keep, cfg)
		l.Resume(2, 2)
		if got := epoch(t, l); !slices.EqualFunc(got, want[2:], slices.Equal[[]int]) {
			t.Errorf("%d workers: %v, want %v", workers, got, want[2:])
		}
		if read != 4 {
			t.Errorf("%d workers: read %d samples for 4", workers, read)
		}
		if next := epoch(t, l); l.Epoch() != 4 || len(next) != 4 {
			t.Errorf("the epoch after has %d batches, and Epoch is %d", len(next), l.Epoch())
		}
		l.Resume(0, 99)
		if got := epoch(t, l); got != nil {
			t.Errorf("resumed behind the end: %v", got)
		}
	}
}

// Several goroutines may range over one loader.
func TestLoaderConcurrentRanges(t *testing.T) {
	l := NewLoaderFunc(numbers(100), keep, Config{BatchSize: 7, Workers: 2, Shuffle: true})
	sums := make(chan int)
	for range 4 {
		go func() {
			sum := 0
			for b, err := range l.All(context.Background()) {
				for _, v := range b {
					sum += v
				}
				if err != nil {
					sum = -1
				}
			}
			sums <- sum
		}()
	}
	for range 4 {
		if sum := <-sums; sum != 4950 {
			t.Errorf("sum %d, want 4950", sum)
		}
	}
}

func BenchmarkLoader(b *testing.B) {
	for _, workers := range []int{0, 4} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			l := NewLoaderFunc(numbers(64000), keep, Config{BatchSize: 64, Shuffle: true, Workers: workers})
			for b.Loop() {
				for range l.All(b.Context()) {
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64000, "ns/sample")
		})
	}
}
