package data

import (
	"fmt"
	"slices"
	"testing"
)

func TestShuffledIndices(t *testing.T) {
	s := ShuffledIndices{List: []int{5, 9, 2, 40, 41, 42}, Seed: 1}
	first := slices.Collect(s.Indices(0))
	if got := slices.Sorted(slices.Values(first)); !slices.Equal(got, []int{2, 5, 9, 40, 41, 42}) || s.Len() != 6 {
		t.Errorf("not the list: %v", first)
	}
	if slices.Equal(first, slices.Collect(s.Indices(1))) || !slices.Equal(first, slices.Collect(s.Indices(0))) {
		t.Errorf("epochs do not differ, or do not repeat: %v", first)
	}
}

// The shares are those of PyTorch 2.15's DistributedSampler(range(n), world,
// rank, shuffle=False, drop_last=drop).
func TestDistributed(t *testing.T) {
	cases := []struct {
		n, world int
		drop     bool
		want     [][]int
	}{
		{10, 3, false, [][]int{{0, 3, 6, 9}, {1, 4, 7, 0}, {2, 5, 8, 1}}},
		{10, 3, true, [][]int{{0, 3, 6}, {1, 4, 7}, {2, 5, 8}}},
		{6, 2, false, [][]int{{0, 2, 4}, {1, 3, 5}}},
		{2, 5, false, [][]int{{0}, {1}, {0}, {1}, {0}}},
		{2, 5, true, [][]int{{}, {}, {}, {}, {}}},
		{0, 2, false, [][]int{{}, {}}},
		{3, 1, false, [][]int{{0, 1, 2}}},
	}
	for _, c := range cases {
		var opts []DistributedOption
		if c.drop {
			opts = append(opts, EvenOnly)
		}
		for rank, want := range c.want {
			d := NewDistributed(Sequential(c.n), rank, c.world, opts...)
			if got := slices.Collect(d.Indices(0)); !slices.Equal(got, want) || d.Len() != len(want) {
				t.Errorf("%d samples, rank %d of %d, drop %t: %v, want %v", c.n, rank, c.world, c.drop, got, want)
			}
		}
	}
}

// All ranks see the same shuffled order, another one each epoch.
func TestDistributedShuffled(t *testing.T) {
	epochs := [2][]int{}
	for e := range epochs {
		for rank := range 4 {
			epochs[e] = append(epochs[e], slices.Collect(NewDistributed(Shuffled{N: 20, Seed: 3}, rank, 4).Indices(e))...)
		}
		if got := slices.Sorted(slices.Values(epochs[e])); !slices.Equal(got, numbers(20)) {
			t.Errorf("epoch %d has %v", e, got)
		}
	}
	if slices.Equal(epochs[0], epochs[1]) {
		t.Error("the epochs have one order")
	}
}

func TestDistributedMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"data: NewDistributed: the sampler is nil":                 func() { NewDistributed(nil, 0, 1) },
		"data: NewDistributed: rank 2 of 2, want 0 to world-1":     func() { NewDistributed(Sequential(1), 2, 2) },
		"data: NewDistributed: rank -1 of 2, want 0 to world-1":    func() { NewDistributed(Sequential(1), -1, 2) },
		"data: Part: rank 0 of 0, want 0 to world-1":               func() { Part(StreamOf(numbers(1), nil), 0, 0) },
		"data: StreamOf: the dataset is nil":                       func() { StreamOf[int](nil, nil) },
		"data: Config.Workers is -1, want 0 (the default) or more": func() { NewStreamLoader(Stream[Sample](StreamOf(Slice[Sample]{}, nil)), StreamConfig{Workers: -1}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}()
			f()
		}()
	}
}

// Batches hold samples of like length, every sample comes once, and the one
// batch that is smaller comes last.
func TestByLength(t *testing.T) {
	lengths := make([]int, 1003)
	for i := range lengths {
		lengths[i] = i * 7919 % 997 // all values, scattered
	}
	s := ByLength{Lengths: lengths, BatchSize: 10, Pool: 1000, Seed: 1}
	order := slices.Collect(s.Indices(0))
	if got := slices.Sorted(slices.Values(order)); !slices.Equal(got, numbers(1003)) || s.Len() != 1003 {
		t.Fatal("not a permutation")
	}
	var firsts []int
	for batch := range slices.Chunk(order[:1000], 10) {
		least, most := lengths[batch[0]], lengths[batch[0]]
		for _, i := range batch {
			least, most = min(least, lengths[i]), max(most, lengths[i])
		}
		if most-least > 12 { // 1000 lengths, sorted, have 10 in a row within 10, and a few that come twice or are missing
			t.Errorf("a batch has lengths %d to %d", least, most)
		}
		firsts = append(firsts, least)
	}
	if slices.IsSorted(firsts) {
		t.Error("the batches come sorted")
	}
	if slices.Equal(order, slices.Collect(s.Indices(1))) || !slices.Equal(order, slices.Collect(s.Indices(0))) {
		t.Error("epochs do not differ, or do not repeat")
	}
	for _, small := range []ByLength{{}, {Lengths: []int{3, 1}}, {Lengths: []int{3, 1}, BatchSize: 5}} {
		if got := slices.Sorted(small.Indices(0)); len(got) != len(small.Lengths) {
			t.Errorf("%+v gives %v", small, got)
		}
	}
}
