package torch

import (
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// A kind is a dtype of PyTorch: the size of an element, and facula's dtype
// where it has one.
type kind struct {
	size  int
	dtype tensor.DType
}

// kinds are all dtypes of PyTorch 2.15 that have elements of whole bytes.
var kinds = map[string]kind{
	"float32": {4, tensor.Float32}, "float64": {8, tensor.Float64}, "float16": {2, tensor.Float16}, "bfloat16": {2, tensor.BFloat16},
	"int8": {1, tensor.Int8}, "int16": {2, tensor.Int16}, "int32": {4, tensor.Int32}, "int64": {8, tensor.Int64},
	"uint8": {1, tensor.UInt8}, "bool": {1, tensor.Bool},

	"uint16": {size: 2}, "uint32": {size: 4}, "uint64": {size: 8},
	"complex32": {size: 4}, "complex64": {size: 8}, "complex128": {size: 16},
	"qint8": {size: 1}, "quint8": {size: 1}, "qint32": {size: 4}, "quint4x2": {size: 1}, "quint2x4": {size: 1},
	"float8_e4m3fn": {size: 1}, "float8_e5m2": {size: 1}, "float8_e4m3fnuz": {size: 1}, "float8_e5m2fnuz": {size: 1},
	"float8_e8m0fnu": {size: 1}, "float4_e2m1fn_x2": {size: 1},
}

// storages are the classes that stand for the dtype of a storage.
var storages = map[string]string{
	"torch.FloatStorage": "float32", "torch.DoubleStorage": "float64", "torch.HalfStorage": "float16", "torch.BFloat16Storage": "bfloat16",
	"torch.CharStorage": "int8", "torch.ShortStorage": "int16", "torch.IntStorage": "int32", "torch.LongStorage": "int64",
	"torch.ByteStorage": "uint8", "torch.BoolStorage": "bool", "torch.UntypedStorage": "uint8", "torch._UntypedStorage": "uint8",
	"torch.ComplexFloatStorage": "complex64", "torch.ComplexDoubleStorage": "complex128",
	"torch.QInt8Storage": "qint8", "torch.QUInt8Storage": "quint8", "torch.QInt32Storage": "qint32",
	"torch.QUInt4x2Storage": "quint4x2", "torch.QUInt2x4Storage": "quint2x4",
}

// A storageType is a class of storages; it is a name of kinds.
type storageType string

// A storage is a run of bytes in the file that tensors lie in.
type storage struct {
	key   string
	elem  int    // bytes of an element, by its class
	kind  string // of the tensors in it: one, as torch.save makes sure
	bytes int64
	at    int64  // where in the file
	crc   uint32 // 0 if the file does not say
}

// A storageRef is a storage, or in files before 2018 a part of one, seen as
// elements of a kind.
type storageRef struct {
	*storage
	kind        string
	base, bytes int64 // the part
}

// A tensorRef is a tensor that was not read yet. Its view is within its storage.
type tensorRef struct {
	in            *storageRef
	kind          string
	offset        int
	shape, stride []int
	grad          bool
}

func (t *tensorRef) elem() int { return kinds[t.kind].size }

// last is the position in the storage of the last element. t is not empty.
func (t *tensorRef) last() int {
	p := t.offset
	for i, d := range t.shape {
		p += (d - 1) * t.stride[i]
	}
	return p
}

// storageRef reads ("storage", class, key, device, elements[, part]).
func (f *File) storageRef(id Tuple) (any, error) {
	if len(id) != 5 && len(id) != 6 || id[0] != "storage" {
		return nil, errors.New(`a persistent id that is not ("storage", class, key, device, elements): the file has objects other than tensors; ` + resave)
	}
	class, ok := id[1].(storageType)
	key, ok2 := id[2].(string)
	n, ok3 := id[4].(int64)
	if !ok || !ok2 || !ok3 {
		return nil, fmt.Errorf("a storage of a %s, a %s and a %s; want a class, a string and an int", typeName(id[1]), typeName(id[2]), typeName(id[4]))
	}
	k := kinds[string(class)]
	if n < 0 || n > min(f.size, math.MaxInt)/int64(k.size) {
		return nil, fmt.Errorf("storage %q has %d elements, more than the file", key, n)
	}
	s := &storageRef{kind: string(class), bytes: n * int64(k.size)}
	if s.storage = f.storages[key]; s.storage == nil {
		s.storage = &storage{key: key, elem: k.size, bytes: s.bytes}
		f.storages[key] = s.storage
	}
	if s.storage.bytes != s.bytes {
		return nil, fmt.Errorf("storage %q has %d bytes and %d", key, s.storage.bytes, s.bytes)
	}
	if len(id) == 6 && id[5] != nil {
		return s.part(id[5], int64(k.size))
	}
	return s, nil
}

// part makes s the part that (key, offset, elements) names.
func (s *storageRef) part(v any, elem int64) (any, error) {
	if t, ok := v.(Tuple); ok && len(t) == 3 {
		at, ok := t[1].(int64)
		n, ok2 := t[2].(int64)
		if all := s.bytes / elem; ok && ok2 && 0 <= at && at <= all && 0 <= n && n <= all-at {
			s.base, s.bytes = at*elem, n*elem
			return s, nil
		}
	}
	return nil, fmt.Errorf("a part of storage %q that is not within it", s.key)
}

// rebuildTensor reads (storage, offset, shape, stride, …) of the oldest form,
// and what follows in _v2: whether it takes a gradient, hooks, flags. A
// quantised tensor has its scales in between, and is never read.
func rebuildTensor(args Tuple) (any, error) {
	if len(args) < 4 {
		return nil, fmt.Errorf("%d arguments; want 4 or more", len(args))
	}
	s, ok := args[0].(*storageRef)
	if !ok {
		return nil, fmt.Errorf("a tensor in a %s; want a storage", typeName(args[0]))
	}
	t := &tensorRef{in: s, kind: s.kind}
	if len(args) > 4 {
		t.grad, _ = args[4].(bool)
	}
	if len(args) > 6 {
		if err := noFlags(args[6]); err != nil {
			return nil, err
		}
	}
	return t, t.place(args[1], args[2], args[3])
}

// rebuildTyped reads what a dtype without a storage class of its own uses: the
// dtype follows the hooks.
func rebuildTyped(args Tuple) (any, error) {
	if len(args) < 7 {
		return nil, fmt.Errorf("%d arguments; want 7 or more", len(args))
	}
	name, _ := args[6].(Global)
	s, ok := args[0].(*storageRef)
	if len(name) < len("torch.") || !ok {
		return nil, fmt.Errorf("a tensor of a %s in a %s; want a dtype and a storage", typeName(args[6]), typeName(args[0]))
	}
	t := &tensorRef{in: s, kind: string(name[len("torch."):])}
	if t.elem() == 0 {
		return nil, fmt.Errorf("a tensor of %s; want a dtype", name)
	}
	if len(args) > 7 {
		if err := noFlags(args[7]); err != nil {
			return nil, err
		}
	}
	t.grad, _ = args[4].(bool)
	return t, t.place(args[1], args[2], args[3])
}

// noFlags refuses tensors whose elements are to be negated or conjugated when
// they are looked at.
func noFlags(v any) error {
	d, ok := v.(*Dict)
	if !ok && v != nil {
		return fmt.Errorf("flags are a %s; want a dict", typeName(v))
	}
	if d == nil {
		return nil
	}
	for k, on := range d.All() {
		if on != false {
			return fmt.Errorf("the tensor has the flag %v; save x.resolve_conj().resolve_neg().clone()", k)
		}
	}
	return nil
}

// rebuildParameter reads (tensor, whether it takes a gradient, hooks[, attributes]).
func rebuildParameter(args Tuple) (any, error) {
	if len(args) < 3 {
		return nil, fmt.Errorf("%d arguments; want 3 or more", len(args))
	}
	t, ok := args[0].(*tensorRef)
	grad, ok2 := args[1].(bool)
	if !ok || !ok2 {
		return nil, fmt.Errorf("a parameter of a %s and a %s; want a tensor and a bool", typeName(args[0]), typeName(args[1]))
	}
	p := *t
	p.grad = grad
	return &p, nil
}

// rebuildFromType reads (function, class, arguments, attributes): a tensor
// that somebody gave attributes, which are dropped.
func rebuildFromType(args Tuple) (any, error) {
	if len(args) < 3 {
		return nil, fmt.Errorf("%d arguments; want 3 or more", len(args))
	}
	a, ok := args[2].(Tuple)
	if f, isFunc := args[0].(*function); ok && isFunc {
		switch f.name {
		case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3", "torch._utils._rebuild_parameter":
			return f.call(a)
		}
	}
	return nil, errors.New("want a function that makes a tensor, and a tuple")
}

// place sets where t lies and checks that it lies in its storage.
func (t *tensorRef) place(offset, shape, stride any) error {
	at, ok := offset.(int64)
	size, ok2 := shape.(Tuple)
	step, ok3 := stride.(Tuple)
	if !ok || !ok2 || !ok3 || len(size) != len(step) {
		return fmt.Errorf("a tensor at a %s, a %s with a %s; want an int and two tuples of one length", typeName(offset), typeName(shape), typeName(stride))
	}
	s := t.in.storage
	if s.kind == "" {
		s.kind = t.kind
	}
	if s.kind != t.kind || t.in.base%int64(t.elem()) != 0 {
		return fmt.Errorf("storage %q has elements of %s and of %s", s.key, s.kind, t.kind)
	}
	var err error
	if t.shape, err = ints(size); err != nil {
		return err
	}
	if t.stride, err = ints(step); err != nil {
		return err
	}
	n, err := archive.Elements(t.shape)
	if err != nil {
		return err
	}
	there := int(t.in.bytes) / t.elem()
	if n == 0 {
		return nil
	}
	if n > there && n > maxExpanded {
		return fmt.Errorf("an expanded tensor shows %d elements as %v; save its contiguous()", there, t.shape)
	}
	if at < 0 || at > int64(there) || !t.within(uint64(at), uint64(there)) {
		return fmt.Errorf("a tensor of shape %v with strides %v from %d on is not within its storage of %d elements", t.shape, t.stride, at, there)
	}
	t.offset = int(at)
	return nil
}

// maxExpanded is how many elements a tensor may have that shows elements more
// than once: somebody may make it contiguous.
const maxExpanded = 1 << 24

// within reports whether all elements are among the first n, with arithmetic
// that cannot wrap.
func (t *tensorRef) within(last, n uint64) bool {
	for i, d := range t.shape { // no dim is 0
		hi, lo := bits.Mul64(uint64(d-1), uint64(t.stride[i]))
		if hi != 0 || lo >= n {
			return false
		}
		if last += lo; last >= n { // both were below n, which is below 2⁶³
			return false
		}
	}
	return last < n
}

// ints reads the dims or strides of a tensor.
func ints(t Tuple) ([]int, error) {
	if len(t) > archive.MaxRank {
		return nil, fmt.Errorf("%d dims; want at most %d", len(t), archive.MaxRank)
	}
	out := make([]int, len(t))
	for i, v := range t {
		x, ok := v.(int64)
		if !ok || x < 0 || int64(int(x)) != x {
			return nil, fmt.Errorf("a dim or stride is %v, a %s; want an int, 0 or more", v, typeName(v))
		}
		out[i] = int(x)
	}
	return out, nil
}
