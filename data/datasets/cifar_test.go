package datasets

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// record is a record of the published format: labels, then the planes of red,
// green and blue, each filled with one value.
func record(labels []byte, r, g, b byte) []byte {
	out := slices.Clone(labels)
	for _, v := range []byte{r, g, b} {
		out = append(out, bytes.Repeat([]byte{v}, 32*32)...)
	}
	return out
}

// tarball packs files as the published archives are.
func tarball(t testing.TB, files ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "set/", Typeflag: tar.TypeDir, Mode: 0o755}); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(files); i += 2 {
		content := files[i+1].([]byte)
		if err := w.WriteHeader(&tar.Header{Name: "set/" + files[i].(string), Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return gzipped(b.Bytes())
}

// small are sets of the two forms, with two pictures in a training file and
// one in the test file.
func small10() cifar {
	c := cifar10()
	c.train, c.records, c.tests, c.sum = c.train[:2], 2, 1, ""
	return c
}

func small100() cifar {
	c := cifar100()
	c.records, c.tests, c.sum = 2, 1, ""
	return c
}

func tar10(t testing.TB) []byte {
	return tarball(t, "readme.html", []byte("about"),
		"data_batch_2.bin", append(record([]byte{3}, 255, 0, 51), record([]byte{4}, 4, 4, 4)...), // not in order
		"data_batch_1.bin", append(record([]byte{9}, 1, 2, 3), record([]byte{0}, 102, 51, 0)...),
		"test_batch.bin", record([]byte{7}, 10, 20, 30))
}

func TestCIFAR10(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "cifar-10-binary.tar.gz", tar10(t))
	train, err := small10().load(dir, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := tensor.Slice[int64](train.Labels()); !slices.Equal(got, []int64{9, 0, 3, 4}) {
		t.Errorf("labels %v", got)
	}
	s, err := train.At(1)
	if err != nil {
		t.Fatal(err)
	}
	corners := tensor.Slice[float32](s.X.Select(1, 31).Select(1, 31).Contiguous())
	if !slices.Equal(s.X.Shape(), []int{3, 32, 32}) || !slices.Equal(corners, []float32{0.4, 0.2, 0}) {
		t.Errorf("picture of %v with %v", s.X.Shape(), corners)
	}
	if got := train.Images().Shape(); !slices.Equal(got, []int{4, 3, 32, 32}) {
		t.Errorf("images %v", got)
	}
	test, err := small10().load(dir, false, []Option{NormalizeChannels([]float32{0, 0, 30. / 255}, []float32{1, 0.5, 1})})
	if err != nil {
		t.Fatal(err)
	}
	got := tensor.Slice[float32](test.Images().Select(2, 0).Select(2, 0).Contiguous())
	if want := []float32{10. / 255, 20. / 255 * 2, 0}; !slices.Equal(got, want) || test.Len() != 1 {
		t.Errorf("normalized to %v, want %v", got, want)
	}
}

func TestCIFAR100(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "cifar-100-binary.tar.gz", tarball(t,
		"train.bin", append(record([]byte{19, 99}, 1, 2, 3), record([]byte{0, 50}, 4, 5, 6)...), "test.bin", record([]byte{3, 4}, 0, 0, 0)))
	for want, opts := range map[string][]Option{"[99 50]": nil, "[19 0]": {Coarse}} {
		set, err := small100().load(dir, true, opts)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(tensor.Slice[int64](set.Labels())); got != want {
			t.Errorf("labels %v, want %v", got, want)
		}
		if got := set.pixels[picture]; got != 4 {
			t.Errorf("picture 1 begins with %d", got)
		}
	}
}

func TestCIFARErrors(t *testing.T) {
	one := record([]byte{1}, 0, 0, 0)
	file := tar10(t)
	for name, c := range map[string]struct {
		file []byte
		opts []Option
		is   error
		want string
	}{
		"no archive":  {[]byte("text"), nil, ErrFormat, ""},
		"cut":         {file[:len(file)/2], nil, ErrFormat, ""},
		"lacks files": {tarball(t, "data_batch_1.bin", append(one, one...)), nil, ErrFormat, "lacks some of"},
		"short":       {tarball(t, "data_batch_1.bin", one), nil, ErrFormat, "has 3073 bytes, want the 6146 of 2 pictures"},
		"label":       {tarball(t, "data_batch_1.bin", append(one, record([]byte{10}, 0, 0, 0)...), "data_batch_2.bin", append(one, one...)), nil, ErrFormat, "label 10 of picture 1, want less than 10"},
		"coarse":      {file, []Option{Coarse}, nil, "Coarse is for CIFAR100"},
		"channels":    {file, []Option{NormalizeChannels([]float32{1, 2}, []float32{1, 2})}, nil, "2 means and 2 standard deviations, want 3"},
		"deviation":   {file, []Option{NormalizeChannels([]float32{1}, []float32{0})}, nil, "the standard deviation is 0"},
	} {
		dir := t.TempDir()
		write(t, dir, "cifar-10-binary.tar.gz", c.file)
		_, err := small10().load(dir, true, c.opts)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func sumOfFile(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// An archive is downloaded, verified, kept, and verified again.
func TestArchiveDownload(t *testing.T) {
	file := tar10(t)
	m := &mirror{content: file}
	server := httptest.NewServer(m)
	defer server.Close()
	c := small10()
	c.sum, c.mirrors = sumOfFile(file), []string{server.URL}
	dir := t.TempDir()
	if _, err := c.load(dir, true, nil); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "datasets.Download") {
		t.Errorf("without Download: %v", err)
	}
	for range 2 {
		if set, err := c.load(dir, true, []Option{Download}); err != nil || set.Len() != 4 {
			t.Fatal(err)
		}
	}
	if m.count.Load() != 1 {
		t.Errorf("%d requests", m.count.Load())
	}
	write(t, dir, c.file, append(slices.Clone(file), 0)) // still readable, but changed
	if _, err := c.load(dir, true, nil); !errors.Is(err, ErrChecksum) || !strings.Contains(err.Error(), "delete the file") {
		t.Errorf("changed: %v", err)
	}
	if _, err := c.load(dir, true, []Option{SkipChecksum}); err != nil {
		t.Errorf("SkipChecksum: %v", err)
	}
	m.content = []byte("another file")
	if _, err := c.load(t.TempDir(), true, []Option{Download}); !errors.Is(err, ErrChecksum) {
		t.Errorf("another file: %v", err)
	}
	if _, err := c.load(t.TempDir(), true, []Option{Download, SkipChecksum}); !errors.Is(err, ErrInsecure) {
		t.Errorf("plain HTTP without a checksum: %v", err)
	}
}

func TestClassNames(t *testing.T) {
	for n, names := range map[int][]string{10: CIFAR10Classes(), 100: CIFAR100Classes(), 20: CIFAR100Groups(), 3: IrisClasses()} {
		if len(names) != n || !slices.IsSorted(names) { // all of these lists are in order of the alphabet
			t.Errorf("%d names, want %d: %v", len(names), n, names)
		}
	}
}

func FuzzCIFAR(f *testing.F) {
	f.Add(tar10(f))
	f.Add(tarball(f, "test_batch.bin", record([]byte{200}, 0, 0, 0)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, train := range []bool{true, false} {
			set, err := small10().read(bytes.NewReader(file), train, false)
			if err != nil {
				continue
			}
			if want := map[bool]int{true: 4, false: 1}[train]; set.Len() != want || len(set.pixels) != want*picture {
				t.Errorf("%d pictures, %d pixels", set.Len(), len(set.pixels))
			}
		}
	})
}
