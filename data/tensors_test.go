package data

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// rows returns n rows of 3 float32 and n labels: row i is 10i, 10i+1, 10i+2.
func rows(n int) (x, y *tensor.Tensor) {
	var xs []float32
	var ys []int64
	for i := range n {
		xs = append(xs, float32(10*i), float32(10*i+1), float32(10*i+2))
		ys = append(ys, int64(i))
	}
	return tensor.Of(xs, n, 3), tensor.Of(ys, n)
}

// expectTensor fails unless x has a shape and elements.
func expectTensor[T tensor.Element](t *testing.T, name string, x *tensor.Tensor, shape []int, want ...T) {
	t.Helper()
	if got := tensor.Slice[T](x); !slices.Equal(x.Shape(), shape) || !slices.Equal(got, want) {
		t.Errorf("%s: %v %v, want %v %v", name, x.Shape(), got, shape, want)
	}
}

func TestTensors(t *testing.T) {
	x, y := rows(4)
	ds := NewTensors(x, y, y.MulScalar(2))
	s, err := ds.At(2)
	if err != nil {
		t.Fatal(err)
	}
	expectTensor[float32](t, "X", s.X, []int{3}, 20, 21, 22)
	expectTensor[int64](t, "Y", s.Y, []int{}, 2)
	expectTensor[int64](t, "More", s.More[0], []int{}, 4)
	if !s.X.SameStorage(x) {
		t.Error("a row is not a view")
	}
	b, err := ds.Batch([]int{3, 0, 3})
	if err != nil || b.Len() != 3 {
		t.Fatal(b.Len(), err)
	}
	expectTensor[float32](t, "X", b.X, []int{3, 3}, 30, 31, 32, 0, 1, 2, 30, 31, 32)
	expectTensor[int64](t, "Y", b.Y, []int{3}, 3, 0, 3)
	expectTensor[int64](t, "More", b.More[0], []int{3}, 6, 0, 6)
	if b.X.SameStorage(x) {
		t.Error("a batch is a view of the dataset")
	}
	if _, err := ds.At(4); err == nil {
		t.Error("At(4): no error")
	}
	if _, err := ds.Batch([]int{0, -1}); err == nil {
		t.Error("Batch(-1): no error")
	}
}

func TestTensorsXOnly(t *testing.T) {
	x, _ := rows(2)
	l := NewLoader(NewTensors(x), Config{BatchSize: 2})
	b := epoch(t, l)[0]
	if b.Y != nil || b.More != nil || b.Len() != 2 {
		t.Errorf("got %+v", b)
	}
}

func TestNewTensorsMisuse(t *testing.T) {
	x, y := rows(2)
	for want, f := range map[string]func(){
		"no tensors": func() { NewTensors() },
		"[2 3], [1]": func() { NewTensors(x, y.Narrow(0, 0, 1)) },
		"tensor: NewTensors [2 3]: tensor 1 is nil": func() { NewTensors(x, nil) },
		"tensor: NewTensors: tensor 0 is nil":       func() { NewTensors(nil) },
		"dims":                                      func() { NewTensors(tensor.Scalar(1)) },
	} {
		if err := tensor.Try(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestBatchTo(t *testing.T) {
	x, y := rows(2)
	b := Batch{X: x, Y: y, More: []*tensor.Tensor{x}}.To(x.Device())
	if b.X != x || b.Y != y || b.More[0] != x {
		t.Error("tensors that are there already were copied")
	}
	if b := (Batch{X: x}).To(x.Device()); b.Y != nil || b.More != nil {
		t.Errorf("got %+v", b)
	}
}

func TestCollate(t *testing.T) {
	x, y := rows(3)
	var samples []Sample
	for i := range 3 {
		samples = append(samples, Sample{x.Select(0, i), y.Select(0, i), []*tensor.Tensor{y.Select(0, i)}})
	}
	b, err := Collate(samples)
	if err != nil {
		t.Fatal(err)
	}
	expectTensor(t, "X", b.X, []int{3, 3}, tensor.Slice[float32](x)...)
	expectTensor[int64](t, "Y", b.Y, []int{3}, 0, 1, 2)
	expectTensor[int64](t, "More", b.More[0], []int{3}, 0, 1, 2)
}

func TestCollateErrors(t *testing.T) {
	x, y := rows(2)
	row := Sample{X: x.Select(0, 0), Y: y.Select(0, 0)}
	cases := []struct {
		name    string
		samples []Sample
		want    string
	}{
		{"none", nil, "no samples"},
		{"no Y", []Sample{row, {X: row.X}}, "place 1 of the batch has Y: false and 0 more; place 0 has Y: true and 0"},
		{"no X", []Sample{{Y: row.Y}}, "data: place 0 of the batch has no X"},
		{"no X later", []Sample{row, {}}, "data: place 1 of the batch has no X"},
		{"more", []Sample{row, {X: row.X, Y: row.Y, More: []*tensor.Tensor{x}}}, "1 more"},
		{"shapes", []Sample{row, {X: x, Y: row.Y}}, "stack"},
		{"dtypes", []Sample{row, {X: row.X.Cast(tensor.Float64), Y: row.Y}}, "want equal"},
	}
	for _, c := range cases {
		if _, err := Collate(c.samples); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// bare hides that a dataset reads whole batches.
type bare struct{ Dataset[Sample] }

// The path through whole batches and the one through samples must agree.
func TestNewLoaderPathsAgree(t *testing.T) {
	x, y := rows(23)
	ds := NewTensors(x, y)
	sub := NewSubset(ds, []int{5, 22, 1, 1, 0, 17, 9})
	for _, pair := range [][2]Dataset[Sample]{
		{ds, bare{ds}},
		{sub, bare{sub}},
		{First(sub, 5), NewSubset(bare{sub}, []int{0, 1, 2, 3, 4})},
	} {
		if batcher(pair[0]) == nil || batcher(pair[1]) != nil {
			t.Fatalf("%T does not take the path it should", pair)
		}
		for _, workers := range workerCounts {
			cfg := Config{BatchSize: 4, Shuffle: true, Seed: 9, Workers: workers}
			fast, slow := epoch(t, NewLoader(pair[0], cfg)), epoch(t, NewLoader(pair[1], cfg))
			if len(fast) != len(slow) {
				t.Fatalf("%d and %d batches", len(fast), len(slow))
			}
			for i := range fast {
				expectTensor(t, "X", fast[i].X, slow[i].X.Shape(), tensor.Slice[float32](slow[i].X)...)
				expectTensor(t, "Y", fast[i].Y, slow[i].Y.Shape(), tensor.Slice[int64](slow[i].Y)...)
			}
		}
	}
}

func TestNewLoaderErrors(t *testing.T) {
	x, y := rows(5)
	ds := NewTensors(x, y)
	for _, workers := range workerCounts {
		noGoroutines(t)
		var got []string
		l := NewLoader(ds, Config{BatchSize: 2, Sampler: fixed{0, 1, 2, 9, 4}, Workers: workers})
		for b, err := range l.All(t.Context()) {
			if err != nil {
				got = append(got, err.Error())
			} else {
				got = append(got, fmt.Sprint(b.Len()))
			}
		}
		want := []string{"2", "data: sample 9: index 9 is outside a dataset of 5 samples", "1"}
		if !slices.Equal(got, want) {
			t.Errorf("%d workers: %q", workers, got)
		}
		for _, err := range NewLoader(NewSubset(ds, []int{7}), Config{Workers: workers}).All(t.Context()) {
			if !errors.As(err, new(*BatchError)) {
				t.Errorf("%d workers: %v", workers, err)
			}
		}
		for _, err := range NewLoader(badBatcher{ds}, Config{Workers: workers}).All(t.Context()) {
			if !errors.As(err, new(*BatchError)) || !errors.As(err, new(*tensor.Error)) {
				t.Errorf("%d workers: %v", workers, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range NewLoader(ds, Config{}).All(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

type badBatcher struct{ *Tensors }

func (b badBatcher) Batch([]int) (Batch, error) {
	b.parts[0].Add(tensor.Zeros(77))
	return Batch{}, nil
}

// A misuse of an op in a transform is the error of that sample.
func TestTensorPanicInTransform(t *testing.T) {
	x, y := rows(3)
	ds := Map(NewTensors(x, y), func(s Sample) (Sample, error) {
		if tensor.Item[int64](s.Y) == 1 {
			s.X = s.X.Add(tensor.Zeros(2))
		}
		return s, nil
	})
	for _, workers := range workerCounts {
		var got []int
		for _, err := range NewLoader(ds, Config{Workers: workers}).All(t.Context()) {
			var e *SampleError
			if errors.As(err, &e) && errors.As(err, new(*tensor.Error)) {
				got = append(got, e.Index)
			}
		}
		if !slices.Equal(got, []int{1}) {
			t.Errorf("%d workers: errors of samples %v", workers, got)
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	x, y := tensor.Zeros(10000, 784), tensor.Zeros(10000)
	for name, ds := range map[string]Dataset[Sample]{"whole": NewTensors(x, y), "stacked": bare{NewTensors(x, y)}} {
		b.Run(name, func(b *testing.B) {
			l := NewLoader(ds, Config{BatchSize: 64, Shuffle: true})
			for b.Loop() {
				for range l.All(b.Context()) {
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/sample")
		})
	}
}
