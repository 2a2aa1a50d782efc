package datasets

import (
	"archive/zip"
	"bytes"
	"errors"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

func TestTinyShakespeare(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "input.txt", []byte("To be"))
	if _, err := TinyShakespeare(dir); !errors.Is(err, ErrChecksum) {
		t.Errorf("another text: %v", err)
	}
	if text, err := TinyShakespeare(dir, SkipChecksum); err != nil || text != "To be" {
		t.Errorf("%q, %v", text, err)
	}
	server := httptest.NewServer(&mirror{content: []byte("To be")})
	defer server.Close()
	if _, err := TinyShakespeare(t.TempDir(), Download, Mirrors(server.URL)); !errors.Is(err, ErrChecksum) {
		t.Errorf("downloaded: %v", err)
	}
}

// zipped is a zip archive of texts.
func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWikiText2(t *testing.T) {
	dir := t.TempDir()
	file := zipped(t, "wikitext-2-raw/wiki.train.raw", " = Title = \n", "wikitext-2-raw/wiki.test.raw", "test")
	write(t, dir, "wikitext-2-raw-v1.zip", file)
	if text, err := WikiText2(dir, "train", SkipChecksum); err != nil || text != " = Title = \n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := WikiText2(dir, "train"); !errors.Is(err, ErrChecksum) {
		t.Errorf("another archive: %v", err)
	}
	if _, err := WikiText2(dir, "valid", SkipChecksum); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "no wikitext-2-raw/wiki.valid.raw") {
		t.Error(err)
	}
	if _, err := WikiText2(dir, "all", SkipChecksum); err == nil || !strings.Contains(err.Error(), `no split "all"`) {
		t.Error(err)
	}
	bomb := zipped(t, "wikitext-2-raw/wiki.test.raw", strings.Repeat("0", maxText+1))
	write(t, dir, "wikitext-2-raw-v1.zip", bomb)
	if _, err := WikiText2(dir, "test", SkipChecksum); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "want at most") {
		t.Errorf("bomb: %v", err)
	}
	write(t, dir, "wikitext-2-raw-v1.zip", file[:40])
	if _, err := WikiText2(dir, "test", SkipChecksum); !errors.Is(err, ErrFormat) {
		t.Errorf("cut: %v", err)
	}
}

// The extremes, means and deviations are those of the description that
// scikit-learn ships with the file.
func TestIris(t *testing.T) {
	set := Iris()
	if set.Len() != 150 {
		t.Fatalf("%d flowers", set.Len())
	}
	b, err := set.Batch([]int{0, 50, 100, 149})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{0, 1, 2, 2} {
		if got := tensor.Slice[int64](b.Y)[i]; got != want {
			t.Errorf("class %d, want %d", got, want)
		}
	}
	all := make([]int, 150)
	for i := range all {
		all[i] = i
	}
	b, err = set.Batch(all)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][4]float64{{4.3, 7.9, 5.84, 0.83}, {2.0, 4.4, 3.05, 0.43}, {1.0, 6.9, 3.76, 1.76}, {0.1, 2.5, 1.20, 0.76}} {
		x := b.X.Select(1, i)
		got := [4]float64{x.Min().Float(), x.Max().Float(), x.Mean().Float(), x.Std().Float()}
		for k := range got {
			if math.Abs(got[k]-want[k]) > 0.0101 { // two digits, of which some are cut
				t.Errorf("%s: %v, want %v", IrisFeatures()[i], got, want)
				break
			}
		}
	}
	if n := tensor.Slice[int64](b.Y.BinCount(0, nil)); len(n) != 3 || n[0] != 50 || n[1] != 50 {
		t.Errorf("classes %v", n)
	}
}

func TestList(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, home)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, info := range List() {
		if names[info.Name] || info.Name == "" || info.Description == "" || info.License == "" || info.Source == "" {
			t.Errorf("%+v", info)
		}
		names[info.Name] = true
		if info.Present != (info.Name == "iris") || info.Bytes == 0 != info.Present {
			t.Errorf("in an empty cache: %+v", info)
		}
	}
	for folder, files := range map[string][]string{
		"cifar-10": {"cifar-10-binary.tar.gz"},
		"mnist":    {"train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"},
	} {
		dir := filepath.Join(cache, "facula", folder)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			write(t, dir, f, nil)
		}
	}
	for _, info := range List() {
		if want := info.Name == "iris" || info.Name == "mnist" || info.Name == "cifar-10"; info.Present != want {
			t.Errorf("%s: present %t", info.Name, info.Present)
		}
	}
	for _, a := range []archive{cifar10().archive, cifar100().archive, tinyShakespeare(), wikiText2()} {
		if len(a.sum) != 64 || !strings.HasPrefix(a.mirrors[0], "https://") || !strings.HasSuffix(a.mirrors[0], "/") {
			t.Errorf("%+v", a)
		}
	}
}
