package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// names are the entries of a folder.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	fill := func(temp string) error { return os.WriteFile(filepath.Join(temp, "f"), []byte("x"), 0o666) }
	err := Folder(path, func(temp string) error {
		if _, err := os.Lstat(path); err == nil {
			t.Error("the folder is there before it is full")
		}
		return fill(temp)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, path); !slices.Equal(got, []string{"f"}) {
		t.Errorf("the folder has %q", got)
	}
	if err := Folder(path, func(string) error { t.Error("called"); return nil }); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a folder that is there: %v", err)
	}
	full := errors.New("no space left")
	if err := Folder(filepath.Join(dir, "b"), func(temp string) error { fill(temp); return full }); !errors.Is(err, full) {
		t.Errorf("error %v; want %v", err, full)
	}
	func() {
		defer func() { recover() }()
		Folder(filepath.Join(dir, "c"), func(temp string) error { panic("a bug") })
	}()
	if err := Folder(filepath.Join(dir, "none", "d"), fill); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing parent: %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"a"}) {
		t.Errorf("left: %q", got)
	}
	if err := RemoveFolder(path); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("left after removing: %q", got)
	}
	if err := RemoveFolder(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing to remove: %v", err)
	}
}

func TestSweepFolders(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{".a-1.ABCDEFGH.tmp", ".a-2.ABCDEFGH.tmp", ".b-1.ABCDEFGH.tmp", "a-1", ".a-1"} {
		if err := os.MkdirAll(filepath.Join(dir, n, "sub"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".a-3.ABCDEFGH.tmp"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := SweepFolders(dir, "a-"); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{".a-1", ".a-3.ABCDEFGH.tmp", ".b-1.ABCDEFGH.tmp", "a-1"}) {
		t.Errorf("left: %q", got)
	}
	if err := SweepFolders(filepath.Join(dir, "none"), "a-"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}
