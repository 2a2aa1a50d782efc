package export

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// A value is an edge of the graph.
type value struct {
	name  string
	shape []int          // nil if unknown
	from  *node          // that makes it
	fixed *tensor.Tensor // else what it always is
	param bool           // and fixed is a parameter, whose name it has
	dims  *dims          // else a list of sizes
	slot  *slot          // else an input, or an op's result; may be nil
	used  bool
}

// dims are sizes, of which some may follow the dynamic dim of the inputs.
type dims struct {
	want []int // the result's shape, or what it is expanded by
	in   []int // the shape of the input
}

// A node is a call of an operator.
type node struct {
	op   string
	in   []*value // nil for an argument that is left out
	out  []*value
	attr []*proto.Attribute
	of   *record
}

// A graph is built op by op, in an order in which it can run.
type graph struct {
	*recorder
	nodes  []*node
	values []*value
	at     map[*slot]*value
	named  map[string]*value
	now    *record
}

// add appends a node with one result.
func (g *graph) add(op string, in []*value, attr ...*proto.Attribute) *value {
	return g.addN(op, 1, in, attr...)[0]
}

// addN appends a node with n results.
func (g *graph) addN(op string, n int, in []*value, attr ...*proto.Attribute) []*value {
	d := &node{op: op, in: in, attr: attr, of: g.now}
	for range n {
		d.out = append(d.out, g.keep(&value{from: d}))
	}
	g.nodes = append(g.nodes, d)
	return d.out
}

func (g *graph) keep(v *value) *value {
	g.values = append(g.values, v)
	return v
}

// constant is a value that is always t.
func (g *graph) constant(t *tensor.Tensor) *value {
	return g.keep(&value{fixed: t, shape: t.Shape()})
}

// ints is a list of int64, such as axes.
func (g *graph) ints(v ...int) *value {
	list := make([]int64, len(v))
	for i, n := range v {
		list[i] = int64(n)
	}
	return g.constant(tensor.Of(list, len(v)))
}

// sizes are ints that may follow the dynamic dim.
func (g *graph) sizes(v ...int) *value { return g.keep(&value{dims: &dims{want: v}}) }

// number is a scalar of v's dtype.
func (g *graph) number(like tensor.DType, v float64) *value {
	return g.constant(tensor.Scalar(v).Cast(like))
}

// reshape gives v a shape. A reshape of a reshape is one, or none.
func (g *graph) reshape(v *value, shape []int) *value {
	for v.from != nil && v.from.op == "Reshape" {
		v = v.from.in[0]
	}
	if equal(v.shape, shape) {
		return v
	}
	to := g.keep(&value{dims: &dims{want: shape, in: v.shape}})
	out := g.add("Reshape", list(v, to))
	out.shape = shape
	return out
}

// expand broadcasts v to a shape.
func (g *graph) expand(v *value, shape []int) *value {
	by := append([]int(nil), shape...)
	for i := range v.shape {
		if at := len(shape) - len(v.shape) + i; v.shape[i] == shape[at] {
			by[at] = 1 // the shapes broadcast both ways
		}
	}
	out := g.add("Expand", list(v, g.sizes(by...)))
	out.shape = shape
	return out
}

// transpose puts dim perm[i] of v at i. A transpose of a transpose is one, or none.
func (g *graph) transpose(v *value, perm ...int) *value {
	if d := v.from; d != nil && d.op == "Transpose" {
		both := make([]int, len(perm))
		for i, k := range perm {
			both[i] = int(d.attr[0].Ints[k])
		}
		v, perm = d.in[0], both
	}
	if slices.IsSorted(perm) {
		return v
	}
	out := g.add("Transpose", list(v), attrInts("perm", perm))
	for _, d := range perm {
		if v.shape != nil {
			out.shape = append(out.shape, v.shape[d])
		}
	}
	return out
}

// slice takes elements start, start+step, … before end along dim.
func (g *graph) slice(v *value, dim, start, end, step int) *value {
	return g.add("Slice", list(v, g.sizes(start), g.sizes(end), g.ints(dim), g.ints(step)))
}

func list(v ...*value) []*value { return v }

func equal(a, b []int) bool {
	if a == nil || b == nil || len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func attrInt(name string, v int) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrInt, I: int64(v)}
}

func attrFloat(name string, v float64) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrFloat, F: float32(v)}
}

func attrString(name, v string) *proto.Attribute {
	return &proto.Attribute{Name: name, Type: proto.AttrString, S: v}
}

func attrInts(name string, v []int) *proto.Attribute {
	a := &proto.Attribute{Name: name, Type: proto.AttrInts}
	for _, n := range v {
		a.Ints = append(a.Ints, int64(n))
	}
	return a
}

// scalar is the number that v always is.
func scalar(v *value) (float64, bool) {
	if v.fixed == nil || v.fixed.Len() != 1 {
		return math.NaN(), false
	}
	return tensor.Item[float64](v.fixed), true
}

// always reports whether all elements of v are always x.
func always(v *value, x float64) bool {
	if v == nil || v.fixed == nil || v.param || v.fixed.Len() == 0 {
		return false
	}
	for _, e := range tensor.Slice[float64](v.fixed) {
		if e != x {
			return false
		}
	}
	return true
}

// where says which op is exported, for errors.
func (r *record) where() string {
	s := fmt.Sprintf("op %s", r.Name)
	if r.layer != "" {
		s += fmt.Sprintf(", after layer %q,", r.layer)
	}
	return s
}
