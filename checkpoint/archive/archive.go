// Package archive is what the readers of files with named tensors share: what a
// file says of a tensor, the interface of an open file, and arithmetic on sizes
// that a hostile file cannot overflow.
//
// The formats are packages beside this one: safetensors, torch (.pt, .pth), npy
// (.npy, .npz), gguf. Package checkpoint opens a file of any of them.
package archive

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Info is what a file says of one tensor. Reading it costs no elements.
type Info struct {
	Name  string
	Kind  string       // the element type in the format's own word: "F8_E4M3", "Q4_K", "<f4"
	DType tensor.DType // what Tensor gives; 0 if facula has no dtype for Kind
	Shape []int
	Bytes int64 // in the file
}

// A File is an open file of named tensors. Several goroutines may use it.
type File interface {
	// Infos lists the tensors in the order of the file. The caller must not
	// change it.
	Infos() []Info
	// Tensor reads one tensor. The error is [ErrNotFound] for a name that the
	// file does not have, [ErrKind] for elements that facula has no dtype for.
	Tensor(name string) (*tensor.Tensor, error)
	// Metadata is what the file says of itself, as text.
	Metadata() map[string]string
	io.Closer
}

// Errors of all formats, to be found with errors.Is.
var (
	ErrNotFound = errors.New("the file has no tensor of that name")
	ErrKind     = errors.New("facula has no dtype for these elements")
	ErrFormat   = errors.New("not a file of this format")
)

// MaxRank is the largest number of dims of a tensor.
const MaxRank = device.MaxRank

// Elements is the product of shape, checked: at most MaxRank dims, none negative,
// and no more than a tensor may have, even with the zeros left out.
func Elements(shape []int) (int, error) {
	if len(shape) > MaxRank {
		return 0, fmt.Errorf("%d dims; want at most %d", len(shape), MaxRank)
	}
	const most = math.MaxInt / 64 // as in package tensor
	n, empty := 1, false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, fmt.Errorf("shape %v has a negative dim", shape)
		case d == 0:
			empty = true
		case n > most/d:
			return 0, fmt.Errorf("shape %v has more elements than this machine can address", shape)
		default:
			n *= d
		}
	}
	if empty {
		n = 0
	}
	return n, nil
}

// Bytes is Elements times the size of one element, checked.
func Bytes(shape []int, size int) (int64, error) {
	n, err := Elements(shape)
	if err != nil {
		return 0, err
	}
	hi, lo := bits.Mul64(uint64(n), uint64(size))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, fmt.Errorf("shape %v of %d bytes an element is larger than any file", shape, size)
	}
	return int64(lo), nil
}
