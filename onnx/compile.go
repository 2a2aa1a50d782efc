package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/onnx/internal/proto"
)

// A graph is what runs: nodes with their operators looked up and their
// constants decoded.
type graph struct {
	inputs, outputs []string
	consts          map[string]*Value
	nodes           []*node
	free            []string // names from outside that nodes read
}

// A node is one call.
type node struct {
	op, name, domain string
	version          int // of the domain's operators
	f                opFunc
	in, out          []string
	attrs            map[string]*attr
	dead             []string // names that no later node reads
}

// An attr is an attribute with its constants decoded.
type attr struct {
	*proto.Attribute
	value *Value // of a tensor
	graph *graph
}

// Bounds on the bodies of functions, which take the place of calls: a small
// file can call a function that calls another twice, and so on.
const (
	maxExpanded = 100_000 // nodes
	maxCalls    = 100     // within each other
)

// A compiler makes graphs of a model.
type compiler struct {
	ops       map[string]opFunc
	functions map[string]*proto.Function
	ext       *external
	opsets    []*proto.OperatorSetID
	bound     map[string]*proto.Attribute // what attributes of a function's call are
	outer     []string                    // names of functions that are being compiled
	tensors   map[*proto.Tensor]*Value
	expanded  int // nodes of functions
}

func compile(m *proto.Model, ext *external) (*graph, error) {
	if len(m.OpsetImport) == 0 {
		return nil, errors.New("the model imports no operator set")
	}
	c := &compiler{ops: operators(), functions: map[string]*proto.Function{}, ext: ext, opsets: m.OpsetImport,
		tensors: map[*proto.Tensor]*Value{}}
	for _, f := range m.Functions {
		c.functions[key(f.Domain, f.Name)] = f
	}
	return c.graph(m.Graph, nil)
}

// key is the name of an operator with its domain.
func key(domain, op string) string {
	if domain = proto.Domain(domain); domain != "" {
		return domain + "." + op
	}
	return op
}

// A set of names that are known, with those of the graphs around it.
type names struct {
	known map[string]bool
	outer *names
}

func (n *names) has(name string) bool {
	return n != nil && (n.known[name] || n.outer.has(name))
}

// graph compiles g, which may read the names in outer.
func (c *compiler) graph(p *proto.Graph, outer *names) (*graph, error) {
	g := &graph{consts: map[string]*Value{}}
	known := map[string]bool{}
	if len(p.SparseInitializer) > 0 {
		return nil, errors.New("sparse initializers are not supported")
	}
	for _, v := range p.Input {
		if known[v.Name] {
			return nil, fmt.Errorf("two inputs are named %q", v.Name)
		}
		known[v.Name] = true
		g.inputs = append(g.inputs, v.Name)
	}
	for _, t := range p.Initializer {
		if g.consts[t.Name] != nil {
			return nil, fmt.Errorf("two initializers are named %q", t.Name)
		}
		v, err := decode(t, c.ext)
		if err != nil {
			return nil, err
		}
		g.consts[t.Name], known[t.Name] = v, true
	}
	for _, v := range p.Output {
		g.outputs = append(g.outputs, v.Name)
	}
	return g, c.body(g, p.Node, &names{known, outer})
}

// body compiles the nodes of g.
func (c *compiler) body(g *graph, nodes []*proto.Node, scope *names) error {
	free := map[string]bool{}
	var reads [][]string // of each node, also from within its subgraphs
	for i, p := range nodes {
		n, err := c.node(p, scope)
		if err != nil {
			return fmt.Errorf("%s: %w", describe(p.Name, p.Domain, p.OpType, i), err)
		}
		r := n.reads()
		for _, name := range r {
			if !scope.has(name) {
				return fmt.Errorf("%s: it reads %q, which nothing before it makes", describe(p.Name, p.Domain, p.OpType, i), name)
			}
			if !scope.known[name] {
				free[name] = true
			}
		}
		for _, name := range n.out {
			if name == "" {
				continue
			}
			if scope.known[name] {
				return fmt.Errorf("%s: it makes %q, which is there already", describe(p.Name, p.Domain, p.OpType, i), name)
			}
			scope.known[name] = true
		}
		g.nodes = append(g.nodes, n)
		reads = append(reads, r)
	}
	for _, name := range g.outputs {
		if !scope.has(name) {
			return fmt.Errorf("nothing makes the output %q", name)
		}
		if !scope.known[name] {
			free[name] = true
		}
	}
	for name := range free {
		g.free = append(g.free, name)
	}
	slices.Sort(g.free)
	g.mark(reads)
	return nil
}

// mark notes after which node each value is not needed any more.
func (g *graph) mark(reads [][]string) {
	alive := map[string]bool{}
	for _, name := range g.outputs {
		alive[name] = true
	}
	for name := range g.consts {
		alive[name] = true
	}
	for i, n := range slices.Backward(g.nodes) {
		for _, name := range slices.Concat(n.out, reads[i]) {
			if !alive[name] {
				alive[name] = true
				n.dead = append(n.dead, name)
			}
		}
	}
}

// reads are the names that n needs, also within its subgraphs.
func (n *node) reads() []string {
	var r []string
	for _, name := range n.in {
		if name != "" {
			r = append(r, name)
		}
	}
	for _, a := range n.attrs {
		if a.graph != nil {
			r = append(r, a.graph.free...)
		}
	}
	return r
}

// describe says which node a message is about.
func describe(name, domain, op string, i int) string {
	if name != "" {
		return fmt.Sprintf("node %q (%s)", name, key(domain, op))
	}
	return fmt.Sprintf("node %d (%s)", i, key(domain, op))
}

// node compiles one node.
func (c *compiler) node(p *proto.Node, scope *names) (*node, error) {
	if c.outer != nil {
		if c.expanded++; c.expanded > maxExpanded {
			return nil, fmt.Errorf("the model has more than %d nodes in the bodies of functions", maxExpanded)
		}
	}
	n := &node{op: p.OpType, name: p.Name, domain: proto.Domain(p.Domain), in: p.Input, out: p.Output, attrs: map[string]*attr{}}
	n.version = int(proto.OpsetOf(c.opsets, p.Domain))
	for _, a := range p.Attribute {
		if a.RefAttrName != "" {
			b := c.bound[a.RefAttrName]
			if b == nil {
				continue // the call leaves it out
			}
			renamed := *b
			renamed.Name = a.Name
			a = &renamed
		}
		if n.attrs[a.Name] != nil {
			return nil, fmt.Errorf("two attributes are named %q", a.Name)
		}
		x, err := c.attr(a, scope)
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", a.Name, err)
		}
		n.attrs[a.Name] = x
	}
	k := key(n.domain, n.op)
	if f := c.functions[k]; f != nil {
		return n, c.call(n, f, k)
	}
	if n.f = c.ops[k]; n.f == nil {
		return nil, fmt.Errorf("the operator %s of opset %d is not supported", k, n.version)
	}
	if n.version <= 0 {
		return nil, fmt.Errorf("the model does not import the operator set %q", n.domain)
	}
	return n, nil
}

func (c *compiler) attr(a *proto.Attribute, scope *names) (*attr, error) {
	x := &attr{Attribute: a}
	var err error
	switch {
	case a.Type == proto.AttrTensor && a.T != nil:
		if x.value = c.tensors[a.T]; x.value == nil {
			x.value, err = decode(a.T, c.ext)
			c.tensors[a.T] = x.value
		}
	case a.Type == proto.AttrGraph && a.G != nil:
		x.graph, err = c.graph(a.G, scope)
	case a.Type == proto.AttrTensor, a.Type == proto.AttrGraph:
		err = errors.New("it has no value")
	case a.Type == proto.AttrUndefined:
		err = errors.New("it has no type")
	}
	return x, err
}

// call makes n run the body of a function.
func (c *compiler) call(n *node, f *proto.Function, k string) error {
	if slices.Contains(c.outer, k) {
		return fmt.Errorf("the function %s calls itself", k)
	}
	if len(c.outer) >= maxCalls {
		return fmt.Errorf("functions call each other more than %d deep", maxCalls)
	}
	if len(n.in) > len(f.Input) || len(n.out) > len(f.Output) {
		return fmt.Errorf("the function %s has %d inputs and %d outputs; the call has %d and %d",
			k, len(f.Input), len(f.Output), len(n.in), len(n.out))
	}
	inner := *c
	inner.outer = append(slices.Clip(c.outer), k)
	if len(f.OpsetImport) > 0 {
		inner.opsets = f.OpsetImport
	}
	inner.bound = map[string]*proto.Attribute{}
	for _, a := range f.AttributeProto {
		inner.bound[a.Name] = a
	}
	for name, a := range n.attrs {
		inner.bound[name] = a.Attribute
	}
	g := &graph{consts: map[string]*Value{}, inputs: f.Input, outputs: f.Output}
	known := map[string]bool{}
	for _, name := range f.Input {
		known[name] = true
	}
	err := inner.body(g, f.Node, &names{known: known})
	c.expanded = inner.expanded
	n.f = func(c *call) []*Value { return c.graph(g, c.in, nil)[:len(n.out)] }
	if err != nil {
		return fmt.Errorf("function %s: %w", k, err)
	}
	return nil
}
