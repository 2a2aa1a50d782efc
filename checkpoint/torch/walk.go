package torch

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
)

// maxDepth is how deep dicts, lists and tuples may lie in each other. What
// contains itself is deeper than all.
const maxDepth = 100

// A walker visits all values under one, each with its name.
type walker struct {
	left   *budget
	tensor func(name string, t *tensorRef) error
	text   func(name, s string)
	quiet  bool // check only
}

// walk also proves that v is a tree of reasonable size: Load and StateDict copy
// without a second thought.
func (w *walker) walk(name string, v any, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("values lie more than %d deep in each other, or contain themselves", maxDepth)
	}
	if err := w.left.spend(entryCost + len(name)); err != nil {
		return err
	}
	switch v := v.(type) {
	case *Dict:
		return w.dict(name, v, depth)
	case *list:
		return w.items(name, v.items, depth)
	case Tuple:
		return w.items(name, v, depth)
	case Set:
		return w.items(name, v, depth)
	case *tensorRef:
		if w.quiet || w.tensor == nil {
			return nil
		}
		if name == "" {
			name = "tensor"
		}
		return w.tensor(name, v)
	case *storageRef, storageType:
		return errors.New("the file has a bare storage; save tensors: " + resave)
	}
	if s, ok := scalar(v); ok && w.text != nil && !w.quiet {
		w.text(name, s)
	}
	return nil
}

func (w *walker) dict(name string, d *Dict, depth int) error {
	for k, v := range d.All() {
		if err := w.walk(join(name, keyName(k)), v, depth+1); err != nil {
			return err
		}
	}
	if d.Attrs == nil {
		return nil
	}
	quiet := *w
	quiet.quiet = true
	return quiet.walk(name, d.Attrs, depth+1)
}

func (w *walker) items(name string, items []any, depth int) error {
	for i, v := range items {
		if err := w.walk(join(name, strconv.Itoa(i)), v, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func join(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}

// keyName is a key as a part of a name, as Python prints it.
func keyName(k any) string {
	switch k := k.(type) {
	case nil:
		return "None"
	case bool:
		if k {
			return "True"
		}
		return "False"
	}
	return fmt.Sprint(k)
}

// scalar is a value that fits on a line, as text.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return keyName(v), true
	case int64, float64, complex128, *big.Int, Device, Global:
		return fmt.Sprint(v), true
	}
	return "", false
}
