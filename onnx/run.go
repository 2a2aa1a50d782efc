package onnx

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/facula-ml/facula/tensor"
)

// A scope is the values that a graph has, and those around it.
type scope struct {
	values map[string]*Value
	outer  *scope
}

func (s *scope) get(name string) *Value {
	for ; s != nil; s = s.outer {
		if v := s.values[name]; v != nil {
			return v
		}
	}
	return nil
}

// A run is one run of a model.
type run struct {
	left int // calls
}

// run runs the main graph.
func (m *Model) run(inputs map[string]*Value) ([]*Value, error) {
	for _, in := range m.Inputs {
		if inputs[in.Name] == nil {
			return nil, fmt.Errorf("the input %v is missing", in)
		}
	}
	s := &scope{values: map[string]*Value{}}
	for name, v := range m.main.consts {
		s.values[name] = v
	}
	known := map[string]bool{}
	for _, name := range m.main.inputs {
		known[name] = true
	}
	for name, v := range inputs {
		if !known[name] && m.main.consts[name] == nil {
			return nil, fmt.Errorf("the model has no input %q; it has %v", name, m.Inputs)
		}
		s.values[name] = v
	}
	r := &run{left: m.MaxCalls}
	if r.left == 0 {
		r.left = 10_000_000
	}
	return r.nodes(m.main, s)
}

// graph runs g on the values of its inputs; nil is one that is left out.
func (r *run) graph(g *graph, in []*Value, outer *scope) ([]*Value, error) {
	if len(in) > len(g.inputs) {
		return nil, fmt.Errorf("%d values for a graph of %d inputs", len(in), len(g.inputs))
	}
	s := &scope{values: make(map[string]*Value, len(g.inputs)+len(g.consts)), outer: outer}
	for name, v := range g.consts {
		s.values[name] = v
	}
	for i, v := range in {
		if v != nil {
			s.values[g.inputs[i]] = v
		}
	}
	return r.nodes(g, s)
}

// nodes runs the nodes of g in s.
func (r *run) nodes(g *graph, s *scope) ([]*Value, error) {
	for i, n := range g.nodes {
		if r.left--; r.left < 0 {
			return nil, errors.New("the run calls more nodes than MaxCalls")
		}
		if err := r.node(n, s); err != nil {
			return nil, fmt.Errorf("%s of opset %d: %w", describe(n.name, n.domain, n.op, i), n.version, err)
		}
		for _, name := range n.dead {
			delete(s.values, name)
		}
	}
	out := make([]*Value, len(g.outputs))
	for i, name := range g.outputs {
		if out[i] = s.get(name); out[i] == nil {
			return nil, fmt.Errorf("the output %q has no value", name)
		}
	}
	return out, nil
}

func (r *run) node(n *node, s *scope) error {
	c := &call{node: n, in: make([]*Value, len(n.in)), run: r, scope: s}
	for i, name := range n.in {
		if name != "" {
			c.in[i] = s.get(name)
		}
	}
	var out []*Value
	if err := catch(func() { out = n.f(c) }); err != nil {
		return err
	}
	for i, name := range n.out {
		switch {
		case name == "":
		case i >= len(out) || out[i] == nil:
			return fmt.Errorf("its output %d, %q, is not supported", i, name)
		default:
			s.values[name] = out[i]
		}
	}
	return nil
}

// A failure is what an operator panics with when it cannot go on.
type failure struct{ err error }

// catch calls f and returns what it panicked with: a failure, the misuse of an
// op, or a mistake in an operator that no check has seen, such as an index
// beyond a shape, since a strange model must not end the program.
func catch(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = r.err
		case *tensor.Error:
			err = r
		case runtime.Error:
			err = fmt.Errorf("the operator does not take such arguments: %w", r)
		default:
			panic(r)
		}
	}()
	f()
	return nil
}
