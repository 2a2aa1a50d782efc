package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"github.com/facula-ml/facula/tensor"
)

// OpenFile opens the regular file at path and returns its size. Opening
// anything else could block, as a pipe does, or never end.
func OpenFile(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if info.IsDir() {
		return nil, 0, fmt.Errorf("open %s: it is a folder; give the name of a file", path)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("open %s: it is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// ReadAt reads n bytes at an offset into memory that is aligned for every
// dtype, as [FromBytes] wants it. The caller has held n against the file's size.
func ReadAt(r io.ReaderAt, offset, n int64) ([]byte, error) {
	if int64(int(n)) != n {
		return nil, fmt.Errorf("read %d bytes at %d: more than this machine can address", n, offset)
	}
	b := Alloc(int(n))
	m, err := r.ReadAt(b, offset)
	if m == len(b) {
		return b, nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return nil, fmt.Errorf("read %d bytes at %d: %w", n, offset, err)
}

// Alloc returns n bytes, aligned to 8.
func Alloc(n int) []byte {
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// FromBytes returns a tensor of raw, which holds its elements in row-major
// order and little-endian. The tensor takes raw over and does not copy it. The
// caller has checked the length; memory that is not from [Alloc] must be
// aligned to d's size. It is an error if a Bool is neither 0 nor 1.
func FromBytes(raw []byte, d tensor.DType, shape []int) (*tensor.Tensor, error) {
	if d == tensor.Bool {
		for i, b := range raw {
			if b > 1 {
				return nil, fmt.Errorf("element %d is a bool of value %d; want 0 or 1", i, b)
			}
		}
	}
	if bigEndian() {
		Swap(raw, d.Size())
	}
	var t *tensor.Tensor
	err := tensor.Try(func() { t = tensor.FromBytes(raw, d, shape, tensor.Share) })
	return t, err
}

// ToBytes returns a copy of t's elements as files hold them: in row-major order
// and little-endian.
func ToBytes(t *tensor.Tensor) ([]byte, error) {
	if t == nil {
		return nil, errors.New("the tensor is nil")
	}
	var raw []byte
	if err := tensor.Try(func() { raw = tensor.Bytes(t) }); err != nil {
		return nil, err
	}
	if bigEndian() {
		Swap(raw, t.DType().Size())
	}
	return raw, nil
}

// Swap reverses the bytes of each element of the given size in place.
func Swap(raw []byte, size int) {
	switch size {
	case 2:
		for ; len(raw) >= 2; raw = raw[2:] {
			raw[0], raw[1] = raw[1], raw[0]
		}
	case 4:
		for ; len(raw) >= 4; raw = raw[4:] {
			binary.BigEndian.PutUint32(raw, binary.LittleEndian.Uint32(raw))
		}
	case 8:
		for ; len(raw) >= 8; raw = raw[8:] {
			binary.BigEndian.PutUint64(raw, binary.LittleEndian.Uint64(raw))
		}
	}
}

// bigEndian reports whether the machine has the other byte order than files.
func bigEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) != 1 }

// Widen returns little-endian unsigned integers of a size as those of twice
// the size, which are the same as signed ones: facula has uint8 alone.
func Widen(raw []byte, size int) []byte {
	out := Alloc(2 * len(raw))
	for i := 0; i < len(raw); i += size {
		copy(out[2*i:], raw[i:i+size])
	}
	return out
}
