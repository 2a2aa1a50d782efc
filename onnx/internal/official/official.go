// Package official reads the archives of ONNX's own test data in onnx/testdata.
// Only tests use it.
package official

import (
	"archive/tar"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"
)

// Read returns the files of an archive that onnx/testdata/pack.py made.
func Read(path string) (map[string][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	files := map[string][]byte{}
	tr := tar.NewReader(bzip2.NewReader(f))
	for {
		h, err := tr.Next()
		switch {
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", path, err)
		case h.Typeflag == tar.TypeLink:
			files[h.Name] = files[h.Linkname]
			continue
		}
		if files[h.Name], err = io.ReadAll(tr); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, h.Name, err)
		}
	}
}
