package export

import (
	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// A cell is a recurrent layer in one direction: x·w_ihᵀ + bias has been taken
// out of it by facula's op, and goes back into ONNX's.
type cell struct {
	op    string
	order []int // ONNX's gates, in facula's order
	attr  []*proto.Attribute
}

func lstm(g *graph, r *record) []*value {
	return (&cell{op: "LSTM", order: []int{0, 3, 1, 2}}).emit(g, r, nil, 2)
}

func gru(g *graph, r *record) []*value {
	c := &cell{op: "GRU", order: []int{1, 0, 2}, attr: []*proto.Attribute{attrInt("linear_before_reset", 1)}}
	return c.emit(g, r, g.in(r, 2), 3)
}

func rnn(g *graph, r *record) []*value {
	name := "Tanh"
	if attr[device.Recurrence](r).ReLU {
		name = "Relu"
	}
	a := &proto.Attribute{Name: "activations", Type: proto.AttrStrings, Strings: []string{name}}
	return (&cell{op: "RNN", order: []int{0}, attr: []*proto.Attribute{a}}).emit(g, r, nil, 2)
}

// emit says the op of r, whose inputs are p, w_hh, perhaps b_hh, and states from
// input first on.
func (c *cell) emit(g *graph, r *record, bias *value, first int) []*value {
	seq := attr[device.Recurrence](r)
	steps := len(seq.Sizes)
	if steps == 0 || seq.Sizes[0] != seq.Sizes[steps-1] {
		return nil // of several lengths
	}
	batch, hidden := seq.Sizes[0], r.in[1].geo.shape[1]
	x, w, b := c.inputs(g, r)
	x = g.reshape(x, []int{steps, batch, x.shape[1]})
	wide := len(c.order) * hidden
	gates := func(v *value, width int) *value {
		return g.reshape(c.reordered(g, v, hidden), append([]int{1}, []int{wide, width}[:1+b2i(width > 0)]...))
	}
	in := []*value{x, gates(w, w.shape[1]), gates(g.in(r, 1), hidden), c.biases(g, r, b, bias, gates), nil}
	for i := first; i < len(r.in); i++ {
		if h := g.in(r, i); always(h, 0) {
			in = append(in, nil) // the default
		} else {
			in = append(in, g.reshape(h, []int{1, batch, hidden}))
		}
	}
	for len(in) > 0 && in[len(in)-1] == nil {
		in = in[:len(in)-1]
	}
	attr := append(c.attr, attrInt("hidden_size", hidden))
	if seq.Reverse {
		attr = append(attr, attrString("direction", "reverse"))
	}
	states := len(r.in) - first
	out := g.addN(c.op, 1+states, in, attr...)
	out[0].shape = []int{steps, 1, batch, hidden}
	for _, v := range out[1:] {
		v.shape = []int{1, batch, hidden}
	}
	c.place(g, r, seq, out, steps*batch, batch, hidden)
	return []*value{nil}
}

// inputs are x, w and bias where p is x·wᵀ + bias.
func (c *cell) inputs(g *graph, r *record) (x, w, b *value) {
	p := g.in(r, 0)
	if d := p.from; d != nil && d.op == "Gemm" {
		x, w = d.in[0], d.in[1]
		if len(d.in) > 2 {
			b = d.in[2]
		}
		return x, w, b
	}
	// Not made by a product: the identity takes it in.
	n := p.shape[1]
	return p, g.constant(eye(n, r.in[0].geo.dtype)), nil
}

// reordered puts blocks of rows into ONNX's order.
func (c *cell) reordered(g *graph, v *value, hidden int) *value {
	n := len(c.order)
	if n == 1 {
		return v
	}
	shape := append([]int{n, hidden}, v.shape[1:]...)
	if v.fixed != nil && !v.param {
		order := make([]int64, n)
		for i, k := range c.order {
			order[i] = int64(k)
		}
		return g.constant(v.fixed.Reshape(shape...).IndexSelect(0, tensor.Of(order)))
	}
	out := g.add("Gather", list(g.reshape(v, shape), g.ints(c.order...)), attrInt("axis", 0))
	out.shape = shape
	return out
}

// biases is the bias of the inputs, and behind it that of the states.
func (c *cell) biases(g *graph, r *record, b, bias *value, gates func(*value, int) *value) *value {
	if b == nil && bias == nil {
		return nil
	}
	none := g.constant(zeros(r.in[0].geo.dtype, len(c.order)*r.in[1].geo.shape[1]))
	if b == nil {
		b = none
	}
	if bias == nil {
		bias = none
	}
	return g.add("Concat", list(gates(b, 0), gates(bias, 0)), attrInt("axis", 1))
}

// place makes the values that are read of the states: those after all steps, and
// the last ones. The op's own result has the first states before them.
func (c *cell) place(g *graph, r *record, seq device.Recurrence, out []*value, rows, batch, hidden int) {
	at, last := batch, rows
	if seq.Reverse {
		at, last = 0, 0
	}
	hs := r.out[0]
	g.window(hs, at, g.reshape(out[0], []int{rows, hidden}))
	for i, v := range out[1:] {
		g.window(r.out[i], last, g.reshape(v, []int{batch, hidden}))
	}
}

// window says that the rows of s from row on are v.
func (g *graph) window(s *slot, row int, v *value) {
	geo := s.geo
	geo.offset += row * geo.stride[0]
	geo.shape[0] = v.shape[0]
	x := g.later(s, geo)
	if g.at[x] == nil {
		g.at[x] = v
	}
}
