package data

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// numbers is the dataset 0, 1, … n-1.
func numbers(n int) Slice[int] { return slices.Collect(Sequential(n).Indices(0)) }

// all reads a dataset without a loader.
func all[T any](t *testing.T, ds Dataset[T]) []T {
	t.Helper()
	var got []T
	for i := range ds.Len() {
		v, err := ds.At(i)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	return got
}

var errSample = errors.New("unreadable")

func TestDatasets(t *testing.T) {
	double := Map(numbers(4), func(v int) (int, error) { return 2 * v, nil })
	cases := []struct {
		name string
		ds   Dataset[int]
		want []int
	}{
		{"slice", numbers(3), []int{0, 1, 2}},
		{"func", Func(3, func(i int) (int, error) { return 10 - i, nil }), []int{10, 9, 8}},
		{"map", double, []int{0, 2, 4, 6}},
		{"subset", NewSubset(double, []int{3, 3, 0}), []int{6, 6, 0}},
		{"first", First(double, 2), []int{0, 2}},
		{"first of few", First(double, 9), []int{0, 2, 4, 6}},
		{"first of none", First(double, -1), nil},
		{"concat", Concat(numbers(2), double, numbers(0), numbers(1)), []int{0, 1, 0, 2, 4, 6, 0}},
		{"no concat", Concat[int](), nil},
		{"map of subset", Map(NewSubset(numbers(9), []int{8, 7}), func(v int) (int, error) { return -v, nil }), []int{-8, -7}},
	}
	for _, c := range cases {
		if got := all(t, c.ds); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		for _, i := range []int{-1, c.ds.Len()} {
			if _, err := c.ds.At(i); err == nil {
				t.Errorf("%s: At(%d) gives no error", c.name, i)
			}
		}
	}
}

// What is nil is refused where it is given, not where it is read.
func TestNilMisuse(t *testing.T) {
	var none Dataset[int]
	keep := func(v int) (int, error) { return v, nil }
	for want, f := range map[string]func(){
		"data: NewLoader: the dataset is nil":      func() { NewLoader(nil, Config{}) },
		"data: NewLoaderFunc: the dataset is nil":  func() { NewLoaderFunc(none, func([]int) (int, error) { return 0, nil }, Config{}) },
		"data: NewLoaderFunc: the function is nil": func() { NewLoaderFunc[int, int](numbers(1), nil, Config{}) },
		"data: Concat: the dataset is nil":         func() { Concat[int](numbers(1), none) },
		"data: Map: the dataset is nil":            func() { Map(none, keep) },
		"data: Map: the function is nil":           func() { Map[int, int](numbers(1), nil) },
		"data: MapRand: the function is nil":       func() { MapRand[int, int](numbers(1), nil) },
		"data: Func: the function is nil":          func() { Func[int](1, nil) },
		"data: NewSubset: the dataset is nil":      func() { NewSubset(none, nil) },
		"data: First: the dataset is nil":          func() { First(none, 1) },
		"data: RandomSplit: the dataset is nil":    func() { RandomSplit(none, 0, 1) },
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

func TestSubsetOwnsIndices(t *testing.T) {
	indices := []int{1, 2}
	s := NewSubset(numbers(5), indices)
	indices[0] = 4
	if got := all(t, s); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("got %v", got)
	}
}

func TestErrorsPassThrough(t *testing.T) {
	broken := Func(3, func(int) (int, error) { return 0, errSample })
	same := func(v int) (int, error) { return v, nil }
	for _, ds := range []Dataset[int]{broken, Map(broken, same), First(broken, 1), Concat(broken)} {
		if _, err := ds.At(0); !errors.Is(err, errSample) {
			t.Errorf("%T: %v", ds, err)
		}
	}
	refuse := Map(numbers(1), func(int) (int, error) { return 0, errSample })
	if _, err := refuse.At(0); !errors.Is(err, errSample) {
		t.Errorf("error of a transform: %v", err)
	}
}

func TestRandomSplit(t *testing.T) {
	split := func(seed uint64, lengths ...int) [][]int {
		t.Helper()
		parts, err := RandomSplit(numbers(10), seed, lengths...)
		if err != nil {
			t.Fatal(err)
		}
		var got [][]int
		for _, p := range parts {
			got = append(got, all(t, p))
		}
		return got
	}
	got := split(1, 3, 5, 2)
	if len(got[0]) != 3 || len(got[1]) != 5 || len(got[2]) != 2 {
		t.Errorf("lengths of %v", got)
	}
	if every := slices.Sorted(slices.Values(slices.Concat(got...))); !slices.Equal(every, numbers(10)) {
		t.Errorf("the parts hold %v", every)
	}
	if again := split(1, 3, -1, 2); !slices.EqualFunc(got, again, slices.Equal[[]int]) {
		t.Errorf("same seed: %v, then %v", got, again)
	}
	if other := split(2, 3, 5, 2); slices.EqualFunc(got, other, slices.Equal[[]int]) {
		t.Errorf("seeds 1 and 2 both give %v", other)
	}
	if rest := split(1, 4, -1, 6); len(rest[1]) != 0 {
		t.Errorf("nothing left: %v", rest)
	}
}

func TestRandomSplitErrors(t *testing.T) {
	for _, lengths := range [][]int{nil, {9}, {11}, {5, 6}, {-1, -1}, {-2, 12}, {math.MaxInt, math.MaxInt, 12}} {
		_, err := RandomSplit(numbers(10), 0, lengths...)
		if err == nil || !strings.Contains(err.Error(), "10 samples") {
			t.Errorf("%v: %v", lengths, err)
		}
	}
	if parts, err := RandomSplit(numbers(0), 0); err != nil || len(parts) != 0 {
		t.Errorf("no samples, no parts: %v, %v", parts, err)
	}
}

// draw is a transform that adds a random fraction.
func draw(v float64, r *rand.Rand) (float64, error) { return v + r.Float64(), nil }

func floats(n int) Dataset[float64] {
	return Func(n, func(i int) (float64, error) { return float64(10 * i), nil })
}

func TestMapRandWithoutLoader(t *testing.T) {
	ds := MapRand(floats(3), draw)
	got := all(t, ds)
	if again := all(t, ds); !slices.Equal(got, again) {
		t.Errorf("%v, then %v", got, again)
	}
	if got[0] == got[1]-10 || got[1]-10 == got[2]-20 {
		t.Errorf("samples draw the same numbers: %v", got)
	}
}

// Two transforms in a chain must not draw the same numbers.
func TestMapRandChain(t *testing.T) {
	ds := MapRand(MapRand(floats(1), draw), func(v float64, r *rand.Rand) (float64, error) {
		return v - r.Float64(), nil
	})
	for _, d := range []Dataset[float64]{ds, First(ds, 1), Concat(ds)} {
		if v := all(t, d)[0]; v == 0 {
			t.Errorf("%T: both draw the same number", d)
		}
	}
}

func TestSamplers(t *testing.T) {
	if got := slices.Collect(Sequential(3).Indices(7)); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("sequential: %v", got)
	}
	s := Shuffled{N: 20, Seed: 1}
	first := slices.Collect(s.Indices(0))
	if sorted := slices.Sorted(slices.Values(first)); !slices.Equal(sorted, numbers(20)) {
		t.Errorf("not a permutation: %v", first)
	}
	if again := slices.Collect(s.Indices(0)); !slices.Equal(first, again) {
		t.Errorf("epoch 0: %v, then %v", first, again)
	}
	for name, other := range map[string][]int{
		"epoch 1":  slices.Collect(s.Indices(1)),
		"epoch -1": slices.Collect(s.Indices(-1)),
		"seed 2":   slices.Collect(Shuffled{N: 20, Seed: 2}.Indices(0)),
		"a split":  permutation(20, 1, 0, forSplit),
	} {
		if slices.Equal(first, other) {
			t.Errorf("%s has the order of seed 1, epoch 0", name)
		}
	}
	for _, s := range []Sampler{Sequential(-1), Sequential(0), Shuffled{}, Shuffled{N: -1}} {
		if s.Len() != 0 || len(slices.Collect(s.Indices(0))) != 0 {
			t.Errorf("%#v is not empty", s)
		}
	}
}

// The order came from this code with Go 1.26. It must not change with a later
// release, or runs could not be repeated.
func TestShuffledGolden(t *testing.T) {
	got := slices.Collect(Shuffled{N: 10, Seed: 42}.Indices(3))
	if want := []int{4, 0, 8, 3, 5, 6, 9, 1, 2, 7}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Every value must be as likely at every place: chi-squared over 100 cells,
// 81 degrees of freedom; 130 has a probability below 0.001.
func TestShuffledUniform(t *testing.T) {
	const n, epochs = 10, 10000
	var counts [n][n]float64
	for e := range epochs {
		for place, i := range slices.Collect(Shuffled{N: n}.Indices(e)) {
			counts[place][i]++
		}
	}
	chi, want := 0.0, float64(epochs)/n
	for _, row := range counts {
		for _, c := range row {
			chi += (c - want) * (c - want) / want
		}
	}
	if chi > 130 {
		t.Errorf("chi-squared is %.1f", chi)
	}
}
