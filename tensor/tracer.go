package tensor

import (
	"slices"
	"time"

	"github.com/facula-ml/facula/device"
)

// A Tracer sees every op that runs on a tensor marked by [Tensor.TraceOps], as
// soon as it has ended: the ops of a definition come before the op that they
// define. It is called by the goroutine that runs the op, so a tracer of several
// goroutines locks. It may keep the event and its tensors.
type Tracer func(OpEvent)

// An OpEvent is one op that ran.
type OpEvent struct {
	Name     string        // PyTorch's name of the op, as in error messages
	Kind     OpKind        // how it ran
	Kernel   device.Kernel // the kernel of Kernel and Write, NoKernel of others that have none
	Attr     any           // what the kernel reads beside tensors, of package device, or nil
	Depth    int           // 0 for an op of the program, n inside of n definitions
	Backward bool          // a gradient's op

	// In and Out are the op's inputs and results. They carry their marks, the
	// tracer among them: a tracer that computes with one takes its
	// TraceOps(nil) first. The memory of an Out inside a definition may be freed
	// after the call. In is the input's state after the op, if Kind is OpWrite.
	In, Out []*Tensor

	Start    time.Time
	Duration time.Duration // on a device whose kernels run on their own, until it was told
}

// An OpKind says how an op ran.
type OpKind uint8

// The kinds of ops.
const (
	OpKernel     OpKind = iota // a kernel of the device ran
	OpDefinition               // the definition ran, whose ops were traced at one Depth more
	OpView                     // nothing was computed: the result shows the input's memory
	OpWrite                    // a kernel changed Out[0] in place
)

var opKinds = [...]string{"kernel", "definition", "view", "write"}

// String is the kind in one word.
func (k OpKind) String() string { return opKinds[k] }

// TraceOps returns t with a mark that travels: f sees every op that t, or what is
// computed from it, is an input of, those of Backward among them (with
// CreateGraph they count as the program's). A nil f takes the mark off. An op
// without a tracer pays for one comparison.
func (t *Tensor) TraceOps(f Tracer) *Tensor {
	t.known("trace_ops")
	if f == nil {
		return t.alias(t.mode.withTracing(nil))
	}
	return t.alias(merge(t.mode, &Mode{trace: &tracing{f: f}}))
}

// IsTraced reports whether t carries the mark of [Tensor.TraceOps].
func (t *Tensor) IsTraced() bool { return t.known("is_traced").mode.tracer() != nil }

// tracing is a tracer on its way. One pointer is one place: the program, or a
// definition that runs.
type tracing struct {
	f        Tracer
	depth    int
	backward bool
}

// inner is the tracing of the definition of an op traced by t, which may be nil.
func (t *tracing) inner() *tracing {
	if t == nil {
		return nil
	}
	return &tracing{t.f, t.depth + 1, t.backward}
}

// within reports whether an op on tensors of t and o belongs to t: a definition
// may use what comes from outside, and a gradient what its op saved.
func (t *tracing) within(o *tracing) bool {
	switch {
	case t == nil || o == nil || t == o:
		return t == o || o == nil
	case t.backward != o.backward:
		return t.backward
	}
	return t.depth > o.depth
}

// tracer is the tracing that m carries, nil for none.
func (m *Mode) tracer() *tracing {
	if m == nil {
		return nil
	}
	return m.trace
}

// withTracing is m with the mark t, or without one.
func (m *Mode) withTracing(t *tracing) *Mode {
	if m.tracer() == t {
		return m
	}
	c := Mode{}
	if m != nil {
		c = *m
	}
	c.trace = t
	return c.canonical()
}

// tracerOf is the innermost tracing among the tensors.
func tracerOf(in ...*Tensor) (found *tracing) {
	for _, t := range in {
		if t != nil && t.mode != nil && !found.within(t.mode.trace) {
			found = t.mode.trace
		}
	}
	return found
}

// A span is an op on its way under a tracer; without one there is none.
type span struct {
	*tracing
	inside *tracing // of its definition
	start  time.Time
}

// begin starts a span if the result's mode has a tracer.
func (m *Mode) begin() *span {
	if m == nil || m.trace == nil {
		return nil
	}
	return m.trace.begin()
}

func (t *tracing) begin() *span {
	if t == nil {
		return nil
	}
	return &span{tracing: t, start: time.Now()}
}

// beginWrite starts the span of a change of t in place.
func (t *Tensor) beginWrite(in []*Tensor) *span {
	found := tracerOf(in...)
	if m := t.mode.tracer(); !found.within(m) {
		found = m
	}
	return found.begin()
}

// end tells the tracer. op is an Op, a MultiOp, a viewOp, or a name.
func (s *span) end(kind OpKind, op any, k device.Kernel, in []*Tensor, out ...*Tensor) {
	took := time.Since(s.start)
	e := OpEvent{
		Kind: kind, Kernel: k, Depth: s.depth, Backward: s.backward,
		In: slices.Clone(in), Out: slices.Clone(out), Start: s.start, Duration: took,
	}
	switch op := op.(type) {
	case string:
		e.Name = op
	case interface{ Name() string }:
		e.Name = op.Name()
	}
	if a, ok := op.(Attributed); ok {
		e.Attr = a.Attr()
	}
	s.f(e)
}

// through runs a definition that is recorded op by op; s may be nil.
func (s *span) through(op Op, c Composite, in []*Tensor) *Tensor {
	out := c.Body(s.enter(in))
	if s == nil {
		return out
	}
	out = s.leave(out)
	s.end(OpDefinition, op, op.Kernel(), in, out)
	return out
}

// throughMulti is through for an op with several results.
func (s *span) throughMulti(op MultiOp, c MultiComposite, in []*Tensor) []*Tensor {
	out := c.Body(s.enter(in))
	if s == nil {
		return out
	}
	for i, t := range out {
		out[i] = s.leave(t)
	}
	s.end(OpDefinition, op, op.Kernel(), in, out...)
	return out
}

// enter is a copy of in, for such a definition inside of s.
func (s *span) enter(in []*Tensor) []*Tensor {
	args := append([]*Tensor(nil), in...)
	if s == nil {
		return args
	}
	s.inside = s.inner()
	for i, t := range args {
		args[i] = t.alias(t.mode.withTracing(s.inside))
	}
	return args
}

// leave takes a result of such a definition out of it.
func (s *span) leave(out *Tensor) *Tensor {
	if out.mode.tracer() != s.inside {
		return out
	}
	return out.alias(out.mode.withTracing(s.tracing))
}
