// Package atomicfile replaces a file so that nobody ever sees half of it: after
// a crash, a full disk or a kill at any moment, the path holds either what it
// held before or all of what was written.
package atomicfile

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// buffer gathers small writes; larger ones pass it by.
const buffer = 64 << 10

// Write writes the file at path by calling write. The bytes go to a temporary
// file in the same folder, and to the disk, before that takes the name of path;
// then the folder goes to the disk too. If anything fails, a file that was at
// path is as before and the temporary one is gone. A new file has the usual
// permissions, a replaced one those that it had. A symbolic link at path is
// replaced, not followed.
//
// A process that is killed while it writes leaves its temporary file; [Sweep]
// removes those.
func Write(path string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	mode, replaces, err := modeOf(path)
	if err != nil {
		return err
	}
	dir, base := filepath.Split(path)
	temp := filepath.Join(dir, prefix(base)+rand.Text()[:8]+suffix)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	renamed := false
	defer func() { // also if write panics
		if !renamed {
			f.Close()
			os.Remove(temp)
		}
	}()
	if replaces {
		if err := f.Chmod(mode); err != nil { // the umask may have cut it
			return err
		}
	}
	if err := fill(f, write); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	renamed = true
	return syncFolder(dir)
}

// fill writes, and closes f once all of it is on the disk.
func fill(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, buffer)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// modeOf returns the permissions that the file at path shall have, and whether
// they are those of a file that is there.
func modeOf(path string) (mode fs.FileMode, replaces bool, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0o666, false, nil
	case err != nil:
		return 0, false, err
	case info.Mode()&fs.ModeSymlink != 0:
		return 0o666, false, nil
	case !info.Mode().IsRegular():
		return 0, false, errors.New("there is something that is not a file; give another name")
	}
	return info.Mode().Perm(), true, nil
}

// syncFolder makes the new name last. Windows has no such call, and some file
// systems refuse it.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		return nil
	}
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// A temporary file is hidden and names the file that it was to become.
const suffix = ".tmp"

func prefix(base string) string { return "." + base + "." }

// Sweep removes what killed writers of path left behind. The caller makes sure
// that nobody is writing path now.
func Sweep(path string) error {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		n := e.Name()
		if len(n) == len(prefix(base))+8+len(suffix) && n[:len(prefix(base))] == prefix(base) && filepath.Ext(n) == suffix {
			err = errors.Join(err, os.Remove(filepath.Join(dir, n)))
		}
	}
	return err
}
