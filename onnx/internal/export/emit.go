package export

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// An emitter says an op in ONNX: it returns the values of the op's results, nil
// for one that ONNX has no value for; or nil if it cannot.
type emitter func(g *graph, r *record) []*value

// translate makes the graph of a run.
func translate(r *recorder) (*graph, error) {
	g := &graph{recorder: r, at: map[*slot]*value{}, named: map[string]*value{}}
	for _, s := range r.inputs {
		g.at[s] = g.keep(&value{slot: s, shape: s.geo.dims()})
	}
	if len(r.records) > 0 {
		for _, c := range r.records[0] {
			if err := g.emit(c); err != nil {
				return nil, err
			}
		}
	}
	for i, s := range r.outputs {
		if _, err := g.value(s); err != nil {
			return nil, fmt.Errorf("output %d: %w", i, err)
		}
	}
	return g, nil
}

// emit translates one op: itself, or else the ops of its definition.
func (g *graph) emit(r *record) error {
	if g.known(r) {
		return nil
	}
	g.now = r
	switch {
	case r.Kernel == device.Fill:
		return nil // its result is fixed
	case r.Kind == tensor.OpView:
		return g.view(r)
	case r.Kind == tensor.OpWrite:
		return g.write(r)
	}
	f := byName[r.Name]
	if f == nil {
		f = kernels[r.Kernel]
	}
	if r.empty() {
		return fmt.Errorf("%s has a tensor without elements", r.where())
	}
	if f != nil {
		if done, err := g.apply(f, r); done || err != nil {
			return err
		}
	}
	if len(r.inner) == 0 {
		return fmt.Errorf("%s has no counterpart in ONNX's opset %d", r.where(), Opset)
	}
	for _, c := range r.inner {
		if err := g.emit(c); err != nil {
			return err
		}
	}
	if len(r.out) == 1 && g.at[r.out[0]] == nil {
		g.assemble(r)
	}
	return nil
}

// assemble joins a result whose parts were written one by one, along one dim.
func (g *graph) assemble(r *record) {
	out := &r.out[0].geo
	axis := -1
	parts := map[int]*value{}
	for _, c := range r.inner {
		if c.Kind != tensor.OpWrite || !c.out[0].t.SameStorage(r.out[0].t) || g.at[c.out[0]] == nil || c.out[0].geo.rank != out.rank {
			continue
		}
		pads := windowIn(out, &c.out[0].geo)
		for d := range pads[:len(pads)/2] {
			if pads[d]+pads[out.rank+d] > 0 {
				axis = d
			}
		}
		if axis >= 0 {
			parts[pads[axis]] = g.at[c.out[0]]
		}
	}
	if axis < 0 {
		return
	}
	var in []*value
	for at := 0; at < out.shape[axis]; at += in[len(in)-1].shape[axis] {
		p := parts[at]
		if p == nil || p.shape == nil || len(p.shape) != out.rank {
			return
		}
		for d, n := range p.shape {
			if d != axis && n != out.shape[d] {
				return
			}
		}
		in = append(in, p)
	}
	v := g.add("Concat", in, attrInt("axis", axis))
	v.shape, v.slot = out.dims(), r.out[0]
	g.at[r.out[0]] = v
}

// empty reports whether an input or the first result has no elements: ONNX's
// operators differ from facula's there.
func (r *record) empty() bool {
	for _, s := range append(r.in[:len(r.in):len(r.in)], r.out[0]) {
		if s.geo.len() == 0 {
			return true
		}
	}
	return false
}

// known reports whether all results have values already.
func (g *graph) known(r *record) bool {
	for _, s := range r.out {
		if g.at[s] == nil {
			return false
		}
	}
	return r.Kind != tensor.OpWrite
}

// apply calls f if the inputs are there.
func (g *graph) apply(f emitter, r *record) (bool, error) {
	for _, s := range r.in {
		if _, err := g.value(s); err != nil {
			return false, fmt.Errorf("%s reads %w", r.where(), err)
		}
	}
	out := f(g, r)
	for i, v := range out {
		if v == nil {
			continue
		}
		if v.shape == nil {
			v.shape = r.out[i].geo.dims()
		}
		if v.slot == nil && v.from != nil {
			v.slot = r.out[i]
		}
		g.at[r.out[i]] = v
	}
	return out != nil, nil
}

// attr is what the kernel of r reads, or the zero value if it is given nothing.
func attr[T any](r *record) (v T) {
	switch a := r.Attr.(type) {
	case T:
		v = a
	case *T:
		v = *a
	}
	return v
}

var errUnmade = errors.New("a tensor that no traced op made: it was changed in place, or comes from an op that ONNX lacks")

// value is the value of a slot.
func (g *graph) value(s *slot) (*value, error) {
	if v := g.at[s]; v != nil {
		return v, nil
	}
	if s.fixed == nil || s.suspect {
		return nil, errUnmade
	}
	v := g.fixed(s)
	g.at[s] = v
	return v, nil
}

// in is input i of r, which apply has found to be there.
func (g *graph) in(r *record, i int) *value { return g.at[r.in[i]] }

// ins are all inputs.
func (g *graph) ins(r *record) []*value {
	out := make([]*value, len(r.in))
	for i := range r.in {
		out[i] = g.in(r, i)
	}
	return out
}

// fixed is the value of a slot that does not depend on the inputs: a parameter,
// or a view of one, or a constant.
func (g *graph) fixed(s *slot) *value {
	if s.param == "" {
		return g.constant(s.fixed.Contiguous())
	}
	v := g.parameter(s.param)
	from := geometryOf(g.params.Get(s.param), s.geo.version)
	if from == s.geo {
		return v
	}
	if out := g.viewed(v, &from, &s.geo); out != nil {
		return out
	}
	return g.constant(s.fixed.Contiguous()) // several views at once: its elements as they are
}

// parameter is the value of the parameter or buffer of that name.
func (g *graph) parameter(name string) *value {
	v := g.named[name]
	if v == nil {
		p := g.params.Get(name)
		v = g.keep(&value{name: name, fixed: p.Contiguous(), param: true, shape: p.Shape()})
		g.named[name] = v
	}
	return v
}

// write translates a change in place: of all of a storage, or of a window in
// one that was filled with a number.
func (g *graph) write(r *record) error {
	if len(r.in) == 0 {
		return nil
	}
	to := r.out[0]
	var v *value
	for _, s := range r.in {
		if _, err := g.value(s); err != nil {
			return nil // an error for who reads the result
		}
	}
	if r.Kernel == device.Copy {
		if v = g.in(r, 0); !equal(v.shape, to.geo.dims()) {
			v = g.expand(v, to.geo.dims())
		}
	} else if f := kernels[r.Kernel]; f != nil {
		if out := f(g, r); out != nil {
			v = out[0]
		}
	}
	if v == nil {
		return nil
	}
	if v.shape == nil {
		v.shape = to.geo.dims()
	}
	g.at[to] = v
	g.pad(to, v)
	return nil
}

// pad makes the value of a tensor that was filled with a number, before a window
// in it became v.
func (g *graph) pad(window *slot, v *value) {
	for geo, all := range g.slots {
		if geo.version != window.geo.version-1 || geo.rank != window.geo.rank || geo.len() <= window.geo.len() {
			continue
		}
		for _, s := range all {
			if !s.filled || !s.t.SameStorage(window.t) {
				continue
			}
			if pads := windowIn(&geo, &window.geo); pads != nil {
				fill := g.constant(s.fixed.Flatten(0, -1).Select(0, 0).Contiguous())
				out := g.add("Pad", list(v, g.ints(pads...), fill))
				after := geo
				after.version++
				out.shape = after.dims()
				g.at[g.later(s, after)] = out
			}
		}
	}
}

// later is the slot of s after a change.
func (g *graph) later(s *slot, after geometry) *slot {
	for _, x := range g.slots[after] {
		if x.t.SameStorage(s.t) {
			return x
		}
	}
	x := &slot{t: s.t, geo: after, made: true}
	g.slots[after] = append(g.slots[after], x)
	return x
}

// windowIn is how much of out lies before and after the window, dim by dim.
func windowIn(out, window *geometry) []int {
	n := out.rank
	pads := make([]int, 2*n)
	at := window.offset - out.offset
	for i := range n {
		if window.stride[i] != out.stride[i] && window.shape[i] > 1 || out.stride[i] <= 0 {
			return nil
		}
		pads[i] = at / out.stride[i]
		at %= out.stride[i]
		if pads[n+i] = out.shape[i] - window.shape[i] - pads[i]; pads[n+i] < 0 {
			return nil
		}
	}
	if at != 0 || slices.Max(pads) == 0 {
		return nil
	}
	return pads
}
