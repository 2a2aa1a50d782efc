package tensor

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/facula-ml/facula/device"
)

// A node is the record of one op, or a leaf. It holds no tensor that the
// gradient does not read. There is one a recorded op, so it is kept small.
type node struct {
	op    Gradient
	leaf  *leaf
	extra *extra
	in    uint8 // how many of edge are used
	kept  uint8 // how many of save are used
	freed bool

	edge [3]edge     // where each input came from
	save [3]saved    // inputs, then results, that Grad reads
	spec device.Spec // of the first result

	owner atomic.Uint64 // the backward pass that uses work, 0 if none
	work  work
}

// extra is what few nodes have.
type extra struct {
	edges []edge // all of them, where there are more than three inputs
	saved []saved
	specs []device.Spec // of several results
	hooks []*hook
	site  string // who called the op, in anomaly mode
}

func (d *node) needExtra() *extra {
	if d.extra == nil {
		d.extra = new(extra)
	}
	return d.extra
}

func (d *node) edges() []edge {
	if d.extra != nil && d.extra.edges != nil {
		return d.extra.edges
	}
	return d.edge[:d.in]
}

func (d *node) saved() []saved {
	if d.extra != nil && d.extra.saved != nil {
		return d.extra.saved
	}
	return d.save[:d.kept]
}

func (d *node) hooks() []*hook {
	if d.extra == nil {
		return nil
	}
	return d.extra.hooks
}

// results is how many results the op has.
func (d *node) results() int {
	if d.extra == nil || d.extra.specs == nil {
		return 1
	}
	return len(d.extra.specs)
}

// work is what a backward pass keeps for a node.
type work struct {
	need  bool       // leads to a tensor whose gradient is wanted
	owned bool       // grad is a buffer of our own: add in place
	next  int32      // the edge to follow, while on the way down
	link  *node      // the node below on the way down, then the next to step through
	grad  *Tensor    // of the first result
	more  *[]*Tensor // of the others
}

// An edge leads to one result of a node; the zero edge is an input without gradient.
type edge struct {
	node *node
	out  uint32
}

func (e edge) spec() *device.Spec {
	if e.out == 0 {
		return &e.node.spec
	}
	return &e.node.extra.specs[e.out]
}

// saved is a tensor as it was when the op ran.
type saved struct {
	t       *Tensor
	version uint32
}

// leaf is what a tensor that requires a gradient collects. Several goroutines
// may add to it.
type leaf struct {
	mu   sync.Mutex
	grad *Tensor
}

// A hook sees one result's gradient on its way; see [Tensor.Hook].
type hook struct {
	out  uint32
	f    func(*Tensor) *Tensor
	keep *leaf // instead of f: RetainGrad
}

// grad is b's node. A view whose storage was changed since takes a new one
// from its base, so that its gradient goes through that change.
func (b *body) grad() *node {
	if b.base == nil || b.seen.Load() == b.store.version {
		return b.node
	}
	b.store.mu.Lock() // several goroutines may read a view
	defer b.store.mu.Unlock()
	if b.seen.Load() == b.store.version {
		return b.node
	}
	if b.base.node == nil {
		b.node, b.out = nil, 0
		b.seen.Store(b.store.version)
	} else {
		record(viewGrad{&asStridedOp{at: geometry(&b.view), from: geometry(&b.base.view)}}, nil, []*Tensor{{b: b.base}}, &Tensor{b: b})
	}
	return b.node
}

// geometry is v without its memory, for an op that must not keep that alive.
func geometry(v *device.View) device.View {
	g := *v
	g.Buf = nil
	return g
}

// record makes outs the results of op. specs are theirs if there are several.
func record(op Gradient, specs []device.Spec, in []*Tensor, outs ...*Tensor) {
	d := outs[0].mode.inScope().newNode()
	d.op, d.spec = op, outs[0].b.view.Spec
	if specs != nil {
		d.needExtra().specs = specs
	}
	if d.in = uint8(len(in)); len(in) > len(d.edge) {
		d.needExtra().edges = make([]edge, len(in))
	}
	edges, reads := d.edges(), op.Reads()
	for i, t := range in {
		edges[i] = edge{t.b.grad(), t.b.out}
		if reads&AllIn != 0 || i < 3 && reads>>i&1 != 0 {
			d.keep(i, t)
		}
	}
	for i, t := range outs {
		if t.DType().IsFloat() { // not an index, such as Sort's
			t.b.node, t.b.out = d, uint32(i)
			t.b.seen.Store(t.b.store.version) // after node, for goroutines that read
		}
		if reads&AllOut != 0 || i < 3 && reads&(Out0<<i) != 0 {
			d.keep(len(in)+i, t)
		}
	}
	if m := outs[0].mode; m != nil && m.anomaly {
		d.needExtra().site = callSite()
	}
}

// keep saves t in slot i: inputs first, then results.
func (d *node) keep(i int, t *Tensor) {
	s := saved{t, t.b.store.version}
	if i < len(d.save) && (d.extra == nil || d.extra.saved == nil) {
		d.save[i], d.kept = s, uint8(i+1)
		return
	}
	x := d.needExtra()
	if x.saved == nil {
		x.saved = append(x.saved, d.save[:d.kept]...)
		d.save = [3]saved{}
	}
	for len(x.saved) <= i {
		x.saved = append(x.saved, saved{})
	}
	x.saved[i] = s
}

// free drops what the gradient reads; it cannot be computed again.
func (d *node) free() {
	if len(d.saved()) == 0 {
		return
	}
	d.save, d.kept, d.freed = [3]saved{}, 0, true
	if d.extra != nil {
		d.extra.saved = nil
	}
}

// callSite is the first caller outside this package's op methods.
func callSite() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		internal := strings.HasPrefix(f.Function, "github.com/facula-ml/facula/tensor.") && !strings.HasSuffix(f.File, "_test.go")
		if !internal || !more {
			return fmt.Sprintf("%s:%d", f.File, f.Line)
		}
	}
}

// name is the op's name for messages.
func (d *node) name() string {
	if n, ok := d.op.(interface{ Name() string }); ok {
		return n.Name()
	}
	return "leaf"
}
