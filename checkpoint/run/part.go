package run

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A Part is one thing that a training goes on with. Its name, of small letters,
// digits, - and _, is the name of its file in the checkpoint.
type Part struct {
	name  string
	order int // optimizers are restored last: schedules set rates
	save  func() (saved, error)
	load  func(saved) error
	err   error // of what cannot be a part
}

// Name returns the part's name.
func (p Part) Name() string { return p.name }

// saved is what a checkpoint holds of a part.
type saved struct {
	tensors *nn.State
	values  json.RawMessage
}

// Module is the parameters and buffers of a model, each once, and the generators
// of its layers; see [nn.Generators]. Restored, the dtypes must be those that
// were saved.
func Module(name string, m any) Part {
	type values struct {
		Generators map[string][]byte `json:"generators"`
	}
	return Part{name: name,
		save: func() (saved, error) {
			v := values{map[string][]byte{}}
			for n, g := range nn.Generators(m) {
				v.Generators[n] = g.State()
			}
			raw, err := json.Marshal(v)
			s := nn.StateDict(m)
			for n := range nn.Tied(m) { // is in the state under another name
				s.Delete(n)
			}
			return saved{s, raw}, err
		},
		load: func(s saved) error {
			var v values
			if err := json.Unmarshal(s.values, &v); err != nil {
				return err
			}
			if err := nn.LoadStateDict(m, s.tensors); err != nil {
				return err
			}
			for n, g := range nn.Generators(m) {
				if v.Generators[n] == nil {
					return fmt.Errorf("the checkpoint has no generator %s", n)
				}
				if err := g.SetState(v.Generators[n]); err != nil {
					return fmt.Errorf("generator %s: %w", n, err)
				}
			}
			return nil
		}}
}

// StateDict is what has a state dict: every optimizer, [optim.Average],
// [optim.GradScaler], the schedules of package optim/schedule, or a type of your
// own whose T is for encoding/json and has no tensors.
func StateDict[T any](name string, x interface {
	StateDict() T
	LoadStateDict(T) error
}) Part {
	switch x := any(x).(type) {
	case optimizer:
		return Part{name: name, order: 1,
			save: func() (saved, error) { return saveOptimizer(x.StateDict()) },
			load: func(s saved) error {
				d, err := loadOptimizer(s)
				if err != nil {
					return err
				}
				return x.LoadStateDict(d)
			}}
	case *optim.Average:
		return average(name, x)
	}
	return jsonPart(name, x.StateDict, x.LoadStateDict)
}

// Position is where something is that has a State and a SetState: a data.Loader,
// or a tensor.Generator that no layer holds.
func Position[T any](name string, x interface {
	State() T
	SetState(T) error
}) Part {
	return jsonPart(name, x.State, x.SetState)
}

// Value is any variable of the program that encoding/json can write and read;
// NaN and infinities are among what it cannot.
func Value[T any](name string, v *T) Part {
	return jsonPart(name, func() T { return *v }, func(read T) error {
		*v = read
		return nil
	})
}

func jsonPart[T any](name string, get func() T, set func(T) error) Part {
	var err error
	if t := reflect.TypeFor[T](); leads(t, map[reflect.Type]bool{}) {
		err = fmt.Errorf("a %v holds tensors, which JSON would lose; save them as a Module", t)
	}
	return Part{name: name, err: err,
		save: func() (saved, error) {
			raw, err := json.Marshal(get())
			return saved{values: raw}, err
		},
		load: func(s saved) error {
			var v T
			if err := json.Unmarshal(s.values, &v); err != nil {
				return err
			}
			return set(v)
		}}
}

// leads reports whether there can be a tensor in a t that encoding/json writes.
func leads(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return leads(t.Elem(), seen)
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && leads(f.Type, seen) {
				return true
			}
		}
		return t == reflect.TypeFor[tensor.Tensor]()
	}
	return false
}

type optimizer interface {
	StateDict() optim.StateDict
	LoadStateDict(optim.StateDict) error
}

// optimizerValues are a state dict but for its tensors, which have names such as
// "0.exp_avg".
type optimizerValues struct {
	Groups  []map[string]any          `json:"groups"`
	Numbers map[int]map[string]number `json:"state"`
}

func saveOptimizer(d optim.StateDict) (saved, error) {
	tensors, v := &nn.State{}, optimizerValues{d.Groups, map[int]map[string]number{}}
	for i, kept := range d.State {
		v.Numbers[i] = map[string]number{}
		for name, x := range kept {
			switch x := x.(type) {
			case *tensor.Tensor:
				tensors.Set(fmt.Sprintf("%d.%s", i, name), x)
			case float64:
				v.Numbers[i][name] = number(x)
			default:
				return saved{}, fmt.Errorf("the state %s of parameter %d is a %T; want a tensor or a float64", name, i, x)
			}
		}
	}
	raw, err := json.Marshal(v)
	return saved{tensors, raw}, err
}

func loadOptimizer(s saved) (optim.StateDict, error) {
	var v optimizerValues
	if err := json.Unmarshal(s.values, &v); err != nil {
		return optim.StateDict{}, err
	}
	d := optim.StateDict{State: map[int]map[string]any{}, Groups: v.Groups}
	for i, kept := range v.Numbers {
		d.State[i] = map[string]any{}
		for name, x := range kept {
			d.State[i][name] = float64(x)
		}
	}
	for name, t := range s.tensors.All() {
		index, rest, _ := strings.Cut(name, ".")
		i, err := strconv.Atoi(index)
		if err != nil || d.State[i] == nil || rest == "" {
			return d, fmt.Errorf("the tensor %q is of no parameter", name)
		}
		d.State[i][rest] = t
	}
	return d, nil
}

// average is the part of an Average; its tensors are numbered as the parameters.
func average(name string, a *optim.Average) Part {
	type values struct {
		Updates int  `json:"updates"`
		Swapped bool `json:"swapped"`
	}
	return Part{name: name,
		save: func() (saved, error) {
			d, tensors := a.StateDict(), &nn.State{}
			for i, t := range d.Averages {
				tensors.Set(strconv.Itoa(i), t)
			}
			raw, err := json.Marshal(values{d.Updates, d.Swapped})
			return saved{tensors, raw}, err
		},
		load: func(s saved) error {
			var v values
			if err := json.Unmarshal(s.values, &v); err != nil {
				return err
			}
			d := optim.AverageState{Updates: v.Updates, Swapped: v.Swapped}
			for i := range s.tensors.Len() {
				d.Averages = append(d.Averages, s.tensors.Get(strconv.Itoa(i)))
			}
			return a.LoadStateDict(d)
		}}
}
