// Package safetensors reads and writes Hugging Face's safetensors files: a JSON
// header with the name, dtype, shape and place of each tensor, and then the
// elements, little-endian.
//
// The reader is strict, since such files come from strangers: it refuses
// duplicate names, keys that it does not know, holes and overlaps between
// tensors, and sizes that do not agree, before it allocates anything for them.
// A large model comes in several files and an index; [OpenIndex] and
// [WriteSharded] are for those.
//
// source: https://github.com/huggingface/safetensors
package safetensors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// maxHeader is the format's own limit.
const maxHeader = 100_000_000

// A File is an open safetensors file. Several goroutines may use it.
type File struct {
	header
	data   int64 // where the elements begin
	r      io.ReaderAt
	closer io.Closer
	pages  *mapping // nil: tensors are read
}

var _ archive.File = (*File)(nil)

// An Option changes [Open] and [OpenIndex].
type Option func(*config)

type config struct{ mmap bool }

// MMap maps the file into memory instead of reading it: tensors come at once,
// their elements when they are first used, and processes that map the same file
// share them. A write to such a tensor copies the page it falls on and does not
// change the file; a tensor that is asked for twice is twice the same memory.
// That stays until Close and until the last tensor is gone. Meanwhile nobody
// may shorten the file: the program would crash on reading what is lost.
//
// Where the system has no mmap or the machine is big-endian, and for tensors at
// odd addresses, it reads.
func MMap(c *config) { c.mmap = true }

// Open opens the file at path. Tensors are read from it when they are asked for.
func Open(path string, opts ...Option) (*File, error) {
	var c config
	for _, o := range opts {
		o(&c)
	}
	f, size, err := archive.OpenFile(path)
	if err != nil {
		return nil, err
	}
	s, err := c.open(f, size)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// open opens a file, which the result closes.
func (c config) open(f *os.File, size int64) (*File, error) {
	s, err := New(f, size)
	if err != nil {
		return nil, err
	}
	s.closer = f
	if c.mmap && binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		s.pages, err = mapFile(f, size)
	}
	return s, err
}

// New opens a file of size bytes that r holds.
func New(r io.ReaderAt, size int64) (*File, error) {
	h, data, err := readHeader(r, size)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return &File{header: *h, data: data, r: r}, nil
}

// readHeader returns the header, and where the elements begin.
func readHeader(r io.ReaderAt, size int64) (*header, int64, error) {
	var prefix [9]byte
	if n, err := r.ReadAt(prefix[:], 0); n < len(prefix) {
		if err != nil && err != io.EOF {
			return nil, 0, err
		}
		return nil, 0, fmt.Errorf("%w: %d bytes; the shortest file has 10", archive.ErrFormat, n)
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	switch {
	case prefix[8] != '{':
		return nil, 0, fmt.Errorf("%w: the header begins with %q; want {", archive.ErrFormat, prefix[8])
	case n > maxHeader:
		return nil, 0, fmt.Errorf("%w: a header of %d bytes; the format allows %d", archive.ErrFormat, n, maxHeader)
	case int64(n) > size-8:
		return nil, 0, fmt.Errorf("the file is cut off: its header has %d bytes, and %d are there", n, size-8)
	}
	raw, err := archive.ReadAt(r, 8, int64(n))
	if err != nil {
		return nil, 0, err
	}
	h, err := parseHeader(raw, size-8-int64(n))
	return h, 8 + int64(n), err
}

// Infos lists the tensors in the order of their elements in the file.
func (f *File) Infos() []archive.Info { return f.infos }

// Metadata returns the texts under "__metadata__", or nil if there are none.
func (f *File) Metadata() map[string]string { return f.metadata }

// Tensor reads the tensor of that name. Elements of U16 and U32 come as int32
// and int64, those of F8_E4M3 and F8_E5M2 as float32. The error is
// [archive.ErrNotFound], or [archive.ErrKind] for U64,
// complex numbers and the other kinds of 8 bits or less that are no integers.
func (f *File) Tensor(name string) (*tensor.Tensor, error) {
	i := f.find(name)
	if i < 0 {
		return nil, fmt.Errorf("safetensors: tensor %s: %w", quote(name), archive.ErrNotFound)
	}
	t, err := f.tensor(&f.infos[i], f.data+f.starts[i])
	if err != nil {
		return nil, fmt.Errorf("safetensors: tensor %s: %w", quote(name), err)
	}
	return t, nil
}

func (f *File) tensor(info *archive.Info, at int64) (*tensor.Tensor, error) {
	if info.DType == 0 {
		return nil, fmt.Errorf("%w: %s", archive.ErrKind, info.Kind)
	}
	k := kindOf(info.Kind)
	if f.pages != nil && !k.wide && k.value == nil && at%int64(k.dtype.Size()) == 0 {
		return f.pages.tensor(info, at)
	}
	raw, err := archive.ReadAt(f.r, at, info.Bytes)
	if err != nil {
		return nil, err
	}
	switch {
	case k.wide:
		raw = archive.Widen(raw, k.bits/8)
	case k.value != nil:
		raw = archive.Widen8(raw, k.value)
	}
	return archive.FromBytes(raw, info.DType, info.Shape)
}

// Close closes the file. Tensors that came from it can still be used.
func (f *File) Close() error {
	var err error
	if f.pages != nil {
		err = f.pages.release()
		f.pages = nil
	}
	if f.closer != nil {
		err = errors.Join(err, f.closer.Close())
	}
	return err
}
