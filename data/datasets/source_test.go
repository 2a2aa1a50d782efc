package datasets

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testImages and testLabels are a tiny data set: 4 images of 2×3 and 3 classes.
var (
	testPixels = []byte{
		0, 51, 102, 153, 204, 255,
		1, 2, 3, 4, 5, 6,
		7, 8, 9, 10, 11, 12,
		255, 255, 255, 0, 0, 0,
	}
	testImages = idxBytes(testPixels, 4, 2, 3)
	testLabels = idxBytes([]byte{2, 0, 1, 2}, 4)
)

// testSource is that data set as a published one.
func testSource(mirrors ...string) source {
	files := published("train", sumOf(testImages), sumOf(testLabels))
	return source{name: "tiny", mirrors: mirrors, train: files, test: files, classes: 3, rows: 2, cols: 3}
}

func write(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSourceRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "train-images-idx3-ubyte", testImages)
	write(t, dir, "train-labels-idx1-ubyte.gz", gzipped(testLabels))
	images, labels, err := testSource().read(dir, true, newOptions(nil))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(images.data, testPixels) || !bytes.Equal(labels.data, []byte{2, 0, 1, 2}) {
		t.Errorf("got %v %v", images, labels)
	}
}

func TestSourceMissing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nothing")
	_, _, err := testSource().read(dir, true, newOptions(nil))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{dir, "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "datasets.Download"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}

func TestSourceErrors(t *testing.T) {
	skip := newOptions([]Option{SkipChecksum})
	cases := []struct {
		name           string
		images, labels []byte
		o              options
		want           string
		is             error
	}{
		{"checksum", idxBytes(make([]byte, 24), 4, 2, 3), testLabels, newOptions(nil), "delete the file", ErrChecksum},
		{"labels checksum", testImages, idxBytes(make([]byte, 4), 4), newOptions(nil), "labels", ErrChecksum},
		{"counts", testImages, idxBytes([]byte{1}, 1), skip, "4 images", ErrFormat},
		{"label range", testImages, idxBytes([]byte{0, 1, 3, 0}, 4), skip, "label 3 of image 2, want less than 3", ErrFormat},
		{"image size", idxBytes(make([]byte, 24), 4, 3, 2), testLabels, skip, "images are 3×2, want 2×3", ErrFormat},
		{"rank of images", testLabels, testLabels, skip, "rank 3", ErrFormat},
		{"rank of labels", testImages, testImages, skip, "rank 1", ErrFormat},
	}
	for _, c := range cases {
		dir := t.TempDir()
		write(t, dir, "train-images-idx3-ubyte", c.images)
		write(t, dir, "train-labels-idx1-ubyte", c.labels)
		_, _, err := testSource().read(dir, true, c.o)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSourceSkipChecksum(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "train-images-idx3-ubyte", idxBytes(make([]byte, 6), 1, 2, 3))
	write(t, dir, "train-labels-idx1-ubyte", idxBytes([]byte{1}, 1))
	images, _, err := testSource().read(dir, true, newOptions([]Option{SkipChecksum}))
	if err != nil || images.shape[0] != 1 {
		t.Errorf("%v, %v", images, err)
	}
}

func TestSourceDownload(t *testing.T) {
	m := &mirror{content: gzipped(testLabels)}
	server := httptest.NewServer(m)
	defer server.Close()
	dir := filepath.Join(t.TempDir(), "cache")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "train-images-idx3-ubyte", testImages) // only the labels are missing
	var files []string
	o := newOptions([]Option{
		Download, Client(server.Client()), Context(t.Context()),
		OnProgress(func(p Progress) { files = append(files, p.File) }),
	})
	for range 2 { // the second time the file is there
		if _, labels, err := testSource(server.URL).read(dir, true, o); err != nil || len(labels.data) != 4 {
			t.Fatalf("%v, %v", labels, err)
		}
	}
	if m.count.Load() != 1 || len(files) == 0 || files[0] != "train-labels-idx1-ubyte.gz" {
		t.Errorf("%d requests, progress of %v", m.count.Load(), files)
	}
}

func TestSourceDownloadMirrors(t *testing.T) {
	m := &mirror{content: gzipped(testLabels)}
	server := httptest.NewServer(m)
	defer server.Close()
	dir := t.TempDir()
	write(t, dir, "train-images-idx3-ubyte", testImages)
	o := newOptions([]Option{Download, Mirrors(server.URL)})
	if _, _, err := testSource("http://unused.invalid").read(dir, true, o); err != nil {
		t.Error(err)
	}
	o = newOptions([]Option{Download, SkipChecksum, Mirrors(server.URL)})
	if _, _, err := testSource().read(t.TempDir(), true, o); !errors.Is(err, ErrInsecure) {
		t.Errorf("plain HTTP without a checksum: %v", err)
	}
}

// The cache folder must follow the user's settings, and a file of the wrong
// content must not be stored there.
func TestSourceCache(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, home)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = testSource().read("", true, newOptions(nil))
	if want := filepath.Join(cache, "facula", "tiny"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error does not name %s: %v", want, err)
	}
	server := httptest.NewServer(&mirror{content: gzipped(idxBytes([]byte{1}, 1, 1, 1))})
	defer server.Close()
	_, _, err = testSource(server.URL).read("", true, newOptions([]Option{Download}))
	if !errors.Is(err, ErrChecksum) {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Join(cache, "facula", "tiny")); len(entries) != 0 {
		t.Errorf("stored %v", entries)
	}
}

func TestSourceNoCache(t *testing.T) {
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	if _, _, err := testSource().read("", true, newOptions(nil)); err == nil || !strings.Contains(err.Error(), "no cache folder") {
		t.Errorf("got %v", err)
	}
}

func TestPublishedSources(t *testing.T) {
	for _, s := range []source{mnist(), fashionMNIST()} {
		for _, p := range []pair{s.train, s.test} {
			for _, f := range []file{p.images, p.labels} {
				if len(f.sum) != 64 {
					t.Errorf("%s %s: a sum of %d digits", s.name, f.name, len(f.sum))
				}
			}
		}
		if !strings.HasPrefix(s.mirrors[0], "https://") {
			t.Errorf("%s: the first mirror is %s", s.name, s.mirrors[0])
		}
	}
	if len(FashionClasses()) != fashionMNIST().classes {
		t.Error("the number of class names is not the number of classes")
	}
}
