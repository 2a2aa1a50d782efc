package nn

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// A slot is a place where the walk found a tensor.
type slot struct {
	name   string
	t      *tensor.Tensor
	buffer bool
	again  bool // the tensor was found before, under another name
}

// A param is a tensor with its name in the state.
type param struct {
	name string
	t    *tensor.Tensor
}

// A module is a struct that the walk found. A layer that is in two places is
// found once.
type module struct {
	path   string
	v      reflect.Value
	plan   *plan
	outer  *module // that holds it
	params int     // how many numbers the parameters hold that are its own
	own    []param // the parameters
}

// value is the module as its users know it, a pointer to the struct.
func (m *module) value() any {
	if m.v.CanAddr() {
		return m.v.Addr().Interface()
	}
	return m.v.Interface()
}

// A place is one struct in memory: a struct has the address of its first
// field, so the type is part of it.
type place struct {
	addr uintptr
	t    reflect.Type
}

type walker struct {
	slots   []slot
	structs []*module // every struct
	modules []*module // those that are listed
	post    []*module // the same, children before their parents
	tree    []*module // the same in their order, one for each place where a layer is
	owner   *module   // the innermost listed one
	suffix  string    // of the names of tensors

	seen   map[any]bool // tensors, and places
	named  map[string]*tensor.Tensor
	inside map[place]string // the structs on the way here
}

// walk finds everything in m.
func walk(m any) *walker {
	w := &walker{seen: map[any]bool{}, named: map[string]*tensor.Tensor{}, inside: map[place]string{}}
	v := reflect.ValueOf(m)
	switch v.Kind() {
	case reflect.Invalid:
		refuse(errors.New("the model is nil"))
	case reflect.Pointer, reflect.Slice, reflect.Map:
	default:
		refuse(fmt.Errorf("the model is %v; want a pointer to a struct, or a slice or map of layers", v.Type()))
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		refuse(fmt.Errorf("the model is a nil %v", v.Type()))
	}
	w.visit(v, "", false)
	return w
}

func refuse(err error) { tensor.Misuse("nn", err) }

// visit walks v, whose state name is path.
func (w *walker) visit(v reflect.Value, path string, isBuffer bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Type().Elem() == tensorType {
			w.tensor(v.Interface().(*tensor.Tensor), path, isBuffer)
			return
		}
		w.visit(v.Elem(), path, false)
	case reflect.Interface:
		if !v.IsNil() {
			w.visit(v.Elem(), path, false)
		}
	case reflect.Slice, reflect.Array:
		if leads(v.Type().Elem(), false, nil) == "" {
			return
		}
		for i := range v.Len() {
			w.visit(v.Index(i), join(path, strconv.Itoa(i)), false)
		}
	case reflect.Map:
		what := leads(v.Type().Elem(), false, nil)
		if what == "" {
			return
		}
		if v.Type().Key().Kind() != reflect.String {
			w.unnamed(v, path, what)
			return
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			w.visit(v.MapIndex(k), join(path, k.String()), false)
		}
	case reflect.Struct:
		w.structure(v, path, false)
	}
}

// tensor notes the tensor t. Two of one name would be one in a State.
func (w *walker) tensor(t *tensor.Tensor, name string, isBuffer bool) {
	name += w.suffix
	if other := w.named[name]; other != nil && other != t {
		refuse(fmt.Errorf("two tensors have the name %q in the state; name a field by a tag, or a map's key, in another way", name))
	}
	w.named[name] = t
	again := w.seen[t]
	w.slots = append(w.slots, slot{name, t, isBuffer, again})
	w.seen[t] = true
	if w.owner == nil || isBuffer {
		return
	}
	w.owner.own = append(w.owner.own, param{name, t})
	if !again {
		w.owner.params += t.Len()
	}
}

// unnamed refuses a map whose keys are no strings if there is something in it
// that would need a name.
func (w *walker) unnamed(v reflect.Value, path, what string) {
	if what == "an interface" {
		found := len(w.slots) + len(w.structs)
		for i := v.MapRange(); i.Next(); {
			w.visit(i.Value(), path, false)
		}
		if len(w.slots)+len(w.structs) == found {
			return
		}
		what = "a layer or a tensor"
	}
	refuse(fmt.Errorf("the %v at %q holds %s; want a map whose keys are strings, or a slice", v.Type(), path, what))
}

func (w *walker) structure(v reflect.Value, path string, inline bool) {
	p := planOf(v.Type())
	if p.err != nil {
		refuse(p.err)
	}
	again := false
	if v.CanAddr() && v.Type().Size() > 0 { // all empty structs may have one address
		at := place{v.UnsafeAddr(), v.Type()}
		if outer, ok := w.inside[at]; ok {
			refuse(fmt.Errorf("the %v at %q contains itself, at %q", at.t, outer, path))
		}
		w.inside[at] = path
		defer delete(w.inside, at)
		again = w.seen[at]
		w.seen[at] = true
	}
	m := &module{path: path, v: v, plan: p, outer: w.owner}
	if !again {
		w.structs = append(w.structs, m)
	}
	if !p.isModule || inline && !p.hasForward || !v.CanInterface() {
		w.fields(v, p, path) // a part of its owner
		return
	}
	w.owner = m
	w.tree = append(w.tree, m)
	if !again {
		w.modules = append(w.modules, m)
	}
	w.fields(v, p, path)
	if !again {
		w.post = append(w.post, m)
	}
	w.owner = m.outer
}

func (w *walker) fields(v reflect.Value, p *plan, path string) {
	for _, f := range p.params {
		w.visit(v.Field(f.index), join(path, f.name), false)
	}
	for _, f := range p.buffers {
		w.visit(v.Field(f.index), join(path, f.name), true)
	}
	for _, f := range p.children {
		if f.suffix {
			w.suffixed(v.Field(f.index), path, f.name)
		} else if f.joined {
			w.joined(v.Field(f.index), path, f.name)
		} else if f.inline {
			w.inline(v.Field(f.index), path)
		} else {
			w.visit(v.Field(f.index), join(path, f.name), false)
		}
	}
	for _, f := range p.hidden {
		if x := v.Field(f.index).Elem(); x.IsValid() {
			if what := leads(x.Type(), true, nil); what != "" {
				refuse(hiddenError(v.Type(), f.goName, what))
			}
		}
	}
}

// inline visits a field without a name of its own.
func (w *walker) inline(v reflect.Value, path string) {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.Struct {
		w.structure(v, path, true)
	} else {
		w.visit(v, path, false)
	}
}

// suffixed visits a field that names its tensors by a suffix, to which a slice
// adds the index: the way PyTorch's recurrent layers name theirs.
func (w *walker) suffixed(v reflect.Value, path, suffix string) {
	outer := w.suffix
	defer func() { w.suffix = outer }()
	w.suffix = outer + suffix
	if v.Kind() != reflect.Slice {
		w.inline(v, path)
		return
	}
	for i := range v.Len() {
		w.suffix = outer + suffix + strconv.Itoa(i)
		w.inline(v.Index(i), path)
	}
}

// joined visits a field whose name goes before the index in the slice, without
// a dot: the way torchvision's transformers name their layers.
func (w *walker) joined(v reflect.Value, path, name string) {
	if v.Kind() != reflect.Slice {
		w.visit(v, join(path, name), false)
		return
	}
	for i := range v.Len() {
		w.visit(v.Index(i), join(path, name+strconv.Itoa(i)), false)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
