package export

import (
	"fmt"
	"reflect"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A slot is one value of the traced run: what lies at one place of one storage,
// between two changes of it. Two handles of the same slot have the same elements.
type slot struct {
	t       *tensor.Tensor // one handle
	geo     geometry
	made    bool           // an op made it, or it is an input
	fixed   *tensor.Tensor // else its elements, which do not depend on the inputs
	param   string         // the name of the parameter or buffer whose storage it shows
	filled  bool           // and it is one number throughout
	suspect bool           // not made, and yet it carried the tracer
}

// A geometry is a slot's place in its storage, and when.
type geometry struct {
	dtype         tensor.DType
	rank, offset  int
	version       int
	shape, stride [device.MaxRank]int
}

func (g *geometry) dims() []int    { return g.shape[:g.rank] }
func (g *geometry) strides() []int { return g.stride[:g.rank] }

func (g *geometry) len() int {
	n := 1
	for _, d := range g.dims() {
		n *= d
	}
	return n
}

func geometryOf(t *tensor.Tensor, version int) geometry {
	g := geometry{dtype: t.DType(), rank: t.Dim(), offset: t.Offset(), version: version}
	copy(g.shape[:], t.Shape())
	copy(g.stride[:], t.Stride())
	return g
}

// A record is one op of the run.
type record struct {
	tensor.OpEvent
	in, out []*slot
	inner   []*record // the ops of its definition
	layer   string    // the last layer that had ended before
}

// A recorder collects what a run does.
type recorder struct {
	slots   map[geometry][]*slot
	params  *nn.State
	paths   map[any]string
	layer   string
	records [][]*record // that are not part of another yet, by depth
	inputs  []*slot
	outputs []*slot
}

// recordRun calls f on inputs, under a tracer. model is what the parameters and
// layers take their names from, or nil.
func recordRun(model any, f func(in []*tensor.Tensor) []*tensor.Tensor, inputs []*tensor.Tensor) (*recorder, error) {
	r := &recorder{slots: map[geometry][]*slot{}, params: &nn.State{}, paths: map[any]string{}}
	run := func() {
		args := make([]*tensor.Tensor, len(inputs))
		for i, x := range inputs {
			// Memory of its own: an input may show that of a parameter.
			x = x.Detach().Contiguous().Clone()
			s := r.slot(x, x.Version())
			s.made = true
			r.inputs = append(r.inputs, s)
			args[i] = x.NoGrad().TraceOps(r.see).Observe(r.ended)
		}
		for i, y := range f(args) {
			if y == nil {
				tensor.Misuse("export", fmt.Errorf("output %d is nil", i))
			}
			r.outputs = append(r.outputs, r.input(y, y.Version()))
		}
	}
	err := tensor.Try(func() {
		if model == nil {
			run()
			return
		}
		r.params = nn.StateDict(model)
		for path, layer := range nn.Modules(model) {
			if reflect.TypeOf(layer).Comparable() {
				r.paths[layer] = path
			}
		}
		nn.Evaluating(model, run)
	})
	return r, err
}

// ended is told of each layer that ended.
func (r *recorder) ended(layer any, _, out *tensor.Tensor) *tensor.Tensor {
	if reflect.TypeOf(layer).Comparable() {
		if path := r.paths[layer]; path != "" {
			r.layer = path
		}
	}
	return out
}

// see is the tracer.
func (r *recorder) see(e tensor.OpEvent) {
	c := &record{OpEvent: e, layer: r.layer}
	for _, t := range e.In {
		version := t.Version()
		if e.Kind == tensor.OpWrite && t.SameStorage(e.Out[0]) {
			version-- // the op read what it then changed
		}
		c.in = append(c.in, r.input(t, version))
	}
	for _, t := range e.Out {
		s := r.slot(t, t.Version())
		if e.Kernel == device.Fill {
			s.fixed, s.filled = t.TraceOps(nil).Keep(), true
		} else {
			s.made = true
		}
		c.out = append(c.out, s)
	}
	for len(r.records) <= e.Depth+1 {
		r.records = append(r.records, nil)
	}
	c.inner, r.records[e.Depth+1] = r.records[e.Depth+1], nil
	r.records[e.Depth] = append(r.records[e.Depth], c)
	c.In, c.Out = nil, nil
}

// slot finds or makes the slot of t.
func (r *recorder) slot(t *tensor.Tensor, version int) *slot {
	g := geometryOf(t, version)
	for _, s := range r.slots[g] {
		if s.t.SameStorage(t) {
			return s
		}
	}
	s := &slot{t: t, geo: g}
	r.slots[g] = append(r.slots[g], s)
	return s
}

// input is the slot of an op's input, whose elements are kept if no op made it.
func (r *recorder) input(t *tensor.Tensor, version int) *slot {
	s := r.slot(t, version)
	if s.made {
		return s
	}
	if s.fixed == nil {
		s.fixed, s.suspect = t.TraceOps(nil).Detach(), t.IsTraced()
		if s.param = r.paramOf(t); s.param == "" {
			s.fixed = s.fixed.Keep()
		} else {
			s.suspect = false
		}
	}
	if !t.IsTraced() {
		s.suspect = false // inside a definition all inputs are traced
	}
	return s
}

// paramOf is the name of the parameter or buffer that t is, or whose memory it
// shows.
func (r *recorder) paramOf(t *tensor.Tensor) (found string) {
	g := geometryOf(t, 0)
	for name, p := range r.params.All() {
		switch {
		case !p.SameStorage(t) || p.DType() != t.DType():
		case geometryOf(p, 0) == g:
			return name
		case found == "":
			found = name
		}
	}
	return found
}
