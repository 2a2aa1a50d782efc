package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// recurrentOps are nets with a state.
func recurrentOps() map[string]opFunc {
	return map[string]opFunc{
		"RNN":  func(c *call) []*Value { return newRecurrent(c, 1, 1).run(rnnCell) },
		"GRU":  func(c *call) []*Value { return newRecurrent(c, 3, 1).run(gruCell) },
		"LSTM": func(c *call) []*Value { return newRecurrent(c, 4, 2).run(lstmCell) },
	}
}

// A recurrent is a call of a recurrent net.
type recurrent struct {
	*call
	x             *tensor.Tensor // [steps, batch, in]
	lens          []int          // of the sequences, or nil
	gates, states int
	hidden        int
	dirs          []bool // whether each direction runs backwards
	batchFirst    bool
}

// A direction is the weights of one direction.
type direction struct {
	*recurrent
	xw, r, rb, p *tensor.Tensor // [steps, batch, gates·h], [gates·h, h], [gates·h], [3·h]
	act          []activation
	state        []*tensor.Tensor // [batch, h] each
}

// A cell computes the new states of a step, for what the weights of its input give.
type cell func(d *direction, xw *tensor.Tensor, state []*tensor.Tensor) []*tensor.Tensor

func newRecurrent(c *call, gates, states int) *recurrent {
	n := &recurrent{call: c, x: c.x(0), gates: gates, states: states, batchFirst: c.flag("layout", false)}
	if n.x.Dim() != 3 || c.x(2).Dim() != 3 {
		c.failf("the input is a %v and the recurrent weights a %v; want three dims", c.in[0], c.in[2])
	}
	if n.batchFirst {
		n.x = n.x.Transpose(0, 1)
	}
	n.hidden = c.x(2).Size(2)
	n.dirs = map[string][]bool{"forward": {false}, "reverse": {true}, "bidirectional": {false, true}}[c.choice("direction", "forward", "reverse", "bidirectional")]
	if len(n.dirs) != c.x(1).Size(0) {
		c.failf("weights for %d directions; want %d", c.x(1).Size(0), len(n.dirs))
	}
	if c.has(4) {
		n.lens = c.ints(4)
		for _, l := range n.lens {
			if l < 0 || l > n.x.Size(0) || len(n.lens) != n.x.Size(1) {
				c.failf("lengths %v of %d sequences with %d steps", n.lens, n.x.Size(1), n.x.Size(0))
			}
		}
	}
	return n
}

// run runs all directions.
func (n *recurrent) run(f cell) []*Value {
	var ys []*tensor.Tensor
	last := make([][]*tensor.Tensor, n.states)
	for i := range n.dirs {
		y, state := n.direction(i).steps(n.dirs[i], f)
		ys = append(ys, y)
		for k, s := range state {
			last[k] = append(last[k], s)
		}
	}
	y := tensor.Stack(1, ys...) // [steps, dirs, batch, h]
	if n.batchFirst {
		y = y.Permute(2, 0, 1, 3)
	}
	out := []*Value{typed(y, n.elem(0))}
	for _, s := range last {
		h := tensor.Stack(0, s...)
		if n.batchFirst {
			h = h.Transpose(0, 1)
		}
		out = append(out, typed(h, n.elem(0)))
	}
	return out
}

// direction takes the weights of direction i.
func (n *recurrent) direction(i int) *direction {
	d := &direction{recurrent: n, r: n.x2(2, i)}
	d.act = n.activations(i)
	var wb *tensor.Tensor
	if n.has(3) {
		both := n.call.x(3).Select(0, i)
		wb, d.rb = both.Narrow(0, 0, n.gates*n.hidden), both.Narrow(0, n.gates*n.hidden, n.gates*n.hidden)
	}
	x := n.x
	if n.dirs[i] {
		x = n.reversed(x)
	}
	d.xw = x.Linear(n.x2(1, i), wb)
	if n.has(7) {
		d.p = n.x2(7, i)
	}
	for k := range n.states {
		if n.has(5 + k) {
			h := n.call.x(5 + k)
			if n.batchFirst {
				h = h.Transpose(0, 1)
			}
			d.state = append(d.state, h.Select(0, i))
		} else {
			d.state = append(d.state, tensor.Make{DType: x.DType()}.Zeros(x.Size(1), n.hidden))
		}
	}
	return d
}

// x2 is direction i of input k.
func (n *recurrent) x2(k, i int) *tensor.Tensor { return n.call.x(k).Select(0, i) }

// steps runs all steps, and returns the states of all and the last ones.
func (d *direction) steps(reverse bool, f cell) (*tensor.Tensor, []*tensor.Tensor) {
	var ys []*tensor.Tensor
	state := d.state
	zero := tensor.ZerosLike(state[0])
	for t := range d.x.Size(0) {
		next := f(d, d.xw.Select(0, t), state)
		y := next[0]
		if d.lens != nil { // sequences that have ended keep their state
			on := make([]bool, len(d.lens))
			for i, l := range d.lens {
				on[i] = t < l
			}
			mask := tensor.FromSlice(on, []int{len(on), 1})
			for k := range next {
				next[k] = tensor.Where(mask, next[k], state[k])
			}
			y = tensor.Where(mask, y, zero)
		}
		ys = append(ys, y)
		state = next
	}
	if len(ys) == 0 {
		return d.xw.Narrow(2, 0, d.hidden), state
	}
	y := tensor.Stack(0, ys...)
	if reverse {
		y = d.reversed(y)
	}
	return y, state
}

// reversed turns each sequence around, in its length.
func (n *recurrent) reversed(x *tensor.Tensor) *tensor.Tensor {
	if n.lens == nil {
		return x.Flip(0)
	}
	steps := x.Size(0)
	idx := make([]int64, steps*len(n.lens))
	for b, l := range n.lens {
		for t := range steps {
			from := t
			if t < l {
				from = l - 1 - t
			}
			idx[t*len(n.lens)+b] = int64(from)
		}
	}
	at := tensor.FromSlice(idx, []int{steps, len(n.lens), 1})
	return x.Gather(0, at.Expand(x.Shape()...))
}

// clip bounds what goes into an activation, if the attribute clip is set.
func (n *recurrent) clip(x *tensor.Tensor) *tensor.Tensor {
	if most := n.floatAttr("clip", 0); most > 0 {
		return x.Clamp(-most, most)
	}
	return x
}

// gate are the columns of gate i.
func (d *direction) gate(x *tensor.Tensor, i int) *tensor.Tensor {
	return x.Narrow(-1, i*d.hidden, d.hidden)
}

func rnnCell(d *direction, xw *tensor.Tensor, s []*tensor.Tensor) []*tensor.Tensor {
	return []*tensor.Tensor{d.act[0](d.clip(xw.Add(s[0].Linear(d.r, d.rb))))}
}

// gruCell has the gates update, reset, hidden.
func gruCell(d *direction, xw *tensor.Tensor, s []*tensor.Tensor) []*tensor.Tensor {
	h, n := s[0], d.hidden
	var rbZR, rbH *tensor.Tensor
	if d.rb != nil {
		rbZR, rbH = d.rb.Narrow(0, 0, 2*n), d.rb.Narrow(0, 2*n, n)
	}
	zr := d.act[0](d.clip(xw.Narrow(-1, 0, 2*n).Add(h.Linear(d.r.Narrow(0, 0, 2*n), rbZR))))
	z, r := d.gate(zr, 0), d.gate(zr, 1)
	rh := d.r.Narrow(0, 2*n, n)
	var inner *tensor.Tensor
	if d.flag("linear_before_reset", false) {
		inner = r.Mul(h.Linear(rh, rbH))
	} else {
		inner = r.Mul(h).Linear(rh, rbH)
	}
	g := d.act[1](d.clip(d.gate(xw, 2).Add(inner)))
	return []*tensor.Tensor{z.Mul(h).Add(z.RSubScalar(1).Mul(g))}
}

// lstmCell has the gates input, output, forget, cell, the first three of which
// may look at the cell's state through peepholes.
func lstmCell(d *direction, xw *tensor.Tensor, s []*tensor.Tensor) []*tensor.Tensor {
	h, c := s[0], s[1]
	g := xw.Add(h.Linear(d.r, d.rb))
	peep := func(i int, c *tensor.Tensor) *tensor.Tensor {
		x := d.gate(g, i)
		if d.p != nil {
			x = x.Add(d.p.Narrow(0, i*d.hidden, d.hidden).Mul(c))
		}
		return d.act[0](d.clip(x))
	}
	in := peep(0, c)
	forget := in.RSubScalar(1)
	if !d.flag("input_forget", false) {
		forget = peep(2, c)
	}
	c = forget.Mul(c).Add(in.Mul(d.act[1](d.clip(d.gate(g, 3)))))
	return []*tensor.Tensor{peep(1, c).Mul(d.act[2](c)), c}
}

// An activation is a function of a gate.
type activation func(x *tensor.Tensor) *tensor.Tensor

// activations are those of direction i, given by names with lists of their
// numbers, of which only those come that need one.
func (n *recurrent) activations(i int) []activation {
	usual := map[int][]string{1: {"Tanh"}, 3: {"Sigmoid", "Tanh"}, 4: {"Sigmoid", "Tanh", "Tanh"}}[n.gates]
	count := len(usual)
	names := n.strsAttr("activations")
	if names == nil {
		names = slices.Concat(usual, usual)
	}
	if len(names) < (i+1)*count {
		n.failf("%d activations for %d directions", len(names), len(n.dirs))
	}
	alphas, betas := n.floatsAttr("activation_alpha"), n.floatsAttr("activation_beta")
	next := func(list *[]float64, def float64) float64 {
		if len(*list) == 0 {
			return def
		}
		v := (*list)[0]
		*list = (*list)[1:]
		return v
	}
	var acts []activation
	for _, name := range names[:(i+1)*count] {
		acts = append(acts, n.activation(name, func(def float64) float64 { return next(&alphas, def) },
			func(def float64) float64 { return next(&betas, def) }))
	}
	return acts[i*count:]
}

func (n *recurrent) activation(name string, alpha, beta func(def float64) float64) activation {
	switch name {
	case "Sigmoid":
		return (*tensor.Tensor).Sigmoid
	case "Tanh":
		return (*tensor.Tensor).Tanh
	case "Relu":
		return (*tensor.Tensor).ReLU
	case "Softsign":
		return (*tensor.Tensor).Softsign
	case "Softplus":
		return func(x *tensor.Tensor) *tensor.Tensor { return x.Softplus(1, 20) }
	case "Elu":
		a := alpha(1)
		return func(x *tensor.Tensor) *tensor.Tensor { return x.ELU(a) }
	case "LeakyRelu":
		a := alpha(0.01)
		return func(x *tensor.Tensor) *tensor.Tensor { return x.LeakyReLU(a) }
	case "ThresholdedRelu":
		a := alpha(1)
		return func(x *tensor.Tensor) *tensor.Tensor { return x.Threshold(a, 0) }
	case "Affine":
		a, b := alpha(1), beta(0)
		return func(x *tensor.Tensor) *tensor.Tensor { return x.MulScalar(a).AddScalar(b) }
	case "ScaledTanh":
		a, b := alpha(1), beta(1)
		return func(x *tensor.Tensor) *tensor.Tensor { return x.MulScalar(b).Tanh().MulScalar(a) }
	case "HardSigmoid":
		a, b := alpha(0.2), beta(0.5)
		return func(x *tensor.Tensor) *tensor.Tensor { return x.MulScalar(a).AddScalar(b).Clamp(0, 1) }
	}
	n.failf("the activation %q is not supported", name)
	return nil
}
