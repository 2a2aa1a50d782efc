package gguf

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/facula-ml/facula/checkpoint/archive"
)

// Types of metadata.
const (
	typeUint8 = iota
	typeInt8
	typeUint16
	typeInt16
	typeUint32
	typeInt32
	typeFloat32
	typeBool
	typeString
	typeArray
	typeUint64
	typeInt64
	typeFloat64
)

// maxDepth is how deep arrays lie in each other; files of models have one.
const maxDepth = 4

// sizes are the bytes of one value; of a string or an array, the least.
var sizes = [...]int64{1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8}

// Keys lists the keys of the metadata in the order of the file.
func (f *File) Keys() []string {
	names := make([]string, len(f.keys))
	for i, k := range f.keys {
		names[i] = k.name
	}
	return names
}

// Value returns the metadata of a key as the file has it: an integer of its
// size, float32, float64, bool, string, or a slice of those, such as []string;
// []any for arrays of arrays. The error is archive.ErrNotFound for a key that
// the file does not have.
func (f *File) Value(key string) (any, error) {
	for _, k := range f.keys {
		if k.name == key {
			v, err := newReader(f.r, k.offset, f.size).value(k.kind, 0)
			if err != nil {
				return nil, fmt.Errorf("gguf: metadata %.100q: %w", key, err)
			}
			return v, nil
		}
	}
	return nil, fmt.Errorf("gguf: the file has no metadata %.100q: %w", key, archive.ErrNotFound)
}

// Metadata returns all metadata as text. Of an array it has the first elements
// and the number; [File.Value] has all.
func (f *File) Metadata() map[string]string {
	text := make(map[string]string, len(f.keys))
	for _, k := range f.keys {
		s, err := newReader(f.r, k.offset, f.size).text(k.kind, 0)
		if err != nil { // the file changed since it was opened
			s = "unreadable: " + err.Error()
		}
		text[k.name] = s
	}
	return text
}

// reader reads a part of a file in order, and knows how many bytes are left.
type reader struct {
	r      io.ReaderAt
	in     *bufio.Reader
	offset int64
	left   int64
	buf    [8]byte
	chars  []byte // of a name
}

func newReader(r io.ReaderAt, offset, size int64) *reader {
	buffer := min(max(16, size-offset), 4096)
	in := bufio.NewReaderSize(io.NewSectionReader(r, offset, size-offset), int(buffer))
	return &reader{r: r, in: in, offset: offset, left: size - offset}
}

// at is another reader of the same file from an offset on.
func (r *reader) at(offset int64) *reader { return newReader(r.r, offset, r.offset+r.left) }

// take counts n bytes that are to be read.
func (r *reader) take(n int64) error {
	if n > r.left {
		return errCut
	}
	r.offset, r.left = r.offset+n, r.left-n
	return nil
}

// word reads size bytes as a little-endian number.
func (r *reader) word(size int64) (uint64, error) {
	clear(r.buf[:])
	if err := r.bytes(r.buf[:size]); err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(r.buf[:]), nil
}

func (r *reader) uint32() (uint32, error) {
	v, err := r.word(4)
	return uint32(v), err
}

func (r *reader) uint64() (uint64, error) { return r.word(8) }

// length reads how many values of at least size bytes follow.
func (r *reader) length(size int64) (int, error) {
	n, err := r.uint64()
	if err != nil {
		return 0, err
	}
	if n > uint64(r.left/size) || n > math.MaxInt {
		return 0, fmt.Errorf("%d values of %d bytes or more do not fit into the %d bytes that are left", n, size, r.left)
	}
	return int(n), nil
}

func (r *reader) string() (string, error) {
	n, err := r.length(1)
	if err != nil {
		return "", err
	}
	b := make([]byte, n)
	err = r.bytes(b)
	return string(b), err
}

// bytes fills b.
func (r *reader) bytes(b []byte) error {
	if err := r.take(int64(len(b))); err != nil {
		return err
	}
	_, err := io.ReadFull(r.in, b)
	return cut(err)
}

// name reads a string that names something.
func (r *reader) name() (string, error) {
	n, err := r.length(1)
	if err != nil {
		return "", err
	}
	if n < 1 || n > maxName {
		return "", fmt.Errorf("a name of %d bytes; want 1 to %d", n, maxName)
	}
	if cap(r.chars) < n {
		r.chars = make([]byte, n)
	}
	b := r.chars[:n]
	if err := r.bytes(b); err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("the name %.100q is not UTF-8", b)
	}
	return string(b), nil
}

// array reads what is said of an array: the type and number of its elements.
func (r *reader) array(depth int) (kind uint32, n int, err error) {
	if depth >= maxDepth {
		return 0, 0, fmt.Errorf("arrays in arrays, more than %d deep", maxDepth)
	}
	if kind, err = r.uint32(); err != nil {
		return 0, 0, err
	}
	if err := known(kind); err != nil {
		return 0, 0, err
	}
	n, err = r.length(sizes[kind])
	return kind, n, err
}

func known(kind uint32) error {
	if kind >= uint32(len(sizes)) {
		return fmt.Errorf("a value of the unknown type %d", kind)
	}
	return nil
}

// skip reads past a value and checks it as far as its size depends on it.
func (r *reader) skip(kind uint32, depth int) error {
	if err := known(kind); err != nil {
		return err
	}
	switch kind {
	case typeString:
		n, err := r.length(1)
		if err != nil {
			return err
		}
		return r.discard(int64(n))
	case typeArray:
		kind, n, err := r.array(depth)
		if err != nil {
			return err
		}
		if kind != typeString && kind != typeArray {
			return r.discard(int64(n) * sizes[kind])
		}
		for range n {
			if err := r.skip(kind, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return r.discard(sizes[kind])
}

func (r *reader) discard(n int64) error {
	if err := r.take(n); err != nil {
		return err
	}
	for n > 0 {
		m, err := r.in.Discard(int(min(n, 1<<30)))
		if err != nil {
			return cut(err)
		}
		n -= int64(m)
	}
	return nil
}

// scalar makes a number or a bool of its bits.
func scalar(kind uint32, v uint64) any {
	switch kind {
	case typeUint8:
		return uint8(v)
	case typeInt8:
		return int8(v)
	case typeUint16:
		return uint16(v)
	case typeInt16:
		return int16(v)
	case typeUint32:
		return uint32(v)
	case typeInt32:
		return int32(v)
	case typeFloat32:
		return math.Float32frombits(uint32(v))
	case typeBool:
		return v != 0
	case typeInt64:
		return int64(v)
	case typeFloat64:
		return math.Float64frombits(v)
	}
	return v
}

// value reads a value; see File.Value.
func (r *reader) value(kind uint32, depth int) (any, error) {
	if err := known(kind); err != nil {
		return nil, err
	}
	switch kind {
	case typeString:
		return r.string()
	case typeArray:
		kind, n, err := r.array(depth)
		if err != nil {
			return nil, err
		}
		return r.elements(kind, n, depth+1)
	}
	v, err := r.word(sizes[kind])
	return scalar(kind, v), err
}

func (r *reader) elements(kind uint32, n, depth int) (any, error) {
	switch kind {
	case typeUint8:
		return numbers[uint8](r, n, sizes[kind])
	case typeInt8:
		return numbers[int8](r, n, sizes[kind])
	case typeUint16:
		return numbers[uint16](r, n, sizes[kind])
	case typeInt16:
		return numbers[int16](r, n, sizes[kind])
	case typeUint32:
		return numbers[uint32](r, n, sizes[kind])
	case typeInt32:
		return numbers[int32](r, n, sizes[kind])
	case typeFloat32:
		return numbers[float32](r, n, sizes[kind])
	case typeBool:
		return numbers[bool](r, n, sizes[kind])
	case typeUint64:
		return numbers[uint64](r, n, sizes[kind])
	case typeInt64:
		return numbers[int64](r, n, sizes[kind])
	case typeFloat64:
		return numbers[float64](r, n, sizes[kind])
	case typeString:
		return list(n, r.string)
	}
	return list(n, func() (any, error) { return r.value(kind, depth) })
}

// numbers reads n numbers of size bytes, which fit into the file.
func numbers[T any](r *reader, n int, size int64) ([]T, error) {
	if err := r.take(int64(n) * size); err != nil {
		return nil, err
	}
	out := make([]T, n)
	return out, cut(binary.Read(r.in, binary.LittleEndian, out))
}

// list reads n values.
func list[T any](n int, read func() (T, error)) ([]T, error) {
	out := make([]T, n)
	for i := range out {
		var err error
		if out[i], err = read(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// text reads a value as text; it does not read all of a long array.
func (r *reader) text(kind uint32, depth int) (string, error) {
	const show = 8
	if kind != typeArray {
		v, err := r.value(kind, depth)
		return fmt.Sprint(v), err
	}
	kind, n, err := r.array(depth)
	if err != nil {
		return "", err
	}
	var parts []string
	for range min(n, show) {
		s, err := r.text(kind, depth+1)
		if err != nil {
			return "", err
		}
		if kind == typeString {
			s = fmt.Sprintf("%q", s)
		}
		parts = append(parts, s)
	}
	if n > show {
		parts = append(parts, fmt.Sprintf("… (%d elements)", n))
	}
	return "[" + strings.Join(parts, ", ") + "]", nil
}
