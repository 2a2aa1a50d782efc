package datasets

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxElements bounds the content of a file, so that a few compressed bytes
// cannot fill the memory. MNIST has 47 million elements of one byte.
const maxElements = 1 << 30

// idx is the content of an IDX file whose elements are bytes.
type idx struct {
	shape []int
	data  []byte
}

// readIDXFile reads a file of the given rank, plain or gzip, and compares the
// SHA-256 of its uncompressed content with sum, unless that is "".
func readIDXFile(path string, rank int, sum string) (idx, error) {
	f, err := os.Open(path)
	if err != nil {
		return idx{}, fmt.Errorf("datasets: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return idx{}, fmt.Errorf("datasets: %w", err)
	}
	size := int64(-1)
	if info.Mode().IsRegular() {
		size = info.Size()
	}
	x, err := readIDX(f, size, rank, sum)
	if err != nil {
		return idx{}, fmt.Errorf("datasets: %s: %w", path, err)
	}
	return x, nil
}

// readIDX reads the size bytes of a file, or to its end where size is -1. What
// it allocates is in proportion to the bytes that are there, whatever the
// header declares.
func readIDX(file io.Reader, size int64, rank int, sum string) (idx, error) {
	buffered := bufio.NewReader(file)
	r := io.Reader(buffered)
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzip, err := gzip.NewReader(buffered)
		if err != nil {
			return idx{}, readError(err)
		}
		r, size = unzip, -1
	}
	hash := sha256.New()
	r = io.TeeReader(r, hash)
	shape, n, err := readIDXHeader(r, rank)
	if err != nil {
		return idx{}, err
	}
	if header := int64(4 + 4*rank); size >= 0 && size-header != n {
		return idx{}, elementsError(shape, n, size-header)
	}
	data, err := readElements(r, shape, n)
	if err != nil {
		return idx{}, err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); sum != "" && got != sum {
		return idx{}, fmt.Errorf("%w: SHA-256 of the uncompressed content is %s, want %s", ErrChecksum, got, sum)
	}
	return idx{shape, data}, nil
}

// readIDXHeader returns the shape and the number of elements. The header is
// two zero bytes, the element type, the rank, then the dims as big-endian
// 32-bit numbers.
func readIDXHeader(r io.Reader, rank int) (shape []int, n int64, err error) {
	const unsignedByte = 8
	magic, want := [4]byte{}, [4]byte{0, 0, unsignedByte, byte(rank)}
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return nil, 0, headerError(err)
	}
	if magic != want {
		return nil, 0, fmt.Errorf("%w: an IDX file of bytes and rank %d starts with % x, this one with % x",
			ErrFormat, rank, want, magic)
	}
	dims := make([]byte, 4*rank)
	if _, err := io.ReadFull(r, dims); err != nil {
		return nil, 0, headerError(err)
	}
	n = 1
	bound := int64(1) // n, but for dims of 0: these must not hide others that overflow
	for i := range rank {
		dim := int64(binary.BigEndian.Uint32(dims[4*i:]))
		shape = append(shape, int(dim))
		n *= dim
		if bound *= max(dim, 1); bound > maxElements { // 2³⁰ times 2³² fits
			return nil, 0, fmt.Errorf("%w: dims %v are above the limit of %d elements", ErrFormat, shape, maxElements)
		}
	}
	return shape, n, nil
}

// headerError makes a file that ends early a format error.
func headerError(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: ends within the header", ErrFormat)
	}
	return readError(err)
}

// readError tells damaged content from a disk that cannot be read.
func readError(err error) error {
	if errors.As(err, new(*fs.PathError)) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrFormat, err)
}

// readElements reads n elements and makes sure that the file ends there.
func readElements(r io.Reader, shape []int, n int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, n+1))
	if err != nil {
		return nil, fmt.Errorf("after %d of %d elements: %w", len(data), n, readError(err))
	}
	if int64(len(data)) != n {
		return nil, elementsError(shape, n, int64(len(data)))
	}
	return data, nil
}

func elementsError(shape []int, want, got int64) error {
	if got > want {
		return fmt.Errorf("%w: goes on after the %d elements of dims %v", ErrFormat, want, shape)
	}
	return fmt.Errorf("%w: dims %v are %d elements, the file has %d", ErrFormat, shape, want, max(0, got))
}
