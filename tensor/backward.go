package tensor

import (
	"errors"
	"fmt"
)

// A BackwardOption changes Backward or GradOf.
type BackwardOption func(*backward)

// RetainGraph keeps what the gradients read, so that Backward can run again.
func RetainGraph(b *backward) { b.retain = true }

// CreateGraph records the gradients themselves, so that they can be
// differentiated again. It implies RetainGraph.
func CreateGraph(b *backward) { b.retain, b.create = true, true }

// AllowUnused makes Grad return nil for an input that no output depends on,
// where it is an error otherwise.
func AllowUnused(b *backward) { b.unused = true }

// Seed gives the gradient of each output to start from; an output of one
// element starts from 1 without it.
func Seed(g ...*Tensor) BackwardOption { return func(b *backward) { b.seed = g } }

// backward is one pass through the graph.
type backward struct {
	retain, create, unused bool

	seed  []*Tensor
	id    uint64
	path  *node           // from here up to the root: the way down, in visit
	order *node           // the nodes of this pass, each before those it depends on
	side  map[*node]*work // their work, where another pass has claimed one of them
	want  []edge          // whose gradients to return; nil adds to the leaves
	got   []*Tensor
	held  []held
	ctx   Ctx
	temps temps // the gradients
	mode  Mode  // that they carry, unless they are recorded
}

// held is the sum so far of the gradient of a leaf with hooks.
type held struct {
	leaf *node
	grad *Tensor
}

// Backward adds, to the Grad of every leaf that t depends on, the gradient of
// t: PyTorch's Tensor.backward. Chains of any length work: nothing recurses.
//
//	panics: *Error if t requires no gradient, carries the no-grad mark, has
//	more than one element without a Seed, if its graph was freed by an earlier
//	Backward, or if a tensor that a gradient reads was changed in place
func (t *Tensor) Backward(opts ...BackwardOption) {
	t.known("backward")
	b := backward{}
	for _, o := range opts {
		o(&b)
	}
	b.run("backward", []*Tensor{t})
}

// Grad returns the gradients of the sum of outputs with respect to inputs,
// and leaves the Grad of every leaf alone: PyTorch's torch.autograd.grad.
//
//	panics: *Error as Backward does, and for an input on which no output
//	depends unless AllowUnused is given
func Grad(outputs, inputs []*Tensor, opts ...BackwardOption) []*Tensor {
	b := backward{}
	for _, o := range opts {
		o(&b)
	}
	b.want, b.got = make([]edge, len(inputs)), make([]*Tensor, len(inputs))
	for i, x := range inputs {
		x.known("grad")
		b.want[i] = edge{x.b.grad(), x.b.out}
		if b.want[i].node == nil {
			misuse("grad", fmt.Errorf("input %d requires no gradient", i), x)
		}
	}
	b.run("grad", outputs)
	for i, g := range b.got {
		if g == nil && !b.unused {
			misuse("grad", fmt.Errorf("no output depends on input %d; pass AllowUnused to get nil for it", i), inputs[i])
		}
	}
	return b.got
}

func (b *backward) run(op string, outputs []*Tensor) {
	b.id = generation.Add(1)
	defer b.release()
	for _, t := range outputs {
		t.known(op)
		b.visit(b.root(op, t))
	}
	b.mode = Mode{noGrad: true, scope: scopeOf(outputs), temps: &b.temps}
	if t := tracerOf(outputs...); t != nil {
		b.mode.trace = &tracing{t.f, t.depth, true}
	}
	if s := b.mode.scope; s != nil {
		s.busy++
		defer func() { s.busy-- }()
	}
	for i, t := range outputs {
		b.add(edge{t.b.grad(), t.b.out}, b.start(op, i, t, len(outputs)))
	}
	for d := b.order; d != nil; {
		w := b.work(d)
		if w.need {
			b.step(d, w)
		}
		d = w.link
	}
	for _, h := range b.held {
		b.deliver(edge{h.leaf, 0}, h.leaf.hooked(0, h.grad))
	}
	for i, g := range b.got {
		if g != nil && !b.create {
			b.got[i] = b.temps.publish(g).Detach()
		}
	}
}

// root is the node to start from.
func (b *backward) root(op string, t *Tensor) *node {
	d := t.b.grad()
	switch {
	case !t.mode.recording():
		misuse(op, errors.New("the tensor is marked NoGrad, so nothing was recorded; compute it from unmarked tensors, or Detach the marked ones"), t)
	case d == nil:
		misuse(op, errors.New("the tensor requires no gradient; call RequireGrad on a leaf that it depends on"), t)
	}
	return d
}

// start is the gradient of output i.
func (b *backward) start(op string, i int, t *Tensor, n int) *Tensor {
	if b.seed == nil {
		if t.Len() != 1 {
			misuse(op, errors.New("the output has more than one element; pass Seed, or reduce it to a scalar"), t)
		}
		return b.marked(onesLike(t))
	}
	if len(b.seed) != n {
		misuse(op, fmt.Errorf("%d seeds for %d outputs", len(b.seed), n), t)
	}
	if g := b.seed[i]; g == nil || *g.spec() != *t.spec() {
		misuse(op, errors.New("the seed must have the output's shape and dtype"), t, g)
	}
	return b.marked(b.seed[i])
}

// marked is g with the no-grad mark, unless the gradients are recorded.
func (b *backward) marked(g *Tensor) *Tensor {
	if b.create {
		return g
	}
	return g.alias(merge(g.mode, &b.mode))
}

// needs reports whether the gradient of e is wanted. Leaves are shared between
// passes, so nothing is written to them.
func (b *backward) needs(e edge) bool {
	switch {
	case e.node == nil:
		return false
	case e.node.leaf == nil:
		return b.work(e.node).need
	}
	return b.want == nil || b.wanted(e.node)
}

func (b *backward) wanted(d *node) bool {
	for _, w := range b.want {
		if w.node == d {
			return true
		}
	}
	return false
}

// step sends d's gradient on to its inputs.
func (b *backward) step(d *node, w *work) {
	reached := false
	for i := range d.results() {
		g := w.gradOf(uint32(i))
		if g == nil {
			continue
		}
		reached = true
		if d.extra != nil && len(d.extra.hooks) > 0 {
			g = b.marked(d.hooked(uint32(i), b.temps.publish(g)))
			w.setGrad(uint32(i), g)
		}
		for k, e := range b.want {
			if e == (edge{d, uint32(i)}) {
				b.got[k] = b.temps.publish(g)
			}
		}
	}
	if reached && b.leadsOn(d) {
		b.send(d, w)
		if !b.retain {
			d.free()
		}
	}
	for i := range d.results() {
		if g := w.gradOf(uint32(i)); g != nil {
			b.temps.release(g)
		}
	}
	w.grad, w.more = nil, nil
	b.temps.sweep()
}

// send gives d's inputs their gradients. All of them are held first, for one
// may show another's memory.
func (b *backward) send(d *node, w *work) {
	c := &b.ctx
	*c = Ctx{d: d, b: b, mode: &b.mode}
	if _, users := d.op.(functionOp); users { // who may hold what Backward sees
		c.mode = c.mode.withoutTemps()
		for i := range d.results() {
			if g := w.gradOf(uint32(i)); g != nil {
				w.setGrad(uint32(i), b.temps.publish(g))
			}
		}
	}
	grads := d.op.Grad(c, w.grad)
	edges := d.edges()
	for i := range edges {
		if g := c.gradient(&grads, i); g != nil {
			b.temps.hold(g)
		}
	}
	for i, e := range edges {
		g := c.gradient(&grads, i)
		switch {
		case g == nil:
		case b.needs(e):
			b.checkNaN(d, i, g)
			b.add(e, g)
		default:
			b.temps.release(g)
		}
	}
}

// gradient is that of input i among what Grad returned.
func (c *Ctx) gradient(grads *Grads, i int) *Tensor {
	switch {
	case i < len(grads):
		return grads[i]
	case i-3 < len(c.extra):
		return c.extra[i-3]
	}
	return nil
}

// leadsOn reports whether d has an input whose gradient is wanted: it has
// none when d is only an input of Grad itself.
func (b *backward) leadsOn(d *node) bool {
	for _, e := range d.edges() {
		if b.needs(e) {
			return true
		}
	}
	return false
}

func (b *backward) checkNaN(d *node, i int, g *Tensor) {
	if d.extra == nil || d.extra.site == "" {
		return
	}
	if h := g.Detach(); Item[bool](h.Ne(h).Any()) {
		misuse(d.name()+" backward", fmt.Errorf("the gradient of input %d has NaN%s", i, d.calledAt()), g)
	}
}

// calledAt says, in anomaly mode, which line called the op.
func (d *node) calledAt() string {
	if d.extra == nil || d.extra.site == "" {
		return ""
	}
	return "; the op was called at " + d.extra.site
}

// hooked is g after the hooks of result i.
func (d *node) hooked(i uint32, g *Tensor) *Tensor {
	if d.extra == nil {
		return g
	}
	return d.runHooks(i, g)
}

func (d *node) runHooks(i uint32, g *Tensor) *Tensor {
	for _, h := range d.extra.hooks {
		switch {
		case h.out != i:
			continue
		case h.keep != nil:
			defer func() { h.keep.collect(g) }() // after the other hooks
			continue
		}
		if r := h.f(g); r != nil {
			if *r.spec() != *g.spec() {
				misuse("hook", fmt.Errorf("the hook returned %v %v; want %v %v", r.DType(), r.shape(), g.DType(), g.shape()))
			}
			g = r
		}
	}
	return g
}

// add gives g, which is held, to e: an inner node keeps the first gradient as
// it is, and adds in place once it has a buffer of its own.
func (b *backward) add(e edge, g *Tensor) {
	if s := g.sumTo(e.spec()); s != g {
		b.temps.hold(s)
		b.temps.release(g)
		g = s
	}
	d := e.node
	if d.leaf != nil {
		if len(d.hooks()) > 0 {
			b.hold(d, b.temps.publish(g))
		} else {
			b.deliver(e, g)
		}
		b.temps.release(g)
		return
	}
	w := b.work(d)
	old := w.gradOf(e.out)
	switch {
	case old == nil:
		w.setGrad(e.out, g)
	case w.owned && e.out == 0 && !b.create:
		old.accumulate(g)
		b.temps.release(g)
	default:
		sum := old.Add(g)
		b.temps.hold(sum)
		b.temps.release(old)
		b.temps.release(g)
		w.setGrad(e.out, sum)
		w.owned = w.owned || e.out == 0
	}
}

// hold sums the gradient of a leaf with hooks until the pass ends.
func (b *backward) hold(d *node, g *Tensor) {
	for i := range b.held {
		if h := &b.held[i]; h.leaf == d {
			h.grad = h.grad.Add(g)
			return
		}
	}
	b.held = append(b.held, held{d, g})
}

// deliver adds g to a leaf, or to what Grad returns.
func (b *backward) deliver(e edge, g *Tensor) {
	if b.want != nil {
		for i, w := range b.want {
			if w != e {
				continue
			}
			if b.got[i] == nil {
				b.got[i] = b.temps.publish(g)
			} else {
				b.got[i] = b.temps.publish(b.got[i].Add(g))
			}
		}
		return
	}
	if !b.temps.alone(g) || !e.node.leaf.take(g) {
		e.node.leaf.collect(g)
	}
}

// take makes g, which nobody else holds, the gradient if there is none yet.
func (l *leaf) take(g *Tensor) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.grad != nil {
		return false
	}
	g.b.store.temps = nil
	l.grad = &Tensor{b: g.b}
	return true
}

// collect adds g, which has a history if the pass records one.
func (l *leaf) collect(g *Tensor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.grad == nil && g.RequiresGrad():
		l.grad = g
	case l.grad == nil:
		l.grad = g.owned()
	case g.RequiresGrad() || l.grad.RequiresGrad():
		l.grad = l.grad.Add(g)
	default:
		l.grad.accumulate(g)
	}
}
