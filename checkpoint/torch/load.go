package torch

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// Load reads all of the file at path; see [File.Load].
func Load(path string) (any, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Load()
}

// Load reads all that was saved, as the package doc says. Tensors that shared
// a storage share it here, and a tensor that required a gradient requires one.
// The error wraps archive.ErrKind if facula lacks the dtype of a tensor.
func (f *File) Load() (any, error) {
	l := loader{file: f, flat: map[flatKey]*tensor.Tensor{}, done: map[*tensorRef]*tensor.Tensor{}}
	v, err := l.value("", f.root)
	if err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	return v, nil
}

// Tensor reads one tensor: the bytes from its first element to its last. It
// has the strides that it was saved with, no gradient, and memory of its own.
func (f *File) Tensor(name string) (*tensor.Tensor, error) {
	t := f.at[name]
	if t == nil {
		return nil, fmt.Errorf("torch: %q: %w", name, archive.ErrNotFound)
	}
	x, err := f.tensor(t)
	if err != nil {
		return nil, fmt.Errorf("torch: %s: %w", name, err)
	}
	return x, nil
}

func (f *File) tensor(t *tensorRef) (*tensor.Tensor, error) {
	if x, err := t.empty(); x != nil || err != nil {
		return x, err
	}
	elem := int64(t.elem())
	flat, err := f.flat(t.in, kinds[t.kind].dtype, int64(t.offset)*elem, int64(t.last()+1-t.offset)*elem)
	if err != nil {
		return nil, err
	}
	return flat.AsStrided(t.shape, t.stride, 0).Detach(), nil
}

// empty is t if it has no elements; the error is archive.ErrKind.
func (t *tensorRef) empty() (*tensor.Tensor, error) {
	d := kinds[t.kind].dtype
	if d == 0 {
		return nil, fmt.Errorf("dtype %s: %w", t.kind, archive.ErrKind)
	}
	if slices.Contains(t.shape, 0) {
		return tensor.Make{DType: d}.Empty(t.shape...), nil
	}
	return nil, nil
}

// flat reads a part of a storage as a tensor of one dim. A checksum is of the
// whole storage, and checked where all of it is read.
func (f *File) flat(s *storageRef, d tensor.DType, at, n int64) (*tensor.Tensor, error) {
	crc := s.crc
	if n != s.storage.bytes {
		crc = 0
	}
	raw, err := f.read(s.at+s.base+at, n, crc)
	if err != nil {
		return nil, fmt.Errorf("storage %q: %w", s.key, err)
	}
	if machineBig := binary.NativeEndian.Uint16([]byte{0, 1}) == 1; f.big != machineBig {
		swap(raw, d.Size())
	}
	if d == tensor.Bool {
		for i, b := range raw {
			raw[i] = min(b, 1) // Python takes any byte for true
		}
	}
	return tensor.FromBytes(raw, d, []int{int(n) / d.Size()}, tensor.Share), nil
}

// swap reverses the bytes of each element.
func swap(raw []byte, elem int) {
	for i := 0; elem > 1 && i+elem <= len(raw); i += elem {
		slices.Reverse(raw[i : i+elem])
	}
}

// A flatKey names a part of a storage, seen as a dtype.
type flatKey struct {
	in    *storage
	at, n int64
	dtype tensor.DType
}

// A loader reads each storage and each tensor once.
type loader struct {
	file *File
	flat map[flatKey]*tensor.Tensor
	done map[*tensorRef]*tensor.Tensor
}

func (l *loader) tensor(t *tensorRef) (*tensor.Tensor, error) {
	if x := l.done[t]; x != nil {
		return x, nil
	}
	x, err := t.empty()
	if err == nil && x == nil {
		x, err = l.view(t)
	}
	if err != nil {
		return nil, err
	}
	if t.grad && x.DType().IsFloat() {
		x.RequireGrad()
	}
	l.done[t] = x
	return x, nil
}

func (l *loader) view(t *tensorRef) (*tensor.Tensor, error) {
	d := kinds[t.kind].dtype
	n := t.in.bytes - t.in.bytes%int64(d.Size())
	key := flatKey{t.in.storage, t.in.base, n, d}
	flat := l.flat[key]
	if flat == nil {
		var err error
		if flat, err = l.file.flat(t.in, d, 0, n); err != nil {
			return nil, err
		}
		l.flat[key] = flat
	}
	return flat.AsStrided(t.shape, t.stride, t.offset).Detach(), nil
}

// value copies v with its tensors read.
func (l *loader) value(name string, v any) (any, error) {
	switch v := v.(type) {
	case *Dict:
		return l.dict(name, v)
	case *list:
		return l.items(name, v.items)
	case Tuple:
		items, err := l.items(name, v)
		return Tuple(items), err
	case Set:
		items, err := l.items(name, v)
		return Set(items), err
	case *tensorRef:
		x, err := l.tensor(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return x, nil
	case *function:
		return Global(v.name), nil
	}
	return v, nil
}

func (l *loader) items(name string, items []any) ([]any, error) {
	out := make([]any, len(items))
	for i, v := range items {
		var err error
		if out[i], err = l.value(fmt.Sprintf("%s[%d]", name, i), v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (l *loader) dict(name string, d *Dict) (any, error) {
	out := &Dict{Ordered: d.Ordered}
	for k, v := range d.All() {
		x, err := l.value(join(name, keyName(k)), v)
		if err != nil {
			return nil, err
		}
		out.Set(k, x)
	}
	if d.Attrs != nil {
		x, err := l.dict(name, d.Attrs)
		if err != nil {
			return nil, err
		}
		out.Attrs = x.(*Dict)
	}
	return out, nil
}
