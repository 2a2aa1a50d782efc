package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder makes the folder at path, with the files that write puts into a
// temporary folder beside it. That takes its name when all is on the disk;
// write calls Sync on its files itself. If anything fails, there is nothing at
// path and the temporary folder is gone.
func Folder(path string, write func(dir string) error) (err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%s: %w", path, fs.ErrExist)
		}
		return err
	}
	parent, temp := filepath.Dir(path), tempFolder(path)
	if err := os.Mkdir(temp, 0o777); err != nil {
		return err
	}
	renamed := false
	defer func() { // also if write panics
		if !renamed {
			os.RemoveAll(temp)
		}
	}()
	if err := write(temp); err != nil {
		return err
	}
	if err := syncFolder(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	renamed = true
	return syncFolder(parent)
}

// RemoveFolder removes the folder at path, so that nobody sees a part of it: it
// loses its name first.
func RemoveFolder(path string) error {
	temp := tempFolder(path)
	if err := os.Rename(path, temp); err != nil {
		return err
	}
	return os.RemoveAll(temp)
}

// SweepFolders removes the temporary folders that killed callers of Folder and
// RemoveFolder left in dir, for paths whose last element begins with start. The
// caller makes sure that nobody is at work there now.
func SweepFolders(dir, start string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if n := e.Name(); e.IsDir() && strings.HasPrefix(n, "."+start) && strings.HasSuffix(n, suffix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, n)))
		}
	}
	return err
}

func tempFolder(path string) string {
	dir, base := filepath.Split(path)
	return filepath.Join(dir, prefix(base)+rand.Text()[:8]+suffix)
}
