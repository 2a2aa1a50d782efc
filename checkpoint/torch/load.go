package torch

import (
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
	l := newLoader(f)
	v, err := l.value("", f.root)
	if err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	return v, nil
}

// Tensor reads one tensor: the bytes from its first element to its last. It
// has the strides that it was saved with, no gradient, and memory of its own.
// Damage of the file is noticed where a tensor fills its storage, as most do.
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
	flat, err := f.flat(t.in.storage, t.in.base+int64(t.offset)*elem, int64(t.last()+1-t.offset)*elem)
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
func (f *File) flat(s *storage, at, n int64) (*tensor.Tensor, error) {
	d, crc := kinds[s.kind].dtype, s.crc
	if n != s.bytes {
		crc = 0
	}
	raw, err := f.read(s.at+at, n, crc)
	if err != nil {
		return nil, fmt.Errorf("storage %q: %w", s.key, err)
	}
	if f.big {
		archive.Swap(raw, d.Size())
	}
	count := len(raw) / d.Size() // bytes that do not fill an element belong to none
	x, err := archive.FromBytes(raw[:count*d.Size()], d, []int{count})
	if err != nil {
		return nil, fmt.Errorf("storage %q: %w", s.key, err)
	}
	return x, nil
}

// A loader reads each storage and each tensor once.
type loader struct {
	file *File
	flat map[*storage]*tensor.Tensor
	done map[*tensorRef]*tensor.Tensor
}

func newLoader(f *File) *loader {
	return &loader{f, map[*storage]*tensor.Tensor{}, map[*tensorRef]*tensor.Tensor{}}
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
	s := t.in.storage
	flat := l.flat[s]
	if flat == nil {
		var err error
		if flat, err = l.file.flat(s, 0, s.bytes); err != nil {
			return nil, err
		}
		l.flat[s] = flat
	}
	return flat.AsStrided(t.shape, t.stride, int(t.in.base)/t.elem()+t.offset).Detach(), nil
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
		if isScalar(v) {
			out[i] = v
			continue
		}
		var err error
		if out[i], err = l.value(fmt.Sprintf("%s[%d]", name, i), v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (l *loader) dict(name string, d *Dict) (any, error) {
	out := newSized(d.Len(), d.Ordered)
	for k, v := range d.All() {
		if isScalar(v) {
			out.Set(k, v)
			continue
		}
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
