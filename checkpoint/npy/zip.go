package npy

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/facula-ml/facula/checkpoint/archive"
)

// No deflated text is more than this many times its compressed size.
//
// source: https://zlib.net/zlib_tech.html, "Maximum Compression Factor"
const maxFactor = 1032

// zipped makes f of a .npz file whose arrays have at most limit bytes.
func (f *File) zipped(r io.ReaderAt, size, limit int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("%w: %w", archive.ErrFormat, err)
	}
	if err := apart(z.File, size); err != nil {
		return err
	}
	left := uint64(max(limit, 0))
	for _, e := range z.File {
		name, ok := strings.CutSuffix(e.Name, ".npy")
		if !ok {
			return fmt.Errorf("entry %s is not an array; want a name that ends with .npy", quote(e.Name))
		}
		n := e.UncompressedSize64
		switch {
		case e.Flags&1 != 0:
			return fmt.Errorf("array %s is encrypted", quote(name))
		case e.Method == zip.Store && n != e.CompressedSize64:
			return fmt.Errorf("array %s has %d bytes, stored in %d", quote(name), n, e.CompressedSize64)
		case e.Method == zip.Deflate && n/maxFactor > e.CompressedSize64:
			return fmt.Errorf("array %s cannot have %d bytes, compressed to %d", quote(name), n, e.CompressedSize64)
		case e.Method != zip.Store && e.Method != zip.Deflate:
			return fmt.Errorf("array %s is compressed by method %d; want 0 or 8", quote(name), e.Method)
		case n > left:
			return fmt.Errorf("the arrays of a file of %d bytes have more than %d together; npy.Inflate allows more, if you trust the file", size, limit)
		}
		left -= n
		if err := f.add(name, int64(n), e.Open); err != nil {
			return err
		}
	}
	return nil
}

// apart makes sure that no two entries share bytes: each byte would count many
// times.
func apart(files []*zip.File, size int64) error {
	type span struct{ begin, end int64 }
	spans := make([]span, len(files))
	for i, e := range files {
		at, err := e.DataOffset()
		if err != nil {
			return fmt.Errorf("entry %s: %w", quote(e.Name), err)
		}
		if at > size || e.CompressedSize64 > uint64(size-at) {
			return fmt.Errorf("entry %s ends beyond the end of the file", quote(e.Name))
		}
		spans[i] = span{at, at + int64(e.CompressedSize64)}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.begin, b.begin) })
	for i := 1; i < len(spans); i++ {
		// An entry has a header of 30 bytes at least before its own data.
		if spans[i].begin-30 < spans[i-1].end {
			return errors.New("two entries of the zip overlap")
		}
	}
	return nil
}
