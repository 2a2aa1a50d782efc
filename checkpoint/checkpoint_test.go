package checkpoint

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/checkpoint/npy"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func write(t *testing.T, name string, f func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func same(t *testing.T, name string, got, want *tensor.Tensor) {
	t.Helper()
	if got == nil || got.DType() != want.DType() || !slices.Equal(got.Shape(), want.Shape()) || !bytes.Equal(tensor.Bytes(got), tensor.Bytes(want)) {
		t.Errorf("%s: %v; want %v", name, got, want)
	}
}

// The content decides: every name here is wrong.
func TestOpenByContent(t *testing.T) {
	x := tensor.Arange(0, 6, 1).Reshape(2, 3)
	s := &nn.State{}
	s.Set(npy.Single, x)
	dir := t.TempDir()
	if err := safetensors.WriteSharded(dir, s, 1); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(dir, "shards.bin")
	os.Rename(filepath.Join(dir, safetensors.IndexName), index)
	for name, path := range map[string]string{
		"safetensors": write(t, "a.npz", func(w io.Writer) error { return safetensors.Write(w, s) }),
		"index":       index,
		"npy":         write(t, "a.pt", func(w io.Writer) error { return npy.WriteArray(w, x) }),
		"npz":         write(t, "a.zip", func(w io.Writer) error { return npy.Write(w, s) }),
		"compressed":  write(t, "a", func(w io.Writer) error { return npy.Write(w, s, npy.Compress) }),
	} {
		got, err := Load(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same(t, name, got.Get(npy.Single), x)
	}
	empty := write(t, "a", func(w io.Writer) error { return npy.Write(w, &nn.State{}) })
	if got, err := Load(empty); err != nil || got.Len() != 0 {
		t.Errorf("an archive of nothing: %v, %v", got, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"", "empty"},
		{"x", "begins with \"x\""},
		{"\x89HDF\r\n", "not a file of this format that facula reads"},
		{"{", "the end"},
		{"{\"a\": 1}", "unknown key"},
		{"\x93NUMPY", "cut off"},
		{"\x02\x00\x00\x00\x00\x00\x00\x00{]", "safetensors"},
	} {
		path := write(t, "f", func(w io.Writer) error { _, err := io.WriteString(w, c.content); return err })
		if f, err := Open(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || f != nil {
			t.Errorf("%q: %v, %v; want %q and the path", c.content, f, err, c.want)
		}
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	other := filepath.Join("safetensors", "testdata", "other.safetensors")
	if _, err := Load(other); !errors.Is(err, archive.ErrKind) {
		t.Errorf("%v; want ErrKind", err)
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	m := nn.NewSequential(nn.NewLinear(2, 3), nn.NewBatchNorm1d(3))
	for _, what := range []any{m, nn.StateDict(m)} {
		if err := Save(path, what); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if f.Metadata()["format"] != "pt" {
			t.Errorf("metadata %v", f.Metadata())
		}
		f.Close()
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range nn.StateDict(m).All() {
			same(t, n, got.Get(n), want)
		}
	}
	before, _ := os.ReadFile(path)
	bad := &nn.State{}
	bad.Set("a", nil)
	if err := Save(path, bad); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("%v; want an error with the path", err)
	}
	after, _ := os.ReadFile(path)
	if entries, _ := os.ReadDir(dir); !bytes.Equal(before, after) || len(entries) != 1 {
		t.Errorf("a failed Save changed the file, or left one of %v", entries)
	}
	if err := Save(path, m, safetensors.Metadata(map[string]string{"step": "7"})); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Metadata()["step"] != "7" {
		t.Errorf("metadata %v", f.Metadata())
	}
	f.Close()
}

func TestSweep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	left := filepath.Join(filepath.Dir(path), ".f.ABCDEFGH.tmp")
	os.WriteFile(left, nil, 0o666)
	if err := Sweep(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v; want no such file", err)
	}
	if err := Sweep(filepath.Join(path, "none", "f")); err != nil {
		t.Errorf("no folder: %v", err)
	}
}

// GGUF files are made elsewhere only.
func TestOpenGGUF(t *testing.T) {
	f, err := Open("gguf/testdata/golden.gguf")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Tensor("q4_k"); err != nil {
		t.Error(err)
	}
}

// A file that other programs would read as another format is not written.
func TestSaveRefusesOtherNames(t *testing.T) {
	for _, name := range []string{"model.pt", "model.PTH", "model.npz", "model.gguf"} {
		path := filepath.Join(t.TempDir(), name)
		if err := Save(path, nn.NewLinear(1, 1)); err == nil || !strings.Contains(err.Error(), "Save writes safetensors, not "+strings.ToLower(filepath.Ext(name))) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}
