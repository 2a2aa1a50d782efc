package gguf

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/facula-ml/facula/checkpoint/archive"
)

const (
	maxDims   = 4     // of ggml
	maxKeys   = 10000 // models have less than a hundred
	maxName   = 65535 // bytes of a key or of a tensor's name
	alignment = "general.alignment"

	minKey    = 8 + 1 + 4 + 1         // bytes of a key with its value
	minTensor = 8 + 1 + 4 + 8 + 4 + 8 // bytes of what is said of a tensor
)

// header is what a file says before its elements.
type header struct {
	version uint32
	keys    []key
	infos   []archive.Info
	kinds   []uint32 // of each tensor
	offsets []int64  // of each tensor, from data on
	byName  []int32  // tensors in the order of their names
	data    int64    // where the elements begin
	align   int64    // of each tensor's elements
}

// A key is one of the metadata's; its value stays in the file.
type key struct {
	name   string
	kind   uint32
	offset int64
}

// find returns the number of the tensor of that name.
func (h *header) find(name string) (int, bool) {
	i, ok := slices.BinarySearchFunc(h.byName, name, func(i int32, name string) int {
		return strings.Compare(h.infos[i].Name, name)
	})
	if !ok {
		return 0, false
	}
	return int(h.byName[i]), true
}

// parser reads a header.
type parser struct {
	in *reader
	header
}

// parse reads the header of a file of size bytes.
func (p *parser) parse(size int64) error {
	tensors, keys, err := p.counts()
	if err == nil {
		err = p.metadata(int(keys))
	}
	if err == nil {
		err = p.tensors(int(tensors))
	}
	if err == nil {
		p.byName, err = sorted(len(p.infos), func(i int32) string { return p.infos[i].Name })
	}
	if err == nil {
		err = p.place(size)
	}
	return err
}

// counts reads the first fields, and compares the numbers of tensors and keys
// with the bytes that are left for them.
func (p *parser) counts() (tensors, keys uint64, err error) {
	magic, err := p.in.uint32()
	if err != nil || magic != 0x46554747 { // "GGUF"
		return 0, 0, fmt.Errorf("the file does not begin with GGUF: %w", archive.ErrFormat)
	}
	if p.version, err = p.in.uint32(); err != nil {
		return 0, 0, err
	}
	switch p.version {
	case 2, 3:
	case 1:
		return 0, 0, fmt.Errorf("version 1, which is no longer in use; convert the file with llama.cpp: %w", archive.ErrFormat)
	case 2 << 24, 3 << 24:
		return 0, 0, fmt.Errorf("the numbers are big-endian; convert the file to little-endian: %w", archive.ErrFormat)
	default:
		return 0, 0, fmt.Errorf("version %d; want 2 or 3: %w", p.version, archive.ErrFormat)
	}
	if tensors, err = p.in.uint64(); err != nil {
		return 0, 0, err
	}
	if keys, err = p.in.uint64(); err != nil {
		return 0, 0, err
	}
	switch left := uint64(p.in.left); {
	case keys > maxKeys:
		return 0, 0, fmt.Errorf("%d keys of metadata; want at most %d", keys, maxKeys)
	case keys > left/minKey:
		return 0, 0, fmt.Errorf("%d keys of metadata do not fit into %d bytes", keys, left)
	case tensors > left/minTensor || tensors > 1<<31-1:
		return 0, 0, fmt.Errorf("%d tensors do not fit into %d bytes", tensors, left)
	}
	return tensors, keys, nil
}

// metadata reads the keys and skips their values.
func (p *parser) metadata(n int) error {
	p.keys = make([]key, n)
	for i := range p.keys {
		k := &p.keys[i]
		var err error
		if k.name, err = p.in.name(); err != nil {
			return fmt.Errorf("key %d of the metadata: %w", i, err)
		}
		if k.kind, err = p.in.uint32(); err == nil {
			k.offset = p.in.offset
			err = p.in.skip(k.kind, 0)
		}
		if err != nil {
			return fmt.Errorf("key %.100q of the metadata: %w", k.name, err)
		}
	}
	_, err := sorted(n, func(i int32) string { return p.keys[i].name })
	return err
}

// tensors reads what is said of each tensor.
func (p *parser) tensors(n int) error {
	align, err := p.alignment()
	if err != nil {
		return err
	}
	p.infos, p.kinds, p.offsets = make([]archive.Info, n), make([]uint32, n), make([]int64, n)
	for i := range p.infos {
		name, err := p.in.name()
		if err != nil {
			return fmt.Errorf("name of tensor %d: %w", i, err)
		}
		p.infos[i].Name = name
		if err := p.tensor(i); err != nil {
			return fmt.Errorf("tensor %.100q: %w", name, err)
		}
	}
	p.align, p.data = align, roundUp(p.in.offset, align)
	return nil
}

// alignment is that of the elements: 32, unless the metadata says another.
func (p *parser) alignment() (int64, error) {
	i := slices.IndexFunc(p.keys, func(k key) bool { return k.name == alignment })
	if i < 0 {
		return 32, nil
	}
	if k := p.keys[i].kind; k != typeUint32 {
		return 0, fmt.Errorf("%s is of type %d; want %d, a uint32", alignment, k, typeUint32)
	}
	a, err := p.in.at(p.keys[i].offset).uint32()
	if err == nil && (a < 1 || a&(a-1) != 0 || a > 1<<20) {
		err = fmt.Errorf("%s is %d; want a power of two, at most %d", alignment, a, 1<<20)
	}
	return int64(a), err
}

func (p *parser) tensor(i int) error {
	dims, err := p.in.uint32()
	if err != nil {
		return err
	}
	if dims < 1 || dims > maxDims {
		return fmt.Errorf("%d dims; want 1 to %d", dims, maxDims)
	}
	shape := make([]int, dims)
	for d := range shape {
		n, err := p.in.uint64()
		if err != nil {
			return err
		}
		if n > 1<<62 || uint64(int(n)) != n {
			return fmt.Errorf("dim %d is %d; want less", d, n)
		}
		shape[len(shape)-1-d] = int(n) // the file has the fastest dim first
	}
	if p.kinds[i], err = p.in.uint32(); err != nil {
		return err
	}
	offset, err := p.in.uint64()
	if err != nil {
		return err
	}
	if p.offsets[i] = int64(offset); p.offsets[i] < 0 {
		return fmt.Errorf("it begins at %d; want less", offset)
	}
	return describe(&p.infos[i], p.kinds[i], shape)
}

// describe fills in what follows from kind and shape.
func describe(info *archive.Info, kind uint32, shape []int) error {
	k, ok := kinds[kind]
	if !ok {
		return fmt.Errorf("elements of the unknown kind %d", kind)
	}
	info.Kind, info.DType, info.Shape = k.name, k.dtype, shape
	n, err := archive.Elements(shape)
	if err != nil {
		return err
	}
	if row := shape[len(shape)-1]; row%k.block != 0 {
		return fmt.Errorf("rows of %d elements; %s has blocks of %d", row, k.name, k.block)
	}
	info.Bytes, err = archive.Bytes([]int{n / k.block}, k.bytes)
	return err
}

// sorted returns the numbers below n in the order of their names; an error if
// two have the same.
func sorted(n int, name func(int32) string) ([]int32, error) {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(name(a), name(b)) })
	for i := 1; i < n; i++ {
		if name(order[i]) == name(order[i-1]) {
			return nil, fmt.Errorf("the name %.100q is there twice", name(order[i]))
		}
	}
	return order, nil
}

// place checks that the elements lie one tensor after another, and in the file.
func (p *parser) place(size int64) error {
	at := int64(0)
	for i := range p.infos {
		info := &p.infos[i]
		if p.offsets[i] != at {
			return fmt.Errorf("tensor %.100q begins at %d of the elements; the one before it ends at %d", info.Name, p.offsets[i], at)
		}
		if left := max(0, size-p.data-at); info.Bytes > left {
			return fmt.Errorf("tensor %.100q needs %d bytes of elements, and the file has %d left; it is cut off", info.Name, info.Bytes, left)
		}
		at = roundUp(at+info.Bytes, p.align)
	}
	return nil
}

// roundUp is the next multiple of a, which is a power of two.
func roundUp(n, a int64) int64 { return (n + a - 1) &^ (a - 1) }

// errCut is a file that ends too early.
var errCut = errors.New("the file ends here; it is cut off")

func cut(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errCut
	}
	return err
}
