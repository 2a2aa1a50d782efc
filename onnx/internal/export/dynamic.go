package export

import (
	"bytes"
	"fmt"

	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// A merger makes one graph of two, of runs whose inputs differ by one in the
// length n of a dim. What differs in the graphs is a function of that length: a
// dim d becomes d + slope·(length - n).
type merger struct {
	a, b *graph
	n    int // the length in a
	dim  int // of input 0, where the length is found
	size *value
	sums map[[2]int]*value // sizes that were worked out
	head []*node           // what works them out
}

// merge is a, made to run at any length.
func merge(a, b *graph, n, dim int) error {
	m := &merger{a: a, b: b, n: n, dim: dim, sums: map[[2]int]*value{}}
	if len(a.nodes) != len(b.nodes) || len(a.values) != len(b.values) {
		return fmt.Errorf("the model takes %d ONNX operators for length %d of the dynamic dim and %d for length %d; export it without Dynamic",
			len(a.nodes), n, len(b.nodes), n+1)
	}
	for i, d := range a.nodes {
		if err := m.node(d, b.nodes[i]); err != nil {
			return fmt.Errorf("%s depends on the length of the dynamic dim: %w; export it without Dynamic", d.of.where(), err)
		}
	}
	a.nodes = append(m.head, a.nodes...)
	return nil
}

func (m *merger) node(d, e *node) error {
	if d.op != e.op || len(d.in) != len(e.in) || len(d.attr) != len(e.attr) {
		return fmt.Errorf("it is ONNX's %s, or %s", d.op, e.op)
	}
	for i, x := range d.attr {
		if !bytes.Equal(x.Marshal(), e.attr[i].Marshal()) {
			return fmt.Errorf("attribute %s of %s", x.Name, d.op)
		}
	}
	for i := range d.in {
		v, err := m.input(d, d.in[i], e.in[i])
		if err != nil {
			return fmt.Errorf("input %d of %s: %w", i, d.op, err)
		}
		d.in[i] = v
	}
	return nil
}

// input is the input v of a node d, whose counterpart in the other graph is w.
func (m *merger) input(d *node, v, w *value) (*value, error) {
	switch {
	case v == nil && w == nil:
		return nil, nil
	case v == nil || w == nil || (v.fixed == nil) != (w.fixed == nil) || (v.dims == nil) != (w.dims == nil):
		return nil, fmt.Errorf("it has one, or none")
	case v.dims != nil:
		return m.sizes(d, v, w)
	case v.fixed != nil && !v.param:
		return m.constant(v.fixed, w.fixed, v)
	}
	return v, nil
}

// sizes is the value of sizes: constant, or with one that ONNX works out, or
// worked out from the shape of input 0.
func (m *merger) sizes(d *node, v, w *value) (*value, error) {
	p, q := v.dims, w.dims
	if len(p.want) != len(q.want) {
		return nil, fmt.Errorf("shapes %v and %v", p.want, q.want)
	}
	want, open := append([]int(nil), p.want...), 0
	for i := range want {
		switch {
		case p.want[i] == q.want[i]:
		case d.op == "Reshape" && i < len(p.in) && i < len(q.in) && p.in[i] == p.want[i] && q.in[i] == q.want[i]:
			want[i] = 0 // as in the input
		default:
			want[i], open = -1, open+1
		}
	}
	if d.op == "Reshape" && open <= 1 || open == 0 {
		return m.a.keep(&value{dims: &dims{want: want}}), nil
	}
	var parts []*value
	for i := range want {
		parts = append(parts, m.length(p.want[i], q.want[i]-p.want[i]))
	}
	return m.first("Concat", parts, attrInt("axis", 0)), nil
}

// length is d + slope·(length - n), as a list of one.
func (m *merger) length(d, slope int) *value {
	if slope == 0 {
		return m.a.ints(d)
	}
	key := [2]int{d, slope}
	if v := m.sums[key]; v != nil {
		return v
	}
	if m.size == nil {
		shape := m.first("Shape", list(m.a.at[m.a.inputs[0]]))
		m.size = m.first("Gather", list(shape, m.a.ints(m.dim)), attrInt("axis", 0))
	}
	v := m.size
	if slope != 1 {
		v = m.first("Mul", list(v, m.a.ints(slope)))
	}
	if more := d - slope*m.n; more != 0 {
		v = m.first("Add", list(v, m.a.ints(more)))
	}
	m.sums[key] = v
	return v
}

// first adds a node that runs before the others.
func (m *merger) first(op string, in []*value, attr ...*proto.Attribute) *value {
	d := &node{op: op, in: in, attr: attr}
	out := m.a.keep(&value{from: d})
	d.out = list(out)
	m.head = append(m.head, d)
	return out
}

// constant is what is t in one run and u in the other: the same, or something
// repeated as often as the length says.
func (m *merger) constant(t, u *tensor.Tensor, v *value) (*value, error) {
	if t.DType() == u.DType() && equal(t.Shape(), u.Shape()) {
		if same(t, u) {
			return v, nil
		}
		return nil, fmt.Errorf("a constant of shape %v", t.Shape())
	}
	if t.Dim() != u.Dim() || t.Len() == 0 || t.DType() != u.DType() {
		return nil, fmt.Errorf("constants of shapes %v and %v", t.Shape(), u.Shape())
	}
	if v := m.pattern(t, u); v != nil {
		return v, nil
	}
	small, by := t, []*value(nil)
	for i, n := range t.Shape() {
		slope := u.Size(i) - n
		if slope == 0 {
			by = append(by, m.a.ints(1))
			continue
		}
		small = small.Narrow(i, 0, 1)
		by = append(by, m.length(n, slope))
	}
	for _, x := range []*tensor.Tensor{t, u} {
		if !same(x, small.Expand(x.Shape()...)) {
			if v := m.rows(t, u); v != nil {
				return v, nil
			}
			return nil, fmt.Errorf("a constant of shape %v, not all of whose parts are equal", t.Shape())
		}
	}
	return m.first("Expand", list(m.a.constant(small.Contiguous()), m.first("Concat", by, attrInt("axis", 0)))), nil
}

// pattern is a constant that ONNX can make of any size: the numbers from 0 on,
// such as positions, or a triangle, such as a causal mask.
func (m *merger) pattern(t, u *tensor.Tensor) *value {
	switch {
	case t.Dim() == 1 && t.DType() != tensor.Bool && counts(t) && counts(u):
		n := m.first("Squeeze", list(m.length(t.Len(), u.Len()-t.Len())))
		return m.cast(m.first("Range", list(m.a.index(0), n, m.a.index(1))), t.DType())
	case t.Dim() == 2 && t.DType() == tensor.Bool:
		k, same := diagonal(t), diagonal(u)
		if k != same || !triangular(t, k) || !triangular(u, k) {
			return nil
		}
		shape := m.first("Concat", list(m.length(t.Size(0), u.Size(0)-t.Size(0)), m.length(t.Size(1), u.Size(1)-t.Size(1))), attrInt("axis", 0))
		all := m.first("Expand", list(m.a.constant(tensor.Scalar(1)), shape))
		return m.cast(m.first("Trilu", list(all, m.a.index(k)), attrInt("upper", 0)), tensor.Bool)
	}
	return nil
}

// rows is a constant that is the first rows of a parameter, as many as the length
// says: what an embedding gives for the positions 0, 1, 2, … The tracer does not
// see that call, since no input goes into it.
func (m *merger) rows(t, u *tensor.Tensor) *value {
	if t.Dim() != 2 || t.Size(1) != u.Size(1) {
		return nil
	}
	for name, p := range m.a.params.All() {
		if p.Dim() == 2 && p.DType() == t.DType() && p.Size(1) == t.Size(1) && p.Size(0) >= max(t.Size(0), u.Size(0)) &&
			same(t, p.Narrow(0, 0, t.Size(0))) && same(u, p.Narrow(0, 0, u.Size(0))) {
			end := m.length(t.Size(0), u.Size(0)-t.Size(0))
			return m.first("Slice", list(m.a.parameter(name), m.a.ints(0), end, m.a.ints(0), m.a.ints(1)))
		}
	}
	return nil
}

// cast converts int64.
func (m *merger) cast(v *value, to tensor.DType) *value {
	if to == tensor.Int64 {
		return v
	}
	return m.first("Cast", list(v), attrInt("to", int(elemTypes[to])))
}

// same reports whether tensors of one shape and dtype have the same bits.
func same(t, u *tensor.Tensor) bool {
	return bytes.Equal(tensor.Bytes(t.Contiguous()), tensor.Bytes(u.Contiguous()))
}

// counts reports whether t is 0, 1, 2, …
func counts(t *tensor.Tensor) bool {
	for i, v := range tensor.Slice[float64](t) {
		if v != float64(i) {
			return false
		}
	}
	return true
}

// diagonal is the last true element of the first row of t.
func diagonal(t *tensor.Tensor) int {
	return int(t.Select(0, 0).Cast(tensor.Int64).Sum().Float()) - 1
}

// triangular reports whether t is true up to diagonal k, and false above.
func triangular(t *tensor.Tensor, k int) bool {
	want := tensor.Make{DType: tensor.Bool}.Full(true, t.Shape()...).Tril(k)
	return bytes.Equal(tensor.Bytes(t), tensor.Bytes(want))
}

// longer is the inputs with the first element along dim once more at the end.
func longer(inputs []*tensor.Tensor, dim int) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(inputs))
	for i, x := range inputs {
		x = x.Detach()
		out[i] = tensor.Cat(dim, x, x.Narrow(dim, 0, 1))
	}
	return out
}
