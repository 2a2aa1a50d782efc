package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// holds fails unless dir has the one file "f" with the given content.
func holds(t *testing.T, dir, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, "f"))
	if err != nil || string(got) != want {
		t.Errorf("the file is %q, %v; want %q", got, err, want)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files in the folder; want 1", len(entries))
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, s := range []string{"first", "second", strings.Repeat("long ", buffer), ""} {
		if err := Write(path, text(s)); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, s)
	}
	t.Chdir(dir)
	if err := Write("f", text("no folder in the path")); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, "no folder in the path")
}

func TestFailureKeepsTheOld(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := Write(path, text("old")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left")
	err := Write(path, func(w io.Writer) error {
		text(strings.Repeat("new", buffer))(w)
		return full
	})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v; want one with the path and the reason", err)
	}
	holds(t, dir, "old")

	func() {
		defer func() { recover() }()
		Write(path, func(w io.Writer) error { panic("a bug") })
	}()
	holds(t, dir, "old")
}

// On a disk that is full it is the write, the flush or the sync that fails.
func TestFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	if err := fill(f, text("small enough for the buffer")); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("error %v; want no space", err)
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	if err := Write(filepath.Join(dir, "none", "f"), text("x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
	if err := Write(dir, text("x")); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a folder: %v", err)
	}
	if runtime.GOOS != "windows" && os.Getuid() > 0 {
		os.Chmod(dir, 0o500)
		if err := Write(filepath.Join(dir, "f"), text("x")); !errors.Is(err, os.ErrPermission) {
			t.Errorf("a read-only folder: %v", err)
		}
	}
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	path := filepath.Join(t.TempDir(), "f")
	os.WriteFile(path, nil, 0o600)
	for _, want := range []os.FileMode{0o600, 0o666} {
		os.Chmod(path, want)
		if err := Write(path, text("x")); err != nil {
			t.Fatal(err)
		}
		if info, _ := os.Stat(path); info.Mode().Perm() != want {
			t.Errorf("permissions %v; want those of before, %v", info.Mode().Perm(), want)
		}
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, n := range []string{".f.ABCDEFGH.tmp", ".f.tmp", ".fg.ABCDEFGH.tmp", "f"} {
		os.WriteFile(filepath.Join(dir, n), nil, 0o666)
	}
	if err := Sweep(path); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 3 || left[0].Name() != ".f.tmp" {
		t.Errorf("left: %v", left)
	}
}
