package optim

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// A StateDict is the state of an optimizer, with PyTorch's names. A parameter
// is known by its position: those of the first group come first. It lives in
// memory: its tensors have no form in JSON.
type StateDict struct {
	// State is what is kept for a parameter: tensors, and float64 numbers such
	// as "step". A parameter that was never changed has none.
	State map[int]map[string]any
	// Groups are each group's options (float64, bool, []float64), with the
	// positions of its parameters, an []int, under "params".
	Groups []map[string]any
}

// StateDict returns a copy of all that Step needs, but the parameters.
func (c *core) StateDict() StateDict {
	d := StateDict{State: map[int]map[string]any{}, Groups: c.settings()}
	numbers, tensors, _ := c.rule.slots()
	for i, p := range c.params() {
		s := c.state[p]
		if s == nil {
			continue
		}
		kept := map[string]any{}
		for k, n := range numbers {
			kept[n] = s.n[k]
		}
		for k, n := range tensors {
			if s.t[k] != nil {
				kept[n] = s.t[k].Clone()
			}
		}
		if len(kept) > 0 {
			d.State[i] = kept
		}
	}
	return d
}

// LoadStateDict puts the optimizer where StateDict was called. Numbers may be
// of any type, and tensors of one element, so that the forms of PyTorch's state
// dict fit. Tensors are copied to their parameter's dtype and device. Options that the state lacks stay, and those that the optimizer does
// not have are ignored.
//
// It returns an error, and changes nothing, if groups or shapes do not match
// the parameters, or a name or value of the state is not this optimizer's.
func (c *core) LoadStateDict(d StateDict) error {
	state, err := c.readState(d)
	if err == nil {
		before := c.settings()
		if err = c.setSettings(d.Groups); err != nil {
			_ = c.setSettings(before) // what was set once can be set again
		}
	}
	if err != nil {
		return fmt.Errorf("optim: %s: state dict: %w", c.rule.name(), err)
	}
	c.state = state
	return nil
}

func (c *core) params() []*tensor.Tensor {
	var all []*tensor.Tensor
	for _, g := range c.groups {
		all = append(all, g.Params...)
	}
	return all
}

// settings are the Groups of a StateDict.
func (c *core) settings() []map[string]any {
	var out []map[string]any
	at := 0
	for _, g := range c.groups {
		m, positions := map[string]any{}, make([]int, len(g.Params))
		for i := range positions {
			positions[i] = at
			at++
		}
		m["params"] = positions
		for _, f := range g.fields() {
			m[f.name] = f.get()
		}
		out = append(out, m)
	}
	return out
}

func (c *core) setSettings(groups []map[string]any) error {
	for i, g := range c.groups {
		for _, f := range g.fields() {
			v, ok := groups[i][f.name]
			if ok && !f.set(v) {
				return fmt.Errorf("group %d has %s %v, a %T; want a %s", i, f.name, v, v, f.kind())
			}
		}
		if err := checkOptions(g); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
	}
	return nil
}

func (f field) get() any {
	switch ref := f.ref.(type) {
	case *float64:
		return *ref
	case *int:
		return *ref
	case *bool:
		return *ref
	case *string:
		return *ref
	case []*float64:
		list := make([]float64, len(ref))
		for i, r := range ref {
			list[i] = *r
		}
		return list
	}
	panic("optim: " + f.name + " has a field of unknown type")
}

func (f field) kind() string {
	switch ref := f.ref.(type) {
	case *bool:
		return "bool"
	case *int:
		return "whole number"
	case *string:
		return "string"
	case []*float64:
		return fmt.Sprintf("list of %d numbers", len(ref))
	}
	return "number"
}

// set reports whether v fits.
func (f field) set(v any) (ok bool) {
	switch ref := f.ref.(type) {
	case *float64:
		var x float64
		if x, ok = number(v); ok {
			*ref = x
		}
	case *int:
		var x float64
		if x, ok = number(v); ok {
			*ref = int(x)
			ok = float64(*ref) == x
		}
	case *string:
		if v == nil { // PyTorch's None
			v = ""
		}
		var x string
		if x, ok = v.(string); ok {
			*ref = x
		}
	case *bool:
		var x bool
		if x, ok = v.(bool); ok {
			*ref = x
		}
	case []*float64:
		var list []float64
		if list, ok = numbers(v); !ok || len(list) != len(ref) {
			return false
		}
		for i, x := range list {
			*ref[i] = x
		}
	}
	return ok
}

// readState is the state that d holds for c's parameters.
func (c *core) readState(d StateDict) (map[*tensor.Tensor]*slots, error) {
	if len(d.Groups) != len(c.groups) {
		return nil, fmt.Errorf("%d groups; want %d", len(d.Groups), len(c.groups))
	}
	state, byPosition := map[*tensor.Tensor]*slots{}, map[int]*tensor.Tensor{}
	for i, g := range c.groups {
		positions, ok := numbers(d.Groups[i]["params"])
		if !ok || len(positions) != len(g.Params) {
			return nil, fmt.Errorf("group %d has %d parameters; want %d", i, len(positions), len(g.Params))
		}
		for k, p := range g.Params {
			at := int(positions[k])
			if float64(at) != positions[k] || byPosition[at] != nil {
				return nil, fmt.Errorf("group %d has a parameter at %v; want whole numbers, each once", i, positions[k])
			}
			state[p], byPosition[at] = nil, p
		}
	}
	for i, kept := range d.State {
		p := byPosition[i]
		if p == nil {
			return nil, fmt.Errorf("state of parameter %d, which is in no group", i)
		}
		s, err := c.readSlots(p, kept)
		if err != nil {
			return nil, fmt.Errorf("parameter %d: %w", i, err)
		}
		state[p] = s
	}
	return state, nil
}

func (c *core) readSlots(p *tensor.Tensor, kept map[string]any) (*slots, error) {
	s := c.newSlots(p)
	scalars, tensors, needed := c.rule.slots()
	for _, name := range append(scalars, tensors[:needed]...) {
		if len(kept) > 0 && kept[name] == nil {
			return nil, fmt.Errorf("there is no %s", name)
		}
	}
	for name, v := range kept {
		if k := slices.Index(scalars, name); k >= 0 {
			x, ok := number(v)
			if !ok {
				return nil, fmt.Errorf("%s is %v, a %T; want a number", name, v, v)
			}
			if !(x >= 0) || math.IsInf(x, 0) || name == "step" && x != math.Trunc(x) {
				return nil, fmt.Errorf("%s is %v; want a number, 0 or more, and step a whole one", name, x)
			}
			s.n[k] = x
			continue
		}
		k := slices.Index(tensors, name)
		if k < 0 {
			return nil, fmt.Errorf("%s is not a state of %s", name, c.rule.name())
		}
		t, ok := v.(*tensor.Tensor)
		if v == nil || ok && t == nil {
			continue // PyTorch's None
		}
		if !ok {
			return nil, fmt.Errorf("%s is a %T; want a tensor", name, v)
		}
		if want := c.slotShape(name, p); !slices.Equal(t.Shape(), want) {
			return nil, fmt.Errorf("%s has shape %v; want %v", name, t.Shape(), want)
		}
		s.t[k] = t.Detach().Cast(p.DType()).To(p.Device()).Contiguous().Clone()
	}
	return s, nil
}

// slotShape is the shape of what a rule keeps under a name: mostly the parameter's.
func (c *core) slotShape(name string, p *tensor.Tensor) []int {
	if r, ok := c.rule.(interface {
		shape(slot string, p *tensor.Tensor) []int
	}); ok {
		return r.shape(name, p)
	}
	return p.Shape()
}

// number is a Go number, or the element of a tensor that has one.
func number(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case float32:
		return float64(x), true
	case int:
		return float64(x), true
	case int64:
		return float64(x), true
	case *tensor.Tensor:
		if x != nil && x.Len() == 1 {
			return x.Float(), true
		}
	}
	return 0, false
}

// numbers is a list of numbers in any of its forms.
func numbers(v any) ([]float64, bool) {
	var list []any
	switch x := v.(type) {
	case []float64:
		return x, true
	case []any:
		list = x
	case []int:
		for _, e := range x {
			list = append(list, e)
		}
	case []int64:
		for _, e := range x {
			list = append(list, e)
		}
	}
	out := make([]float64, len(list))
	for i, e := range list {
		var ok bool
		if out[i], ok = number(e); !ok {
			return nil, false
		}
	}
	return out, list != nil
}
