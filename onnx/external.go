package onnx

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/onnx/internal/proto"
)

// external reads the tensors that a model keeps in other files of its folder.
type external struct {
	root  *os.Root
	files map[string]*dataFile
	sum   int64 // of the bytes that were read
	size  int64 // of the files
}

type dataFile struct {
	f    *os.File
	size int64
}

func (e *external) close() {
	for _, d := range e.files {
		d.f.Close()
	}
	e.root.Close()
}

// read returns the data of p, which has size bytes.
func (e *external) read(p *proto.Tensor, size int) ([]byte, error) {
	if e == nil {
		return nil, errors.New("its data is in another file; open the model by its path, with Open")
	}
	location, offset, length, err := place(p.ExternalData)
	if err != nil {
		return nil, err
	}
	if length < 0 {
		length = int64(size)
	}
	if length != int64(size) {
		return nil, fmt.Errorf("external data of %d bytes; want %d", length, size)
	}
	d, err := e.open(location)
	if err != nil {
		return nil, fmt.Errorf("external data: %w", err)
	}
	if offset > d.size || length > d.size-offset {
		return nil, fmt.Errorf("external data: %q has %d bytes; want %d at %d", location, d.size, length, offset)
	}
	// Tensors may share data, but not so that a small file fills the memory.
	if e.sum += length; e.sum > 4*e.size {
		return nil, fmt.Errorf("external data: the tensors have over four times as many bytes as the files, %d", e.size)
	}
	return archive.ReadAt(d.f, offset, length)
}

// place reads the keys of external data. A length of -1 is not given.
func place(entries []*proto.Entry) (location string, offset, length int64, err error) {
	length = -1
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.Key] {
			return "", 0, 0, fmt.Errorf("external data: the key %q comes twice", e.Key)
		}
		seen[e.Key] = true
		switch e.Key {
		case "location":
			location = e.Value
		case "offset":
			offset, err = strconv.ParseInt(e.Value, 10, 64)
		case "length":
			length, err = strconv.ParseInt(e.Value, 10, 64)
		case "checksum": // SHA-1 of the file, which nobody writes
		default:
			err = errors.New("unknown key; want location, offset, length or checksum")
		}
		if err != nil || offset < 0 || length < -1 {
			return "", 0, 0, fmt.Errorf("external data: %q is %q: %w", e.Key, e.Value, errOr(err, "want a number of at least 0"))
		}
	}
	if location == "" {
		return "", 0, 0, errors.New("external data without a location")
	}
	return location, offset, length, nil
}

func errOr(err error, text string) error {
	if err == nil {
		return errors.New(text)
	}
	return err
}

// open opens a file of the model's folder once. A root lets no path out of it,
// and what is no regular file could block.
func (e *external) open(name string) (*dataFile, error) {
	if d := e.files[name]; d != nil {
		return d, nil
	}
	if len(e.files) >= 1000 {
		return nil, errors.New("more than 1000 files")
	}
	info, err := e.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is not a regular file", name)
	}
	f, err := e.root.Open(name)
	if err != nil {
		return nil, err
	}
	e.files[name] = &dataFile{f, info.Size()}
	e.size += info.Size()
	return e.files[name], nil
}
