package torch

import (
	"errors"
	"fmt"
	"strings"
)

// A function is a class or function of Python's that a pickle may call: the
// call makes a value and does nothing else.
type function struct {
	name string
	call func(args Tuple) (any, error)
}

// functions are all that can be called.
var functions = map[string]func(args Tuple) (any, error){
	"collections.OrderedDict": orderedDict,
	"collections.Counter":     func(a Tuple) (any, error) { return newDict(&Dict{}, a) },
	"argparse.Namespace":      func(a Tuple) (any, error) { return newDict(&Dict{namespace: true}, a) },
	"builtins.set":            newSet,
	"builtins.complex":        newComplex,
	"builtins.bytearray":      newBytes,
	"builtins.bytes":          newBytes,
	"_codecs.encode":          newBytes,
	"torch.Size":              newSize,
	"torch.device":            newDevice,

	"torch._utils._rebuild_tensor":               rebuildTensor,
	"torch._utils._rebuild_tensor_v2":            rebuildTensor,
	"torch._utils._rebuild_tensor_v3":            rebuildTyped,
	"torch._utils._rebuild_qtensor":              rebuildTensor,
	"torch._utils._rebuild_parameter":            rebuildParameter,
	"torch._utils._rebuild_parameter_with_state": rebuildParameter,
	"torch._tensor._rebuild_from_type_v2":        rebuildFromType,
	"torch.serialization._get_layout":            newLayout,
}

// constants are names that stand for themselves.
var constants = map[string]bool{
	"torch.Tensor": true, "torch.nn.parameter.Parameter": true,
	"torch.per_tensor_affine": true, "torch.per_tensor_symmetric": true, "torch.per_channel_affine": true,
	"torch.per_channel_symmetric": true, "torch.per_channel_affine_float_qparams": true,
}

// layouts are constants that pickles get by a call.
var layouts = map[string]bool{
	"torch.strided": true, "torch.sparse_coo": true, "torch.sparse_csr": true, "torch.sparse_csc": true,
	"torch.sparse_bsr": true, "torch.sparse_bsc": true,
}

// resave is the way out for files with more than weights in them.
const resave = `load it in Python and save its weights: torch.save(model.state_dict(), "weights.pt")`

// global pushes what the name stands for; there is no other way to a name.
func (m *machine) global(module, name string) {
	switch module {
	case "__builtin__": // Python 2's, which protocol 2 writes
		module = "builtins"
	case "torch.tensor":
		module = "torch._tensor"
	case "torch.cuda", "torch.storage": // where storages lay over the years
		module = "torch"
	}
	full := module + "." + name
	dtype, torchs := strings.CutPrefix(full, "torch.")
	switch {
	case m.err != nil:
	case storages[full] != "":
		m.push(storageType(storages[full]))
	case functions[full] != nil:
		m.spend(listCost)
		m.push(&function{full, functions[full]})
	case constants[full], torchs && kinds[dtype].size > 0:
		m.push(Global(full))
	case strings.HasPrefix(name, "_rebuild_"):
		m.fail("the file has a tensor of a kind that facula does not read (%s.%s), such as a sparse or a quantised one; %s", module, name, resave)
	case strings.HasPrefix(module, "numpy"):
		m.fail("the file has values of numpy (%s.%s); convert them with .item() or torch.from_numpy before torch.save", module, name)
	default:
		m.fail("the file asks for %s.%s, which is not among the names that weights need and was not run; %s", module, name, resave)
	}
}

func (m *machine) call() {
	args, f := m.pop(), m.pop()
	fn, ok := f.(*function)
	a, isTuple := args.(Tuple)
	switch {
	case m.err != nil:
	case !ok:
		m.fail("it calls a %s; want one of the known functions", typeName(f))
	case !isTuple:
		m.fail("it calls %s with a %s; want a tuple", fn.name, typeName(args))
	default:
		if m.spend(entryCost * (1 + size(a))); m.err != nil {
			return
		}
		v, err := fn.call(a)
		if err != nil {
			m.fail("%s: %w", fn.name, err)
		}
		m.push(v)
	}
}

// size is how many values a call may have to copy; its other work is small.
func size(args Tuple) int {
	switch a := first(args).(type) {
	case *list:
		return len(a.items)
	case *Dict:
		return a.Len()
	case string:
		return len(a) / 64
	}
	return 0
}

// build gives an object its attributes.
func (m *machine) build() {
	state, target := m.pop(), m.top()
	d, ok := target.(*Dict)
	s, isDict := state.(*Dict)
	switch {
	case m.err != nil:
	case !ok || !d.Ordered && !d.namespace:
		m.fail("it sets attributes of a %s; want an OrderedDict or a Namespace", typeName(target))
	case !isDict:
		m.fail("it sets attributes from a %s; want a dict", typeName(state))
	case d.Ordered:
		d.Attrs = s
	default:
		m.spend(entryCost * s.Len())
		for k, v := range s.All() {
			if m.err == nil {
				m.set(d, k, v)
			}
		}
	}
}

func (m *machine) persist() {
	v := m.pop()
	id, ok := v.(Tuple)
	if !ok {
		m.fail("a persistent id is a %s; want a tuple", typeName(v))
	}
	m.spend(entryCost)
	if m.err != nil {
		return
	}
	s, err := m.persistent(id)
	if err != nil {
		m.fail("%w", err)
	}
	m.push(s)
}

// typeName is Python's word for the type of v.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case *Dict:
		return "dict"
	case *list:
		return "list"
	case Tuple:
		return "tuple"
	case Set:
		return "set"
	case *tensorRef:
		return "tensor"
	case *storageRef:
		return "storage"
	case storageType, Global:
		return "class"
	case *function:
		return v.name
	case string:
		return "string"
	case bool, float64, complex128:
		return fmt.Sprintf("%T", v)
	case []byte:
		return "bytes"
	}
	return "int"
}

func orderedDict(args Tuple) (any, error) { return newDict(&Dict{Ordered: true}, args) }

// newDict fills d from nothing, a dict, or a list of pairs (Python 2).
func newDict(d *Dict, args Tuple) (any, error) {
	if len(args) == 0 {
		return d, nil
	}
	switch from := args[0].(type) {
	case *Dict:
		for k, v := range from.All() {
			d.Set(k, v)
		}
		return d, nil
	case *list:
		for _, e := range from.items {
			var pair []any
			switch e := e.(type) {
			case *list:
				pair = e.items
			case Tuple:
				pair = e
			}
			if len(pair) != 2 || !isKey(pair[0]) {
				return nil, errors.New("a list whose items are not pairs of a key and a value")
			}
			d.Set(pair[0], pair[1])
		}
		return d, nil
	}
	return nil, fmt.Errorf("made of a %s; want a dict", typeName(args[0]))
}

func newSet(args Tuple) (any, error) {
	l, ok := first(args).(*list)
	if !ok && len(args) > 0 {
		return nil, fmt.Errorf("made of a %s; want a list", typeName(args[0]))
	}
	if !ok {
		return Set{}, nil
	}
	return append(Set{}, l.items...), nil
}

func newComplex(args Tuple) (any, error) {
	if len(args) == 2 {
		re, ok := args[0].(float64)
		im, ok2 := args[1].(float64)
		if ok && ok2 {
			return complex(re, im), nil
		}
	}
	return nil, errors.New("want two floats")
}

// newBytes undoes what protocol 2 does to bytes: a string of the code points
// 0 to 255, and the word latin1, which for a bytearray gives its bytes first.
func newBytes(args Tuple) (any, error) {
	if len(args) == 0 {
		return []byte{}, nil
	}
	if b, ok := args[0].([]byte); ok && len(args) == 1 {
		return b, nil // bytearray(bytes)
	}
	s, ok := args[0].(string)
	if !ok || len(args) != 2 || args[1] != "latin1" && args[1] != "latin-1" {
		return nil, errors.New("want a string and latin1")
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, errors.New("a string that is not latin1")
		}
		b = append(b, byte(r))
	}
	return b, nil
}

func newSize(args Tuple) (any, error) {
	if t, ok := first(args).(Tuple); ok && len(args) == 1 {
		_, err := ints(t)
		return t, err
	}
	return nil, errors.New("want a tuple")
}

func newDevice(args Tuple) (any, error) {
	s, ok := first(args).(string)
	switch {
	case ok && len(args) == 1:
		return Device(s), nil
	case ok && len(args) == 2:
		if i, isInt := args[1].(int64); isInt {
			return Device(fmt.Sprintf("%s:%d", s, i)), nil
		}
	}
	return nil, errors.New("want a name, and perhaps a number")
}

func newLayout(args Tuple) (any, error) {
	if s, ok := first(args).(string); ok && len(args) == 1 && layouts[s] {
		return Global(s), nil
	}
	return nil, errors.New("want a layout's name")
}

func first(args Tuple) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}
