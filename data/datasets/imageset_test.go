package datasets

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// tiny returns the tiny data set of the source tests.
func tiny(t *testing.T, opts ...Option) *ImageSet {
	t.Helper()
	dir := t.TempDir()
	set, err := LoadIDX(write(t, dir, "i", testImages), write(t, dir, "l.gz", gzipped(testLabels)), 3, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestImageSet(t *testing.T) {
	set := tiny(t)
	if set.Len() != 4 {
		t.Errorf("%d images", set.Len())
	}
	s, err := set.At(0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.X.Shape(), []int{1, 2, 3}) || s.X.DType() != tensor.Float32 {
		t.Errorf("X is %v %v", s.X.DType(), s.X.Shape())
	}
	want := []float32{0, 0.2, 0.4, 0.6, 0.8, 1} // the pixels of image 0 are multiples of 51
	if got := tensor.Slice[float32](s.X); !slices.Equal(got, want) {
		t.Errorf("X is %v, want %v", got, want)
	}
	if s.Y.DType() != tensor.Int64 || s.Y.Dim() != 0 || tensor.Item[int64](s.Y) != 2 {
		t.Errorf("Y is %v %v", s.Y.DType(), s.Y.Shape())
	}
}

func TestImageSetTensors(t *testing.T) {
	set := tiny(t)
	images, labels := set.Images(), set.Labels()
	if !slices.Equal(images.Shape(), []int{4, 1, 2, 3}) || !slices.Equal(labels.Shape(), []int{4}) {
		t.Errorf("shapes %v and %v", images.Shape(), labels.Shape())
	}
	if got := tensor.Slice[int64](labels); !slices.Equal(got, []int64{2, 0, 1, 2}) {
		t.Errorf("labels %v", got)
	}
	b, err := set.Batch([]int{3, 1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.X.Shape(), []int{2, 1, 2, 3}) || !slices.Equal(tensor.Slice[int64](b.Y), []int64{2, 0}) {
		t.Errorf("batch of shape %v, labels %v", b.X.Shape(), tensor.Slice[int64](b.Y))
	}
	for k, i := range []int{3, 1} {
		got, want := tensor.Slice[float32](b.X.Select(0, k)), tensor.Slice[float32](images.Select(0, i))
		s, err := set.At(i)
		if err != nil || !slices.Equal(got, want) || !slices.Equal(got, tensor.Slice[float32](s.X)) {
			t.Errorf("image %d: %v in a batch, %v in Images, %v", i, got, want, err)
		}
	}
	for _, indices := range [][]int{{4}, {-1}, {0, 99}} {
		if _, err := set.Batch(indices); err == nil {
			t.Errorf("Batch(%v): no error", indices)
		}
	}
	if _, err := set.At(4); err == nil {
		t.Error("At(4): no error")
	}
}

func TestNormalize(t *testing.T) {
	set := tiny(t, Normalize(0.5, 0.25))
	s, err := set.At(0)
	if err != nil {
		t.Fatal(err)
	}
	got := tensor.Slice[float32](s.X)
	for i, v := range []float32{0, 0.2, 0.4, 0.6, 0.8, 1} {
		if want := (v - 0.5) / 0.25; got[i] != want {
			t.Errorf("pixel %d is %v, want %v", i, got[i], want)
		}
	}
	for _, std := range []float32{0, -1} {
		if _, err := MNIST(t.TempDir(), true, Normalize(0, std)); err == nil || !strings.Contains(err.Error(), "deviation") {
			t.Errorf("deviation %v: %v", std, err)
		}
		if _, err := LoadIDX("", "", 1, Normalize(0, std)); err == nil || !strings.Contains(err.Error(), "deviation") {
			t.Errorf("deviation %v: %v", std, err)
		}
	}
}

func TestLoadIDXErrors(t *testing.T) {
	dir := t.TempDir()
	images, labels := write(t, dir, "i", testImages), write(t, dir, "l", testLabels)
	if _, err := LoadIDX(images, labels, 2); !errors.Is(err, ErrFormat) {
		t.Errorf("a label above the classes: %v", err)
	}
	if _, err := LoadIDX(images, labels, 0); err == nil || err.Error() != "datasets: 0 classes; want at least 1" {
		t.Errorf("no classes: %v", err)
	}
	if _, err := LoadIDX(images, filepath.Join(dir, "none"), 3); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no labels: %v", err)
	}
}

func TestImageSetEmpty(t *testing.T) {
	dir := t.TempDir()
	set, err := LoadIDX(write(t, dir, "i", idxBytes(nil, 0, 28, 28)), write(t, dir, "l", idxBytes(nil, 0)), 10)
	if err != nil {
		t.Fatal(err)
	}
	if set.Len() != 0 || set.Images().Size(0) != 0 || set.Labels().Size(0) != 0 {
		t.Errorf("%d images", set.Len())
	}
}

// A loader reads whole batches of an ImageSet and of a part of it.
func TestImageSetLoader(t *testing.T) {
	set := tiny(t)
	var _ data.Batcher = set
	l := data.NewLoader(data.First(set, 3), data.Config{BatchSize: 2, Workers: 2})
	var labels []int64
	for b, err := range l.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, tensor.Slice[int64](b.Y)...)
	}
	if !slices.Equal(labels, []int64{2, 0, 1}) {
		t.Errorf("labels %v", labels)
	}
}

func TestMNISTMissing(t *testing.T) {
	for _, load := range []func(string, bool, ...Option) (*ImageSet, error){MNIST, FashionMNIST} {
		_, err := load(t.TempDir(), false)
		if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "t10k-images-idx3-ubyte") {
			t.Errorf("got %v", err)
		}
	}
}

// mnistDir holds the whole data set in this repository.
const mnistDir = "../../examples/data/mnist"

// The counts are those of the data set's own description; the first labels are
// the well-known ones.
func TestMNISTWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 55 MB")
	}
	cases := []struct {
		train     bool
		histogram []int
		first     []int64
	}{
		{true, []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, []int64{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}},
		{false, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, []int64{7, 2, 1, 0, 4, 1, 4, 9, 5, 9}},
	}
	for _, c := range cases {
		set, err := MNIST(mnistDir, c.train)
		if err != nil {
			t.Fatal(err)
		}
		labels := tensor.Slice[int64](set.Labels())
		histogram, total := make([]int, 10), 0
		for _, label := range labels {
			histogram[label]++
			total++
		}
		if !slices.Equal(histogram, c.histogram) || total != set.Len() {
			t.Errorf("train %v: %d labels, histogram %v", c.train, total, histogram)
		}
		if !slices.Equal(labels[:10], c.first) {
			t.Errorf("train %v: first labels %v", c.train, labels[:10])
		}
		if s, err := set.At(0); err != nil || !slices.Equal(s.X.Shape(), []int{1, 28, 28}) || tensor.Item[int64](s.Y) != c.first[0] {
			t.Errorf("train %v: sample 0: %v", c.train, err)
		}
	}
}

// The mean and deviation that everyone normalizes MNIST with are those of the
// training pixels.
func TestMNISTNormalize(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 47 MB")
	}
	set, err := MNIST(mnistDir, true, Normalize(0.1307, 0.3081))
	if err != nil {
		t.Fatal(err)
	}
	sum, squares := 0.0, 0.0
	for _, p := range set.pixels {
		v := float64(set.value[0][p])
		sum, squares = sum+v, squares+v*v
	}
	n := float64(len(set.pixels))
	mean := sum / n
	if variance := squares/n - mean*mean; mean < -1e-3 || mean > 1e-3 || variance < 0.999 || variance > 1.001 {
		t.Errorf("mean %v, variance %v", mean, variance)
	}
}

// One changed pixel of the real data must not pass.
func TestMNISTChanged(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 8 MB")
	}
	set, err := MNIST(mnistDir, false)
	if err != nil {
		t.Fatal(err)
	}
	pixels := bytes.Clone(set.pixels)
	pixels[12345] ^= 1
	dir := t.TempDir()
	write(t, dir, "t10k-images-idx3-ubyte", idxBytes(pixels, 10000, 28, 28))
	write(t, dir, "t10k-labels-idx1-ubyte", idxBytes(set.labels, 10000))
	if _, err := MNIST(dir, false); !errors.Is(err, ErrChecksum) {
		t.Errorf("got %v", err)
	}
	if _, err := MNIST(dir, false, SkipChecksum); err != nil {
		t.Errorf("without the checksum: %v", err)
	}
}

// The whole way through the public API: a mirror, the published checksums, the
// data set, and a second call that needs no mirror.
func TestMNISTDownload(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 8 MB twice")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(mnistDir)))
	dir := filepath.Join(t.TempDir(), "mnist")
	set, err := MNIST(dir, false, Download, Mirrors(server.URL), Context(t.Context()))
	server.Close()
	if err != nil || set.Len() != 10000 {
		t.Fatal(err)
	}
	if _, err := MNIST(dir, false); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

func BenchmarkImageSet(b *testing.B) {
	set, err := MNIST(mnistDir, false)
	if err != nil {
		b.Skip(err)
	}
	l := data.NewLoader(set, data.Config{BatchSize: 64, Shuffle: true})
	for b.Loop() {
		for range l.All(b.Context()) {
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(set.Len()), "ns/sample")
}

func BenchmarkMNISTOpen(b *testing.B) {
	for b.Loop() {
		if _, err := MNIST(mnistDir, true); err != nil {
			b.Skip(err)
		}
	}
}
