package torch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// wrappers are the keys under which training scripts save the weights, the
// most telling first.
var wrappers = []string{"state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "weights"}

// StateDict reads the weights. It looks for them where training scripts put
// them: the file is a state dict, or has one under a key such as "state_dict",
// "model_state_dict" or "model". The "module." that DataParallel puts before
// each name is taken away. What is no tensor is left out.
//
// The error says which keys there are if none of them is known.
func (f *File) StateDict() (*nn.State, error) {
	d, err := weights(f.root)
	if err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	s := &nn.State{}
	l := loader{file: f, flat: map[flatKey]*tensor.Tensor{}, done: map[*tensorRef]*tensor.Tensor{}}
	left := budgetFor(f.size)
	w := walker{left: &left, tensor: func(name string, t *tensorRef) error {
		x, err := l.tensor(t)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.Set(name, x.Detach())
		return nil
	}}
	if err := w.walk("", d, 0); err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	return stripped(s, "module."), nil
}

// weights finds the dict that has the weights in v, which Open found to be a tree.
func weights(v any) (*Dict, error) {
	d, ok := v.(*Dict)
	if !ok {
		return nil, fmt.Errorf("the file is a %s; want a dict with tensors", typeName(v))
	}
	for _, k := range wrappers {
		if inner, ok := d.Get(k).(*Dict); ok {
			if found, err := weights(inner); err == nil {
				return found, nil
			}
		}
	}
	keys := make([]string, 0, min(d.Len(), 20))
	for k, x := range d.All() {
		if _, ok := x.(*tensorRef); ok {
			return d, nil
		}
		if len(keys) < cap(keys) {
			keys = append(keys, keyName(k))
		}
	}
	return nil, fmt.Errorf("no state dict found: the keys are %s; Load reads them all", strings.Join(keys, ", "))
}

// stripped is s without a prefix that all names have.
func stripped(s *nn.State, prefix string) *nn.State {
	if s.Len() == 0 || slices.ContainsFunc(s.Names(), func(n string) bool { return !strings.HasPrefix(n, prefix) }) {
		return s
	}
	out := &nn.State{}
	for n, t := range s.All() {
		out.Set(strings.TrimPrefix(n, prefix), t)
	}
	return out
}

// Optimizer converts the state dict of a PyTorch optimizer, a *Dict of
// [File.Load], to what LoadStateDict of facula's optimizer of that name takes.
// Write takes facula's as it is.
func Optimizer(v any) (optim.StateDict, error) {
	out := optim.StateDict{State: map[int]map[string]any{}}
	d, _ := v.(*Dict)
	state, ok := d.Get("state").(*Dict)
	groups, ok2 := d.Get("param_groups").([]any)
	if !ok || !ok2 {
		return out, errors.New("torch: not the state dict of an optimizer: want a *Dict with state and param_groups")
	}
	for k, v := range state.All() {
		i, ok := k.(int64)
		kept, err := plain(v)
		if !ok || err != nil {
			return out, fmt.Errorf("torch: state of parameter %v: want an int and a dict of strings", k)
		}
		out.State[int(i)] = kept
	}
	for i, g := range groups {
		options, err := plain(g)
		if err != nil {
			return out, fmt.Errorf("torch: group %d of an optimizer: %w", i, err)
		}
		out.Groups = append(out.Groups, options)
	}
	return out, nil
}

// plain is a dict of names as a map, with lists for tuples.
func plain(v any) (map[string]any, error) {
	d, ok := v.(*Dict)
	if !ok {
		return nil, fmt.Errorf("a %T; want a *Dict", v)
	}
	out := make(map[string]any, d.Len())
	for k, v := range d.All() {
		name, ok := k.(string)
		if !ok {
			return nil, fmt.Errorf("a key is %v; want strings", k)
		}
		if t, ok := v.(Tuple); ok {
			v = []any(t)
		}
		out[name] = v
	}
	return out, nil
}
