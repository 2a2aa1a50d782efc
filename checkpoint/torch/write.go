package torch

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// Write writes v as torch.save does, so that torch.load(path) reads it, with
// weights_only=True and mmap=True as well. The bytes depend on v alone.
//
// A value is one that [File.Load] gives, a *nn.State, an optim.StateDict, or
// any integer, float, string, map (with keys in ascending order), slice or
// array of such. Tensors that share memory still do when PyTorch reads them: the
// part of the memory between the first and the last element of them all is
// written once. A tensor alone is written without what lies between its elements.
// A tensor of another device is written as one of the CPU.
//
// The error names the value that PyTorch has no form for.
//
//	source: torch.save
func Write(w io.Writer, v any) error {
	c := converter{}
	root, err := c.value("", v, 0)
	if err != nil {
		return fmt.Errorf("torch: write: %w", err)
	}
	stored := c.storages()
	if err := writeZip(w, pickled(root), stored); err != nil {
		return fmt.Errorf("torch: write: %w", err)
	}
	return nil
}

// A part is a part of a tensor's storage that is written.
type part struct {
	key    int
	lo, hi int // elements of the storage
	of     *tensor.Tensor
}

func (p *part) dtype() tensor.DType { return p.of.DType() }

// bytes are the elements, little-endian.
func (p *part) bytes() ([]byte, error) {
	if p.lo == p.hi {
		return nil, nil
	}
	return archive.ToBytes(p.of.AsStrided([]int{p.hi - p.lo}, []int{1}, p.lo))
}

// A saved is a tensor to be written, in a part that others may share.
type saved struct {
	t    *tensor.Tensor // detached
	grad bool
	in   *part
}

// storages gives each tensor its part, and returns all in order.
func (c *converter) storages() []*part {
	var parts []*part
	shared := map[*part]bool{}
	for _, s := range c.tensors {
		for _, p := range parts {
			if p.dtype() == s.t.DType() && s.t.Len() > 0 && p.hi > p.lo && p.of.SameStorage(s.t) {
				lo, hi := reach(s.t)
				p.lo, p.hi, s.in, shared[p] = min(p.lo, lo), max(p.hi, hi), p, true
				break
			}
		}
		if s.in == nil {
			s.in = &part{key: len(parts), of: s.t}
			s.in.lo, s.in.hi = reach(s.t)
			parts = append(parts, s.in)
		}
	}
	for _, s := range c.tensors {
		if p := s.in; !shared[p] && p.hi-p.lo > s.t.Len() {
			s.t = s.t.Contiguous()
			p.of = s.t
			p.lo, p.hi = reach(s.t)
		}
	}
	return parts
}

// reach is the range of the storage that t's elements lie in.
func reach(t *tensor.Tensor) (lo, hi int) {
	if t.Len() == 0 {
		return 0, 0
	}
	lo = t.Offset()
	hi = lo + 1
	stride := t.Stride()
	for i, d := range t.Shape() {
		hi += (d - 1) * stride[i]
	}
	return lo, hi
}

// alignment is where torch.save puts storages, so that they can be mapped.
const alignment = 64

// writeZip writes the archive. Sizes and checksums come before the data, which
// PyTorch reads as well as its own way, and which needs no second look.
func writeZip(w io.Writer, pickle []byte, parts []*part) error {
	out := &counter{w: w}
	z := zip.NewWriter(out)
	add := func(name string, data []byte) error {
		if err := z.Flush(); err != nil {
			return err
		}
		h := &zip.FileHeader{Name: "archive/" + name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data),
			CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))}
		const fixed = 30 + 4 // a file's header, and the header of the padding
		at := out.n + fixed + int64(len(h.Name))
		h.Extra = padding(int((alignment - at%alignment) % alignment))
		f, err := z.CreateRaw(h)
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	if err := add("data.pkl", pickle); err != nil {
		return err
	}
	if err := add("byteorder", []byte("little")); err != nil {
		return err
	}
	for _, p := range parts {
		b, err := p.bytes()
		if err == nil {
			err = add(fmt.Sprintf("data/%d", p.key), b)
		}
		if err != nil {
			return err
		}
	}
	if err := add("version", []byte("3\n")); err != nil { // of the format, since PyTorch 1.6
		return err
	}
	return z.Close()
}

// padding is an extra field of n bytes, under the id that PyTorch uses.
func padding(n int) []byte {
	b := make([]byte, 4+n)
	copy(b, "FB")
	binary.LittleEndian.PutUint16(b[2:], uint16(n))
	for i := range n {
		b[4+i] = 'Z'
	}
	return b
}

// A counter counts the bytes that go through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
