package tensor

// temps are the tensors made in one piece of work: the gradients of a backward
// pass, or what the definition of an op computes on its way. Their memory is
// given back as soon as nothing of that work needs it, long before a collection
// would find it. Like a scope, temps travel with the data.
type temps struct {
	outer *temps
	made  []*body // with memory of a pool, since the last sweep
}

// A definition runs the Body of an op; what it makes on the way are temps.
type definition struct {
	temps
	mode Mode
}

// newDefinition prepares to run the Body of op on inputs of mode m.
func newDefinition(op any, m *Mode) *definition {
	if m == nil {
		m = new(Mode)
	}
	d := &definition{temps: temps{outer: m.temps}}
	d.mode = Mode{noGrad: true, anomaly: m.anomaly, observe: m.observe, trace: m.trace.inner(), scope: m.scope, temps: &d.temps}
	if _, users := op.(functionOp); users { // who may hold what it computes
		d.mode.temps = m.temps
	}
	return d
}

// hidden is in with the no-grad mark, for a definition whose gradient is the op's.
func (d *definition) hidden(in []*Tensor) []*Tensor {
	out := make([]*Tensor, len(in))
	for i, t := range in {
		out[i] = t.alias(&d.mode)
	}
	return out
}

// end frees all that was made but what out needs, which goes on to the work
// that the definition is a part of.
func (d *definition) end(out ...*Tensor) {
	for _, x := range out {
		if s := x.b.store; s.temps == &d.temps {
			s.temps = d.outer
		}
	}
	for _, b := range d.made {
		if b.own.temps == d.outer && d.outer != nil {
			d.outer.made = append(d.outer.made, b)
		}
	}
	d.sweep()
}

// within reports whether t is o or runs within it; all run within none.
func (t *temps) within(o *temps) bool {
	if o == nil {
		return true
	}
	for ; t != nil; t = t.outer {
		if t == o {
			return true
		}
	}
	return false
}

// hold counts a use of x's memory, if it is of t; release ends a use. The
// memory is freed with the last one.
func (t *temps) hold(x *Tensor) {
	if s := x.b.store; s.temps == t {
		s.uses++
	}
}

func (t *temps) release(x *Tensor) {
	s := x.b.store
	if s.temps != t {
		return
	}
	if s.uses--; s.uses == 0 && s.Hold != nil {
		s.free(x.b.dev)
	}
}

// sweep frees what was made since the last sweep and is not in use.
func (t *temps) sweep() {
	for i, b := range t.made {
		if b.own.temps == t && b.own.uses == 0 {
			b.own.free(b.dev)
		}
		t.made[i] = nil
	}
	t.made = t.made[:0]
}

// publish takes x out of t: someone else may hold it from now on.
func (t *temps) publish(x *Tensor) *Tensor {
	if s := x.b.store; s.temps == t {
		s.temps = nil
	}
	if x.mode != nil && x.mode.temps != nil {
		return x.alias(x.mode.withoutTemps())
	}
	return x
}

// alone reports whether x is all of a memory of t that has no other use.
func (t *temps) alone(x *Tensor) bool {
	s := x.b.store
	return s.temps == t && s.uses == 1 && s.scope == nil && !s.foreign.Load() && x.IsContiguous() && x.Len()*x.DType().Size() == s.Bytes
}
