package onnx

import (
	"github.com/facula-ml/facula/tensor"
)

// controlOps run graphs.
func controlOps() map[string]opFunc {
	return map[string]opFunc{
		"If": func(c *call) []*Value {
			if c.true(c.value(0)) {
				return c.subgraph("then_branch")
			}
			return c.subgraph("else_branch")
		},
		"Loop": opLoop,
		"Scan": func(c *call) []*Value {
			if c.version < 9 {
				return opScan8(c)
			}
			return opScan(c)
		},
	}
}

// true reports whether v, of one element, is true.
func (c *call) true(v *Value) bool {
	if v.Tensor == nil || v.Tensor.DType() != tensor.Bool || v.Tensor.Len() != 1 {
		c.failf("the condition is a %v; want one bool", v)
	}
	return v.Tensor.Detach().Reshape().Int() != 0
}

// opLoop runs its body while the condition holds, but not more often than the
// trip count says. What the body gives beyond the condition and the carried
// values is stacked.
func opLoop(c *call) []*Value {
	most := -1
	if c.has(0) {
		most = max(c.integer(0, 0), 0)
	}
	on := !c.has(1) || c.true(c.in[1])
	var state []*Value
	for i := 2; i < len(c.in); i++ {
		state = append(state, c.value(i))
	}
	stacks := make([][]*Value, max(len(c.out)-len(state), 0))
	for i := 0; on && (most < 0 || i < most); i++ {
		in := append([]*Value{NewValue(tensor.Scalar(int64(i))), NewValue(tensor.Scalar(true))}, state...)
		got := c.subgraph("body", in...)
		if len(got) != 1+len(state)+len(stacks) {
			c.failf("the body has %d outputs; want %d", len(got), 1+len(state)+len(stacks))
		}
		on = c.true(got[0])
		copy(state, got[1:])
		for k := range stacks {
			stacks[k] = append(stacks[k], got[1+len(state)+k])
		}
	}
	out := state
	for _, s := range stacks {
		out = append(out, c.stacked(s, 0, false))
	}
	return out
}

// stacked joins the values of all rounds along a new dim.
func (c *call) stacked(vs []*Value, dim int, backwards bool) *Value {
	if len(vs) == 0 {
		return NewValue(tensor.Zeros(0))
	}
	ts := make([]*tensor.Tensor, len(vs))
	for i, v := range vs {
		at := i
		if backwards {
			at = len(vs) - 1 - i
		}
		if ts[at] = v.Tensor; v.Tensor == nil {
			c.failf("the body's output to stack is a %v; want a tensor", v)
		}
	}
	return typed(tensor.Stack(c.dim(dim, ts[0].Dim()+1), ts...), vs[0].Elem)
}

// opScan runs its body over slices of the scanned inputs.
func opScan(c *call) []*Value {
	scans := c.intAttr("num_scan_inputs", 0)
	states := len(c.in) - scans
	if scans < 1 || states < 0 {
		c.failf("%d of %d inputs to scan", scans, len(c.in))
	}
	var state []*Value
	for i := range states {
		state = append(state, c.value(i))
	}
	return c.scan(state, c.in[states:])
}

// listAt is element i of a list that may be missing.
func listAt(list []int, i int) int {
	if i < len(list) {
		return list[i]
	}
	return 0
}

func (c *call) scan(state, inputs []*Value) []*Value {
	axes, back := c.intsAttr("scan_input_axes"), c.intsAttr("scan_input_directions")
	if back == nil {
		back = c.intsAttr("directions")
	}
	slices := make([][]*tensor.Tensor, len(inputs))
	for i, v := range inputs {
		if v == nil || v.Tensor == nil {
			c.failf("the scanned input is a %v; want a tensor", v)
		}
		x := v.Tensor
		dim := c.dim(listAt(axes, i), x.Dim())
		if listAt(back, i) != 0 {
			x = x.Flip(dim)
		}
		slices[i] = x.Unbind(dim)
		if len(slices[i]) != len(slices[0]) {
			c.failf("scanned inputs of %d and %d steps", len(slices[0]), len(slices[i]))
		}
	}
	stacks := make([][]*Value, max(len(c.out)-len(state), 0))
	for t := range slices[0] {
		in := append([]*Value(nil), state...)
		for i, s := range slices {
			in = append(in, typed(s[t], inputs[i].Elem))
		}
		got := c.subgraph("body", in...)
		if len(got) != len(state)+len(stacks) {
			c.failf("the body has %d outputs; want %d", len(got), len(state)+len(stacks))
		}
		copy(state, got)
		for k := range stacks {
			stacks[k] = append(stacks[k], got[len(state)+k])
		}
	}
	outAxes, outBack := c.intsAttr("scan_output_axes"), c.intsAttr("scan_output_directions")
	out := state
	for k, s := range stacks {
		out = append(out, c.stacked(s, listAt(outAxes, k), listAt(outBack, k) != 0))
	}
	return out
}

// opScan8 is the first form of Scan: lengths come before, and all inputs have a
// dim of the batch in front.
func opScan8(c *call) []*Value {
	if c.has(0) {
		c.failf("lengths of sequences are not supported")
	}
	scans := c.intAttr("num_scan_inputs", 0)
	states := len(c.in) - 1 - scans
	if scans < 1 || states < 0 {
		c.failf("%d of %d inputs to scan", scans, len(c.in)-1)
	}
	parts := make([][]*Value, len(c.out))
	for b := range c.x(1).Size(0) {
		var in []*Value
		for i := 1; i < len(c.in); i++ {
			in = append(in, typed(c.x(i).Select(0, b), c.elem(i)))
		}
		for i, v := range c.scan(in[:states:states], in[states:]) {
			parts[i] = append(parts[i], v)
		}
	}
	out := make([]*Value, len(parts))
	for i, p := range parts {
		out[i] = c.stacked(p, 0, false)
	}
	return out
}
