package torch

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A converter makes a tree of what [pickled] knows out of what users give:
// *Dict, []any, Tuple, Set, *saved and scalars.
type converter struct {
	tensors []*saved
	seen    map[*tensor.Tensor]*saved
}

func (c *converter) value(name string, v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("values lie more than %d deep in each other, or contain themselves", maxDepth)
	}
	switch v := v.(type) {
	case nil, bool, float64, int64, complex128, []byte:
		return v, nil
	case string:
		return v, text(name, v)
	case Device:
		return v, text(name, string(v))
	case *tensor.Tensor:
		return c.tensor(name, v)
	case *big.Int:
		return bigInt(name, v)
	case Global:
		return global(name, v)
	case *Dict:
		return c.dict(name, v, depth)
	case Tuple:
		items, err := c.items(name, v, depth)
		return Tuple(items), err
	case Set:
		items, err := c.items(name, v, depth)
		return Set(items), err
	case []any:
		return c.items(name, v, depth)
	case *nn.State:
		return c.state(name, v)
	case optim.StateDict:
		return c.value(name, map[string]any{"state": v.State, "param_groups": v.Groups}, depth)
	}
	return c.reflected(name, reflect.ValueOf(v), depth)
}

// reflected converts Go's own types.
func (c *converter) reflected(name string, v reflect.Value, depth int) (any, error) {
	switch {
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return int64(v.Uint()), nil
	case v.CanUint():
		return new(big.Int).SetUint64(v.Uint()), nil
	case v.CanFloat():
		return v.Float(), nil
	case v.CanComplex():
		return v.Complex(), nil
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), text(name, v.String())
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Slice, reflect.Array:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = v.Index(i).Interface()
		}
		return c.items(name, items, depth)
	case reflect.Map:
		return c.sorted(name, v, depth)
	}
	return nil, fmt.Errorf("%s is a %s, which PyTorch has no form for; want tensors, numbers, strings, maps and slices", name, v.Type())
}

// sorted makes a dict of a map.
func (c *converter) sorted(name string, v reflect.Value, depth int) (any, error) {
	type pair struct{ k, v any }
	pairs := make([]pair, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		k, err := c.reflected(name, it.Key(), depth)
		if err != nil || !isKey(k) {
			return nil, fmt.Errorf("%s has keys of type %s; want strings or numbers", name, it.Key().Type())
		}
		pairs = append(pairs, pair{k, it.Value().Interface()})
	}
	slices.SortFunc(pairs, func(a, b pair) int { // Go's maps have keys of one type
		switch k := a.k.(type) {
		case int64:
			return cmp.Compare(k, b.k.(int64))
		case float64:
			return cmp.Compare(k, b.k.(float64))
		}
		return cmp.Compare(keyName(a.k), keyName(b.k))
	})
	d := &Dict{}
	for _, p := range pairs {
		d.Set(p.k, p.v)
	}
	return c.dict(name, d, depth)
}

func (c *converter) dict(name string, d *Dict, depth int) (any, error) {
	if d == nil {
		return nil, fmt.Errorf("%s is a nil *Dict", name)
	}
	out := &Dict{Ordered: d.Ordered}
	for k, v := range d.All() {
		at := join(name, keyName(k))
		if s, ok := k.(string); ok {
			if err := text(at, s); err != nil {
				return nil, err
			}
		}
		x, err := c.value(at, v, depth+1)
		if err != nil {
			return nil, err
		}
		out.Set(k, x)
	}
	if d.Attrs != nil && d.Ordered {
		a, err := c.dict(name, d.Attrs, depth+1)
		if err != nil {
			return nil, err
		}
		out.Attrs = a.(*Dict)
	}
	return out, nil
}

func (c *converter) items(name string, items []any, depth int) ([]any, error) {
	out := make([]any, len(items))
	for i, v := range items {
		var err error
		if out[i], err = c.value(fmt.Sprintf("%s[%d]", name, i), v, depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *converter) state(name string, s *nn.State) (any, error) {
	if s == nil {
		return nil, fmt.Errorf("%s is a nil *nn.State", name)
	}
	d := &Dict{Ordered: true}
	for n, t := range s.All() {
		x, err := c.tensor(join(name, n), t)
		if err == nil {
			err = text(n, n)
		}
		if err != nil {
			return nil, err
		}
		d.Set(n, x)
	}
	return d, nil
}

func (c *converter) tensor(name string, t *tensor.Tensor) (any, error) {
	if t == nil {
		return nil, fmt.Errorf("%s is a nil *tensor.Tensor", name)
	}
	if s := c.seen[t]; s != nil {
		return s, nil
	}
	s := &saved{t: t.Detach(), grad: t.RequiresGrad()}
	if c.seen == nil {
		c.seen = map[*tensor.Tensor]*saved{}
	}
	c.seen[t] = s
	c.tensors = append(c.tensors, s)
	return s, nil
}

// text checks that Python can read s.
func text(name, s string) error {
	if !utf8.ValidString(s) || uint64(len(s)) > math.MaxUint32 {
		return fmt.Errorf("%q is a string that is not UTF-8, or too long", name)
	}
	return nil
}

func bigInt(name string, v *big.Int) (any, error) {
	if v == nil {
		return nil, fmt.Errorf("%s is a nil *big.Int", name)
	}
	if v.BitLen() > 8*254 {
		return nil, fmt.Errorf("%s has %d bits; want at most %d", name, v.BitLen(), 8*254)
	}
	return v, nil
}

// global lets only names through that torch.load knows as constants.
func global(name string, v Global) (any, error) {
	dtype, ok := strings.CutPrefix(string(v), "torch.")
	if ok && kinds[dtype].size > 0 || constants[string(v)] || layouts[string(v)] {
		return v, nil
	}
	return nil, fmt.Errorf("%s is %s, which is no dtype of PyTorch", name, v)
}
