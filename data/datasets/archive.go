package datasets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// archive is a published data set in one file, whose checksum is that of the
// file as it is downloaded.
type archive struct {
	name    string // of its cache folder
	file    string
	mirrors []string
	sum     string // SHA-256; "" for a test
	bytes   int64
}

// locate returns the path of the file in dir, with its content checked. It
// downloads the file when it is missing and the options say so.
func (a archive) locate(dir string, o options) (string, error) {
	dir, err := folder(dir, a.name)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, a.file)
	_, err = os.Stat(path)
	switch {
	case err == nil:
		return path, hint(a.verify(path, o))
	case !o.download:
		return "", fmt.Errorf("datasets: %s: put %s into %s, or pass datasets.Download: %w", a.name, a.file, dir, err)
	}
	mirrors := a.mirrors
	if o.mirrors != nil {
		mirrors = o.mirrors
	}
	err = newFetcher(o).fetch(o.ctx, mirrors, dir, a.file, func(path string) error { return a.verify(path, o) })
	return path, err
}

// verify compares the file's SHA-256 with the published one.
func (a archive) verify(path string, o options) error {
	if o.skipChecksum || a.sum == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return fmt.Errorf("datasets: %w", err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != a.sum {
		return fmt.Errorf("datasets: %s: %w: SHA-256 is %s, want %s", path, ErrChecksum, got, a.sum)
	}
	return nil
}
