// Package gguf reads GGUF files, the format of llama.cpp and of most quantised
// language models: named tensors, and metadata such as the model's sizes and its
// vocabulary.
//
//	f, err := gguf.Open("model.gguf")
//	…
//	defer f.Close()
//	heads, err := f.Value("llama.attention.head_count") // uint32(32)
//	w, err := f.Tensor("blk.0.attn_q.weight")           // float32, whatever it is in the file
//
// Quantised elements (Q4_0, Q4_K, Q6_K, Q8_0 and others, see [File.Infos]) come
// as float32, with the values that llama.cpp computes with. Shapes are as in
// PyTorch: GGUF writes the dims in the other order.
//
// A file may come from anywhere. Its sizes are compared with the file before
// memory is taken, and metadata is decoded when asked for.
//
//	source: the GGUF specification, github.com/ggml-org/ggml/blob/master/docs/gguf.md
package gguf

import (
	"fmt"
	"io"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// A File is an open GGUF file; it is an [archive.File]. Several goroutines may
// use it.
type File struct {
	r      io.ReaderAt
	size   int64
	closer io.Closer // nil if the reader is the caller's
	header
}

// Open opens the file at path. The error is archive.ErrFormat if it is no GGUF
// file of version 2 or 3.
func Open(path string) (*File, error) {
	r, size, err := archive.OpenFile(path)
	if err != nil {
		return nil, err
	}
	f, err := New(r, size)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.closer = r
	return f, nil
}

// New reads a file of size bytes from r, which the caller keeps open; Close
// does not close it.
func New(r io.ReaderAt, size int64) (*File, error) {
	p := &parser{in: newReader(r, 0, size)}
	if err := p.parse(size); err != nil {
		return nil, fmt.Errorf("gguf: %w", err)
	}
	return &File{r: r, size: size, header: p.header}, nil
}

// Close closes the file that Open opened.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Infos lists the tensors in the order of the file. The caller must not change
// it. Tensor reads the kinds F32, F16, BF16, F64, I8, I16, I32, I64, Q4_0, Q4_1,
// Q5_0, Q5_1, Q8_0 and Q2_K to Q8_K.
func (f *File) Infos() []archive.Info { return f.infos }

// Tensor reads one tensor: float32 for quantised elements, their own dtype for
// others. The error is archive.ErrNotFound for a name that the file does not
// have, and archive.ErrKind for elements of a kind that Infos does not name.
func (f *File) Tensor(name string) (*tensor.Tensor, error) {
	i, ok := f.find(name)
	if !ok {
		return nil, fmt.Errorf("gguf: tensor %.100q: %w", name, archive.ErrNotFound)
	}
	info, k := &f.infos[i], kinds[f.kinds[i]]
	if info.DType == 0 {
		return nil, fmt.Errorf("gguf: tensor %.100q is %s: %w", name, info.Kind, archive.ErrKind)
	}
	raw, err := archive.ReadAt(f.r, f.data+f.offsets[i], info.Bytes)
	if err != nil {
		return nil, fmt.Errorf("gguf: tensor %.100q: %w", name, err)
	}
	t, err := k.tensor(raw, info.Shape)
	if err != nil {
		return nil, fmt.Errorf("gguf: tensor %.100q: %w", name, err)
	}
	return t, nil
}

// tensor makes a tensor of raw, which it takes over.
func (k kind) tensor(raw []byte, shape []int) (t *tensor.Tensor, err error) {
	if k.decode == nil {
		return archive.FromBytes(raw, k.dtype, shape)
	}
	x := make([]float32, len(raw)/k.bytes*k.block)
	for i := range len(raw) / k.bytes {
		k.decode(x[i*k.block:(i+1)*k.block], raw[i*k.bytes:(i+1)*k.bytes])
	}
	err = tensor.Try(func() { t = tensor.FromSlice(x, shape, tensor.Share) })
	return t, err
}
