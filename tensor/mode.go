package tensor

// A Mode is what travels with the data: a result of an op carries the modes of
// its inputs. There is no global switch and nothing is tied to a goroutine.
// A Mode does not change once it is made. The nil Mode is the ordinary one.
type Mode struct {
	noGrad   bool
	anomaly  bool
	autocast DType // of products; 0 is as they are
	observe  Observer
	trace    *tracing
	scope    *Scope
	temps    *temps
}

// An Observer sees every layer that runs on a tensor marked by
// [Tensor.Observe]: the layer (a pointer to its struct), its input and output.
// It returns the output to go on with, usually out itself.
type Observer func(layer any, in, out *Tensor) *Tensor

var (
	noGradMode  = &Mode{noGrad: true}
	anomalyMode = &Mode{anomaly: true}
)

// NoGrad returns t with a mark that travels: what is computed from it records
// no gradient. The data is shared. [Tensor.Detach] takes the mark off again.
//
//	source: torch.no_grad
func (t *Tensor) NoGrad() *Tensor { return t.known("no_grad").alias(merge(t.mode, noGradMode)) }

// IsNoGrad reports whether t carries the mark of [Tensor.NoGrad].
func (t *Tensor) IsNoGrad() bool { return !t.known("is_no_grad").mode.recording() }

// DetectAnomaly returns t with a mark that travels: each op computed from it
// remembers the line that called it, and Backward panics with an *Error that
// names op and line where a gradient turns NaN. It costs time; use it to debug.
//
//	source: torch.autograd.detect_anomaly
func (t *Tensor) DetectAnomaly() *Tensor {
	return t.known("detect_anomaly").alias(merge(t.mode, anomalyMode))
}

// Observe returns t with a mark that travels: f is called at the end of the
// Forward of every layer that t, or what is computed from it, goes through.
func (t *Tensor) Observe(f Observer) *Tensor {
	return t.known("observe").alias(merge(t.mode, &Mode{observe: f}))
}

// Observed gives a layer's output to the observer that travels with it. Layers
// call it at the end of Forward; without an observer it returns out.
func Observed(layer any, in, out *Tensor) *Tensor {
	if out == nil || out.mode == nil || out.mode.observe == nil {
		return out
	}
	return out.mode.observe(layer, in, out)
}

// Observing reports whether an observer travels with one of t. A layer that
// could run several others as one op must not then, since each is to be observed.
func Observing(t ...*Tensor) bool {
	for _, x := range t {
		if x != nil && x.mode != nil && x.mode.observe != nil {
			return true
		}
	}
	return false
}

// merge joins two modes: of two observers, and of two dtypes of Autocast, the
// second wins, of scopes and tracers the inner.
func merge(a, b *Mode) *Mode {
	switch {
	case b == nil || a == b:
		return a
	case a == nil:
		return b
	case a.covers(b):
		return a
	case a.observe == nil && a.autocast == 0 && b.covers(a):
		return b
	}
	m := *a
	m.noGrad, m.anomaly = a.noGrad || b.noGrad, a.anomaly || b.anomaly
	if b.autocast != 0 {
		m.autocast = b.autocast
	}
	if b.observe != nil {
		m.observe = b.observe
	}
	if !m.scope.within(b.scope) {
		m.scope = b.scope
	}
	if !m.trace.within(b.trace) {
		m.trace = b.trace
	}
	if !m.temps.within(b.temps) {
		m.temps = b.temps
	}
	return m.canonical()
}

// covers reports whether b adds nothing to m.
func (m *Mode) covers(b *Mode) bool {
	return b.observe == nil && (b.autocast == 0 || b.autocast == m.autocast) && (m.noGrad || !b.noGrad) && (m.anomaly || !b.anomaly) &&
		m.scope.within(b.scope) && m.temps.within(b.temps) && m.trace.within(b.trace)
}

// canonical is m, or its equal that is at hand: nil for a mode that says nothing.
func (m Mode) canonical() *Mode {
	if m.anomaly || m.autocast != 0 || m.observe != nil || m.temps != nil || m.trace != nil {
		n := m // only here is memory taken
		return &n
	}
	switch {
	case m.scope == nil && m.noGrad:
		return noGradMode
	case m.scope == nil:
		return nil
	case m.noGrad:
		return &m.scope.quiet
	}
	return &m.scope.plain
}

// related reports whether tensors of the two modes may meet in an op.
func related(a, b *Mode) bool {
	return a == nil || b == nil || a.scope.within(b.scope) || b.scope.within(a.scope)
}

func (m *Mode) recording() bool { return m == nil || !m.noGrad }

// inScope is the scope of m's tensors, nil for none.
func (m *Mode) inScope() *Scope {
	if m == nil {
		return nil
	}
	return m.scope
}

// withoutNoGrad is m without that mark.
func (m *Mode) withoutNoGrad() *Mode {
	if m == nil || !m.noGrad {
		return m
	}
	c := *m
	c.noGrad = false
	return c.canonical()
}

// withoutAutocast is m without that mark.
func (m *Mode) withoutAutocast() *Mode {
	if m.casting() == 0 {
		return m
	}
	c := *m
	c.autocast = 0
	return c.canonical()
}

// withoutTemps is m outside of the work whose temporaries are freed.
func (m *Mode) withoutTemps() *Mode {
	if m == nil || m.temps == nil {
		return m
	}
	c := *m
	c.temps = nil
	return c.canonical()
}
