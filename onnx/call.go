package onnx

import (
	"fmt"
	"slices"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// An opFunc computes the outputs of a call. It panics with a failure, or a
// *tensor.Error, for arguments that it does not take.
type opFunc func(c *call) []*Value

// A call is a node with the values of its inputs; nil stands for one that is left out.
type call struct {
	*node
	in    []*Value
	run   *run
	scope *scope
}

// failf ends the call with an error.
func (c *call) failf(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}

// has reports whether input i is given.
func (c *call) has(i int) bool { return i >= 0 && i < len(c.in) && c.in[i] != nil }

// value is input i, which must be given.
func (c *call) value(i int) *Value {
	if !c.has(i) {
		c.failf("input %d is missing", i)
	}
	return c.in[i]
}

// x is the tensor of input i, which must be given.
func (c *call) x(i int) *tensor.Tensor {
	v := c.value(i)
	if v.Kind != KindTensor || v.Tensor == nil {
		c.failf("input %d is a %v; want a tensor", i, v)
	}
	return v.Tensor
}

// opt is the tensor of input i, or nil.
func (c *call) opt(i int) *tensor.Tensor {
	if !c.has(i) {
		return nil
	}
	return c.x(i)
}

// elem is the element type of input i.
func (c *call) elem(i int) ElemType { c.x(i); return c.in[i].Elem }

// ints are the elements of input i, whole numbers that say something of shapes.
func (c *call) ints(i int) []int {
	t := c.x(i)
	if !t.DType().IsInt() || t.Dim() > 1 {
		c.failf("input %d is a %v; want whole numbers of at most one dim", i, c.in[i])
	}
	return intsOf(t)
}

func intsOf(t *tensor.Tensor) []int {
	data := tensor.Slice[int64](t.Detach().Cast(tensor.Int64).Reshape(-1))
	list := make([]int, len(data))
	for i, v := range data {
		list[i] = int(v)
	}
	return list
}

// floatsOf are t's elements.
func floatsOf(t *tensor.Tensor) []float64 {
	return tensor.Slice[float64](t.Detach().Cast(tensor.Float64).Reshape(-1))
}

// integer is the only element of input i, or def if it is not given.
func (c *call) integer(i, def int) int {
	if !c.has(i) {
		return def
	}
	return c.single(i).Int()
}

// number is the only element of input i, or def if it is not given.
func (c *call) number(i int, def float64) float64 {
	if !c.has(i) {
		return def
	}
	return c.single(i).Cast(tensor.Float64).Float()
}

func (c *call) single(i int) *tensor.Tensor {
	t := c.x(i)
	if t.Len() != 1 {
		c.failf("input %d is a %v; want one element", i, c.in[i])
	}
	return t.Detach().Reshape()
}

// at is the attribute of that name, or nil if it is not given.
func (c *call) at(name string, typ proto.AttributeType) *attr {
	a := c.attrs[name]
	if a != nil && a.Type != typ {
		c.failf("the attribute %q has type %d; want %d", name, a.Type, typ)
	}
	return a
}

// The attributes, with their defaults.

func (c *call) intAttr(name string, def int) int {
	if a := c.at(name, proto.AttrInt); a != nil {
		return int(a.I)
	}
	return def
}

func (c *call) flag(name string, def bool) bool {
	if a := c.at(name, proto.AttrInt); a != nil {
		return a.I != 0
	}
	return def
}

func (c *call) floatAttr(name string, def float64) float64 {
	if a := c.at(name, proto.AttrFloat); a != nil {
		return float64(a.F)
	}
	return def
}

func (c *call) strAttr(name, def string) string {
	if a := c.at(name, proto.AttrString); a != nil {
		return a.S
	}
	return def
}

// intsAttr is nil if it is not given.
func (c *call) intsAttr(name string) []int {
	a := c.at(name, proto.AttrInts)
	if a == nil {
		return nil
	}
	list := make([]int, len(a.Ints))
	for i, v := range a.Ints {
		list[i] = int(v)
	}
	return list
}

func (c *call) floatsAttr(name string) []float64 {
	a := c.at(name, proto.AttrFloats)
	if a == nil {
		return nil
	}
	list := make([]float64, len(a.Floats))
	for i, v := range a.Floats {
		list[i] = float64(v)
	}
	return list
}

func (c *call) strsAttr(name string) []string {
	if a := c.at(name, proto.AttrStrings); a != nil {
		return a.Strings
	}
	return nil
}

// choice is a string attribute that must be one of some.
func (c *call) choice(name, def string, of ...string) string {
	s := c.strAttr(name, def)
	if s != def && !slices.Contains(of, s) {
		c.failf("%s is %q; want one of %q", name, s, append(of, def))
	}
	return s
}

// dim is axis counted from 0 in a tensor of rank dims.
func (c *call) dim(axis, rank int) int {
	if axis < -rank || axis >= rank {
		c.failf("axis %d of a tensor of %d dims", axis, rank)
	}
	if axis < 0 {
		axis += rank
	}
	return axis
}

// axis is the attribute axis counted from 0.
func (c *call) axis(def, rank int) int { return c.dim(c.intAttr("axis", def), rank) }

// axes are the dims in the attribute axes, or in input i; nil if neither is given.
func (c *call) axes(i, rank int) []int {
	axes := c.intsAttr("axes")
	if axes == nil && c.has(i) {
		axes = c.ints(i)
	}
	for k, a := range axes {
		axes[k] = c.dim(a, rank)
		if slices.Contains(axes[:k], axes[k]) {
			c.failf("axis %d is given twice", axes[k])
		}
	}
	return axes
}

// subgraph runs the graph in an attribute, which sees the values around it.
func (c *call) subgraph(name string, in ...*Value) []*Value {
	a := c.at(name, proto.AttrGraph)
	if a == nil {
		c.failf("the attribute %q is missing", name)
	}
	return c.graph(a.graph, in, c.scope)
}

func (c *call) graph(g *graph, in []*Value, outer *scope) []*Value {
	out, err := c.run.graph(g, in, outer)
	if err != nil {
		panic(failure{err})
	}
	return out
}

// one is an operator with one output, of the type that its dtype says.
func one(f func(c *call) *tensor.Tensor) opFunc {
	return func(c *call) []*Value { return []*Value{NewValue(f(c))} }
}

// same is an operator with one output, of input 0's element type.
func same(f func(c *call) *tensor.Tensor) opFunc {
	return func(c *call) []*Value { return []*Value{typed(f(c), c.elem(0))} }
}

// unary is an operator that has a method of tensors.
func unary(f func(*tensor.Tensor) *tensor.Tensor) opFunc {
	return same(func(c *call) *tensor.Tensor { return f(c.x(0)) })
}
