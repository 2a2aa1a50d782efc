package nn

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// A State is a list of named tensors, in order: a state dict. The zero State
// is empty and ready.
type State struct {
	names []string
	at    map[string]*tensor.Tensor
}

// Set adds a tensor at the end, or replaces the one of that name.
func (s *State) Set(name string, t *tensor.Tensor) {
	if s.at == nil {
		s.at = map[string]*tensor.Tensor{}
	}
	if _, ok := s.at[name]; !ok {
		s.names = append(s.names, name)
	}
	s.at[name] = t
}

// Get returns the tensor of that name, or nil.
func (s *State) Get(name string) *tensor.Tensor { return s.at[name] }

// Delete removes the tensor of that name, if there is one.
func (s *State) Delete(name string) {
	if _, ok := s.at[name]; ok {
		delete(s.at, name)
		s.names = slices.DeleteFunc(s.names, func(n string) bool { return n == name })
	}
}

// Len returns the number of tensors.
func (s *State) Len() int { return len(s.names) }

// Names returns the names in order.
func (s *State) Names() []string { return slices.Clone(s.names) }

// All yields names and tensors in order.
func (s *State) All() iter.Seq2[string, *tensor.Tensor] {
	return func(yield func(string, *tensor.Tensor) bool) {
		for _, n := range s.names {
			if !yield(n, s.at[n]) {
				return
			}
		}
	}
}

// Clone returns a State whose tensors have memory of their own, so that
// training does not change them.
func (s *State) Clone() *State {
	c := &State{names: slices.Clone(s.names), at: maps.Clone(s.at)}
	for n, t := range c.at {
		c.at[n] = t.Clone()
	}
	return c
}

// StateDict returns m's parameters and buffers by name. A tensor in two places
// is there twice. The tensors share m's memory and are cut off from autograd;
// Clone the State to keep it as it is.
//
//	source: torch.nn.Module.state_dict
func StateDict(m any) *State {
	s := &State{}
	for _, x := range walk(m).slots {
		s.Set(x.name, x.t.Detach())
	}
	return s
}

// Tied returns, for each name in m's state that is a further one of a tensor in
// several places, the first name of that tensor.
func Tied(m any) map[string]string {
	first, tied := map[*tensor.Tensor]string{}, map[string]string{}
	for _, x := range walk(m).slots {
		if n, ok := first[x.t]; ok {
			tied[x.name] = n
		} else {
			first[x.t] = x.name
		}
	}
	return tied
}

// A LoadOption changes [LoadStateDict].
type LoadOption func(*loadConfig)

type loadConfig struct {
	partial  bool
	skipped  *StateError
	anyDType bool
}

// NonStrict loads the tensors whose names fit, and leaves the others: names
// that the state or the module lacks are no error. They are put into skipped,
// unless that is nil. PyTorch's strict=False.
func NonStrict(skipped *StateError) LoadOption {
	return func(c *loadConfig) { c.partial, c.skipped = true, skipped }
}

// AnyDType converts tensors of another dtype instead of refusing them.
func AnyDType(c *loadConfig) { c.anyDType = true }

// A StateError says how a State differs from the module it was to be loaded into.
type StateError struct {
	Missing    []string     // the module has it, the state does not
	Unexpected []string     // the state has it, the module does not
	Different  []Difference // both have it, and it does not fit
}

// A Difference is a tensor of another shape or dtype than the module's.
type Difference struct {
	Name                  string
	Shape, WantShape      []int
	DType, WantDType      tensor.DType
	wrongShape, wrongType bool
}

// Error lists every difference, one a line.
func (e *StateError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "nn: the state does not fit the module: %d missing, %d unexpected, %d different",
		len(e.Missing), len(e.Unexpected), len(e.Different))
	for _, n := range e.Missing {
		fmt.Fprintf(&b, "\n  missing     %s", n)
	}
	for _, n := range e.Unexpected {
		fmt.Fprintf(&b, "\n  unexpected  %s", n)
	}
	for _, d := range e.Different {
		if d.wrongShape {
			fmt.Fprintf(&b, "\n  shape       %s is %v; want %v", d.Name, d.Shape, d.WantShape)
		}
		if d.wrongType {
			fmt.Fprintf(&b, "\n  dtype       %s is %v; want %v", d.Name, d.DType, d.WantDType)
		}
	}
	return b.String()
}

// LoadStateDict copies the tensors of s into m's of the same names, from
// whatever device they are on. If they do not fit it changes nothing and
// returns a *StateError with every difference. A tensor that m has in two
// places needs to be there under one of its names only.
//
//	source: torch.nn.Module.load_state_dict; that one converts dtypes in
//	silence, here [AnyDType] asks for it
func LoadStateDict(m any, s *State, opts ...LoadOption) error {
	var c loadConfig
	for _, o := range opts {
		o(&c)
	}
	if s == nil {
		return errors.New("nn: the state is nil")
	}
	slots := walk(m).slots
	e := compare(slots, s, c.anyDType)
	if c.partial {
		if c.skipped != nil {
			*c.skipped = StateError{Missing: e.Missing, Unexpected: e.Unexpected}
		}
		e.Missing, e.Unexpected = nil, nil
	}
	if len(e.Missing)+len(e.Unexpected)+len(e.Different) > 0 {
		return e
	}
	for _, x := range slots {
		if src := s.Get(x.name); src != nil {
			x.t.Detach().CopyFrom(src.Detach().To(x.t.Device()))
		}
	}
	return nil
}

// compare finds all differences between a module's tensors and s.
func compare(slots []slot, s *State, anyDType bool) *StateError {
	e := &StateError{}
	loaded := map[*tensor.Tensor]bool{}
	known := map[string]bool{}
	for _, x := range slots {
		known[x.name] = true
		if s.Get(x.name) != nil {
			loaded[x.t] = true
		}
	}
	for _, x := range slots {
		src := s.Get(x.name)
		if src == nil {
			if !loaded[x.t] {
				e.Missing = append(e.Missing, x.name)
			}
			continue
		}
		d := Difference{Name: x.name, Shape: src.Shape(), WantShape: x.t.Shape(), DType: src.DType(), WantDType: x.t.DType()}
		d.wrongShape = !slices.Equal(d.Shape, d.WantShape)
		d.wrongType = d.DType != d.WantDType && !anyDType
		if d.wrongShape || d.wrongType {
			e.Different = append(e.Different, d)
		}
	}
	for _, n := range s.names {
		if !known[n] {
			e.Unexpected = append(e.Unexpected, n)
		}
	}
	return e
}
