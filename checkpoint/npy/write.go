package npy

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A WriteOption changes [Write].
type WriteOption func(*writeConfig)

type writeConfig struct{ method uint16 }

// Compress deflates the arrays, as numpy.savez_compressed does.
func Compress(c *writeConfig) { c.method = zip.Deflate }

// Write writes the tensors of s as a .npz file. The same tensors give the same
// bytes. It is an error if one is bfloat16, which NumPy lacks.
func Write(w io.Writer, s *nn.State, opts ...WriteOption) error {
	c := writeConfig{method: zip.Store}
	for _, o := range opts {
		o(&c)
	}
	if s == nil {
		return errors.New("npy: the state is nil")
	}
	for n, t := range s.All() { // before anything is written
		if err := checkEntry(n, t); err != nil {
			return fmt.Errorf("npy: array %s: %w", quote(n), err)
		}
	}
	z := zip.NewWriter(w)
	for n, t := range s.All() {
		e, err := z.CreateHeader(&zip.FileHeader{Name: n + ".npy", Method: c.method})
		if err == nil {
			err = writeArray(e, t)
		}
		if err != nil {
			return fmt.Errorf("npy: array %s: %w", quote(n), err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

func checkEntry(name string, t *tensor.Tensor) error {
	if !utf8.ValidString(name) || strings.ContainsRune(name, 0) || len(name) > 65_000 {
		return errors.New("a zip cannot have that name; want UTF-8 without zeros, at most 65000 bytes")
	}
	if t == nil {
		return errors.New("the tensor is nil")
	}
	_, err := descrOf(t.DType())
	return err
}

// WriteArray writes t as a .npy file. It is an error if t is bfloat16, which
// NumPy lacks.
func WriteArray(w io.Writer, t *tensor.Tensor) error {
	err := checkEntry("", t)
	if err == nil {
		err = writeArray(w, t)
	}
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

func writeArray(w io.Writer, t *tensor.Tensor) error {
	descr, err := descrOf(t.DType())
	if err != nil {
		return err
	}
	raw, err := archive.ToBytes(t)
	if err != nil {
		return err
	}
	if _, err := w.Write(appendHeader(descr, t.Shape())); err != nil {
		return err
	}
	_, err = w.Write(raw)
	return err
}

// appendHeader returns the header of version 1.0, with spaces so that the
// elements begin at a multiple of 64.
func appendHeader(descr string, shape []int) []byte {
	dims := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")
	if len(shape) == 1 {
		dims += ","
	}
	b := append([]byte(magic), 1, 0, 0, 0)
	b = fmt.Appendf(b, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, dims)
	for len(b)%64 != 63 {
		b = append(b, ' ')
	}
	b = append(b, '\n')
	binary.LittleEndian.PutUint16(b[8:], uint16(len(b)-10))
	return b
}
