// Package npy reads and writes NumPy's files: .npy with one array, and .npz, a
// zip of them with a name each.
//
// What NumPy writes is read: versions 1 to 3, both byte orders, Fortran order,
// stored and compressed archives. Arrays of Python objects are programs in
// disguise and are refused, and so are complex and unsigned 64-bit numbers, for
// which facula has no dtype; uint16 and uint32 come as int32 and int64.
//
// source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package npy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// Single is the name of the array in a .npy file, which gives it none. It is
// the one that numpy.savez gives the first array.
const Single = "arr_0"

// A File is an open .npy or .npz file. Several goroutines may use it.
type File struct {
	infos  []archive.Info
	arrays map[string]*array
	closer io.Closer
}

var _ archive.File = (*File)(nil)

// An array is where a file has one.
type array struct {
	header
	open func() (io.ReadCloser, error) // from the first byte of the header
}

// An Option changes [Open].
type Option func(*config)

type config struct{ inflate int64 }

// Inflate allows the arrays of an archive to have limit bytes together. Without
// it they may have 4 times the file's size and 64 MiB more: compressed zeros
// can be a thousand times smaller than what they make.
func Inflate(limit int64) Option { return func(c *config) { c.inflate = limit } }

// Open opens the .npy or .npz file at path. Arrays are read from it when they
// are asked for.
func Open(path string, opts ...Option) (*File, error) {
	r, size, err := archive.OpenFile(path)
	if err != nil {
		return nil, err
	}
	f, err := New(r, size, opts...)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.closer = r
	return f, nil
}

// New opens a file of size bytes that r holds.
func New(r io.ReaderAt, size int64, opts ...Option) (*File, error) {
	c := config{inflate: 4*min(size, 1<<60) + 64<<20}
	for _, o := range opts {
		o(&c)
	}
	start := make([]byte, len(magic))
	n, err := r.ReadAt(start, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("npy: %w", err)
	}
	f := &File{arrays: map[string]*array{}}
	switch start = start[:n]; {
	case string(start) == magic:
		err = f.single(r, size)
	case bytes.HasPrefix(start, []byte("PK")):
		err = f.zipped(r, size, c.inflate)
	default:
		err = fmt.Errorf("%w: it begins with %q; want %q, or a zip", archive.ErrFormat, start, magic)
	}
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return f, nil
}

// single makes f of a .npy file.
func (f *File) single(r io.ReaderAt, size int64) error {
	return f.add(Single, size, func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(r, 0, size)), nil })
}

// add notes an array of size bytes, its header among them.
func (f *File) add(name string, size int64, open func() (io.ReadCloser, error)) error {
	if f.arrays[name] != nil {
		return fmt.Errorf("two arrays have the name %s", quote(name))
	}
	r, err := open()
	if err != nil {
		return fmt.Errorf("array %s: %w", quote(name), err)
	}
	defer r.Close()
	h, err := readHeader(r, size)
	if err != nil {
		return fmt.Errorf("array %s: %w", quote(name), err)
	}
	f.arrays[name] = &array{*h, open}
	f.infos = append(f.infos, archive.Info{Name: name, Kind: h.descr, DType: h.dtype, Shape: h.shape, Bytes: h.bytes})
	return nil
}

// Infos lists the arrays in the order of the file.
func (f *File) Infos() []archive.Info { return f.infos }

// Metadata returns nil: such files say nothing of themselves.
func (f *File) Metadata() map[string]string { return nil }

// Tensor reads the array of that name. The error is [archive.ErrNotFound], or
// [archive.ErrKind] for elements that facula has no dtype for.
func (f *File) Tensor(name string) (*tensor.Tensor, error) {
	a := f.arrays[name]
	if a == nil {
		return nil, fmt.Errorf("npy: array %s: %w", quote(name), archive.ErrNotFound)
	}
	t, err := a.tensor()
	if err != nil {
		return nil, fmt.Errorf("npy: array %s: %w", quote(name), err)
	}
	return t, nil
}

func (a *array) tensor() (*tensor.Tensor, error) {
	if a.dtype == 0 {
		return nil, fmt.Errorf("%w: %s%s", archive.ErrKind, quote(a.descr), a.why)
	}
	raw, err := a.read()
	if err != nil {
		return nil, err
	}
	if a.big {
		archive.Swap(raw, a.size)
	}
	if a.wide {
		raw = archive.Widen(raw, a.size)
	}
	if !a.fortran || len(a.shape) < 2 {
		return archive.FromBytes(raw, a.dtype, a.shape)
	}
	// Column-major elements are row-major ones of the reversed shape.
	shape, dims := slices.Clone(a.shape), make([]int, len(a.shape))
	slices.Reverse(shape)
	for i := range dims {
		dims[i] = len(dims) - 1 - i
	}
	t, err := archive.FromBytes(raw, a.dtype, shape)
	if err != nil {
		return nil, err
	}
	return t.Permute(dims...).Contiguous(), nil
}

// read reads the elements. The end is read too, where a zip has its checksum.
func (a *array) read() ([]byte, error) {
	r, err := a.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, a.start); err != nil {
		return nil, err
	}
	raw := archive.Alloc(int(a.bytes))
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, fmt.Errorf("read %d bytes: %w", a.bytes, err)
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, fmt.Errorf("after the elements: %w", errors.Join(err, errors.New("want the end")))
	}
	return raw, nil
}

// Close closes the file. Tensors that came from it can still be used.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// quote is a name for an error, which a file could make very long.
func quote(name string) string { return fmt.Sprintf("%.100q", name) }
