package torch

import (
	"fmt"
	"iter"
)

// A Dict is a Python dict: keys and values in order. A key is a string, an
// int64, a float64, a bool or nil. The zero Dict is empty and ready.
type Dict struct {
	keys, values []any
	at           map[any]int // nil while a look at each key is quick

	Ordered bool  // it is a collections.OrderedDict, as state dicts are
	Attrs   *Dict // attributes of an OrderedDict, such as _metadata; mostly nil

	namespace bool // an argparse.Namespace: its attributes are its items
}

// small is how many keys are searched one by one.
const small = 8

func (d *Dict) find(key any) int {
	if d.at != nil {
		if i, ok := d.at[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range d.keys {
		if k == key {
			return i
		}
	}
	return -1
}

// Set adds a key at the end, or replaces the value of one that is there.
//
//	panics: if key cannot be a key
func (d *Dict) Set(key, value any) {
	if !isKey(key) {
		panic(fmt.Sprintf("torch: a %T is no key of a Dict", key))
	}
	if i := d.find(key); i >= 0 {
		d.values[i] = value
		return
	}
	d.keys, d.values = append(d.keys, key), append(d.values, value)
	switch {
	case d.at != nil:
		d.at[key] = len(d.keys) - 1
	case len(d.keys) > small:
		d.at = make(map[any]int, 2*small)
		for i, k := range d.keys {
			d.at[k] = i
		}
	}
}

// Get returns the value of key, or nil.
func (d *Dict) Get(key any) any {
	if d == nil || !isKey(key) {
		return nil
	}
	if i := d.find(key); i >= 0 {
		return d.values[i]
	}
	return nil
}

// Len returns the number of keys.
func (d *Dict) Len() int { return len(d.keys) }

// All yields keys and values in order.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(k, v any) bool) {
		for i, k := range d.keys {
			if !yield(k, d.values[i]) {
				return
			}
		}
	}
}

func isKey(k any) bool {
	switch k.(type) {
	case string, int64, float64, bool, nil:
		return true
	}
	return false
}

// A Tuple is a Python tuple, or a torch.Size.
type Tuple []any

// A Set is a Python set, in the order of the file.
type Set []any

// A Device is a torch.device, such as "cuda:0".
type Device string

// A Global is a constant of Python's that has a name, such as "torch.float16".
type Global string

// list is a Python list while a pickle may still add to it.
type list struct{ items []any }
